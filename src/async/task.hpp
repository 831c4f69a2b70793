// Task<T>: the coroutine type of the whole product, and how to start one.
//
// House rules for coroutines (docs/decisions/0001-toolchain.md): name it, then await it; no
// capturing lambda is a coroutine; parameters by value; no lock held across a co_await.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace async {

template <class T>
using Task = boost::asio::awaitable<T>;
using Executor = boost::asio::any_io_executor;

// Runs `task` on `executor` and forgets it. An exception that escapes is a bug: it is logged with
// `name` and ends the process in debug builds. Prefer TaskScope, which can wait and cancel.
void spawn_detached(Executor executor, const char* name, Task<void> task);

}  // namespace async
