#include "adapters/llm_engine/engine_host.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "adapters/llm_engine/launch.hpp"
#include "base/log.hpp"

namespace adapters::llm_engine {

using engine::wire::Frame;
using engine::wire::FrameType;
using namespace std::chrono_literals;

namespace {

constexpr auto kGreetingTime = 30s;  // loading the libraries from a cold disk
constexpr auto kBeatTime = 10s;      // without any heartbeat: the process hangs
constexpr auto kSilenceTime = 60s;   // a busy worker without a sign of life
constexpr auto kWatchInterval = 1s;
constexpr auto kGrace = 2s;

engine::wire::ModelRole to_wire(EngineRole role) {
    switch (role) {
        case EngineRole::chat:
            return engine::wire::ModelRole::chat;
        case EngineRole::embed:
            return engine::wire::ModelRole::embed;
        case EngineRole::recognise:
            return engine::wire::ModelRole::recognise;
        case EngineRole::speak:
            return engine::wire::ModelRole::speak;
        case EngineRole::activity:
            return engine::wire::ModelRole::activity;
        case EngineRole::turn:
            return engine::wire::ModelRole::turn;
        case EngineRole::wake:
            return engine::wire::ModelRole::wake;
    }
    return engine::wire::ModelRole::chat;
}

engine::wire::Setup to_setup(const EngineOptions& options) {
    engine::wire::Setup setup;
    setup.threads = options.threads;
    setup.idle_unload_s = static_cast<int>(options.idle_unload.count());
    for (const auto& model : options.models) {
        setup.models.push_back({model.id, model.path, to_wire(model.role), model.context_tokens,
                                model.family, model.shared});
    }
    return setup;
}

base::Result<LaunchedEngine> launch_default(async::Executor executor,
                                            const EngineOptions& options) {
    if (options.mode == EngineMode::in_process) {
        return launch_library(std::move(executor), options);
    }
    return launch_process(std::move(executor), options);
}

bool lies_below(const std::string& path, const std::string& folder) {
    return !folder.empty() && path.starts_with(folder + "/");
}

async::Task<void> close_after(async::Clock& clock, async::Duration time, std::shared_ptr<Link> link,
                              std::stop_token stop) {
    const bool came = co_await clock.sleep_for(time, stop);
    if (came) {
        link->close(base::make_error(base::ErrorCode::timeout, "the local engine did not greet"));
    }
}

}  // namespace

struct EngineHost::Impl final : process::Service {
    Impl(async::Executor executor_in, async::Clock& clock_in, EngineOptions options_in,
         EngineLauncher launcher_in)
        : executor(std::move(executor_in)),
          clock(clock_in),
          options(std::move(options_in)),
          launcher(std::move(launcher_in)),
          supervisor(executor, clock, *this),
          tasks(executor) {}

    base::Result<std::unique_ptr<process::Child>> launch() override {
        TRY(launched, launcher(executor, options));
        link = Link::over(executor, launched.fd);
        last_beat = clock.steady();
        link->on_heartbeat = [this] { last_beat = clock.steady(); };
        link->start(to_setup(options));
        return std::move(launched.child);
    }

    async::Task<base::Result<void>> handshake() override {
        const auto mine = link;
        std::stop_source greeted;
        tasks.spawn("engine.greeting",
                    close_after(clock, kGreetingTime, mine, greeted.get_token()));
        const bool woken = co_await mine->greeted.wait();
        greeted.request_stop();
        if (mine->closed()) co_return base::fail(*mine->closed());
        if (!woken || !mine->hello) {
            co_return base::fail(base::ErrorCode::engine_crashed, "the local engine did not greet");
        }
        const auto& hello = *mine->hello;
        LOG_INFO("engine", "the local engine is up", {"version", hello.engine},
                 {"backend", hello.backend}, {"threads", hello.threads});
        if (hello.slow) {
            LOG_WARN("engine", "only a slow arithmetic backend was found; run `loci doctor`",
                     {"backend", hello.backend});
        }
        for (const auto& line : hello.sandbox) {
            if (line.starts_with("off:")) LOG_WARN("engine", "sandbox", {"part", line});
        }
        tasks.spawn("engine.watch", watch(mine));
        co_return base::Result<void>{};
    }

    void on_end(const base::Error& why) override {
        if (link) link->close(why);
    }

    // Ends with the link.
    async::Task<void> watch(std::shared_ptr<Link> mine) {
        const auto stop = tasks.stop_token();
        for (;;) {
            const bool came = co_await clock.sleep_for(kWatchInterval, stop);
            if (!came || mine != link) co_return;
            if (mine->closed()) {
                // The process may have survived its socket (it broke the protocol).
                supervisor.give_up_on(mine->closed()->message);
                co_return;
            }
            const auto reason = why_hung(*mine);
            if (reason.empty()) continue;
            supervisor.give_up_on(reason);
            co_return;
        }
    }

    [[nodiscard]] std::string why_hung(const Link& mine) const {
        const auto since = clock.steady() - last_beat;
        if (since > kBeatTime) {
            return fmt::format("no heartbeat for {} s",
                               std::chrono::duration_cast<std::chrono::seconds>(since).count());
        }
        if (!mine.heartbeat) return {};
        for (const auto& beat : mine.heartbeat->workers) {
            if (beat.busy && std::chrono::milliseconds(beat.silent_ms) > kSilenceTime) {
                return fmt::format("the model {} gave no sign of life for {} s", beat.model,
                                   beat.silent_ms / 1000);
            }
        }
        return {};
    }

    [[nodiscard]] const engine::wire::Beat* beat_of(const std::string& id) const {
        if (!link || link->closed() || !link->heartbeat) return nullptr;
        const auto& beats = link->heartbeat->workers;
        const auto it = std::find_if(beats.begin(), beats.end(),
                                     [&](const auto& beat) { return beat.model == id; });
        return it == beats.end() ? nullptr : &*it;
    }

