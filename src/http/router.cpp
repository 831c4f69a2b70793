#include <algorithm>
#include <set>

#include "base/check.hpp"
#include "base/text.hpp"
#include "http/detail/route_table.hpp"

namespace http {
namespace {

using detail::Route;
using detail::RouteMatch;
using detail::RouteNode;

bool is_parameter(std::string_view part) {
    return part.starts_with('{') && part.ends_with('}');
}

bool is_rest(std::string_view part) {
    return is_parameter(part) && part.ends_with("...}");
}

std::string name_of(std::string_view part) {
    part = part.substr(1, part.size() - 2);
    if (part.ends_with("...")) part.remove_suffix(3);
    return std::string(part);
}

using Routes = std::map<std::string, Route, std::less<>>;

// Where the search ended, and which parts stand for which {name}.
struct Found {
    const Routes* routes = nullptr;
    std::vector<std::string> values;
};

std::string join(const std::vector<std::string>& parts, std::size_t from) {
    std::string text;
    for (std::size_t i = from; i < parts.size(); ++i) {
        if (i > from) text.push_back('/');
        text += parts[i];
    }
    return text;
}

bool search(const RouteNode& node, const std::vector<std::string>& parts, std::size_t at,
            Found& found) {
    if (at == parts.size()) {
        found.routes = &node.routes;
        return !node.routes.empty();
    }
    const auto exact = node.exact.find(parts[at]);
    if (exact != node.exact.end() && search(*exact->second, parts, at + 1, found)) return true;
    if (node.param && !parts[at].empty()) {
        found.values.push_back(parts[at]);
        if (search(*node.param, parts, at + 1, found)) return true;
        found.values.pop_back();
    }
    if (node.rest_routes.empty()) return false;
    found.values.push_back(join(parts, at));
    found.routes = &node.rest_routes;
    return true;
}

}  // namespace

std::optional<std::vector<std::string>> detail::split_path(std::string_view raw_path) {
    if (!raw_path.starts_with('/')) return std::nullopt;
    std::vector<std::string> parts;
    for (const std::string_view raw : base::split(raw_path.substr(1), '/')) {
        std::string part = url_decode(raw);
        const bool has_control =
            std::ranges::any_of(part, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
        if (part == "." || part == ".." || has_control || !base::is_valid_utf8(part)) {
            return std::nullopt;
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

void detail::RouteTable::add(const std::string& method, const std::string& pattern, Route route) {
    RouteNode* node = &root;
    Routes* place = nullptr;
    BUG_CHECK(pattern.starts_with('/')) {
        return;
    }
    for (const std::string_view part : base::split(std::string_view(pattern).substr(1), '/')) {
        if (is_parameter(part)) route.names.push_back(name_of(part));
        if (is_rest(part)) {
            place = &node->rest_routes;
            break;
        }
        auto& next = is_parameter(part) ? node->param : node->exact[std::string(part)];
        if (!next) next = std::make_unique<RouteNode>();
        node = next.get();
    }
    if (place == nullptr) place = &node->routes;
    const bool added = place->emplace(method, std::move(route)).second;
    BUG_CHECK(added) {
        return;
    }
    listed.emplace_back(pattern, method);
}

RouteMatch detail::RouteTable::find(std::string_view method,
                                    const std::vector<std::string>& parts) const {
    Found found;
    RouteMatch match;
    if (!search(root, parts, 0, found)) return match;
    auto entry = found.routes->find(method);
    if (entry == found.routes->end() && method == "HEAD") {
        entry = found.routes->find("GET");
        // A stream has no length to tell and no end to wait for.
        const bool is_stream = entry != found.routes->end() &&
                               std::holds_alternative<StreamHandler>(entry->second.target);
        if (is_stream) entry = found.routes->end();
    }
    for (const auto& [name, route] : *found.routes) match.methods.push_back(name);
    if (entry == found.routes->end()) return match;
    match.route = &entry->second;
    for (std::size_t i = 0; i < match.route->names.size() && i < found.values.size(); ++i) {
        match.params[match.route->names[i]] = found.values[i];
    }
    return match;
}

std::string detail::RouteTable::nearest(std::string_view path) const {
    std::set<std::string> patterns;
    for (const auto& [pattern, method] : listed) patterns.insert(pattern);
    return base::nearest(path.substr(0, 200), {patterns.begin(), patterns.end()});
}

Router::Router() : table_(std::make_shared<detail::RouteTable>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string method, std::string pattern, Handler handler, Access access,
                 Intake intake) {
    table_->add(method, pattern, {std::move(handler), {}, access, intake, pattern});
}

void Router::add_stream(std::string method, std::string pattern, StreamHandler handler,
                        Access access) {
    table_->add(method, pattern, {std::move(handler), {}, access, Intake::requests, pattern});
}

void Router::add_websocket(std::string pattern, WebSocketHandler handler, SocketOptions options) {
    detail::WebSocketRoute target{std::move(handler), std::move(options)};
    table_->add(std::string(detail::kWebSocketMethod), pattern,
                {std::move(target), {}, Access::open, Intake::requests, pattern});
}

void Router::add_static(std::string folder) {
    table_->static_folders.push_back(std::move(folder));
}

void Router::add_upload_stream(std::string method, std::string pattern, StreamHandler handler) {
    table_->add(method, pattern,
                {std::move(handler), {}, Access::guarded, Intake::uploads, pattern});
}

void Router::set_guard(Guard guard) {
    table_->guard = std::move(guard);
}

std::vector<std::pair<std::string, std::string>> Router::routes() const {
    return table_->listed;
}

}  // namespace http
