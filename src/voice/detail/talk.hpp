// Talk: the actor behind Conversation. Everything that arrives is put in one mailbox and handled in
// order; engines and the responder run in coroutines of their own that only post. talk.cpp has the
// mailbox, time and the calls from outside; talk_hearing.cpp the person's side; talk_replies.cpp
// and talk_speaking.cpp the companion's.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "async/event.hpp"
#include "async/task_scope.hpp"
#include "voice/clause_cutter.hpp"
#include "voice/conversation.hpp"
#include "voice/detail/ear.hpp"
#include "voice/detail/spoken.hpp"
#include "voice/early_listening.hpp"
#include "voice/turn_taker.hpp"

namespace voice::detail {

// A piece of audio to be understood. `revision` 0: only a look at what is being said; without a
// turn, too, at what interrupts.
struct Listening {
    TurnId turn = 0;
    Revision revision = 0;
    Samples start = 0, end = 0;
};

// What was understood of a turn before it was over.
struct HeardSoFar {
    Listening what;
    ports::Transcript heard;
};

// A turn that is over and not yet answered or dismissed.
struct EndedTurn {
    TurnEnded end;
    Time at{0};
    bool tried_again = false;
};

// What the stages of a turn took.
struct Stages {
    Time speech_end{0}, turn_end{0}, asked{0}, first_piece{0};
    double recogniser_ms = 0;
};

struct Reply {
    Reply(ResponseId response, int output_hz, bool reports) : sound(response, output_hz, reports) {}
    Question question;
    Responder* by = nullptr;
    std::string voice;
    double speed = 1.0;
    std::string text;
    ClauseCutter cutter;
    std::deque<Piece> pieces;  // to be spoken
    Spoken sound;
    Stages stages;
    std::stop_source stop;        // of the answer
    std::stop_source stop_voice;  // of the piece being spoken
    std::optional<Time> voice_until;
    bool voice_late = false;  // the piece was stopped because it took too long
    bool text_over = false;
    bool speaking = false;  // the voice works on it
    bool voice_broken = false;
    bool written = false;  // ResponseWritten was told
    bool cancelled = false;
    int round = 0;                  // goes up when the answer begins again
    bool finished = false;          // ResponseDone was told
    std::optional<Time> settle_at;  // cancelled: the player's last report may come until then
    std::optional<base::Error> error;
    async::Event drained;     // less sound waits than may
    async::Event sound_over;  // finished
    async::Event closed;      // the responder knows
};
using ReplyPtr = std::shared_ptr<Reply>;

// Says a text of the product itself.
class SayText final : public Responder {
public:
    [[nodiscard]] async::Task<base::Result<void>> answer(Question question, ReplySink& sink,
                                                         std::stop_token stop) override;
};

class Talk final : public Conversation, private Ear::Listener {
public:
    Talk(Parts parts, ConversationSettings settings, media::Resampler resampler,
         std::optional<OwnEcho> echo);
    ~Talk() override;

    void start();

    [[nodiscard]] bool hear(std::span<const float> samples) override;
    [[nodiscard]] async::Task<bool> room(std::stop_token stop) override;
    void commit() override;
    void clear() override;
    [[nodiscard]] base::Result<ResponseId> respond(ResponseOrder order) override;
    [[nodiscard]] base::Result<void> cancel(std::optional<ResponseId> response) override;
    void played(ResponseId response, Time heard) override;
    [[nodiscard]] base::Result<void> configure(ConversationSettings settings) override;
    [[nodiscard]] const ConversationSettings& settings() const override { return settings_; }
    [[nodiscard]] event::State state() const override { return state_; }
    [[nodiscard]] async::Task<void> close() override;

private:
    class Gate;      // ReplySink of one reply
    class Segments;  // SpeechSink of one piece

    // ---- the mailbox and time
    void post(std::function<void()> message);
    void after_each();
    void tell(event::Any what);
    void fail(std::string_view stage, base::Error error);
    void tick();
    void rearm();
    [[nodiscard]] std::optional<Time> next_deadline() const;
    [[nodiscard]] async::Task<void> sleep_until(Time deadline, std::stop_token stop);
    [[nodiscard]] Time now() const;
    [[nodiscard]] event::State current_state() const;

