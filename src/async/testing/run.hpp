// run(task): drives one coroutine to its end on an io_context of its own; test helper.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "async/task.hpp"

namespace async::testing {

template <class T>
T run_on(boost::asio::io_context& io, Task<T> task) {
    std::exception_ptr error;
    std::optional<T> value;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T v) {
        error = e;
        value = std::move(v);
    });
    while (!value && !error && io.run_one() > 0) {
    }
    io.restart();
    if (error) std::rethrow_exception(error);
    return std::move(value).value();
}

template <class T>
T run(Task<T> task) {
    boost::asio::io_context io;
    return run_on(io, std::move(task));
}

}  // namespace async::testing
