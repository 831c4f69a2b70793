// A stage of one's own in the pipeline of a spoken conversation: docs/custom-stage.md.
#include <gtest/gtest.h>

#include "adapters/speech_spelling/spelled_speech.hpp"
#include "voice/testing/talk_fixture.hpp"

namespace scenarios {
namespace {

struct CustomStage : voice::testing::TalkTest {
    adapters::speech_spelling::SpelledSpeechToText stage{recogniser_};
    CustomStage() { engines_.recogniser = &stage; }

    std::string asked_with(const char* heard) {
        const auto before = responder_.questions.size();
        ask(heard);
        responder_.will_say("Much.");
        silence_for(2'500);
        return responder_.questions.size() == before + 1 ? responder_.questions.back().text : "";
    }
};

TEST_F(CustomStage, ATurnIsAnsweredAsTheStageWritesIt) {
    stage.use({{"low key", "Loci"}});
    start();
    EXPECT_EQ(asked_with("what can low key do"), "what can Loci do");
    stage.use({});
    EXPECT_EQ(asked_with("what can low key do"), "what can low key do")
        << "exchanged while it runs";
}

}  // namespace
}  // namespace scenarios
