// What every provider adapter does with good and hostile replies, tested once for all. A test file
// names its adapter as a Subject and instantiates:
//
//   struct Subject {
//       using Decoder = …;                                 // a ReplyDecoder
//       static GoodReply good_reply();
//       static std::unique_ptr<ports::LlmProvider> make(http::Client&, const async::Clock&,
//                                                       std::string url);
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(OpenAi, WireContract, Subject);
#pragma once

#include <memory>

#include "llm_wire/testing/wire_test.hpp"

namespace llm_wire::testing {

template <class Subject>
class WireContract : public WireTest {
protected:
    std::unique_ptr<ports::LlmProvider> llm =
        Subject::make(this->client, this->clock, this->server.url(""));
    const GoodReply reply = Subject::good_reply();
};
TYPED_TEST_SUITE_P(WireContract);

TYPED_TEST_P(WireContract, GivesTheSameReplyInEverySplit) {
    expect_same_reply_in_every_split(
        [](ports::LlmSink& into) {
            return std::make_unique<typename TypeParam::Decoder>(into, CallLabel{});
        },
        this->reply);
}

TYPED_TEST_P(WireContract, NoticesACutAtEveryByte) {
    this->expect_every_cut_is_noticed(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, GivesWordsWhileTheRestIsUnsent) {
    this->expect_words_arrive_as_they_are_sent(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, LeavesItsConnectionToTheNextReply) {
    this->expect_connection_is_kept(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, EndsThoughTheBodyDoesNot) {
    this->expect_body_without_end_does_no_harm(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, StopsInTheMiddleOfAReply) {
    this->expect_stop_ends_a_hanging_reply(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, StopsWhenTheServerIsSilent) {
    this->expect_stop_ends_a_silent_server(*this->llm);
}

TYPED_TEST_P(WireContract, EndsWhenTheSinkHasEnough) {
    this->expect_sink_can_end_the_reply(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, RefusesAHundredMegabytesOfJunk) {
    this->expect_junk_is_refused(*this->llm, this->reply.content_type);
}

TYPED_TEST_P(WireContract, LivesWithAWrongLength) {
    this->expect_wrong_length_does_no_harm(*this->llm, this->reply);
}

TYPED_TEST_P(WireContract, TypesEveryStatus) {
    this->expect_typed_status_errors(*this->llm);
}

REGISTER_TYPED_TEST_SUITE_P(WireContract, GivesTheSameReplyInEverySplit, NoticesACutAtEveryByte,
                            GivesWordsWhileTheRestIsUnsent, LeavesItsConnectionToTheNextReply,
                            EndsThoughTheBodyDoesNot, StopsInTheMiddleOfAReply,
                            StopsWhenTheServerIsSilent, EndsWhenTheSinkHasEnough,
                            RefusesAHundredMegabytesOfJunk, LivesWithAWrongLength,
                            TypesEveryStatus);

}  // namespace llm_wire::testing
