// What the starter answers to ordinary prompts, in each form of its prompt (docs/starter-mind.md):
//   starter_bench LOCI_ENGINE MODELS_FOLDER OUT.jsonl SET SEEDS FORM…
// SET is `choose` or `confirm` of starter_prompts.json, SEEDS how often each prompt is asked, FORM
// ids of starter_forms.json, or `all`. Writes one line of JSON for each reply, made by the
// product's own prompt, engine and checks; starter_score.py judges the lines.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "adapters/llm_engine/engine_embedder.hpp"
#include "adapters/llm_engine/engine_llm.hpp"
#include "async/testing/run.hpp"
#include "base/text.hpp"
#include "chat/prompt.hpp"
#include "chat/reply_check.hpp"
#include "json/describe.hpp"

namespace starter_bench {

constexpr const char* kModel = "smollm2-135m";
constexpr const char* kModelFile = "/SmolLM2-135M-Instruct.Q4_1.gguf";
constexpr const char* kEmbedder = "all-minilm-l6-v2";
constexpr const char* kEmbedderFile = "/all-MiniLM-L6-v2.Q8_0.gguf";
constexpr int kContext = 2048;
constexpr int kSentences = 2;

struct Said {
    std::string person;
    std::string reply;
};
BOOST_DESCRIBE_STRUCT(Said, (), (person, reply))

struct Question {
    std::string id;
    std::string set;
    std::string kind;
    std::optional<std::vector<Said>> before;
    std::string text;
    std::vector<std::string> accept;
};
BOOST_DESCRIBE_STRUCT(Question, (), (id, set, kind, before, text, accept))

struct Questions {
    std::vector<Question> prompts;
};
BOOST_DESCRIBE_STRUCT(Questions, (), (prompts))

enum class Form { messages, transcript };
BOOST_DESCRIBE_ENUM(Form, messages, transcript)

struct Wanted {
    std::string id;
    Form form = Form::messages;
    std::string persona;
    double temperature = 0;
    double top_p = 1;
    double repeat_penalty = 1;
    int max_tokens = 96;
};
BOOST_DESCRIBE_STRUCT(Wanted, (),
                      (id, form, persona, temperature, top_p, repeat_penalty, max_tokens))

struct Forms {
    std::map<std::string, std::string> personas;
    std::vector<Wanted> forms;
};
BOOST_DESCRIBE_STRUCT(Forms, (), (personas, forms))

// One line of the output.
struct Line {
    std::string form;
    std::string prompt;
    int seed = 0;
    std::string reply;
    std::string finish;
    std::string fault;  // what the product's check says, without confidence
    int prompt_tokens = 0;
    int reply_tokens = 0;
    double mean_logprob = 0;
    double ms = 0;
    double like_question = 0;  // cosine of the sentence embeddings
    double like_accepted = 0;  // of the nearest accepted answer
};
BOOST_DESCRIBE_STRUCT(Line, (),
                      (form, prompt, seed, reply, finish, fault, prompt_tokens, reply_tokens,
                       mean_logprob, ms, like_question, like_accepted))

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "starter_bench: {}\n", why);
    std::exit(1);
}

template <class T>
T must(base::Result<T> result) {
    if (!result) give_up(result.error().text());
    return std::move(*result);
}

