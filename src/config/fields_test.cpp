// Properties that hold for every setting, so that a new one cannot be forgotten anywhere.
#include <algorithm>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "config/fields.hpp"
#include "config/show.hpp"
#include "config/testing/scratch.hpp"
#include "config/values.hpp"
#include "json/describe.hpp"

namespace {

using config::testing::problems_of;
using config::testing::Scratch;

// Keys of the structs, found without the code under test.
template <class T>
void keys_of(const std::string& prefix, std::set<std::string>& out) {
    boost::mp11::mp_for_each<json::Members<T>>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
        const std::string key = prefix + member.name;
        if constexpr (json::DescribedStruct<Member>) {
            keys_of<Member>(key + ".", out);
        } else if constexpr (json::StringMap<Member>) {
            if constexpr (json::DescribedStruct<typename Member::mapped_type>) {
                keys_of<typename Member::mapped_type>(key + ".*.", out);
            } else {
                out.insert(key + ".*");
            }
        } else {
            out.insert(key);
        }
    });
}

std::string real_key(std::string key) {
    for (std::size_t at = key.find('*'); at != std::string::npos; at = key.find('*')) {
        key.replace(at, 1, "work");
    }
    return key;
}

TEST(ConfigFields, are_the_members_of_the_structs_each_with_a_note) {
    std::set<std::string> keys;
    keys_of<config::Settings>("", keys);
    std::set<std::string> listed;
    for (const config::Field& field : config::fields()) {
        listed.insert(field.key);
        ASSERT_NE(field.note, nullptr) << field.key << " has no note in notes.cpp";
        EXPECT_TRUE(field.note->doc.ends_with('.')) << field.key;
        EXPECT_NE(config::find_section(field.section), nullptr) << field.section;
        EXPECT_EQ(config::find_field(real_key(field.key)), &field);
    }
    EXPECT_EQ(listed, keys);
    EXPECT_EQ(config::notes().size(), keys.size()) << "a note without a setting";
}

TEST(ConfigFields, all_appear_in_schema_reference_and_example) {
    const json::Value schema = config::schema();
    const std::string page = config::reference_page();
    const std::string example = config::example();
    for (const config::Field& field : config::fields()) {
        std::string path;
        for (const std::string_view part : base::split(field.key, '.')) {
            path += part == "*" ? ".additionalProperties" : ".properties." + std::string(part);
        }
        const json::Value* leaf = json::find_path(schema, path.substr(1));
        ASSERT_NE(leaf, nullptr) << field.key;
        EXPECT_EQ(json::string_or(json::find(*leaf, "description")), field.note->doc);
        EXPECT_NE(json::find(*leaf, "default"), nullptr);
        EXPECT_NE(page.find("### " + base::replace_all(field.key, "*", "&lt;name&gt;") + "\n"),
                  std::string::npos)
            << field.key;
        const std::string first_words(field.note->doc.substr(0, 20));
        EXPECT_NE(example.find(first_words), std::string::npos) << field.key;
    }
    for (const config::EnvironmentAlias& alias : config::environment_aliases()) {
        EXPECT_NE(config::find_field(alias.key), nullptr) << alias.name;
        EXPECT_NE(page.find("`" + std::string(alias.name) + "`"), std::string::npos);
    }
    for (const config::FileAlias& alias : config::file_aliases()) {
        EXPECT_NE(config::find_field(alias.key), nullptr) << alias.old_key;
        EXPECT_EQ(config::find_field(alias.old_key), nullptr) << alias.old_key;
    }
}

// A valid value that differs from the default.
std::string other_value(const config::Field& field) {
    switch (field.kind) {
        case config::Kind::boolean:
            return json::bool_or(&field.default_value, false) ? "no" : "yes";
        case config::Kind::integer:
            return std::to_string(json::int_or(&field.default_value, 0) + 1);
        case config::Kind::number:
            return field.note->max < 1.5 ? "0.125" : "1.5";
        case config::Kind::text_list:
            return "one, two";
        case config::Kind::choice:
            return field.choices.back() == json::string_or(&field.default_value)
                       ? field.choices.front()
                       : field.choices.back();
        case config::Kind::text:
            break;
    }
    switch (field.note->form) {
        case config::Form::url:
            return "http://127.0.0.1:1/x";
        case config::Form::host:
            return "127.0.0.2";
        case config::Form::time_of_day:
            return "05:30";
        case config::Form::path:
        case config::Form::database:
            return "/srv/x";
        case config::Form::plain:
            break;
    }
    return "some text";
}

TEST(ConfigFields, all_can_be_set_by_their_variable) {
    for (const config::Field& field : config::fields()) {
        Scratch scratch;
        const std::string key = real_key(field.key);
        // Two names in one key cannot be told apart in a variable.
        if (std::ranges::count(field.key, '*') > 1) continue;
        scratch.request.environment[config::environment_name(key)] = other_value(field);
        scratch.request.environment["LOCI_SERVER_TLS_CERTIFICATE"] = "/c";
        scratch.request.environment["LOCI_SERVER_TLS_KEY"] = "/k";
        scratch.request.environment["LOCI_LLM_SCRIPT"] = "/s";
        const config::Loaded loaded = scratch.load();
        EXPECT_EQ(problems_of(scratch, loaded), "") << key;
        ASSERT_TRUE(loaded.values.contains(key)) << key;
        EXPECT_EQ(loaded.values.at(key).place.origin, config::Origin::environment) << key;
        EXPECT_NE(loaded.values.at(key).value, field.default_value) << key;
    }
}

