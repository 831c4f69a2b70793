#include "engine/speech/phrase_fit.hpp"

#include <gtest/gtest.h>

namespace engine::speech {
namespace {

using Forms = std::vector<std::string>;

TEST(PhraseForms, TheWaysInWhichAModelMayWriteIt) {
    EXPECT_EQ(phrase_forms("hey nook"),
              (Forms{" hey nook", " Hey nook", " Hey Nook", " Hey, Nook"}));
    EXPECT_EQ(phrase_forms("Hey  Nook "), (Forms{" Hey Nook", " Hey, Nook"}));
    EXPECT_EQ(phrase_forms("Computer"), (Forms{" Computer"}));
    EXPECT_EQ(phrase_forms("Ärger da"), (Forms{" Ärger da", " Ärger Da", " Ärger, Da"}));
    EXPECT_EQ(phrase_forms("你好小家"), (Forms{" 你好小家"}));
    EXPECT_TRUE(phrase_forms("  ").empty());
}

}  // namespace
}  // namespace engine::speech
