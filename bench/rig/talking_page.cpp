#include "talking_page.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/core.h>

#include "program.hpp"

namespace bench {
namespace {

using http::testing::Opcode;
using std::chrono::milliseconds;

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 4; i > 0; --i) {
        number = number << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
    }
    return number;
}

std::uint32_t response_of(const json::Value& event) {
    return static_cast<std::uint32_t>(json::int_or(json::find(event, "response"), 0));
}

}  // namespace

async::Task<void> TalkingPage::open(json::Object wishes) {
    auto opening = socket_.open("/ws/voice");
    const std::string head = co_await std::move(opening);
    if (!head.starts_with("HTTP/1.1 101")) throw Failure("no socket of speech: " + head);
    json::Object hello = std::move(wishes);
    hello["type"] = "voice.hello";
    hello["protocol"] = 1;
    hello["client"] = "bench";
    hello["tab"] = "bench";
    hello["input_rate"] = kRate;
    hello["output_rate"] = kRate;
    hello["echo_cancelled"] = true;
    if (!hello.contains("mode")) hello["mode"] = "continuous";
    auto sending = send(std::move(hello));
    co_await std::move(sending);
    auto reading = socket_.read();
    const auto frame = co_await std::move(reading);
    const auto ready = json::parse(frame.payload);
    if (frame.ended || !ready || json::string_or(json::find(*ready, "type")) != "voice.ready") {
        throw Failure("no voice.ready: " + frame.payload);
    }
    const auto* lacks = json::find(*ready, "lacks");
    const std::string missing = lacks == nullptr ? "" : json::write(*lacks);
    if (missing != "[]") throw Failure("something of speech is missing: " + missing);
    due_ = now();
}

async::Task<void> TalkingPage::listen() {
    while (!closed_) {
        auto reading = socket_.read();
        const auto frame = co_await std::move(reading);
        if (closed_) co_return;
        if (frame.ended || frame.opcode == Opcode::close) {
            throw Failure(fmt::format("the server closed speech ({})", frame.close_code()));
        }
        if (frame.opcode == Opcode::binary) take_audio(frame.payload);
        if (frame.opcode == Opcode::text) take_event(frame.payload);
    }
}

void TalkingPage::take_audio(const std::string& frame) {
    if (frame.size() < 12) throw Failure("an audio frame without a header");
    const auto response = number_at(frame, 0);
    if (!playing_ || playing_->response != response) playing_ = Playing{response, 0, now()};
    playing_->samples += (frame.size() - 12) / 2;
    if (!turn.first_sound && response == turn.answer) turn.first_sound = now();
}

void TalkingPage::take_event(const std::string& frame) {
    const auto event = json::parse(frame);
    if (!event) throw Failure("not JSON: " + frame);
    const std::string type = json::string_or(json::find(*event, "type"));
    if (type == "voice.question_ended") {
        ++turn.commits;
        // What was heard before answered an earlier part.
        turn.answer.reset();
        turn.first_sound.reset();
        turn.done.reset();
    } else if (type == "voice.response_started") {
        turn.answer = response_of(*event);
    } else if (type == "voice.response_done") {
        const auto response = response_of(*event);
        if (response == turn.answer) turn.done = now();
        if (playing_ && playing_->response == response) playing_.reset();
    } else if (type == "voice.transcript") {
        turn.heard = json::string_or(json::find(*event, "text"));
    } else if (type == "voice.latency") {
        const auto* stages = json::find(*event, "stages");
        if (stages == nullptr || !stages->is_array()) return;
        for (const auto& stage : stages->get_array()) {
            turn.stages[json::string_or(json::find(stage, "name"))] =
                json::number_or(json::find(stage, "ms"), 0);
        }
    } else if (type == "voice.error") {
        if (!on_error) throw Failure("speech failed: " + frame);
        on_error(frame);
    }
}

async::Task<void> TalkingPage::report_played() {
    if (!playing_) co_return;
    const auto made = static_cast<long long>(playing_->samples) * 1000 / kRate;
    const auto passed = static_cast<long long>(ms_between(playing_->since, now()));
    json::Object played;
    played["type"] = "voice.played";
    played["response"] = static_cast<double>(playing_->response);
    played["played_ms"] = static_cast<double>(std::min(made, passed));
    auto sending = send(std::move(played));
    co_await std::move(sending);
}

async::Task<void> TalkingPage::speak(std::vector<float> sound) {
    for (std::size_t at = 0; at < sound.size(); at += kFrame) {
        std::string bytes;
        bytes.reserve(2 * kFrame);
        for (std::size_t i = at; i < at + kFrame; ++i) {
            const float clean = i < sound.size() ? sound[i] : 0.0F;
            const float loud = std::clamp(clean + noise_.next(), -1.0F, 1.0F);
            const auto sample = static_cast<std::uint16_t>(static_cast<std::int16_t>(loud * 32767));
            bytes += static_cast<char>(sample & 0xFFU);
            bytes += static_cast<char>(sample >> 8U);
        }
        auto sending = socket_.send(Opcode::binary, std::move(bytes));
        const bool sent = co_await std::move(sending);
        if (!sent) throw Failure("the server is gone");
        if (++frames_ % 3 == 0) {
            auto reporting = report_played();
            co_await std::move(reporting);
        }
        due_ = std::max(due_ + milliseconds(32), now() - milliseconds(100));
        auto pausing = pause_until(due_);
        co_await std::move(pausing);
    }
}

async::Task<void> TalkingPage::wait(int most_ms, std::function<bool()> enough) {
    for (int ms = 0; ms < most_ms && !enough(); ms += 32) {
        auto silence = speak(std::vector<float>(kFrame, 0.0F));
        co_await std::move(silence);
    }
}

async::Task<void> TalkingPage::send(json::Object command) {
    auto sending = socket_.send(Opcode::text, json::write(command));
    const bool sent = co_await std::move(sending);
    if (!sent) throw Failure("the server is gone");
}

void TalkingPage::close() {
    closed_ = true;
    socket_.raw().close();
}

}  // namespace bench