    // ---- hearing
    void on_window(VadWindow window) override;
    void on_deaf(base::Error error) override;
    void follow(const Decisions& decisions);
    void decide(const Decision& decision);
    void on_started(const SpeechStarted& started);
    void on_soft_end(const SoftEnd& end);
    void on_reopened(const Reopened& reopened);
    void on_ended(const TurnEnded& ended);
    void on_dropped(const TurnDropped& dropped);
    void react(const Reactions& reactions);
    void resume(const ResumePlayback& resumed);
    void look();
    void listen_early(VadWindow window);
    void on_heard_so_far(const Listening& what, const ports::Transcript& heard);
    [[nodiscard]] bool take_early(const Listening& what);
    void commit_now();
    void forget();
    void want(Listening what);
    void recognise_next();
    [[nodiscard]] async::Task<void> recognise(std::vector<float> audio, std::stop_token stop);
    [[nodiscard]] async::Task<void> judge_end(Revision revision, std::vector<float> audio,
                                              std::stop_token stop);
    void on_recognised(base::Result<ports::Transcript> result, double ms);
    void on_understood(const Listening& what, const ports::Transcript& heard);
    void on_not_understood(const Listening& what, base::Error error);
    void conclude(EndedTurn turn, const ports::Transcript& heard);
    [[nodiscard]] bool gives_way(const std::string& text);
    void prepare(Question partial);
    void stop_preparing();

    // ---- answering
    ReplyPtr begin(Question question, const ResponseOrder& order, ResponseId id);
    [[nodiscard]] async::Task<void> answer(ReplyPtr reply, ReplyPtr previous);
    void on_text(const ReplyPtr& reply, std::string delta);
    void on_text_over(const ReplyPtr& reply, base::Result<void> result);
    void restart(const ReplyPtr& reply);
    void take_pieces(const ReplyPtr& reply, std::vector<Piece> pieces);
    // These two hold it themselves: what they are given may be floor_, which they empty.
    void silence(ReplyPtr reply, event::CancelCause cause);
    void finish(ReplyPtr reply);
    void settle(const ReplyPtr& reply);
    [[nodiscard]] Ending ending_of(const Reply& reply) const;
    [[nodiscard]] bool audible() const { return floor_ && floor_->sound.audible(); }

    // ---- speaking
    [[nodiscard]] async::Task<void> speak(ReplyPtr reply);
    [[nodiscard]] async::Task<base::Result<void>> speak_piece(ReplyPtr reply, Piece piece);
    void on_segment(const ReplyPtr& reply, const Piece& piece, const ports::SpeechSegment& segment);
    void pump();
    void on_first_sound(const ReplyPtr& reply);

    async::Executor executor_;
    async::Clock& clock_;
    SpeechEngines engines_;
    ConversationRates rates_;
    ConversationSettings settings_;
    Responder& responder_;
    SayText uncertain_;
    Conversation::Listener listener_;
    async::Duration began_;

    std::deque<std::function<void()>> mailbox_;
    bool busy_ = false;
    bool closing_ = false;
    std::optional<Time> armed_;
    std::stop_source stop_sleep_;
    event::State state_ = event::State::listening;

    std::shared_ptr<Ear> ear_;
    bool echo_told_ = false;  // that it cannot be taken out
    TurnTaker taker_;
    Interruption interruption_;
    Time probability_told_{-1'000};
    float loudest_ = 0;
    Samples turn_start_ = 0;
    EarlyListening early_;
    std::optional<HeardSoFar> so_far_;
    std::deque<Listening> wanted_;
    std::optional<Listening> recognising_;
    std::stop_source stop_recognising_;
    Time recognise_until_{0};
    bool recognise_late_ = false;  // it was stopped because it took too long
    std::optional<Time> look_at_;
    std::optional<Samples> commit_at_;                  // asked for, when so much has been taken in
    std::map<Revision, ports::Transcript> understood_;  // of the turn under way
    std::map<Revision, EndedTurn> ended_;
    std::map<Revision, Stages> stages_;
    std::stop_source stop_turn_;     // end-of-turn model
    std::stop_source stop_prepare_;  // speculative work of the responder
    std::optional<Question> after_;  // OnSpeech::ignore: to be answered next

    ResponseId next_response_ = 1;
    ReplyPtr floor_;               // that is being answered or spoken
    ReplyPtr last_;                // newest reply, for the order of their endings
    std::vector<ReplyPtr> going_;  // cancelled, not yet finished
    async::TaskScope tasks_;
};

}  // namespace voice::detail
