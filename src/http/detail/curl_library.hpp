// libcurl, loaded when the first call goes out. Linked in, it would bring GnuTLS, Kerberos and LDAP
// into every server at its start: 2.5 MB of memory and a third of the start, also where nothing
// ever leaves the machine. The table is filled once and never unloaded; any thread.
#pragma once

#include <curl/curl.h>

#include "base/result.hpp"

namespace http::detail {

struct CurlLibrary {
    // Errors: unavailable, when it is missing, lacks a function, or cannot start.
    [[nodiscard]] static base::Result<const CurlLibrary*> open();

    decltype(&::curl_global_init) global_init = nullptr;
    decltype(&::curl_free) free = nullptr;

    decltype(&::curl_easy_init) easy_init = nullptr;
    decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&::curl_easy_setopt) set_option = nullptr;
    decltype(&::curl_easy_getinfo) get_info = nullptr;
    decltype(&::curl_easy_strerror) easy_error = nullptr;
    decltype(&::curl_slist_append) append = nullptr;
    decltype(&::curl_slist_free_all) free_list = nullptr;

    decltype(&::curl_multi_init) multi_init = nullptr;
    decltype(&::curl_multi_cleanup) multi_cleanup = nullptr;
    decltype(&::curl_multi_setopt) set_multi_option = nullptr;
    decltype(&::curl_multi_add_handle) add_handle = nullptr;
    decltype(&::curl_multi_remove_handle) remove_handle = nullptr;
    decltype(&::curl_multi_socket_action) socket_action = nullptr;
    decltype(&::curl_multi_info_read) read_info = nullptr;
    decltype(&::curl_multi_strerror) multi_error = nullptr;

    decltype(&::curl_url) url = nullptr;
    decltype(&::curl_url_cleanup) url_cleanup = nullptr;
    decltype(&::curl_url_set) url_set = nullptr;
    decltype(&::curl_url_get) url_get = nullptr;
    decltype(&::curl_url_strerror) url_error = nullptr;

private:
    [[nodiscard]] base::Result<void> find_functions(void* library);
    [[nodiscard]] static base::Result<CurlLibrary> load();
};

}  // namespace http::detail
