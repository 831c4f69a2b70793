// FakeChild: a Child that ends when the test says so. terminate() and kill() are counted; kill()
// ends it unless told otherwise.
#pragma once

#include <memory>

#include "async/event.hpp"
#include "process/child.hpp"

namespace process::testing {

// What the test keeps hold of while the Child belongs to someone else.
struct ChildScript {
    Exit exit;
    async::Event done;
    int terminated = 0;
    int killed = 0;
    bool ends_on_terminate = true;
    std::string words;

    void end(Exit how) {
        exit = how;
        done.set();
    }
};

class FakeChild final : public Child {
public:
    explicit FakeChild(std::shared_ptr<ChildScript> script) : script_(std::move(script)) {}

    [[nodiscard]] int pid() const override { return 4711; }
    [[nodiscard]] async::Task<Exit> wait() override {
        const auto script = script_;
        const bool ended = co_await script->done.wait();
        if (!ended) co_return Exit{};
        co_return script->exit;
    }
    void terminate() override {
        ++script_->terminated;
        if (script_->ends_on_terminate) script_->end({0, 15});
    }
    void kill() override {
        ++script_->killed;
        script_->end({0, 9});
    }
    [[nodiscard]] std::string last_words() const override { return script_->words; }

private:
    std::shared_ptr<ChildScript> script_;
};

}  // namespace process::testing