TEST(ConfigFields, all_refuse_values_outside_their_range) {
    for (const config::Field& field : config::fields()) {
        const auto try_text = [&](const std::string& text) {
            config::Node node;
            node.type = config::Node::Type::text;
            node.text = text;
            return config::read_value(field, node, nullptr).has_value();
        };
        if (field.kind == config::Kind::integer) {
            ASSERT_LT(field.note->max, 1e15) << field.key << " needs a highest value";
            const auto low = static_cast<long long>(field.note->min);
            const auto high = static_cast<long long>(field.note->max);
            EXPECT_TRUE(try_text(std::to_string(low)));
            EXPECT_TRUE(try_text(std::to_string(high)));
            EXPECT_FALSE(try_text(std::to_string(low - 1))) << field.key;
            EXPECT_FALSE(try_text(std::to_string(high + 1))) << field.key;
        }
        if (field.kind == config::Kind::choice) EXPECT_FALSE(try_text("no such thing"));
    }
}

TEST(ConfigFields, have_an_example_that_gives_the_defaults_once_it_is_uncommented) {
    Scratch scratch;
    const config::Loaded commented = scratch.load_yaml(config::example());
    EXPECT_EQ(problems_of(scratch, commented), "");
    std::string text;
    for (const std::string_view line : base::split(config::example(), '\n')) {
        // "# words" are a section's words, "#name:" and "#  name:" are settings.
        const bool words = line.starts_with("# ") && !line.starts_with("#  ");
        text += words || line.empty() ? "" : std::string(line.substr(1)) + "\n";
    }
    Scratch other;
    other.request.home = scratch.request.home;
    other.request.config_path = other.write("config.yaml", text);
    const config::Loaded loaded = other.load();
    EXPECT_EQ(problems_of(other, loaded), "");
    for (const auto& [key, effective] : commented.values) {
        EXPECT_EQ(effective.value, loaded.values.at(key).value) << key;
    }
    EXPECT_EQ(loaded.settings.llm.providers.size(), 1U);
    EXPECT_EQ(loaded.settings.speech.servers.size(), 1U);
}

TEST(ConfigFields, have_a_reference_page_that_is_current) {
    std::ifstream in(LOCI_CONFIG_PAGE, std::ios::binary);
    const std::string page((std::istreambuf_iterator<char>(in)), {});
    EXPECT_TRUE(page == config::reference_page()) << "run: config_docs " LOCI_CONFIG_PAGE;
}

TEST(ConfigFields, are_written_as_an_example_once) {
    Scratch scratch;
    const auto path = scratch.path("home/.config/loci/config.yaml");
    ASSERT_TRUE(config::write_example(path).has_value());
    EXPECT_EQ(scratch.read(path), config::example());
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto again = config::write_example(path);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, base::ErrorCode::conflict);
}

TEST(ConfigShow, masks_secrets_everywhere) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(
        "auth: {key: short}\nllm:\n  api_key: sk-0123456789abcdefWXYZ\n"
        "  headers: {X-Key: header-secret-1234}\n"
        "  providers: {work: {api_key: provider-secret-9876}}\n"
        "speech: {servers: {work: {api_key: speech-secret-5432, headers: {X-K: "
        "head-secret-9}}}}\n");
    const json::Value shown = config::show(loaded, loaded);
    const std::string all = json::write(shown) + config::show_text(loaded);
    for (const char* secret : {"short\"", "0123456789", "header-secret", "provider-secret",
                               "speech-secret", "head-secret"}) {
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
    }
    EXPECT_EQ(json::string_or(json::find_path(shown, "values.llm.api_key")), "sk-…WXYZ");
    EXPECT_EQ(json::string_or(json::find_path(shown, "values.auth.key")), "…");
    EXPECT_EQ(json::string_or(json::find_path(shown, "values.llm.providers.work.api_key")),
              "…9876");
    const json::Value* origins = json::find(shown, "origins");
    EXPECT_EQ(json::string_or(json::find(*origins, "llm.api_key")), "file");
    EXPECT_EQ(json::string_or(json::find(*origins, "server.port")), "default");
    EXPECT_NE(config::show_text(loaded).find("server.port = 5624  # default\n"), std::string::npos);
}

TEST(ConfigShow, masks_at_most_four_characters_of_whole_letters) {
    EXPECT_EQ(config::mask(""), "");
    EXPECT_EQ(config::mask("elevenchars"), "…");
    EXPECT_EQ(config::mask("twelve-chars"), "…hars");
    EXPECT_EQ(config::mask("sk-ant-0123456789abcd"), "sk-…abcd");
    EXPECT_EQ(config::mask("long enough xyé!!"), "…é!!");
    EXPECT_TRUE(config::is_mask(config::mask("elevenchars")));
}

}  // namespace
