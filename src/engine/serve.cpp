#include "engine/serve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include <fmt/core.h>

#include "engine/memory_budget.hpp"
#include "engine/outbox.hpp"
#include "engine/request_check.hpp"

namespace engine {
namespace {

constexpr std::size_t kMaxRequests = 256;

// The kind of model that a request is for; nothing when any will do.
template <class Request>
constexpr std::optional<wire::ModelRole> wanted_role() {
    using wire::ModelRole;
    if constexpr (std::is_same_v<Request, wire::Chat>) return ModelRole::chat;
    if constexpr (std::is_same_v<Request, wire::Embed>) return ModelRole::embed;
    if constexpr (std::is_same_v<Request, wire::Transcribe>) return ModelRole::recognise;
    if constexpr (std::is_same_v<Request, wire::Speak>) return ModelRole::speak;
    if constexpr (std::is_same_v<Request, wire::Detect>) return ModelRole::activity;
    if constexpr (std::is_same_v<Request, wire::Judge>) return ModelRole::turn;
    if constexpr (std::is_same_v<Request, wire::Spot>) return ModelRole::wake;
    return std::nullopt;
}

std::string_view purpose(wire::ModelRole role) {
    switch (role) {
        case wire::ModelRole::chat:
            return "answers in words";
        case wire::ModelRole::embed:
            return "makes embeddings";
        case wire::ModelRole::recognise:
            return "recognises speech";
        case wire::ModelRole::speak:
            return "is a voice";
        case wire::ModelRole::activity:
            return "finds speech in sound";
        case wire::ModelRole::turn:
            return "hears when a speaker has finished";
        case wire::ModelRole::wake:
            return "hears a wake phrase";
    }
    return "";
}

// The workers by model; they start with the first request for their model.
class Workers {
public:
    Workers(Backend& backend, wire::Setup setup) : backend_(backend), setup_(std::move(setup)) {}

    // A new list of models: workers of models that are gone or changed end, the others stay.
    void replace(wire::Setup setup) {
        const std::lock_guard lock(mutex_);
        std::erase_if(workers_, [&](const auto& item) {
            const auto same = [&](const wire::ModelSpec& spec) { return spec.id == item.first; };
            const auto before = std::find_if(setup_.models.begin(), setup_.models.end(), same);
            const auto after = std::find_if(setup.models.begin(), setup.models.end(), same);
            return before == setup_.models.end() || after == setup.models.end() ||
                   !(*before == *after);
        });
        setup_ = std::move(setup);
    }

    [[nodiscard]] base::Result<std::shared_ptr<Worker>> get(const std::string& model,
                                                            std::optional<wire::ModelRole> role) {
        const std::lock_guard lock(mutex_);
        for (const auto& spec : setup_.models) {
            if (spec.id != model) continue;
            if (role && spec.role != *role) {
                return base::fail(base::ErrorCode::unsupported,
                                  fmt::format("this model {}; one that {} is needed",
                                              purpose(spec.role), purpose(*role)));
            }
            auto& worker = workers_[model];
            if (!worker) {
                const WorkerOptions options{setup_.threads,
                                            std::chrono::seconds(setup_.idle_unload_s)};
                worker = backend_.make_worker(spec, options);
            }
            return worker;
        }
        return base::fail(base::ErrorCode::not_found, "the engine has no such model",
                          "see `loci models list`");
    }

    [[nodiscard]] std::vector<wire::Beat> beats() {
        const std::lock_guard lock(mutex_);
        std::vector<wire::Beat> beats;
        for (const auto& [model, worker] : workers_) beats.push_back(worker->beat());
        return beats;
    }

private:
    Backend& backend_;
    wire::Setup setup_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Worker>> workers_;
};

class HeartbeatThread {
public:
    HeartbeatThread(Outbox& out, Workers& workers, std::chrono::milliseconds interval)
        : thread_([this, &out, &workers, interval] { loop(out, workers, interval); }) {}
    ~HeartbeatThread() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

private:
    void loop(Outbox& out, Workers& workers, std::chrono::milliseconds interval) {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, interval, [this] { return ending_; })) {
            const wire::Heartbeat beat{static_cast<long long>(resident_bytes()), workers.beats()};
            out.send(wire::FrameType::heartbeat, 0, wire::write(beat));
        }
    }
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ending_ = false;
    std::thread thread_;
};

class Session {
public:
    Session(int fd, Backend& backend, ServeOptions options)
        : fd_(fd), backend_(backend), options_(std::move(options)), out_(fd) {}

    base::Result<void> run() {
        auto hello = backend_.hello();
        hello.engine = options_.version;
        hello.sandbox = options_.sandbox;
        out_.send(wire::FrameType::hello, 0, wire::write(hello));
        auto result = read_loop();
        // The writer may be blocked on a peer that is gone; nothing more needs to arrive.
        shutdown(fd_, SHUT_RDWR);
        heartbeat_.reset();
        requests_.clear();
        workers_.reset();
        return result;
    }

private:
    struct Request {
        std::shared_ptr<Ticket> ticket;
        std::shared_ptr<Worker> worker;
    };

