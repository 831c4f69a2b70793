// Changes from the settings page.
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "config/patch.hpp"
#include "config/show.hpp"
#include "config/testing/scratch.hpp"

namespace {

using config::testing::problems_of;
using config::testing::Scratch;

json::Value parsed(std::string_view text) {
    return json::parse(text).value();
}

TEST(ConfigPatch, writes_a_file_of_its_own_and_leaves_the_owners_alone) {
    Scratch scratch;
    const std::string own = "# my notes\nserver: {port: 1000}\nchat: {titles: true}\n";
    const config::Loaded before = scratch.load_yaml(own);
    const auto patched = config::apply_patch(
        scratch.request, before,
        parsed(R"({"server.port": 2000, "chat": {"titles": false, "stop_phrases": ["a", "b, c"]},
                   "llm.temperature": 0.5})"));
    ASSERT_TRUE(patched.has_value()) << patched.error().text();
    EXPECT_EQ(patched->changed, (std::vector<std::string>{"chat.stop_phrases", "chat.titles",
                                                          "llm.temperature", "server.port"}));
    EXPECT_EQ(patched->restart, (std::vector<std::string>{"server.port"}));
    EXPECT_EQ(scratch.read(scratch.path("home/.config/loci/config.yaml")), own);

    const config::Loaded after = scratch.load();
    EXPECT_EQ(problems_of(scratch, after), "");
    EXPECT_EQ(after.settings.server.port, 2000);
    EXPECT_FALSE(after.settings.chat.titles);
    EXPECT_EQ(after.settings.chat.stop_phrases, (std::vector<std::string>{"a", "b, c"}));
    EXPECT_EQ(after.settings.llm.temperature, 0.5);
    EXPECT_EQ(after.values.at("server.port").place.origin, config::Origin::local_file);
    struct stat info{};
    ASSERT_EQ(::stat(after.local_file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(ConfigPatch, keeps_earlier_changes_and_takes_back_what_is_null) {
    Scratch scratch;
    const config::Loaded start = scratch.load_yaml("chat: {carry_messages: 5}");
    const auto first = config::apply_patch(
        scratch.request, start, parsed(R"({"chat.carry_messages": 7, "chat.titles": false})"));
    ASSERT_TRUE(first.has_value()) << first.error().text();
    const auto second = config::apply_patch(scratch.request, first->loaded,
                                            parsed(R"({"chat.carry_messages": null})"));
    ASSERT_TRUE(second.has_value()) << second.error().text();
    EXPECT_EQ(second->loaded.settings.chat.carry_messages, 5);
    EXPECT_FALSE(second->loaded.settings.chat.titles);
    EXPECT_EQ(second->changed, (std::vector<std::string>{"chat.carry_messages"}));
}

TEST(ConfigPatch, adds_and_removes_named_providers) {
    Scratch scratch;
    const auto added = config::apply_patch(
        scratch.request, scratch.load(),
        parsed(R"({"llm": {"providers": {"My-Own": {"base_url": "http://10.0.0.1/v1",
                   "api_key": "sk-0123456789abcdefWXYZ", "headers": {"X-1": "null"}}}}})"));
    ASSERT_TRUE(added.has_value()) << added.error().text();
    EXPECT_EQ(added->loaded.settings.llm.providers.at("My-Own").headers.at("X-1"), "null");
    const auto removed = config::apply_patch(scratch.request, added->loaded,
                                             parsed(R"({"llm.providers.My-Own": null})"));
    ASSERT_TRUE(removed.has_value()) << removed.error().text();
    EXPECT_TRUE(removed->loaded.settings.llm.providers.empty());
}

TEST(ConfigPatch, leaves_masked_secrets_that_come_back_alone) {
    Scratch scratch;
    const auto set =
        config::apply_patch(scratch.request, scratch.load_yaml("auth: {key: key-of-the-file}"),
                            parsed(R"({"llm.api_key": "provider-key-1234"})"));
    ASSERT_TRUE(set.has_value()) << set.error().text();
    const auto again = config::apply_patch(
        scratch.request, set->loaded,
        parsed(R"({"llm.api_key": "…1234", "auth.key": "…file", "chat.titles": false})"));
    ASSERT_TRUE(again.has_value()) << again.error().text();
    EXPECT_EQ(again->changed, (std::vector<std::string>{"chat.titles"}));
    EXPECT_EQ(again->loaded.settings.llm.api_key, "provider-key-1234");
    EXPECT_EQ(again->loaded.settings.auth.key, "key-of-the-file");
    EXPECT_EQ(scratch.read(again->loaded.local_file).find("key-of-the-file"), std::string::npos)
        << "a secret must not be copied out of the owner's file";

    const auto wrong =
        config::apply_patch(scratch.request, again->loaded, parsed(R"({"llm.api_key": "…9999"})"));
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().text(),
              "`llm.api_key` is a masked value, not a secret (enter the whole secret)");
}

