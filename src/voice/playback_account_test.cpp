#include "voice/playback_account.hpp"

#include <random>

#include <gtest/gtest.h>

#include "voice/interruption.hpp"
#include "voice/turn_taker.hpp"

namespace voice {
namespace {

constexpr int kRate = 24'000;

std::vector<Piece> pieces_of(std::string_view reply) {
    ClauseCutter cutter;
    auto pieces = cutter.feed(reply);
    for (auto& piece : cutter.finish()) pieces.push_back(std::move(piece));
    return pieces;
}

Segment segment_of(const Piece& piece, Samples length) {
    return {piece.index, piece.original, length, spread_words(piece, length)};
}

TEST(PlaybackAccount, HistoryKeepsTheWordsThatWereHeard) {
    const std::string reply = "One two **three** four.";
    PlaybackAccount account(kRate);
    Segment segment{7, {0, reply.size()}, 4'000, {}};
    segment.words = {{{0, 3}, 0, 1'000},
                     {{4, 7}, 1'000, 2'000},
                     {{10, 15}, 2'000, 3'000},
                     {{18, 23}, 3'000, 4'000}};
    account.queue(segment);
    const std::pair<Samples, std::string_view> steps[] = {{0, ""},
                                                          {500, ""},
                                                          {501, "One"},
                                                          {1'500, "One"},
                                                          {1'501, "One two"},
                                                          {2'501, "One two **three"},
                                                          {3'501, "One two **three** four."},
                                                          {4'000, "One two **three** four."}};
    for (const auto& [samples, text] : steps) {
        account.played(samples - account.position(), Time{0});
        EXPECT_EQ(heard_text(reply, account.heard()), text) << samples;
    }
    EXPECT_TRUE(account.heard().all);
}

TEST(PlaybackAccount, WordsAreSpreadOverTheAudioByTheirLength) {
    const auto pieces = pieces_of("Hi extraordinarily long 你好。");
    ASSERT_EQ(pieces.size(), 1U);
    const auto words = spread_words(pieces[0], 10'000);
    ASSERT_EQ(words.size(), 5U);
    EXPECT_EQ(words.front().start, 0);
    EXPECT_EQ(words.back().end, 10'000);
    for (std::size_t i = 1; i < words.size(); ++i) EXPECT_EQ(words[i].start, words[i - 1].end);
    EXPECT_GT(words[1].end - words[1].start, 3 * (words[0].end - words[0].start));
}

TEST(PlaybackAccount, ATruncationByTheClientIsCheckedAndMapped) {
    const std::string reply = "Alpha beta gamma delta.";
    PlaybackAccount account(kRate);
    const auto pieces = pieces_of(reply);
    account.queue(segment_of(pieces[0], Samples{kRate} * 2));
    account.played(Samples{kRate} * 2, Time{0});
    EXPECT_EQ(heard_text(reply, *account.heard_at(Time{1'000})), "Alpha beta");
    EXPECT_EQ(heard_text(reply, *account.heard_at(Time{0})), "");
    EXPECT_EQ(heard_text(reply, *account.heard_at(Time{2'080})), reply);
    EXPECT_EQ(account.heard_at(Time{2'101}).error().code, base::ErrorCode::invalid_argument);
    EXPECT_EQ(account.heard_at(Time{-1}).error().code, base::ErrorCode::invalid_argument);
}

TEST(PlaybackAccount, KnowsWhatSoundedWhen) {
    PlaybackAccount account(kRate);
    account.queue({1, {0, 5}, 2'400, {}});
    account.queue({2, {5, 9}, 2'400, {}});
    EXPECT_EQ(account.played(2'400, Time{1'000}), 2'400);
    EXPECT_EQ(account.played(1'200, Time{1'500}), 1'200);  // after a pause
    EXPECT_EQ(account.played(4'800, Time{1'550}), 1'200);  // the rest was silence
    EXPECT_EQ(account.sounding_at(Time{1'050})->segment, 1U);
    EXPECT_EQ(account.sounding_at(Time{1'050})->from, 1'200);
    EXPECT_FALSE(account.sounding_at(Time{1'300}));
    EXPECT_EQ(account.sounding_at(Time{1'560})->segment, 2U);
    EXPECT_EQ(account.sounding_at(Time{1'560})->from, 1'440);
    EXPECT_FALSE(account.sounding_at(Time{999}));
}

TEST(PlaybackAccount, NothingCountsAfterACancel) {
    PlaybackAccount account(kRate);
    account.queue({1, {0, 5}, 1'000, {}});
    account.played(400, Time{0});
    account.cancel();
    EXPECT_EQ(account.played(600, Time{100}), 0);
    account.queue({2, {5, 9}, 1'000, {}});
    EXPECT_EQ(account.queued(), 400);
    EXPECT_EQ(account.heard().samples, 400);
    EXPECT_FALSE(account.heard().all);
}

// Random voices, random players, a cancel at a random moment: the kept text is exactly the words
// whose greater part was played.
TEST(PlaybackAccount, HistoryEqualsWhatWasPlayedOnAnyInterleaving) {
    const std::string reply =
        "Well **of course**, I can [nod] tell you. It is `warm`, sunny and dry; 今天很好。 See "
        "https://example.com/a for more. Bye!";
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        PlaybackAccount account(kRate);
        std::vector<std::pair<Samples, std::size_t>> halves;  // from here on heard up to …
        Samples queued = 0, heard = 0;
        std::size_t next = 0;
        const auto pieces = pieces_of(reply);
        bool cancelled = false;
        for (int step = 0; step < 60; ++step) {
            const auto what = random() % 10;
            if (what < 4 && next < pieces.size()) {
                const auto segment =
                    segment_of(pieces[next++], static_cast<Samples>(1'000 + random() % 30'000));
                for (const auto& word : segment.words) {
                    if (!cancelled) {
                        halves.emplace_back(queued + (word.start + word.end) / 2,
                                            word.original.end);
                    }
                }
                if (!cancelled) queued += segment.length;
                account.queue(segment);
            } else if (what < 9) {
                const auto count = static_cast<Samples>(random() % 9'000);
                const Samples taken = account.played(count, Time{step * 100});
                ASSERT_EQ(taken, cancelled ? 0 : std::min(count, queued - heard));
                heard += taken;
            } else if (step > 30) {
                account.cancel();
                cancelled = true;
            }
        }
        std::size_t expected = 0;
        for (const auto& [from, end] : halves) {
            if (heard > from) expected = end;
        }
        const auto kept = heard_text(reply, account.heard());
        ASSERT_EQ(kept, heard_text(reply, Heard{0, Time{0}, expected, false})) << "seed " << seed;
        ASSERT_EQ(account.heard().samples, heard);
    }
}

// Looks at every decision: each turn that starts ends exactly once, revisions only grow, and
// nothing is released that was withdrawn.
class Referee {
public:
    void operator()(const SpeechStarted& d) {
        ASSERT_EQ(open, 0U);
        ASSERT_EQ(d.turn, last_turn_ + 1);
        ASSERT_GE(d.start, last_end_);
        open = last_turn_ = d.turn;
    }
    void operator()(const SoftEnd& d) {
        ASSERT_EQ(d.turn, open);
        ASSERT_EQ(soft, 0U);
        ASSERT_GT(d.revision, last_revision);
        soft = last_revision = d.revision;
    }
    void operator()(const Reopened& d) {
        ASSERT_EQ(d.revision, soft);
        soft = 0;
    }
    void operator()(const TurnEnded& d) {
        ASSERT_EQ(d.turn, open);
        ASSERT_EQ(d.revision, soft);
        ASSERT_GT(d.end, d.start);
        last_end_ = d.end;
        open = soft = 0;
    }
    void operator()(const TurnDropped& d) {
        ASSERT_EQ(d.turn, open);
        open = soft = 0;
    }
    void operator()(const IdleTimeout&) { ASSERT_EQ(open, 0U); }
    void look(const Decisions& decisions) {
        for (const auto& each : decisions) std::visit(*this, each);
    }

    TurnId open = 0;
    Revision soft = 0, last_revision = 0;

private:
    TurnId last_turn_ = 0;
    Samples last_end_ = 0;
};

// One thing that may happen, at random.
void random_step(TurnTaker& taker, Referee& referee, std::mt19937& random, Time& now) {
    static const std::string_view kTexts[] = {"",    "what time is it", "I would like to",
                                              "yes", "my name is Anna", "因为"};
    const auto what = random() % 15;
    if (what < 5) {
        const Revision revision =
            random() % 2 == 0 ? referee.soft : random() % (referee.last_revision + 1);
        const auto state = random() % 2 == 0 ? TranscriptState::final : TranscriptState::partial;
        referee.look(taker.transcript({revision, kTexts[random() % 6], state}, now));
    } else if (what < 8) {
        const auto probability = static_cast<float>(random() % 100) / 100;
        referee.look(taker.end_of_turn({referee.soft, probability}, now));
    } else if (what < 10) {
        referee.look(taker.playback(random() % 2 == 0 ? Playback::playing : Playback::idle, now));
    } else if (what < 11) {
        if (auto committed = taker.commit(now)) referee.look(*committed);
    } else if (what < 12) {
        referee.look(taker.clear(now));
    } else if (what < 13) {
        TurnSettings settings = taker.settings();
        settings.mode = static_cast<TurnMode>(random() % 3);
        referee.look(taker.configure(settings, now));
    } else {
        now += Time{random() % 3'000};
        referee.look(taker.tick(now));
    }
}

TEST(TurnTaking, EveryTurnEndsExactlyOnceOnAnyInterleaving) {
    TurnId turns = 0;
    for (unsigned seed = 0; seed < 400; ++seed) {
        std::mt19937 random(seed);
        TurnSettings settings;
        settings.mode = seed % 2 == 0 ? TurnMode::semantic_vad : TurnMode::server_vad;
        settings.idle_timeout = Time{5'000};
        TurnTaker taker(settings, Time{0});
        Referee referee;
        Time now{0};
        Samples position = 0;
        float speech = 0.1F;
        for (int step = 0; step < 1'500; ++step) {
            if (random() % 100 < 85) {
                if (random() % 12 == 0) speech = random() % 2 == 0 ? 0.9F : 0.1F;
                now += Time{random() % 40};
                referee.look(taker.hear({position, speech}, now));
                position += kVadWindow;
            } else {
                random_step(taker, referee, random, now);
            }
            ASSERT_EQ(taker.in_turn(), referee.open != 0) << "seed " << seed << " step " << step;
            ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << " step " << step;
            turns = std::max(turns, referee.open);
        }
        // Left alone, a turn comes to its end by the clock.
        for (int i = 0; i < 20 && taker.next_deadline(); ++i) {
            now = std::max(now, *taker.next_deadline());
            referee.look(taker.tick(now));
        }
        ASSERT_EQ(referee.open, 0U) << "seed " << seed;
    }
    EXPECT_GT(turns, 20U);  // the noise was not idle
}

// A player that obeys the reactions: it plays only while it may, and after a cancel never again.
TEST(Interrupting, NothingIsAudibleWhilePausedOrAfterACancel) {
    static const std::string_view kTexts[] = {"", "mhm", "stop", "the weather is mild",
                                              "yeah but no"};
    for (unsigned seed = 0; seed < 400; ++seed) {
        std::mt19937 random(seed);
        Interruption interruption({});
        PlaybackAccount account(kRate);
        account.queue({1, {0, 10}, Samples{kRate} * 30, {}});
        interruption.playback_started();
        interruption.saying("the weather is mild and dry");
        enum class Player { playing, paused, cancelled } player = Player::playing;
        Time now{0};
        float speech = 0.1F;
        Samples expected = 0;
        const auto obey = [&](const Reactions& reactions) {
            for (const auto& each : reactions) {
                ASSERT_NE(player, Player::cancelled);
                if (std::holds_alternative<PausePlayback>(each)) {
                    ASSERT_EQ(player, Player::playing);
                    player = Player::paused;
                } else if (std::holds_alternative<ResumePlayback>(each)) {
                    ASSERT_EQ(player, Player::paused);
                    player = Player::playing;
                } else {
                    player = Player::cancelled;
                    account.cancel();
                }
            }
        };
        Samples position = 0;
        for (int step = 0; step < 600; ++step) {
            now += Time{32};
            if (random() % 10 == 0) speech = random() % 2 == 0 ? 0.9F : 0.1F;
            obey(interruption.hear({position, speech, -20.0F - static_cast<float>(random() % 40)},
                                   now));
            position += kVadWindow;
            if (random() % 20 == 0) obey(interruption.transcript(kTexts[random() % 5], now));
            if (player != Player::paused) {
                const Samples taken = account.played(768, now);
                ASSERT_EQ(taken, player == Player::playing ? 768 : 0) << "seed " << seed;
                expected += taken;
            }
        }
        ASSERT_EQ(account.heard().samples, expected);
        now += Time{1'000};
        obey(interruption.tick(now));
        ASSERT_NE(player, Player::paused) << "seed " << seed;
    }
}

}  // namespace
}  // namespace voice
