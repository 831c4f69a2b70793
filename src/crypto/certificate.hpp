// A self-signed certificate for serving TLS without an authority: P-256, made at first use and
// kept. Called at start-up; blocking file access. Errors: storage (folder or file cannot be
// written), corrupt (only one of the two files is there), internal (OpenSSL refused).
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace crypto {

struct CertificateFiles {
    std::string certificate;  // PEM, mode 0644
    std::string key;          // PEM, mode 0600
};

// Uses `folder`/tls.crt and tls.key; makes the folder (0700) and both files when absent, and anew
// when the certificate expires within 30 days or lacks one of `hosts`. Loopback names and addresses
// are always included.
[[nodiscard]] base::Result<CertificateFiles> ensure_certificate(
    const std::string& folder, const std::vector<std::string>& hosts);

}  // namespace crypto
