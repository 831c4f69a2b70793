// Runs every *.turn file of this folder as one test; README.md describes the language.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "boost/describe/enum_to_string.hpp"
#include "chat/wire.hpp"
#include "json/describe.hpp"
#include "protocol/codec.hpp"
#include "stage.hpp"

namespace scenarios {
namespace {

namespace fs = std::filesystem;

// Words and "quoted texts" (with \" and \n); key="value" stays one word with its quotes resolved.
std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    bool any = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '\\' && i + 1 < line.size()) {
            word.push_back(line[++i] == 'n' ? '\n' : line[i]);
        } else if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (c == ' ' && !quoted) {
            if (any || !word.empty()) words.push_back(word);
            word.clear();
            any = false;
        } else {
            word.push_back(c);
        }
    }
    if (any || !word.empty()) words.push_back(word);
    return words;
}

std::chrono::milliseconds milliseconds(const std::string& text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::chrono::milliseconds(value);
}

class Player {
public:
    void play(const std::vector<std::string>& words) {
        const std::string& verb = words.at(0);
        const std::vector<std::string> rest(words.begin() + 1, words.end());
        if (verb != "stored") next_stored_ = 0;
        if (verb == "reply") {
            stage_.llm().add_reply(rest);
        } else if (verb == "reply_slowly") {
            stage_.llm().add_reply({rest.begin() + 1, rest.end()}, milliseconds(rest.at(0)));
        } else if (verb == "reply_unsure") {
            adapters::Script script;
            script.steps.push_back({adapters::ScriptConfidence{std::stod(rest.at(0))}});
            script.steps.push_back({ports::LlmText{rest.at(1)}});
            stage_.llm().add(std::move(script));
        } else if (verb == "reply_error") {
            adapters::Script script;
            script.steps.push_back(
                {base::make_error(base::error_code_from(rest.at(0)), rest.at(1))});
            stage_.llm().add(std::move(script));
        } else if (verb == "no_model") {
            stage_.remove_model();
        } else if (verb == "toy_model") {
            stage_.set_route(chat::ModelGrade::toy);
        } else if (verb == "upgrade") {
            stage_.set_upgrade({"upgrade", rest.at(1), rest.at(0)});
        } else if (verb == "option") {
            set_option(rest.at(0), rest.at(1));
        } else if (verb == "wait") {
            stage_.wait(milliseconds(rest.at(0)));
        } else if (verb == "stop") {
            stage_.stop();
        } else if (verb == "crash") {
            stage_.crash();
        } else if (verb == "open") {
            ASSERT_TRUE(
                stage_.run(stage_.inbox().view(base::PersonId("owner"), *stage_.session())));
        } else if (verb == "body") {
            // Names of expressions are those that VRM has.
            protocol::BodyStage figure{
                "figure", rest, {"happy", "sad", "angry", "surprised", "relaxed"}};
            stage_.body().put_stage("page", std::move(figure));
        } else {
            speak_or_check(verb, rest);
        }
    }

private:
    void speak_or_check(const std::string& verb, const std::vector<std::string>& rest) {
        if (verb == "say") {
            const auto receipt = say(rest);
            ASSERT_TRUE(receipt) << receipt.error().text();
        } else if (verb == "refused") {
            const auto receipt = say({rest.begin() + 1, rest.end()});
            ASSERT_FALSE(receipt) << "was accepted";
            EXPECT_EQ(base::to_string(receipt.error().code), rest.at(0));
        } else if (verb == "edit") {
            const auto receipt = stage_.edit(std::stoi(rest.at(0)), rest.at(1));
            ASSERT_TRUE(receipt) << receipt.error().text();
        } else if (verb == "retry") {
            const auto receipt = stage_.retry();
            ASSERT_TRUE(receipt) << receipt.error().text();
        } else if (verb == "expect") {
            expect(rest);
        } else if (verb == "expect_no") {
            for (std::size_t i = next_event_; i < stage_.events().size(); ++i) {
                EXPECT_NE(protocol::type_of(stage_.events()[i]->event), rest.at(0))
                    << stage_.events()[i]->text;
            }
        } else if (verb == "stored") {
            check_stored(rest);
        } else if (verb == "prompt_extends") {
            check_prompts();
        } else if (verb == "prompt_says") {
            const auto& messages = stage_.llm().requests().back().messages;
            EXPECT_TRUE(std::ranges::any_of(
                messages, [&](const auto& m) { return m.content == rest.at(0); }));
        } else if (verb == "prompt_holds") {
            const auto& messages = stage_.llm().requests().back().messages;
            EXPECT_TRUE(std::ranges::any_of(messages, [&](const auto& m) {
                return m.content.find(rest.at(0)) != std::string::npos;
            })) << rest.at(0);
        } else {
            FAIL() << "unknown verb " << verb;
        }
    }

