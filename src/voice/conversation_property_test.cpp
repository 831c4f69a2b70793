// Random interleavings of everything that can happen in a spoken conversation keep its promises.
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "voice/testing/talk_fixture.hpp"

namespace voice {
namespace {

using testing::TalkTest;
namespace event = voice::event;

class Chance {
public:
    explicit Chance(unsigned seed) : engine_(seed) {}
    [[nodiscard]] int upto(int most) {
        return std::uniform_int_distribution<int>(0, most)(engine_);
    }
    template <class T>
    [[nodiscard]] T one_of(std::initializer_list<T> items) {
        return *(items.begin() + upto(static_cast<int>(items.size()) - 1));
    }

private:
    std::mt19937 engine_;
};

class TalkProperty : public TalkTest, public ::testing::WithParamInterface<unsigned> {
protected:
    void act(Chance& chance) {
        switch (chance.upto(11)) {
            case 0:
            case 1:
                speak_for(32 * (1 + chance.upto(20)));
                break;
            case 2:
            case 3:
                silence_for(32 * (1 + chance.upto(40)));
                break;
            case 4:
            case 5:
                recogniser_.will_hear(
                    chance.one_of<const char*>({"what time is it", "mhm", "I would like to", "",
                                                "one two three", "stop talking now please"}),
                    chance.one_of({0.9, 0.9, 0.1}));
                break;
            case 6:
            case 7:
                responder_.will_say(chance.one_of<const char*>(
                    {"Noon.", "One two three four five. Six seven eight nine ten.", "", "[wave]",
                     "a b c d e f g h i j k l m n o p q r s t u v w x y z."}));
                break;
            case 8:
                if (const auto ended = talk_->cancel(std::nullopt); !ended) {
                    EXPECT_EQ(ended.error().code, base::ErrorCode::not_found);
                }
                break;
            case 9:
                talk_->played(static_cast<ResponseId>(chance.upto(6)),
                              Time{chance.one_of({-5, 0, 100, 700, 3'000, 1'000'000'000})});
                break;
            case 10:
                if (chance.upto(1) == 0) {
                    recogniser_.will_fail(
                        base::make_error(base::ErrorCode::engine_crashed, "the engine died"));
                } else {
                    talk_->commit();
                }
                break;
            default:
                if (chance.upto(2) == 0) talk_->clear();
                voice_.failure =
                    chance.upto(3) == 0
                        ? std::optional(base::make_error(base::ErrorCode::engine_crashed, "died"))
                        : std::nullopt;
        }
        settle();
    }

    void check_promises() const {
        std::map<ResponseId, int> open;
        std::map<ResponseId, Samples> out;
        std::set<ResponseId> silent;
        std::map<TurnId, int> turns;
        for (const auto& [at, what] : events_) {
            if (const auto* started = std::get_if<event::ResponseStarted>(&what)) {
                EXPECT_EQ(open[started->response]++, 0);
            } else if (const auto* audio = std::get_if<event::Audio>(&what)) {
                EXPECT_FALSE(silent.contains(audio->response)) << "audio after its end";
                EXPECT_EQ(audio->first, out[audio->response]);
                out[audio->response] += static_cast<Samples>(audio->pcm.size());
            } else if (const auto* cancelled = std::get_if<event::Cancelled>(&what)) {
                silent.insert(cancelled->response);
            } else if (const auto* done = std::get_if<event::ResponseDone>(&what)) {
                const Ending& ending = done->ending;
                EXPECT_EQ(open[ending.response]++, 1) << "exactly one end";
                EXPECT_LE(ending.heard.samples, out[ending.response]);
                EXPECT_TRUE(ending.text.starts_with(ending.heard_text));
                if (ending.status == ResponseStatus::completed) {
                    EXPECT_EQ(ending.heard.samples, out[ending.response]);
                }
                silent.insert(ending.response);
            } else if (const auto* speech = std::get_if<event::SpeechStarted>(&what)) {
                EXPECT_EQ(turns[speech->turn]++, 0);
            } else if (const auto* committed = std::get_if<event::Committed>(&what)) {
                EXPECT_EQ(turns[committed->turn]++, 1);
            }
        }
        for (const auto& [response, times] : open) EXPECT_EQ(times, 2) << response;
        EXPECT_EQ(responder_.endings.size(), responder_.questions.size());
    }
};

TEST_P(TalkProperty, PromisesHoldWhateverHappens) {
    Chance chance(GetParam());
    settings_.reports_playback = chance.upto(1) == 0;
    settings_.cancels_echo = settings_.reports_playback && chance.upto(1) == 0;
    settings_.on_speech = chance.one_of({OnSpeech::weigh, OnSpeech::cancel, OnSpeech::ignore});
    settings_.engine_timeout = Time{3'000};
    if (chance.upto(3) == 0) settings_.turns.mode = TurnMode::manual;
    start();
    for (int step = 0; step < 60; ++step) act(chance);
    bool closed = false;
    async::spawn_detached(io_.get_executor(), "close", close(*talk_, closed));
    for (int i = 0; i < 100 && !closed; ++i) clock_.advance(io_, Time{50});
    ASSERT_TRUE(closed);
    talk_.reset();
    check_promises();
}

INSTANTIATE_TEST_SUITE_P(Seeds, TalkProperty, ::testing::Range(1U, 61U));

}  // namespace
}  // namespace voice
