// Every kind of mistake, with the exact words that its owner reads.
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "config/show.hpp"
#include "config/testing/scratch.hpp"

namespace {

using config::testing::problems_of;
using config::testing::Scratch;

// The problems of a config.yaml, without its path.
std::string words(std::string_view yaml) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(yaml);
    std::string out = problems_of(scratch, loaded);
    const std::string file = "@/home/.config/loci/config.yaml";
    for (std::size_t at = out.find(file); at != std::string::npos; at = out.find(file)) {
        out.replace(at, file.size(), "");
    }
    return out;
}

std::string words_of(std::string_view name, std::string_view text) {
    Scratch scratch;
    scratch.request.config_path = scratch.write(name, text);
    const config::Loaded loaded = scratch.load();
    EXPECT_TRUE(loaded.refuses_start()) << "an unreadable file must refuse the start";
    return problems_of(scratch, loaded);
}

TEST(ConfigProblems, name_the_nearest_key_of_a_misspelt_one) {
    EXPECT_EQ(words("server:\n  prt: 1\n"),
              ":2:3: `server.prt` is not a setting (did you mean `server.port`?)\n");
    EXPECT_EQ(words("\nsever: {port: 1}\n"),
              ":2:1: `sever` is not a setting (did you mean `server`?)\n");
    EXPECT_EQ(words("port: 1\n"), ":1:1: `port` is not a setting (did you mean `server.port`?)\n");
    EXPECT_EQ(words("llm: {providers: {work: {apikey: x}}}\n"),
              ":1:26: `llm.providers.work.apikey` is not a setting (did you mean "
              "`llm.providers.work.api_key`?)\n");
    EXPECT_EQ(words("zzzzzzzzzz: 1\n"),
              ":1:1: `zzzzzzzzzz` is not a setting (see docs/configuration.md for all settings)\n");
    EXPECT_EQ(words("server.port: 1\n"),
              ":1:1: `server.port` is not a setting (put `port` below `server`, indented)\n");
    EXPECT_EQ(words("llm: {headers: {'X Y': z}}\n"),
              ":1:17: `X Y` cannot be a name here (use letters, digits, - and _)\n");
}

TEST(ConfigProblems, say_what_a_value_must_be) {
    EXPECT_EQ(words("server: {port: 70000}"),
              ":1:16: `server.port` must be a whole number from 0 to 65535, not `70000`\n");
    EXPECT_EQ(words("server: {port: 80.5}"),
              ":1:16: `server.port` must be a whole number from 0 to 65535, not `80.5`\n");
    EXPECT_EQ(words("llm: {temperature: warm}"),
              ":1:20: `llm.temperature` must be a number from 0 to 2, not `warm`\n");
    EXPECT_EQ(words("llm: {temperature: .nan}"),
              ":1:20: `llm.temperature` must be a number from 0 to 2, not `.nan`\n");
    EXPECT_EQ(words("chat: {titles: maybe}"),
              ":1:16: `chat.titles` must be true or false, not `maybe`\n");
    EXPECT_EQ(words("logging: {format: josn}"),
              ":1:19: `logging.format` must be one of pretty, compact, json, not `josn` (did you "
              "mean json?)\n");
    EXPECT_EQ(words("llm: {base_url: localhost:11434}"),
              ":1:17: `llm.base_url` must be an address that begins with http:// or https://, not "
              "`localhost:11434`\n");
    EXPECT_EQ(words("llm: {base_url: 'https://me:pw@example.org'}"),
              ":1:17: `llm.base_url` must not hold a user name or password (put the secret into "
              "api_key or headers)\n");
    EXPECT_EQ(words("chat: {daily_reset: '25:00'}"),
              ":1:21: `chat.daily_reset` must be a time of day such as 04:00, or off, not "
              "`25:00`\n");
    EXPECT_EQ(words("server: {host: 'a b'}"),
              ":1:16: `server.host` must be an address such as 127.0.0.1 or a host name, not "
              "`a b`\n");
    EXPECT_EQ(words("data: {database: 'postgres://me:pw@db/loci'}"),
              ":1:18: `data.database` must be an SQLite database, not postgres (give a path or "
              "sqlite:///path, or leave it out)\n");
    EXPECT_EQ(words("persona: {name: [a]}"),
              ":1:17: `persona.name` must be a single value, not `a list`\n");
    EXPECT_EQ(words("chat: {stop_phrases: [[a]]}"),
              ":1:22: `chat.stop_phrases` must be a list of texts, not ``\n");
    EXPECT_EQ(words("server: 8080"),
              ":1:9: `server` must be a group of settings (put its settings below it, indented by "
              "two spaces)\n");
    EXPECT_EQ(words("auth: {key: [my-secret]}"), ":1:13: `auth.key` must be a single value\n")
        << "a secret must not be repeated";
}

