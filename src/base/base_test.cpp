#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace base {
namespace {

TEST(Files, AreReplacedAsAWholeAndReadWithALimit) {
    const auto folder = std::filesystem::temp_directory_path() / MessageId::make().str();
    const auto file = folder / "deeper" / "file.txt";
    EXPECT_EQ(read_file(file, 100).error().code, ErrorCode::not_found);
    ASSERT_TRUE(write_file(file, "one"));
    ASSERT_TRUE(write_file(file, "two", 0644));
    EXPECT_EQ(read_file(file, 3).value(), "two");
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0644));
    EXPECT_EQ(read_file(file, 2).error().code, ErrorCode::too_large);
    EXPECT_EQ(read_file(folder, 100).error().code, ErrorCode::storage);
    const auto link = folder / "link.txt";
    std::filesystem::create_symlink(file, link);
    ASSERT_TRUE(write_file(link, "three"));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(read_file(file, 100).value(), "three");
    std::size_t left = 0;
    for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
        left += entry.exists() ? 1 : 0;
    }
    EXPECT_EQ(left, 1u) << "nothing temporary stays";
    const auto here = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    EXPECT_TRUE(write_file("beside.txt", "four")) << "a name without a folder";
    std::filesystem::current_path(here);
    EXPECT_EQ(read_file(folder / "beside.txt", 100).value(), "four");
    std::filesystem::remove_all(folder);
}

TEST(Text, TellsWhatIsWrittenWithoutSpaces) {
    EXPECT_EQ(unspaced_character("天气"), 3u);
    EXPECT_EQ(unspaced_character("すみ"), 3u);
    EXPECT_EQ(unspaced_character("𠀀"), 4u);
    for (const char* spaced : {"", "a", "é", "한국", "。", "…", "😀"}) {
        EXPECT_EQ(unspaced_character(spaced), 0u) << spaced;
    }
}

TEST(Error, EveryCodeHasANameThatLeadsBackToIt) {
    for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        EXPECT_EQ(error_code_from(to_string(code)), code);
    }
}

TEST(Result, TryHandsTheErrorToTheCaller) {
    const auto broken = []() -> Result<int> { return fail(ErrorCode::not_found, "no"); };
    const auto outer = [&]() -> Result<int> {
        TRY(value, broken());
        return value + 1;
    };
    ASSERT_FALSE(outer());
    EXPECT_EQ(outer().error().code, ErrorCode::not_found);
}

TEST(Ids, AreValidUniqueAndRising) {
    std::set<std::string> seen;
    std::string last;
    for (int i = 0; i < 20'000; ++i) {
        const std::string id = new_uuid();
        EXPECT_TRUE(is_uuid(id)) << id;
        EXPECT_EQ(id[14], '7');
        EXPECT_LT(last, id);
        last = id;
        seen.insert(id);
    }
    EXPECT_EQ(seen.size(), 20'000u);
}

TEST(Text, FindsTheValidUtf8Prefix) {
    EXPECT_TRUE(is_valid_utf8("grüße 你好 🙂"));
    EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
    EXPECT_EQ(valid_utf8_prefix("ab\xE4\xBD"), 2u);
    EXPECT_TRUE(ends_in_partial_utf8("ab\xE4\xBD"));
    EXPECT_FALSE(ends_in_partial_utf8("ab\xFF"));
    EXPECT_EQ(to_valid_utf8("a\xFF"), "a\xEF\xBF\xBD");
}

TEST(Text, ShortensByCharactersNotBytes) {
    EXPECT_EQ(shorten("你好吗", 2), "你好…");
    EXPECT_EQ(shorten("你好", 2), "你好");
}

TEST(Text, NamesTheNearestKey) {
    EXPECT_EQ(nearest("prot", {"host", "port", "data"}), "port");
    EXPECT_EQ(nearest("zebra", {"host", "port"}), "");
}

TEST(Text, WritesSizesForPeople) {
    EXPECT_EQ(human_bytes(999), "999 B");
    EXPECT_EQ(human_bytes(98'000'000), "98 MB");
    EXPECT_EQ(human_bytes(1'500'000'000), "1.5 GB");
}

TEST(Log, NeverShowsARegisteredSecret) {
    std::vector<log::Record> records;
    const auto handle = log::subscribe([&](const log::Record& r) { records.push_back(r); });
    log::add_secret("sk-very-secret");
    LOG_INFO("test", "key sk-very-secret used", {"header", "Bearer sk-very-secret"});
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].message, "key *** used");
    EXPECT_EQ(records[0].fields[0].value, "Bearer ***");
}

}  // namespace
}  // namespace base