    void set_option(const std::string& name, const std::string& value) {
        if (name == "queue") {
            stage_.options().queue_mode = value == "collect" ? chat::QueueMode::collect
                                          : value == "steer" ? chat::QueueMode::steer
                                                             : chat::QueueMode::queue;
        } else if (name == "titles") {
            stage_.options().titles = value == "on";
        } else if (name == "reflexes") {
            stage_.options().reflexes =
                value == "on" ? chat::ReflexPolicy::automatic : chat::ReflexPolicy::off;
        } else {
            FAIL() << "unknown option " << name;
        }
    }

    base::Result<chat::Receipt> say(const std::vector<std::string>& rest) {
        chat::SubmitOptions options;
        for (std::size_t i = 1; i < rest.size(); ++i) {
            if (rest[i].starts_with("key=")) options.idempotency_key = rest[i].substr(4);
            if (rest[i] == "steer") options.steer = true;
            if (rest[i] == "aloud") options.spoken = true;
        }
        return stage_.say(rest.at(0), std::move(options));
    }

    void expect(const std::vector<std::string>& rest) {
        const auto& events = stage_.events();
        while (next_event_ < events.size() &&
               protocol::type_of(events[next_event_]->event) != rest.at(0)) {
            ++next_event_;
        }
        ASSERT_LT(next_event_, events.size()) << "no further event " << rest.at(0);
        const json::Value event = protocol::encode(events[next_event_]->event);
        for (std::size_t i = 1; i < rest.size(); ++i) {
            const auto equals = rest[i].find('=');
            const auto* field = json::find_path(event, rest[i].substr(0, equals));
            ASSERT_NE(field, nullptr) << rest[i] << " in " << json::write(event);
            const std::string shown =
                field->is_string() ? json::string_or(field) : json::write(*field);
            EXPECT_EQ(shown, rest[i].substr(equals + 1)) << json::write(event);
        }
        ++next_event_;
    }

    void check_stored(const std::vector<std::string>& rest) {
        const auto rows = stage_.stored();
        ASSERT_LT(next_stored_, rows.size()) << "only " << rows.size() << " messages are stored";
        const auto wire = chat::to_wire(rows[next_stored_++]);
        EXPECT_EQ(boost::describe::enum_to_string(wire.role, "?"), rest.at(0));
        EXPECT_EQ(boost::describe::enum_to_string(wire.status, "?"), rest.at(1));
        EXPECT_EQ(wire.content, rest.at(2));
    }

    void check_prompts() {
        const auto& requests = stage_.llm().requests();
        ASSERT_GE(requests.size(), 2u);
        const auto text = [](const ports::LlmRequest& request) {
            std::string all;
            for (const auto& m : request.messages) {
                all += std::to_string(static_cast<int>(m.role)) + ":" + m.content + "\x1e";
            }
            return all;
        };
        const std::string before = text(requests[requests.size() - 2]);
        const std::string now = text(requests.back());
        EXPECT_EQ(now.substr(0, before.size()), before);
        EXPECT_GT(now.size(), before.size());
    }

    Stage stage_;
    std::size_t next_event_ = 0;
    std::size_t next_stored_ = 0;
};

std::vector<std::string> scenario_files() {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(LOCI_SCENARIOS)) {
        if (entry.path().extension() == ".turn") files.push_back(entry.path().stem().string());
    }
    std::ranges::sort(files);
    return files;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, PlaysAsWritten) {
    std::ifstream file(fs::path(LOCI_SCENARIOS) / (GetParam() + ".turn"));
    ASSERT_TRUE(file);
    Player player;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        SCOPED_TRACE(GetParam() + ".turn:" + std::to_string(number) + ": " + line);
        if (line.empty() || line.front() == '#') continue;
        player.play(words_of(line));
        if (HasFatalFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(scenario_files()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace scenarios