TEST(ConfigProblems, name_missing_variables) {
    EXPECT_EQ(words("llm:\n  api_key: ${MY_KEY}\n"),
              ":2:12: `llm.api_key`: the variable MY_KEY is not set (set MY_KEY in the environment "
              "or in secrets.env, or give a default: ${MY_KEY:-default})\n");
    EXPECT_EQ(words("llm: {model: 'env:MODEL_X'}"),
              ":1:14: `llm.model`: the variable MODEL_X is not set (set MODEL_X in the environment "
              "or in secrets.env, or give a default: ${MODEL_X:-default})\n");
    EXPECT_EQ(words("llm: {model: '${oops'}"),
              ":1:14: `llm.model` a ${ is not closed (write ${NAME}, or $${ for a plain ${)\n");
    EXPECT_EQ(
        words("llm: {model: '${a b}'}"),
        ":1:14: `llm.model` `a b` cannot be the name of a variable (names are letters, digits "
        "and _; write $${ for a plain ${)\n");
}

TEST(ConfigProblems, show_the_line_of_a_syntax_error) {
    EXPECT_EQ(words("server:\n\tport: 1\n"),
              ":2:1: the line is indented with a tab (YAML wants spaces: use two per level)\n");
    EXPECT_EQ(
        words("server:\n  port: 1\n   host: x\n"),
        ":3:8: not valid YAML: illegal map value (check the indentation and the colons around "
        "this line)\n");
    for (const char* text :
         {"auth:\n  key: \"abc\n", "auth:\n  key: \"abc", "auth:\n  key: 'abc\n"}) {
        EXPECT_TRUE(
            words(text).ends_with(": not valid YAML: a quote is opened and never closed "
                                  "(look for it above this line)\n"))
            << words(text);
    }
    EXPECT_EQ(words("llm: {model: x}\n...\n"), "");
    EXPECT_EQ(words("a: 1\n---\nb: 2\n"),
              ":3:1: a second document begins here (keep one document per file; remove the line "
              "---)\n");
    EXPECT_EQ(words("- a\n- b\n"),
              ":1:1: the file must hold sections with settings (for example:  server:\n"
              "  port: 5624)\n");
    EXPECT_EQ(words("server: {port: 1}\nserver: {port: 2}\n"),
              ":2:1: `server` is given twice, first in line 1 (remove one of the two)\n");
    EXPECT_EQ(words("server: {<<: {port: 1}}\n"),
              ":1:10: merge keys (<<) are not supported (write the values out)\n");
    EXPECT_EQ(words("server: {port: \"\xFF\"}\n"),
              ":1:0: not valid UTF-8 text (save the file as UTF-8)\n");
    EXPECT_EQ(words_of("a.toml", "[server]\nport = = 1\n").substr(0, 32),
              "@/a.toml:2:8: not valid TOML: Er");
    EXPECT_EQ(words_of("b.toml", "[\n"),
              "@/b.toml: not valid TOML (look for a bracket or a quote that is not closed)\n");
    EXPECT_EQ(words_of("c.toml", "\n\u023c = 1\n").substr(0, 27), "@/c.toml:2:1: not valid TOM");
    EXPECT_EQ(words_of("a.json", "{\n  \"server\": {\"port\": 1,}\n}"),
              "@/a.json:2:24: not valid JSON: expected a name in double quotes\n");
    EXPECT_EQ(words_of("b.json", "{} x"),
              "@/b.json:1:4: not valid JSON: nothing may follow the closing brace\n");
    EXPECT_EQ(words_of("c.json", "{\"a\": 01}"),
              "@/c.json:1:8: not valid JSON: expected `,` or `}`\n");
}

