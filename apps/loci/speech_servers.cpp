#include "speech_servers.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/speech_http/call.hpp"
#include "base/text.hpp"
#include "http/client.hpp"

namespace loci {
namespace {

namespace remote = adapters::speech_http;

remote::ServerKind kind_of(const std::string& name, config::SpeechServerKind kind) {
    switch (kind) {
        case config::SpeechServerKind::openai:
            return remote::ServerKind::openai;
        case config::SpeechServerKind::gpt_sovits:
            return remote::ServerKind::gpt_sovits;
        case config::SpeechServerKind::qwen3_tts:
            return remote::ServerKind::qwen3_tts;
        case config::SpeechServerKind::xtts:
            return remote::ServerKind::xtts;
        case config::SpeechServerKind::auto_:
            break;
    }
    return remote::kind_of_name(name);
}

remote::SpeechServer server_from(const std::string& name, const config::SpeechServer& given,
                                 const config::Settings& settings) {
    remote::SpeechServer server;
    server.name = name;
    server.kind = kind_of(name, given.kind);
    server.endpoint.base_url = given.base_url;
    server.endpoint.api_key = given.api_key;
    const bool unsaid = given.base_url.empty();
    if (unsaid && server.kind == remote::ServerKind::openai &&
        base::to_lower_ascii(name).contains("whisper")) {
        server.endpoint.base_url = "http://127.0.0.1:8000/v1";
    }
    // OpenAI's own address and no other gets the key of the model provider.
    const auto provider = settings.llm.providers.find("openai");
    if (unsaid && name == "openai" && given.api_key.empty() &&
        server.kind == remote::ServerKind::openai && provider != settings.llm.providers.end()) {
        server.endpoint.api_key = provider->second.api_key;
    }
    for (const auto& [header, value] : given.headers) {
        server.endpoint.headers.emplace_back(header, value);
    }
    server.recogniser_model = given.recogniser_model;
    server.voice_model = given.voice_model;
    server.voice = given.voice;
    server.language = given.language.empty() ? settings.speech.language : given.language;
    server.reference_audio = given.reference_audio;
    server.reference_text = given.reference_text;
    server.reference_language = given.reference_language;
    server.instructions = given.instructions;
    server.sound =
        given.sound == config::SpeechSound::pcm ? remote::SoundForm::pcm : remote::SoundForm::wav;
    server.sample_rate = given.sample_rate;
    server.delivery = given.stream ? remote::Delivery::streamed : remote::Delivery::whole;
    server.timeout = std::chrono::seconds(given.timeout_seconds);
    server.fields = given.fields;
    server.reach = settings.llm.privacy == config::Privacy::local_only ? remote::Reach::this_machine
                                                                       : remote::Reach::anywhere;
    return server;
}

}  // namespace

SpeechServers speech_servers(const config::Settings& settings) {
    SpeechServers servers;
    for (const auto& [name, given] : settings.speech.servers) {
        servers.push_back(server_from(name, given, settings));
    }
    return servers;
}

const remote::SpeechServer* server_of(const SpeechServers& servers, std::string_view id) {
    const auto name = id.substr(0, id.find('/'));
    const auto found = std::ranges::find(servers, name, &remote::SpeechServer::name);
    return found == servers.end() ? nullptr : &*found;
}

bool offers_voice(const remote::SpeechServer& server) {
    return server.kind != remote::ServerKind::openai || server.recogniser_model.empty() ||
           !server.voice.empty() || !server.voice_model.empty();
}

base::Result<void> ask_server(remote::SpeechServer server, remote::Use use) {
    server = remote::completed(std::move(server));
    TRY_DO(remote::check(server, use));
    server.timeout = std::min(server.timeout, std::chrono::milliseconds(5'000));
    boost::asio::io_context io;
    const auto clock = async::make_system_clock();
    http::Client client(io.get_executor());
    base::Result<void> answer = base::fail(base::ErrorCode::internal, "no answer came");
    boost::asio::co_spawn(io, remote::knock(client, *clock, server, {}),
                          [&](const std::exception_ptr& error, base::Result<void> result) {
                              if (!error) answer = std::move(result);
                              io.stop();
                          });
    io.run();
    return answer;
}

}  // namespace loci
