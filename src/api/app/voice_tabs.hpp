// VoiceTabs: which tab speaks. Exactly one does, of all pages that are open: the first, then
// whichever claimed it last; when it closes, the one that claimed it before. Owned by the surface;
// io thread only.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace app {

class VoiceTabs {
public:
    // Told about every change, by the id of the tab that speaks now; must not call back.
    using Listener = std::function<void(const std::string& tab)>;
    using Entry = unsigned long long;

    // A tab that comes back (same id) takes the place it had.
    [[nodiscard]] Entry enter(std::string tab, Listener listener);
    void leave(Entry entry);
    void claim(Entry entry);
    [[nodiscard]] bool speaks(Entry entry) const;
    // Empty: there is none.
    [[nodiscard]] std::string speaking() const;

private:
    struct Tab {
        Entry entry;
        std::string id;
        Listener listener;
    };
    void tell_if_changed(const std::string& before);

    Entry next_ = 1;
    std::vector<Tab> tabs_;  // the last one speaks
};

}  // namespace app