TEST(ConfigProblems, stop_hostile_files_early) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += fmt::format("a{0}: &a{0} [", i);
        for (int k = 0; k < 10; ++k) bomb += fmt::format("*a{}, ", i - 1);
        bomb += "]\n";
    }
    EXPECT_EQ(words(bomb), ":5:10: more than 20000 values\n");
    EXPECT_EQ(words("a: &a [*a]\n"), ":1:8: an alias (*) stands inside its own anchor (&)\n");
    EXPECT_EQ(words("a: " + std::string(50, '[') + std::string(50, ']')),
              ":1:35: nested deeper than 32 levels\n");
    EXPECT_EQ(words_of("deep.json", "{\"a\":" + std::string(100'000, '[')),
              "@/deep.json:1:37: nested deeper than 32 levels\n");
    EXPECT_EQ(words_of("deep.toml", "a = " + std::string(100'000, '[')).substr(0, 13),
              "@/deep.toml:1");
}

TEST(ConfigProblems, switch_off_their_own_section_alone) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(
        "llm: {provider: openai, api_key: my-key-123, max_tokens: many}\n"
        "chat: {session_idle_minutes: 5}\n");
    EXPECT_FALSE(loaded.refuses_start());
    ASSERT_EQ(loaded.disabled.size(), 1U);
    EXPECT_TRUE(loaded.disabled.at("llm").ends_with(
        "`llm.max_tokens` must be a whole number from 1 to 1000000, not `many`"));
    EXPECT_EQ(loaded.settings.llm.provider, config::ProviderKind::auto_);
    EXPECT_EQ(loaded.settings.llm.api_key, "");
    EXPECT_EQ(loaded.settings.llm.privacy, config::Privacy::local_only)
        << "what was meant is unknown, so nothing may leave the machine";
    EXPECT_EQ(loaded.settings.chat.session_idle_minutes, 5);
}

TEST(ConfigProblems, switch_off_one_named_provider) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(
        "llm:\n  provider: openai\n  providers:\n    good: {model: a}\n"
        "    bad: {model: b, api_key: '${NOT_THERE}'}\n");
    EXPECT_FALSE(loaded.refuses_start());
    EXPECT_TRUE(loaded.disabled.contains("llm.providers.bad"));
    EXPECT_FALSE(loaded.settings.llm.providers.contains("bad"));
    EXPECT_EQ(loaded.settings.llm.providers.at("good").model, "a");
    EXPECT_EQ(loaded.settings.llm.provider, config::ProviderKind::openai);
}

TEST(ConfigProblems, switch_off_one_speech_server) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(
        "speech:\n  voice: good\n  servers:\n    good: {voice: a}\n"
        "    bad: {voice: b, base_url: nowhere}\n");
    EXPECT_TRUE(loaded.disabled.contains("speech.servers.bad"));
    EXPECT_FALSE(loaded.settings.speech.servers.contains("bad"));
    EXPECT_EQ(loaded.settings.speech.servers.at("good").voice, "a");
    EXPECT_EQ(loaded.settings.speech.voice, "good");
}

TEST(ConfigProblems, refuse_the_start_in_network_login_and_storage) {
    for (const std::string_view yaml :
         {"server: {port: x}", "auth: {kye: x}", "atuh: {key: x}", "data: {folder: [a]}",
          "server: {host: 0.0.0.0}", "server: {tls: {mode: own}}"}) {
        Scratch scratch;
        EXPECT_TRUE(scratch.load_yaml(yaml).refuses_start()) << yaml;
    }
    EXPECT_EQ(words("server: {host: 0.0.0.0}"),
              ":1:16: `server.host` 0.0.0.0 can be reached by others, but there is no `auth.key` "
              "(set auth.key (or LOCI_AUTH_KEY) to a long random text, or keep 127.0.0.1)\n");
    EXPECT_EQ(words("server: {host: 0.0.0.0}\nauth: {key: long-enough-key}"), "");
}

TEST(ConfigProblems, refuse_a_wrong_command_line) {
    Scratch scratch;
    scratch.request.overrides = {{"server.port", "eighty", "--port"}, {"chat.titels", "on", ""}};
    const config::Loaded loaded = scratch.load();
    EXPECT_TRUE(loaded.refuses_start());
    EXPECT_EQ(problems_of(scratch, loaded),
              "--set chat.titels: `chat.titels` is not a setting (did you mean `chat.titles`?)\n"
              "--port: `server.port` must be a whole number from 0 to 65535, not `eighty`\n");
}

TEST(ConfigProblems, warn_of_misspelt_variables_and_broken_secrets) {
    Scratch scratch;
    scratch.request.environment["LOCI_SERVER_PROT"] = "1";
    EXPECT_EQ(problems_of(scratch, scratch.load()),
              "LOCI_SERVER_PROT: LOCI_SERVER_PROT is not a setting (did you mean "
              "LOCI_SERVER_PORT?)\n");
    scratch.request.environment.clear();
    const auto path = scratch.write("home/.config/loci/secrets.env", "A=1\nmy secret line\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    const config::Loaded loaded = scratch.load();
    EXPECT_TRUE(loaded.refuses_start());
    EXPECT_EQ(problems_of(scratch, loaded),
              "@/home/.config/loci/secrets.env: line 2 is not NAME=value (one variable per line, "
              "comments begin with #)\n");
}

}  // namespace
