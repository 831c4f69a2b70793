// ReplyBody: what a reply tells the body. Takes stage directions out of the text as it streams,
// sends them to the stages beside their words, and keeps them, so that the model reads again what
// it wrote. Owned by one turn; io thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body/text/sentences.hpp"
#include "chat/body_link.hpp"
#include "ports/store.hpp"

namespace chat {

class ReplyBody {
public:
    struct Where {
        base::SessionId session;
        base::TurnId turn;
        bool spoken = false;  // what the reply does belongs beside the spoken words
    };
    using Directives = std::vector<protocol::BodyDirective>;

    ReplyBody(BodyLink& link, Where where);

    // Gives what of `piece` may be shown; the directions in it wait for take().
    [[nodiscard]] std::string feed(std::string_view piece);
    // What was held back at the end of the reply.
    [[nodiscard]] std::string finish();
    // What stands in the text so far and was not taken yet, with the feelings of the sentences that
    // are over before it; to be sent behind the words themselves.
    [[nodiscard]] Directives take(protocol::BodySource source);
    // How the sentences that are complete in `text` feel, which is the beginning of what was fed;
    // none where a stage direction gives the look.
    [[nodiscard]] Directives feelings(std::string_view text, body::text::Growth growth);
    // What stands beside no words: one after the other, where both are movements.
    [[nodiscard]] Directives in_turn(const std::vector<body::text::Directive>& directives,
                                     protocol::BodySource source);
    // The reply is withdrawn.
    void reset();

    // For the stored reply, whose text is the beginning of what was shown.
    [[nodiscard]] std::optional<std::vector<protocol::StageDirection>> kept(
        std::string_view text) const;

private:
    BodyLink& link_;
    Where where_;
    std::shared_ptr<const BodyBook> book_;
    body::text::DirectionParser parser_;
    // Place of a cut in the reply, which begins behind the blanks at the start.
    [[nodiscard]] std::size_t place_of(const body::text::Cut& cut) const;
    [[nodiscard]] std::size_t lead() const;
    // `rest`: what stands behind the last sentence of `text` belongs to it.
    enum class Rest { belongs, begins_another };
    void add_feelings(std::string_view text, body::text::Growth growth, Rest rest, Directives& out);
    [[nodiscard]] bool is_directed(const body::text::SentencePlace& place, bool to_the_end) const;

    std::string shown_;
    std::vector<body::text::Cut> cuts_;
    std::size_t taken_ = 0;  // of cuts_
    body::text::SentenceCutter sentences_;
};

// A reply as its model wrote it: the stage directions put back in their places.
[[nodiscard]] std::string as_written(const ports::MessageRow& row);

}  // namespace chat
