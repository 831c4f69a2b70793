#include "async/task.hpp"

#include <exception>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "base/check.hpp"
#include "base/log.hpp"

namespace async {

void spawn_detached(Executor executor, const char* name, Task<void> task) {
    boost::asio::co_spawn(std::move(executor), std::move(task), [name](std::exception_ptr error) {
        if (!error) return;
        std::string what = "not a std::exception";
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            what = e.what();
        } catch (...) {  // keeps the default text
        }
        LOG_ERROR("async", "a task ended with an exception", {"task", name}, {"what", what});
        BUG_CHECK(!error) {}
    });
}

}  // namespace async