TEST(ConfigPatch, takes_texts_as_they_stand) {
    Scratch scratch;
    scratch.request.environment["SECRET"] = "do-not-show-this";
    const std::vector<std::string> texts = {"${SECRET}",
                                            "env:SECRET",
                                            "a: b # c",
                                            "'\"\\",
                                            "line\nbreak\ttab",
                                            "~",
                                            "yes",
                                            " x ",
                                            "\u00e4\u2028\u0085\u7f16",
                                            "\x7f\x01",
                                            "- a",
                                            "{",
                                            "<<",
                                            "*a",
                                            "!!str x",
                                            "…"};
    for (const std::string& text : texts) {
        json::Object patch;
        patch["persona.personality"] = text;
        const auto patched =
            config::apply_patch(scratch.request, scratch.load(), json::Value(patch));
        ASSERT_TRUE(patched.has_value()) << text << ": " << patched.error().text();
        EXPECT_EQ(scratch.load().settings.persona.personality, text);
        EXPECT_EQ(problems_of(scratch, scratch.load()), "");
    }
}

TEST(ConfigPatch, writes_nothing_unless_all_is_valid) {
    const auto refusal = [](std::string_view patch) {
        Scratch scratch;
        const config::Loaded before = scratch.load();
        const auto patched = config::apply_patch(scratch.request, before, parsed(patch));
        EXPECT_FALSE(std::filesystem::exists(before.local_file)) << patch;
        return patched ? std::string("accepted") : patched.error().text();
    };
    EXPECT_EQ(refusal(R"({"chat.titles": false, "server.port": 99999})"),
              "`server.port` must be a whole number from 0 to 65535, not `99999`");
    EXPECT_EQ(refusal(R"({"chat.title": false})"),
              "`chat.title` is not a setting (see docs/configuration.md)");
    EXPECT_EQ(refusal(R"({"nothing.there": null})"),
              "`nothing.there` is not a setting (see docs/configuration.md)");
    EXPECT_EQ(refusal(R"({"server": 5})"),
              "`server` is a group of settings (send {\"section.name\": value})");
    EXPECT_EQ(refusal(R"([1])"), "a change must be a JSON object (send {\"section.name\": value})");
    EXPECT_EQ(refusal(R"({"chat.titles": {"a": 1}})"),
              "`chat.titles` must be a single value, not `a group of settings`");
    EXPECT_EQ(refusal(R"({"server.host": "0.0.0.0"})"),
              "`server.host` 0.0.0.0 can be reached by others, but there is no `auth.key` (set "
              "auth.key (or LOCI_AUTH_KEY) to a long random text, or keep 127.0.0.1)");
    EXPECT_EQ(refusal(R"({"llm.headers.X Y": "z"})"),
              "`llm.headers.X Y` is not a setting (see docs/configuration.md)");
}

TEST(ConfigPatch, does_not_change_what_outranks_it) {
    Scratch scratch;
    scratch.request.environment["PORT"] = "4000";
    const auto patched =
        config::apply_patch(scratch.request, scratch.load(), parsed(R"({"server.port": 4001})"));
    ASSERT_FALSE(patched.has_value());
    EXPECT_EQ(patched.error().code, base::ErrorCode::conflict);
    EXPECT_EQ(patched.error().text(),
              "`server.port` is set by PORT, which outranks this page (change it there)");
}

TEST(ConfigPatch, asks_to_mend_a_damaged_file_instead_of_losing_it) {
    Scratch scratch;
    scratch.write("home/.config/loci/config.local.yaml", "chat: {titels: no}\n");
    const auto patched =
        config::apply_patch(scratch.request, scratch.load(), parsed(R"({"chat.titles": false})"));
    ASSERT_FALSE(patched.has_value());
    EXPECT_EQ(patched.error().code, base::ErrorCode::conflict);
    EXPECT_EQ(scratch.read(scratch.path("home/.config/loci/config.local.yaml")),
              "chat: {titels: no}\n");
}

}  // namespace
