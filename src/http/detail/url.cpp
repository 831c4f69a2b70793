#include "http/detail/url.hpp"

#include <memory>

#include <curl/curl.h>

#include "base/text.hpp"

namespace http::detail {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

base::Result<std::string> part(CURLU* handle, CURLUPart which, unsigned flags) {
    char* text = nullptr;
    const CURLUcode code = curl_url_get(handle, which, &text, flags);
    if (code != CURLUE_OK) {
        return base::fail(base::ErrorCode::invalid_argument,
                          std::string("not a usable web address: ") + curl_url_strerror(code),
                          "write it as https://host/path");
    }
    std::string copy = text;
    curl_free(text);
    return copy;
}

base::Result<Url> describe(CURLU* handle) {
    TRY(scheme, part(handle, CURLUPART_SCHEME, 0));
    if (scheme != "http" && scheme != "https") {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the address begins with '" + scheme + "://'",
                          "only http and https are spoken");
    }
    TRY(host, part(handle, CURLUPART_HOST, 0));
    TRY(port, part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT));
    TRY(text, part(handle, CURLUPART_URL, 0));
    const std::string origin = scheme + "://" + base::to_lower_ascii(host) + ":" + port;
    return Url{std::move(text), origin, scheme == "https"};
}

base::Result<void> set(CURLU* handle, const std::string& text) {
    const CURLUcode code =
        curl_url_set(handle, CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OK && text.find('\0') == std::string::npos) return {};
    return base::fail(base::ErrorCode::invalid_argument,
                      std::string("not a web address: ") + curl_url_strerror(code),
                      "write it as https://host/path");
}

}  // namespace

base::Result<Url> parse_url(const std::string& text) {
    const Handle handle(curl_url(), &curl_url_cleanup);
    TRY_DO(set(handle.get(), text));
    return describe(handle.get());
}

base::Result<Url> resolve_url(const Url& base, std::string_view reference) {
    const Handle handle(curl_url(), &curl_url_cleanup);
    TRY_DO(set(handle.get(), base.text));
    TRY_DO(set(handle.get(), std::string(reference)));
    return describe(handle.get());
}

}  // namespace http::detail
