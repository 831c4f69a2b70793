#include "http/detail/url.hpp"

#include <memory>

#include "base/text.hpp"
#include "http/detail/curl_library.hpp"

namespace http::detail {
namespace {

// libcurl's parser of addresses with one address in it.
struct Parser {
    const CurlLibrary& curl;
    std::unique_ptr<CURLU, decltype(curl.url_cleanup)> handle{curl.url(), curl.url_cleanup};
};

base::Result<std::string> part(const Parser& parser, CURLUPart which, unsigned flags) {
    char* text = nullptr;
    const CURLUcode code = parser.curl.url_get(parser.handle.get(), which, &text, flags);
    if (code != CURLUE_OK) {
        return base::fail(base::ErrorCode::invalid_argument,
                          std::string("not a usable web address: ") + parser.curl.url_error(code),
                          "write it as https://host/path");
    }
    std::string copy = text;
    parser.curl.free(text);
    return copy;
}

base::Result<Url> describe(const Parser& parser) {
    TRY(scheme, part(parser, CURLUPART_SCHEME, 0));
    if (scheme != "http" && scheme != "https") {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the address begins with '" + scheme + "://'",
                          "only http and https are spoken");
    }
    TRY(host, part(parser, CURLUPART_HOST, 0));
    TRY(port, part(parser, CURLUPART_PORT, CURLU_DEFAULT_PORT));
    TRY(text, part(parser, CURLUPART_URL, 0));
    const std::string origin = scheme + "://" + base::to_lower_ascii(host) + ":" + port;
    return Url{std::move(text), origin, scheme == "https"};
}

base::Result<void> set(const Parser& parser, const std::string& text) {
    const CURLUcode code = parser.curl.url_set(parser.handle.get(), CURLUPART_URL, text.c_str(),
                                               CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OK && text.find('\0') == std::string::npos) return {};
    return base::fail(base::ErrorCode::invalid_argument,
                      std::string("not a web address: ") + parser.curl.url_error(code),
                      "write it as https://host/path");
}

}  // namespace

base::Result<Url> parse_url(const std::string& text) {
    TRY(curl, CurlLibrary::open());
    const Parser parser{*curl};
    TRY_DO(set(parser, text));
    return describe(parser);
}

base::Result<Url> resolve_url(const Url& base, std::string_view reference) {
    TRY(curl, CurlLibrary::open());
    const Parser parser{*curl};
    TRY_DO(set(parser, base.text));
    TRY_DO(set(parser, std::string(reference)));
    return describe(parser);
}

}  // namespace http::detail