template <class T>
T read_json(const std::string& name) {
    const std::string path = std::string(LOCI_BENCH_FOLDER) + "/" + name;
    std::ifstream in(path);
    if (!in) give_up("cannot read " + path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return must(json::to<T>(must(json::parse(text))));
}

// Takes a reply as a turn does: without leading blanks, ended after its sentences or in a loop.
class Reply final : public ports::LlmSink {
public:
    bool on_event(const ports::LlmEvent& event) override {
        const auto* part = std::get_if<ports::LlmText>(&event);
        if (part == nullptr) return true;
        text += part->text;
        text.erase(0, std::min(text.find_first_not_of(" \n"), text.size()));
        const std::size_t end = chat::end_of_sentences(text, kSentences);
        if (end != std::string::npos) text.resize(end);
        return end == std::string::npos && !chat::repeats_itself(text);
    }
    std::string text;
};

class Bench {
public:
    Bench(const std::string& program, const std::string& models)
        : host_(io_.get_executor(), *clock_, options(program, models)),
          llm_(std::make_shared<adapters::llm_engine::EngineLlm>(host_)),
          embedder_(host_, kEmbedder) {}
    ~Bench() {
        async::spawn_detached(io_.get_executor(), "close", host_.close());
        io_.restart();
        io_.run();
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    Line ask(const Wanted& wanted, const std::string& persona, const Question& question, int seed);

private:
    static adapters::llm_engine::EngineOptions options(const std::string& program,
                                                       const std::string& models) {
        using adapters::llm_engine::EngineRole;
        adapters::llm_engine::EngineOptions options;
        options.program = program;
        options.threads = 1;  // does not suffer from what else runs on the machine
        options.models_folder = models;
        options.models = {
            {kModel, kModel, models + kModelFile, EngineRole::chat, kContext, true, false},
            {kEmbedder, kEmbedder, models + kEmbedderFile, EngineRole::embed, 0, false, false}};
        return options;
    }
    static chat::ModelRoute route_for(const Wanted& wanted,
                                      std::shared_ptr<ports::LlmProvider> provider);
    void compare(const Question& question, Line& line);

    boost::asio::io_context io_;
    std::unique_ptr<async::Clock> clock_ = async::make_system_clock();
    adapters::llm_engine::EngineHost host_;
    std::shared_ptr<adapters::llm_engine::EngineLlm> llm_;
    adapters::llm_engine::EngineEmbedder embedder_;
};

chat::ModelRoute Bench::route_for(const Wanted& wanted,
                                  std::shared_ptr<ports::LlmProvider> provider) {
    chat::ModelRoute route;
    route.profile.id = route.profile.model = kModel;
    route.profile.grade = chat::ModelGrade::toy;
    route.profile.form =
        wanted.form == Form::messages ? chat::PromptForm::messages : chat::PromptForm::transcript;
    route.profile.context_tokens = kContext;
    route.profile.max_reply_tokens = wanted.max_tokens;
    route.profile.sampling.temperature = wanted.temperature;
    route.profile.sampling.top_p = wanted.top_p;
    route.profile.sampling.top_k = 40;
    route.profile.sampling.repeat_penalty = wanted.repeat_penalty;
    route.provider = std::move(provider);
    return route;
}

chat::PromptInput input_for(const std::string& persona, const Question& question) {
    chat::PromptInput input;
    input.short_persona = persona;
    input.companion = "Nook";
    const auto session = base::SessionId::make();
    long long seq = 0;
    const auto row = [&](ports::StoredRole role, const std::string& text) {
        ports::MessageRow made;
        made.id = base::MessageId::make();
        made.session = session;
        made.seq = ++seq;
        made.role = role;
        made.content = text;
        return made;
    };
    for (const auto& said : question.before.value_or(std::vector<Said>{})) {
        input.history.push_back(chat::to_row(row(ports::StoredRole::user, said.person)));
        input.history.push_back(chat::to_row(row(ports::StoredRole::assistant, said.reply)));
    }
    input.newest = row(ports::StoredRole::user, question.text);
    return input;
}

Line Bench::ask(const Wanted& wanted, const std::string& persona, const Question& question,
                int seed) {
    chat::PromptWindow window;
    auto prompt = async::testing::run_on(
        io_, window.assemble(input_for(persona, question), route_for(wanted, llm_)));
    prompt.request.sampling.seed = static_cast<std::uint32_t>(seed);
    Reply reply;
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome =
        must(async::testing::run_on(io_, llm_->chat(std::move(prompt.request), reply, {})));
    Line line;
    line.ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    if (!outcome.usage || !outcome.mean_logprob) give_up("the engine told no figures");
    line.form = wanted.id;
    line.prompt = question.id;
    line.seed = seed;
    line.reply = std::string(base::trim(reply.text));
    line.finish = outcome.finish == ports::LlmFinish::length ? "length" : "stop";
    line.prompt_tokens = outcome.usage->prompt_tokens;
    line.reply_tokens = outcome.usage->completion_tokens;
    line.mean_logprob = *outcome.mean_logprob;
    if (const auto fault = chat::find_fault(question.text, line.reply, {})) {
        line.fault = std::string(chat::to_string(*fault));
    }
    compare(question, line);
    return line;
}

void Bench::compare(const Question& question, Line& line) {
    std::vector<std::string> texts{line.reply, question.text};
    texts.insert(texts.end(), question.accept.begin(), question.accept.end());
    const auto rows = must(async::testing::run_on(io_, embedder_.embed(std::move(texts))));
    const auto cosine = [&](std::size_t other) {
        double sum = 0;
        for (std::size_t i = 0; i < rows[0].size(); ++i) {
            sum += static_cast<double>(rows[0][i]) * static_cast<double>(rows[other][i]);
        }
        return sum;
    };
    line.like_question = cosine(1);
    for (std::size_t i = 2; i < rows.size(); ++i) {
        line.like_accepted = std::max(line.like_accepted, cosine(i));
    }
}

int run(const std::vector<std::string>& words) {
    const auto questions = read_json<Questions>("starter_prompts.json");
    const auto forms = read_json<Forms>("starter_forms.json");
    const std::string& set = words[3];
    const int seeds = std::atoi(words[4].c_str());
    std::ofstream out(words[2], std::ios::app);
    if (!out) give_up("cannot write " + words[2]);
    Bench bench(words[0], words[1]);
    for (const auto& form : forms.forms) {
        const auto asked = std::find(words.begin() + 5, words.end(), form.id);
        if (asked == words.end() && words[5] != "all") continue;
        const auto persona = forms.personas.find(form.persona);
        if (persona == forms.personas.end()) give_up("no persona " + form.persona);
        const auto begin = std::chrono::steady_clock::now();
        for (int seed = 1; seed <= seeds; ++seed) {
            for (const auto& question : questions.prompts) {
                if (question.set != set) continue;
                const auto line = bench.ask(form, persona->second, question, seed);
                out << json::write(json::from(line)) << '\n' << std::flush;
            }
        }
        fmt::print("{}: {:.0f} s\n", form.id,
                   std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return 0;
}

}  // namespace starter_bench

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 6) {
        fmt::print("usage: starter_bench LOCI_ENGINE MODELS_FOLDER OUT.jsonl SET SEEDS FORM…\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    return starter_bench::run(words);
}
