// Channel<T>: a bounded first-in first-out queue between coroutines of one executor.
// Overflow policy is the caller's: try_push() refuses when full, push() waits. close() lets the
// reader drain what is left and then see the end.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "async/event.hpp"

namespace async {

template <class T>
class Channel {
public:
    explicit Channel(std::size_t capacity) : capacity_(capacity) {}

    [[nodiscard]] bool try_push(T value) {
        if (closed_ || items_.size() >= capacity_) return false;
        items_.push_back(std::move(value));
        readable_.set();
        return true;
    }

    // False when the channel was closed or `stop` requested before there was room.
    [[nodiscard]] Task<bool> push(T value, std::stop_token stop = {}) {
        while (!closed_ && items_.size() >= capacity_) {
            writable_.reset();
            const bool woken = co_await writable_.wait(stop);
            if (!woken) co_return false;
        }
        if (closed_) co_return false;
        items_.push_back(std::move(value));
        readable_.set();
        co_return true;
    }

    // The next value; empty at the end or when `stop` was requested.
    [[nodiscard]] Task<std::optional<T>> pop(std::stop_token stop = {}) {
        while (items_.empty()) {
            if (closed_) co_return std::nullopt;
            readable_.reset();
            const bool woken = co_await readable_.wait(stop);
            if (!woken) co_return std::nullopt;
        }
        T value = std::move(items_.front());
        items_.pop_front();
        writable_.set();
        co_return std::optional<T>(std::move(value));
    }

    void close() {
        closed_ = true;
        readable_.set();
        writable_.set();
    }

    [[nodiscard]] std::size_t size() const { return items_.size(); }
    [[nodiscard]] bool closed() const { return closed_; }

private:
    std::size_t capacity_;
    std::deque<T> items_;
    bool closed_ = false;
    Event readable_;
    Event writable_;
};

}  // namespace async
