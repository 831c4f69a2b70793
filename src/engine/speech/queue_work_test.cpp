// One request after the other, whatever happens to one of them.
#include <gtest/gtest.h>

#include <array>

#include <sys/socket.h>
#include <unistd.h>

#include "engine/speech/queue_work.hpp"

namespace engine::speech {
namespace {

// Speaks each clause as one segment of a single sample; the clause "bad" fails.
class CountingWork final : public QueueWork {
public:
    CountingWork() : QueueWork(std::make_shared<Pulse>()) {}
    int loads = 0;
    int forgotten = 0;
    base::Result<void> loading;

private:
    base::Result<void> load() override {
        ++loads;
        return loading;
    }
    void drop() override {}
    base::Result<Slice> compute(const Job& job) override {
        const auto& clauses = std::get<wire::Speak>(job.what).clauses;
        auto& next = done_[job.ticket->id()];
        if (next < clauses.size()) {
            if (!job.ticket->has_credit()) return Slice::no_credit;
            if (clauses[next].text == "bad") {
                return base::fail(base::ErrorCode::internal, "bad clause");
            }
            wire::Segment segment;
            segment.text = clauses[next].text;
            job.ticket->speech(segment);
            ++next;
        }
        if (next < clauses.size()) return Slice::more;
        job.ticket->done({});
        return Slice::over;
    }
    void forget(const Job& job) override {
        ++forgotten;
        done_.erase(job.ticket->id());
    }
    std::map<std::uint32_t, std::size_t> done_;
};

class Queue : public ::testing::Test {
protected:
    Queue() {
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0);
        out_ = std::make_unique<Outbox>(ends_[1]);
    }
    ~Queue() override {
        out_.reset();
        for (const int fd : ends_) close(fd);
    }
    std::shared_ptr<Ticket> ask(std::uint32_t id, std::uint32_t credit,
                                std::vector<std::string> clauses) {
        auto ticket = std::make_shared<Ticket>(id, credit, *out_);
        wire::Speak speak;
        for (auto& clause : clauses) speak.clauses.push_back({std::move(clause), ""});
        work_.accept({ticket, std::move(speak)});
        return ticket;
    }
    // Steps until nothing more can be done now.
    ModelWork::Step run() {
        for (int i = 0; i < 100; ++i) {
            const auto step = work_.step();
            if (step != ModelWork::Step::worked) return step;
        }
        ADD_FAILURE() << "it never rests";
        return ModelWork::Step::worked;
    }

    std::array<int, 2> ends_{};
    std::unique_ptr<Outbox> out_;
    CountingWork work_;
};

TEST_F(Queue, LoadsOnceAndAnswersInOrder) {
    const auto one = ask(1, 9, {"a", "b"});
    const auto two = ask(2, 9, {"c"});
    EXPECT_EQ(run(), ModelWork::Step::idle);
    EXPECT_TRUE(one->ended());
    EXPECT_TRUE(two->ended());
    EXPECT_EQ(work_.loads, 1);
    EXPECT_EQ(work_.loaded_context(), 1);
    EXPECT_EQ(work_.forgotten, 2);
    work_.unload();
    EXPECT_EQ(work_.loaded_context(), 0);
    ask(3, 9, {"d"});
    EXPECT_EQ(work_.loads, 2);
}

TEST_F(Queue, ASlowReaderHoldsNobodyUp) {
    const auto slow = ask(1, 1, {"a", "b", "c"});
    const auto quick = ask(2, 9, {"d", "e"});
    EXPECT_EQ(run(), ModelWork::Step::paused);
    EXPECT_FALSE(slow->ended());
    EXPECT_TRUE(quick->ended());
    slow->add_credit(2);
    EXPECT_EQ(run(), ModelWork::Step::idle);
    EXPECT_TRUE(slow->ended());
}

TEST_F(Queue, SeveralSlowReadersLetTheThreadRest) {
    const auto one = ask(1, 0, {"a"});
    const auto two = ask(2, 0, {"b"});
    EXPECT_EQ(run(), ModelWork::Step::paused);
    two->add_credit(1);
    EXPECT_EQ(run(), ModelWork::Step::paused);
    EXPECT_TRUE(two->ended() && !one->ended());
    one->cancel();
    EXPECT_EQ(run(), ModelWork::Step::idle);
}

TEST_F(Queue, OneThatFailsOrIsCancelledLeavesTheOthers) {
    const auto bad = ask(1, 9, {"a", "bad", "b"});
    const auto gone = ask(2, 9, {"c"});
    const auto good = ask(3, 9, {"d"});
    gone->cancel();
    EXPECT_EQ(run(), ModelWork::Step::idle);
    EXPECT_TRUE(bad->ended() && gone->ended() && good->ended());
    EXPECT_EQ(work_.forgotten, 3);
}

TEST_F(Queue, WhatCannotBeLoadedFailsItsRequestAndIsTriedAgain) {
    work_.loading = base::fail(base::ErrorCode::corrupt, "no model");
    EXPECT_TRUE(ask(1, 9, {"a"})->ended());
    EXPECT_EQ(run(), ModelWork::Step::idle);
    work_.loading = {};
    const auto next = ask(2, 9, {"a"});
    EXPECT_EQ(run(), ModelWork::Step::idle);
    EXPECT_TRUE(next->ended());
    EXPECT_EQ(work_.loads, 2);
}

TEST_F(Queue, AtTheEndEverybodyIsTold) {
    const auto one = ask(1, 0, {"a"});
    const auto two = ask(2, 0, {"b"});
    work_.fail_all(base::make_error(base::ErrorCode::unavailable, "ending"));
    EXPECT_TRUE(one->ended() && two->ended());
    EXPECT_EQ(run(), ModelWork::Step::idle);
}

}  // namespace
}  // namespace engine::speech
