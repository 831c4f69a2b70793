#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "crypto/certificate.hpp"
#include "crypto/secret.hpp"
#include "crypto/sha256.hpp"

namespace crypto {
namespace {

class Folder {
public:
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "loci-crypto-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

unsigned mode_of(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777U : 0U;
}

bool names(const std::string& path, const char* host) {
    FILE* file = std::fopen(path.c_str(), "r");
    X509* certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
    std::fclose(file);
    const bool found = X509_check_host(certificate, host, 0, 0, nullptr) == 1 ||
                       X509_check_ip_asc(certificate, host, 0) == 1;
    X509_free(certificate);
    return found;
}

TEST(Sha256, GivesThePublishedDigests) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWholeAndItStartsAnew) {
    const std::string text(10'000, 'x');
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += 77) hash.update(text.substr(at, 77));
    EXPECT_EQ(hash.finish(), sha256(text));
    hash.update("abc");
    EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(Secret, TokensAreLongUrlSafeAndNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string token = random_token();
        EXPECT_EQ(token.size(), 32U);
        EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                          "0123456789-_"),
                  std::string::npos);
        seen.insert(token);
    }
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_EQ(random_token(1).size(), 2U);
    EXPECT_EQ(random_bytes(1000).size(), 1000U);
}

TEST(Secret, ComparesWholeValues) {
    EXPECT_TRUE(same_secret("token", "token"));
    EXPECT_TRUE(same_secret("", ""));
    EXPECT_FALSE(same_secret("token", "tokem"));
    EXPECT_FALSE(same_secret("token", "toke"));
}

TEST(Certificate, IsMadeOnceWithLoopbackAndTheGivenHosts) {
    const Folder folder;
    const auto made = ensure_certificate(folder.path() + "/tls", {"loci.example", "192.0.2.7"});
    ASSERT_TRUE(made) << made.error().text();
    for (const char* host : {"localhost", "127.0.0.1", "::1", "loci.example", "192.0.2.7"}) {
        EXPECT_TRUE(names(made->certificate, host)) << host;
    }
    EXPECT_FALSE(names(made->certificate, "other.example"));
    EXPECT_EQ(mode_of(made->key), 0600U);
    const std::string first = content(made->certificate);
    const auto again = ensure_certificate(folder.path() + "/tls", {"loci.example"});
    ASSERT_TRUE(again);
    EXPECT_EQ(content(again->certificate), first);
}

TEST(Certificate, IsMadeAnewForAHostItLacks) {
    const Folder folder;
    const auto made = ensure_certificate(folder.path(), {});
    ASSERT_TRUE(made);
    const std::string first = content(made->certificate);
    const auto wider = ensure_certificate(folder.path(), {"new.example"});
    ASSERT_TRUE(wider);
    EXPECT_NE(content(wider->certificate), first);
    EXPECT_TRUE(names(wider->certificate, "new.example"));
}

TEST(Certificate, RefusesNamesThatWouldSmuggleAnEntry) {
    const Folder folder;
    const auto made = ensure_certificate(folder.path(), {"a.example,DNS:bank.example"});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, base::ErrorCode::invalid_argument);
}

TEST(Certificate, DoesNotReplaceACertificateWhoseKeyIsMissing) {
    const Folder folder;
    ASSERT_TRUE(ensure_certificate(folder.path(), {}));
    std::filesystem::remove(folder.path() + "/tls.key");
    const auto made = ensure_certificate(folder.path(), {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, base::ErrorCode::corrupt);
}

}  // namespace
}  // namespace crypto
