#include "api/app/speech_desk.hpp"

#include <utility>

namespace app {

SpeechDesk::Watch SpeechDesk::watch(std::function<void()> listener) {
    auto handle = std::make_shared<const std::function<void()>>(std::move(listener));
    std::erase_if(watchers_, [](const auto& watcher) { return watcher.expired(); });
    watchers_.push_back(handle);
    return handle;
}

void SpeechDesk::tell_watchers() {
    // A listener may end its talk and so another's.
    const auto watchers = watchers_;
    for (const auto& watcher : watchers) {
        if (const auto listener = watcher.lock()) (*listener)();
    }
}

}  // namespace app