    async::Executor executor;
    async::Clock& clock;
    EngineOptions options;
    EngineLauncher launcher;
    std::shared_ptr<Link> link;
    async::Duration last_beat{0};
    process::Supervisor supervisor;
    async::TaskScope tasks;
};

EngineHost::EngineHost(async::Executor executor, async::Clock& clock, EngineOptions options)
    : EngineHost(std::move(executor), clock, std::move(options), launch_default) {}

EngineHost::EngineHost(async::Executor executor, async::Clock& clock, EngineOptions options,
                       EngineLauncher launcher)
    : impl_(std::make_unique<Impl>(std::move(executor), clock, std::move(options),
                                   std::move(launcher))) {}

EngineHost::~EngineHost() {
    if (impl_->link) {
        impl_->link->on_heartbeat = nullptr;
        impl_->link->close(base::make_error(base::ErrorCode::unavailable, "shutting down"));
    }
}

EngineStatus EngineHost::status() const {
    EngineStatus status;
    status.service = impl_->supervisor.status();
    status.pid = impl_->supervisor.pid();
    const auto& link = impl_->link;
    if (!link || link->closed() || !link->hello) return status;
    status.version = link->hello->engine;
    status.backend = link->hello->backend;
    status.slow_backend = link->hello->slow;
    status.threads = link->hello->threads;
    status.sandbox = link->hello->sandbox;
    status.speech = link->hello->speech;
    if (!link->heartbeat) return status;
    status.rss_bytes = link->heartbeat->rss_bytes;
    for (const auto& beat : link->heartbeat->workers) {
        if (beat.loaded) status.loaded_models.push_back(beat.model);
    }
    return status;
}

const std::vector<EngineModel>& EngineHost::models() const {
    return impl_->options.models;
}

void EngineHost::set_models(std::vector<EngineModel> models) {
    auto& options = impl_->options;
    const bool readable = std::all_of(models.begin(), models.end(), [&](const EngineModel& model) {
        const auto same = [&](const EngineModel& known) { return known.path == model.path; };
        return model.path.empty() || lies_below(model.path, options.models_folder) ||
               lies_below(model.path, options.starters_folder) ||
               std::any_of(options.models.begin(), options.models.end(), same);
    });
    options.models = std::move(models);
    const auto& link = impl_->link;
    if (!link || link->closed()) return;
    if (readable || !options.sandbox || options.mode == EngineMode::in_process) {
        link->send(FrameType::setup, 0, engine::wire::write(to_setup(options)));
    } else {
        impl_->supervisor.give_up_on("it was started anew, to read a model in another folder");
    }
}

const EngineModel* EngineHost::find(const std::string& id) const {
    const auto& models = impl_->options.models;
    const auto it = std::find_if(models.begin(), models.end(),
                                 [&](const EngineModel& model) { return model.id == id; });
    return it == models.end() ? nullptr : &*it;
}

bool EngineHost::is_loaded(const std::string& id) const {
    const auto* beat = impl_->beat_of(id);
    return beat != nullptr && beat->loaded;
}

int EngineHost::loaded_context(const std::string& id) const {
    const auto* beat = impl_->beat_of(id);
    return beat == nullptr ? 0 : beat->context_tokens;
}

async::Task<base::Result<EngineHost::Opened>> EngineHost::open(FrameType type, std::string payload,
                                                               std::stop_token stop) {
    CO_TRY_DO(co_await impl_->supervisor.ensure_up(stop));
    if (impl_->link->closed()) {
        // The engine is just ending, which its socket tells before its process does.
        const bool down = co_await impl_->supervisor.wait_down(stop);
        if (!down) co_return base::fail(base::ErrorCode::cancelled, "stopped");
        CO_TRY_DO(co_await impl_->supervisor.ensure_up(stop));
    }
    const auto link = impl_->link;
    auto exchange = link->open(type, payload);
    if (!exchange) co_return base::fail(std::move(exchange.error()));
    co_return Opened{link, std::move(*exchange)};
}

async::Task<base::Result<Frame>> EngineHost::ask(FrameType type, std::string payload,
                                                 std::stop_token stop) {
    auto opened = co_await open(type, std::move(payload), stop);
    if (!opened) co_return base::fail(std::move(opened.error()));
    const auto link = opened->link;
    const auto exchange = opened->exchange;
    for (;;) {
        auto frame = co_await exchange->frames.pop(stop);
        if (!frame) {
            if (exchange->broken) co_return base::fail(*exchange->broken);
            link->abandon(*exchange);
            co_return base::fail(base::ErrorCode::cancelled, "stopped");
        }
        if (frame->type == FrameType::progress) continue;
        if (frame->type != FrameType::failure) co_return std::move(*frame);
        CO_TRY(failure, engine::wire::parse<engine::wire::Failure>(frame->payload));
        co_return base::fail(engine::wire::to_error(std::move(failure)));
    }
}

async::Task<base::Result<void>> EngineHost::warm_up(std::string model, std::stop_token stop) {
    std::string payload = engine::wire::write(engine::wire::Load{std::move(model)});
    auto answer = co_await ask(FrameType::load, std::move(payload), stop);
    if (!answer) co_return base::fail(std::move(answer.error()));
    co_return base::Result<void>{};
}

async::Task<void> EngineHost::close() {
    // Closing the socket is the polite request to end.
    if (impl_->link) {
        impl_->link->close(base::make_error(base::ErrorCode::unavailable, "shutting down"));
    }
    auto closing = impl_->supervisor.shut_down(kGrace);
    co_await std::move(closing);
    co_await impl_->tasks.close();
}

}  // namespace adapters::llm_engine
