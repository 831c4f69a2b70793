// TalkingPage: a client of /ws/voice, as the page in the browser is one: a microphone in real time,
// a loudspeaker that reports what it has played. Owned by the bench, io thread. A refusal or a lost
// connection throws Failure. Protocol: docs/voice-protocol.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "http/testing/socket_client.hpp"
#include "json/json.hpp"
#include "room_noise.hpp"
#include "samples.hpp"

namespace bench {

// What one spoken turn showed, by the clock of the bench.
struct SpokenTurn {
    int commits = 0;  // how often its end was found
    // The response to the newest of them; what an earlier one still brings does not count.
    std::optional<std::uint32_t> answer;
    std::optional<Time> first_sound;  // the first audio of an answer is here
    std::optional<Time> done;
    std::string heard;                     // the words, as recognised
    std::map<std::string, double> stages;  // ms, as the server says
};

class TalkingPage {
public:
    static constexpr int kRate = 16'000;        // samples per second, both ways
    static constexpr std::size_t kFrame = 512;  // 32 ms

    TalkingPage(boost::asio::io_context& io, int port) : socket_(io, port) {}

    // Says hello with these fields beside the fixed ones and waits until the server is ready.
    [[nodiscard]] async::Task<void> open(json::Object wishes);
    // Reads what the server says until close(); to be run beside what speaks.
    [[nodiscard]] async::Task<void> listen();
    // Plays samples (-1 to 1) to the microphone in real time, over low noise as rooms have it.
    [[nodiscard]] async::Task<void> speak(std::vector<float> sound);
    // Stays silent until `enough`, at most `most_ms`.
    [[nodiscard]] async::Task<void> wait(int most_ms, std::function<bool()> enough);
    [[nodiscard]] async::Task<void> send(json::Object command);
    void close();

    SpokenTurn turn;
    // Told of a voice.error instead of a Failure, where it is set.
    std::function<void(const std::string&)> on_error;

private:
    // What one answer has brought so far and since when it is played.
    struct Playing {
        std::uint32_t response = 0;
        std::size_t samples = 0;
        Time since;
    };

    void take_audio(const std::string& frame);
    void take_event(const std::string& frame);
    [[nodiscard]] async::Task<void> report_played();

    http::testing::SocketClient socket_;
    bool closed_ = false;
    Time due_ = now();
    std::optional<Playing> playing_;
    int frames_ = 0;
    RoomNoise noise_{7};
};

}  // namespace bench
