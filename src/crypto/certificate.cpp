#include "crypto/certificate.hpp"

#include <filesystem>
#include <memory>
#include <string_view>

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "base/files.hpp"
#include "crypto/secret.hpp"

namespace crypto {
namespace {

using base::ErrorCode;

constexpr long kValidSeconds = 825L * 24 * 3600;  // the longest that browsers accept
constexpr int kRenewBeforeDays = 30;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
void free_bio(BIO* bio) {
    BIO_free(bio);
}
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freed<free_bio>>;
using Serial = std::unique_ptr<BIGNUM, Freed<BN_free>>;

bool is_address(const std::string& host) {
    unsigned char bytes[sizeof(in6_addr)];
    return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

// A name goes into an extension's text form, where a comma would begin another entry.
bool is_plain_host(std::string_view host) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*:";
    return !host.empty() && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

base::Result<std::vector<std::string>> all_hosts(const std::vector<std::string>& hosts) {
    std::vector<std::string> all = {"localhost", "127.0.0.1", "::1"};
    for (const std::string& host : hosts) {
        if (!is_plain_host(host)) {
            return base::fail(ErrorCode::invalid_argument,
                              "a certificate cannot be made for the host name '" + host + "'",
                              "give names or addresses without port, scheme or spaces");
        }
        // The unspecified addresses are something to listen on, not something to connect to.
        if (host != "0.0.0.0" && host != "::") all.push_back(host);
    }
    return all;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_random_serial(X509* certificate) {
    std::string bytes = random_bytes(16);
    bytes[0] = static_cast<char>(bytes[0] & 0x7F);
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    const Serial serial(BN_bin2bn(data, static_cast<int>(bytes.size()), nullptr));
    return serial &&
           BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& hosts) {
    std::string names;
    for (const std::string& host : hosts) {
        names += (names.empty() ? "" : ",") + std::string(is_address(host) ? "IP:" : "DNS:") + host;
    }
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto* common_name = reinterpret_cast<const unsigned char*>("Loci on this machine");
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_random_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -24L * 3600) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds) != nullptr &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           X509_set_pubkey(certificate, key) == 1 &&
           add_extension(certificate, NID_subject_alt_name, names) &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

base::Result<void> make(const CertificateFiles& files, const std::vector<std::string>& hosts) {
    const auto refused = [](std::string_view step) {
        return base::fail(ErrorCode::internal,
                          "OpenSSL could not " + std::string(step) + " a TLS certificate",
                          "give your own with tls_certificate and tls_key");
    };
    const Key key(EVP_EC_gen("P-256"));
    if (!key) return refused("make a key for");
    const Certificate certificate(X509_new());
    if (!certificate || !fill(certificate.get(), key.get(), hosts)) return refused("sign");
    const Bio key_text(BIO_new(BIO_s_mem()));
    const Bio certificate_text(BIO_new(BIO_s_mem()));
    if (!key_text || !certificate_text ||
        PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) != 1 ||
        PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
        return refused("write");
    }
    TRY_DO(base::write_file(files.key, text_of(key_text.get()), 0600));
    TRY_DO(base::write_file(files.certificate, text_of(certificate_text.get()), 0644));
    return {};
}

bool covers(X509* certificate, const std::string& host) {
    if (is_address(host)) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
    return X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1;
}

bool is_usable(const std::string& path, const std::vector<std::string>& hosts) {
    const Bio file(BIO_new_file(path.c_str(), "r"));
    if (!file) return false;
    const Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    if (!certificate) return false;
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1 ||
        days < kRenewBeforeDays) {
        return false;
    }
    for (const std::string& host : hosts) {
        if (!covers(certificate.get(), host)) return false;
    }
    return true;
}

}  // namespace

base::Result<CertificateFiles> ensure_certificate(const std::string& folder,
                                                  const std::vector<std::string>& hosts) {
    const CertificateFiles files{folder + "/tls.crt", folder + "/tls.key"};
    TRY(names, all_hosts(hosts));
    std::error_code failure;
    if (!std::filesystem::exists(folder, failure)) {
        std::filesystem::create_directories(folder, failure);
        if (failure || ::chmod(folder.c_str(), 0700) != 0) {
            return base::fail(ErrorCode::storage, "cannot make the folder " + folder,
                              "check the owner of the folder above it");
        }
    }
    const bool has_certificate = std::filesystem::exists(files.certificate, failure);
    const bool has_key = std::filesystem::exists(files.key, failure);
    if (has_certificate && !has_key) {
        return base::fail(ErrorCode::corrupt, files.certificate + " is there without its key",
                          "remove it to have a new pair made, or put the key beside it");
    }
    if (has_certificate && is_usable(files.certificate, names)) return files;
    TRY_DO(make(files, names));
    return files;
}

}  // namespace crypto