    base::Result<void> read_loop() {
        std::array<char, 64 * 1024> bytes;
        for (;;) {
            const auto count = ::recv(fd_, bytes.data(), bytes.size(), 0);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return {};
            decoder_.feed({bytes.data(), static_cast<std::size_t>(count)});
            for (;;) {
                TRY(frame, decoder_.next());
                if (!frame) break;
                TRY_DO(handle(*frame));
            }
        }
    }

    // An Error breaks the connection; what is wrong with one request only fails that request.
    base::Result<void> handle(const wire::Frame& frame) {
        if (!workers_) return set_up(frame);
        switch (frame.type) {
            case wire::FrameType::setup:
                return set_up(frame);
            case wire::FrameType::chat:
                return start<wire::Chat>(frame);
            case wire::FrameType::embed:
                return start<wire::Embed>(frame);
            case wire::FrameType::count:
                return start<wire::Count>(frame);
            case wire::FrameType::load:
                return start<wire::Load>(frame);
            case wire::FrameType::transcribe:
                return start<wire::Transcribe>(frame);
            case wire::FrameType::speak:
                return start<wire::Speak>(frame);
            case wire::FrameType::detect:
                return start<wire::Detect>(frame);
            case wire::FrameType::judge:
                return start<wire::Judge>(frame);
            case wire::FrameType::spot:
                return start<wire::Spot>(frame);
            case wire::FrameType::cancel:
                return cancel(frame.id);
            case wire::FrameType::credit:
                return add_credit(frame);
            default:
                return base::fail(base::ErrorCode::corrupt,
                                  fmt::format("the server sent a frame of type {}",
                                              static_cast<int>(frame.type)));
        }
    }

    base::Result<void> set_up(const wire::Frame& frame) {
        if (frame.type != wire::FrameType::setup) {
            return base::fail(base::ErrorCode::corrupt, "the server's first frame is not a set-up");
        }
        TRY(setup, wire::parse<wire::Setup>(frame.payload));
        if (workers_) {
            std::erase_if(requests_, [](const auto& item) { return item.second.ticket->ended(); });
            workers_->replace(std::move(setup));
            return {};
        }
        workers_.emplace(backend_, std::move(setup));
        heartbeat_.emplace(out_, *workers_, options_.heartbeat);
        return {};
    }

    template <class T>
    base::Result<void> start(const wire::Frame& frame) {
        std::erase_if(requests_, [](const auto& item) { return item.second.ticket->ended(); });
        if (requests_.contains(frame.id)) {
            return base::fail(base::ErrorCode::corrupt, "the server used a request id twice");
        }
        auto parsed = wire::parse_request<T>(frame.payload);
        std::uint32_t credit = 0;
        if constexpr (requires(T& request) { request.credit; }) {
            if (parsed) credit = parsed->credit;
        }
        auto ticket = std::make_shared<Ticket>(frame.id, credit, out_);
        auto begun = begin(std::move(parsed), ticket);
        if (!begun) ticket->fail(begun.error());
        return {};
    }

    template <class T>
    base::Result<void> begin(base::Result<T> parsed, const std::shared_ptr<Ticket>& ticket) {
        if (!parsed) return base::fail(std::move(parsed.error()));
        TRY_DO(check_request(*parsed));
        if (requests_.size() >= kMaxRequests) {
            return base::fail(base::ErrorCode::rate_limited, "the engine has too many requests",
                              "try again in a moment");
        }
        auto worker = workers_->get(parsed->model, wanted_role<T>());
        if (!worker) return base::fail(std::move(worker.error()));
        requests_[ticket->id()] = {ticket, *worker};
        return (*worker)->submit(Job{ticket, std::move(*parsed)});
    }

    base::Result<void> cancel(std::uint32_t id) {
        const auto it = requests_.find(id);
        if (it == requests_.end()) return {};  // already over
        it->second.ticket->cancel();
        it->second.worker->wake();
        return {};
    }

    base::Result<void> add_credit(const wire::Frame& frame) {
        if (frame.payload.size() != 4) {
            return base::fail(base::ErrorCode::corrupt, "a credit frame has the wrong size");
        }
        const auto it = requests_.find(frame.id);
        if (it == requests_.end()) return {};
        it->second.ticket->add_credit(wire::read_u32(frame.payload, 0));
        it->second.worker->wake();
        return {};
    }

    int fd_;
    Backend& backend_;
    ServeOptions options_;
    wire::Decoder decoder_;
    Outbox out_;
    std::optional<Workers> workers_;
    std::map<std::uint32_t, Request> requests_;
    std::optional<HeartbeatThread> heartbeat_;
};

}  // namespace

base::Result<void> serve(int fd, Backend& backend, ServeOptions options) {
    Session session(fd, backend, std::move(options));
    return session.run();
}

}  // namespace engine
