#include "api/app/voice_tabs.hpp"

#include <algorithm>
#include <utility>

namespace app {

std::string VoiceTabs::speaking() const {
    return tabs_.empty() ? std::string() : tabs_.back().id;
}

bool VoiceTabs::speaks(Entry entry) const {
    return !tabs_.empty() && tabs_.back().entry == entry;
}

void VoiceTabs::tell_if_changed(const std::string& before) {
    const std::string now = speaking();
    if (now == before || now.empty()) return;
    const auto tabs = tabs_;
    for (const auto& tab : tabs) tab.listener(now);
}

VoiceTabs::Entry VoiceTabs::enter(std::string tab, Listener listener) {
    const std::string before = speaking();
    const Entry entry = next_++;
    const bool back = !tabs_.empty() && before == tab;
    Tab added{entry, std::move(tab), std::move(listener)};
    // The newcomer waits behind the one that speaks, unless it is that one.
    tabs_.insert(back || tabs_.empty() ? tabs_.end() : tabs_.begin(), std::move(added));
    return entry;
}

void VoiceTabs::leave(Entry entry) {
    const std::string before = speaking();
    std::erase_if(tabs_, [&](const Tab& tab) { return tab.entry == entry; });
    tell_if_changed(before);
}

void VoiceTabs::claim(Entry entry) {
    const std::string before = speaking();
    const auto tab = std::ranges::find(tabs_, entry, &Tab::entry);
    if (tab == tabs_.end()) return;
    std::rotate(tab, tab + 1, tabs_.end());
    tell_if_changed(before);
}

}  // namespace app
