// What all connections of one server share. Owned by the Server and kept alive by its connections;
// io thread only.
#pragma once

#include <memory>

#include "http/detail/access_check.hpp"
#include "http/detail/closable.hpp"
#include "http/detail/route_table.hpp"
#include "http/rate_limit.hpp"
#include "http/server.hpp"

namespace http::detail {

struct ServerContext {
    ServerContext(ServerOptions options_, std::shared_ptr<RouteTable> table_)
        : options(std::move(options_)),
          table(std::move(table_)),
          access(options.host, options.allowed_hosts),
          rate(options.requests_per_second, options.request_burst),
          uploads(options.uploads_per_minute / 60, options.upload_burst) {}

    ServerOptions options;
    std::shared_ptr<RouteTable> table;
    AccessCheck access;
    RateLimit rate;
    RateLimit uploads;
    ServerStats stats;
    std::shared_ptr<Closables> registry = std::make_shared<Closables>();
    bool stopping = false;
};

}  // namespace http::detail
