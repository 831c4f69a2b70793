// The route table behind Router: a tree of path parts. Exact parts win over {name}, and {name} over
// {name...}. Filled before the server starts, then only read; io thread only. Paths are hostile.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/server.hpp"

namespace http::detail {

struct WebSocketRoute {
    WebSocketHandler handler;
    SocketOptions options;
};

struct Route {
    std::variant<Handler, StreamHandler, WebSocketRoute> target;
    std::vector<std::string> names;  // of its {name} parts, in order
    Access access = Access::guarded;
    Intake intake = Intake::requests;
    std::string pattern;  // for the log: a path may hold words, a pattern does not
};

struct RouteMatch {
    const Route* route = nullptr;      // null: no such path, or not with this method
    std::vector<std::string> methods;  // what the path allows; empty: no such path
    std::map<std::string, std::string> params;
};

struct RouteNode {
    std::map<std::string, std::unique_ptr<RouteNode>, std::less<>> exact;
    std::unique_ptr<RouteNode> param;
    std::map<std::string, Route, std::less<>> routes;       // by method, for a path ending here
    std::map<std::string, Route, std::less<>> rest_routes;  // {name...} from here on
};

inline constexpr std::string_view kWebSocketMethod = "WEBSOCKET";

// The path's parts, percent-decoded one by one so that "%2F" stays inside its part. Empty optional:
// the path is refused (a dot part, a control character, invalid UTF-8).
[[nodiscard]] std::optional<std::vector<std::string>> split_path(std::string_view raw_path);

struct RouteTable {
    RouteNode root;
    std::vector<std::pair<std::string, std::string>> listed;  // pattern, method
    std::vector<std::string> static_folders;
    Guard guard;

    void add(const std::string& method, const std::string& pattern, Route route);
    // HEAD is answered by the GET handler where there is no own one.
    [[nodiscard]] RouteMatch find(std::string_view method,
                                  const std::vector<std::string>& parts) const;
    // The pattern most like `path`, or empty.
    [[nodiscard]] std::string nearest(std::string_view path) const;
};

}  // namespace http::detail
