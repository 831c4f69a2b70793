#include <gtest/gtest.h>

#include "program.hpp"
#include "samples.hpp"
#include "upstream.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

TEST(Samples, GiveTheValueThatAShareDoesNotExceed) {
    Samples samples;
    EXPECT_EQ(samples.at(0.5), 0);
    for (int value = 100; value > 0; --value) samples.add(value);
    EXPECT_EQ(samples.at(0), 1);
    EXPECT_EQ(samples.median(), 50);
    EXPECT_EQ(samples.at(0.95), 95);
    EXPECT_EQ(samples.at(0.99), 99);
    EXPECT_EQ(samples.at(1), 100);
}

TEST(TokenMeter, ReadsTokensInWhicheverPiecesTheyCome) {
    const Time sent{5'000us};
    const Time seen = sent + 2ms;
    for (const std::string& text : {"4000:5000; 4100:5000; ", "4000:5000;4100:5000;"}) {
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            TokenMeter meter;
            meter.feed(text.substr(0, cut), seen);
            meter.feed(text.substr(cut), seen);
            EXPECT_EQ(meter.tokens, 2);
            EXPECT_DOUBLE_EQ(meter.added_ms.at(1), 2);
            EXPECT_DOUBLE_EQ(meter.late_ms.at(1), 3);
            EXPECT_DOUBLE_EQ(meter.late_ms.at(0), 2.9);
        }
    }
}

TEST(TokenMeter, RefusesAReplyThatIsNotTheUpstreams) {
    TokenMeter meter;
    EXPECT_THROW(meter.feed("something else;", now()), Failure);
}

TEST(Folder, IsGoneWithItsContentAtTheEnd) {
    std::filesystem::path path;
    {
        const Folder folder(std::filesystem::temp_directory_path());
        path = folder.path();
        std::filesystem::create_directory(path / "below");
        EXPECT_TRUE(std::filesystem::is_directory(path / "below"));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace bench
