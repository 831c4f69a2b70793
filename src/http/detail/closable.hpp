// What the server must be able to end when it stops: connections and WebSockets register here for
// as long as they live. io thread only.
#pragma once

#include <set>

namespace http::detail {

class Closable {
public:
    virtual ~Closable() = default;
    // Ends in order: says good-bye, lets a running handler finish its answer.
    virtual void finish() = 0;
    // Ends now.
    virtual void abort() = 0;
};

using Closables = std::set<Closable*>;

}  // namespace http::detail
