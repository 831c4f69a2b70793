#include "http/detail/curl_library.hpp"

#include <string>
#include <type_traits>

#include <dlfcn.h>

namespace http::detail {
namespace {

constexpr const char* kFile = "libcurl.so.4";

base::Error unusable(const std::string& why) {
    return base::make_error(base::ErrorCode::unavailable, "nothing can be fetched: " + why,
                            "install libcurl (on Debian the package libcurl4)");
}

}  // namespace

base::Result<void> CurlLibrary::find_functions(void* library) {
    const char* missing = nullptr;
    const auto find = [&](auto& function, const char* name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        if (function == nullptr) missing = name;
    };
    find(global_init, "curl_global_init");
    find(free, "curl_free");
    find(easy_init, "curl_easy_init");
    find(easy_cleanup, "curl_easy_cleanup");
    find(set_option, "curl_easy_setopt");
    find(get_info, "curl_easy_getinfo");
    find(easy_error, "curl_easy_strerror");
    find(append, "curl_slist_append");
    find(free_list, "curl_slist_free_all");
    find(multi_init, "curl_multi_init");
    find(multi_cleanup, "curl_multi_cleanup");
    find(set_multi_option, "curl_multi_setopt");
    find(add_handle, "curl_multi_add_handle");
    find(remove_handle, "curl_multi_remove_handle");
    find(socket_action, "curl_multi_socket_action");
    find(read_info, "curl_multi_info_read");
    find(multi_error, "curl_multi_strerror");
    find(url, "curl_url");
    find(url_cleanup, "curl_url_cleanup");
    find(url_set, "curl_url_set");
    find(url_get, "curl_url_get");
    find(url_error, "curl_url_strerror");
    if (missing == nullptr) return {};
    return base::fail(unusable(std::string(kFile) + " lacks " + missing));
}

base::Result<CurlLibrary> CurlLibrary::load() {
    void* library = dlopen(kFile, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        const char* reason = dlerror();
        return base::fail(unusable(reason == nullptr ? kFile : reason));
    }
    CurlLibrary found;
    TRY_DO(found.find_functions(library));
    const CURLcode code = found.global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) {
        return base::fail(unusable(std::string("libcurl cannot start: ") + found.easy_error(code)));
    }
    return found;
}

base::Result<const CurlLibrary*> CurlLibrary::open() {
    static const base::Result<CurlLibrary> library = load();
    if (!library) return base::fail(library.error());
    return &*library;
}

}  // namespace http::detail
