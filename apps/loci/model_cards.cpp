// Models as the page and the terminal show them, and which of them is recommended.
#include <algorithm>

#include <fmt/core.h>

#include "registry_state.hpp"

namespace loci {
namespace {

std::string phase_name(models::PullPhase phase) {
    switch (phase) {
        case models::PullPhase::asking:
            return "asking";
        case models::PullPhase::downloading:
            return "downloading";
        case models::PullPhase::verifying:
        case models::PullPhase::done:
            return "verifying";
    }
    return "downloading";
}

protocol::ModelCard card_of(const models::CatalogueEntry& entry, const ShelfState& state) {
    protocol::ModelCard card;
    card.id = entry.id;
    card.name = entry.name;
    card.role = entry.role;
    card.provider = "embedded";
    card.place = protocol::Place::here;
    card.state = state.present    ? protocol::ModelState::ready
                 : state.arriving ? protocol::ModelState::downloading
                                  : protocol::ModelState::absent;
    if (entry.bytes > 0) card.size_bytes = entry.bytes;
    if (entry.memory_bytes > 0) card.memory_bytes = entry.memory_bytes;
    if (!entry.licence.empty()) card.licence = entry.licence;
    if (!entry.good_for.empty()) card.good_for = entry.good_for;
    card.note = entry.note;
    if (!entry.licence_note.empty()) {
        *card.note += (card.note->empty() ? "Licence: " : " Licence: ") + entry.licence_note;
    }
    if (card.note->empty()) card.note.reset();
    if (state.part_bytes > 0) card.done_bytes = state.part_bytes;
    if (state.arriving) {
        card.done_bytes = state.done_bytes;
        card.size_bytes = state.total_bytes;
    }
    if (!state.broken.empty()) {
        card.state = protocol::ModelState::failed;
        card.error = protocol::ErrorInfo{
            "corrupt",
            entry.family.empty() ? entry.file + " is " + state.broken : state.broken,
            "fetch it again, or remove the file",
            {}};
    }
    if (!state.trouble.empty()) {
        card.state = protocol::ModelState::failed;
        card.error = protocol::ErrorInfo{"unavailable", state.trouble, "run ./loci up again", {}};
    }
    return card;
}

void show_pull(protocol::ModelCard& card, const Pull& pull) {
    const auto& progress = pull.progress;
    if (pull.running) {
        card.state = protocol::ModelState::downloading;
        card.phase = phase_name(progress.phase);
    }
    card.done_bytes = progress.done_bytes;
    if (progress.total_bytes > 0) card.size_bytes = progress.total_bytes;
    if (pull.running && progress.bytes_per_s > 0) {
        const auto left = static_cast<double>(progress.total_bytes - progress.done_bytes);
        card.seconds_left = static_cast<long long>(left / progress.bytes_per_s) + 1;
    }
    if (pull.error) {
        card.state = protocol::ModelState::failed;
        card.error = protocol::ErrorInfo{std::string(base::to_string(pull.error->code)),
                                         pull.error->message,
                                         pull.error->hint,
                                         {}};
    }
}

void show_advice(protocol::ModelCard& card, const models::Advice& advice) {
    protocol::ModelEstimate estimate;
    estimate.download_s = advice.download_s;
    estimate.download_basis = advice.download_basis;
    estimate.tokens_per_s = advice.tokens_per_s;
    estimate.speed_basis = advice.speed_basis;
    estimate.memory_note = advice.memory_note;
    card.estimate = std::move(estimate);
}

// A model that is loaded already answers at once; else the largest of them is likely the best.
bool is_better(const protocol::ModelCard& one, const protocol::ModelCard& other) {
    const bool loaded = one.state == protocol::ModelState::loaded;
    if (loaded != (other.state == protocol::ModelState::loaded)) return loaded;
    return one.size_bytes.value_or(0) > other.size_bytes.value_or(0);
}

}  // namespace

models::Machine ModelRegistry::State::machine() const {
    models::Machine machine = memory;
    machine.download_bytes_per_s =
        download_bytes_per_s > 0 ? download_bytes_per_s : parts.shelf.setup_bytes_per_s();
    // The largest that was measured: the least of its time is not spent on reading weights.
    for (const auto& entry : parts.shelf.entries()) {
        const auto speed = parts.router.speeds().find(entry.id);
        if (speed == parts.router.speeds().end() || entry.bytes <= machine.measured_bytes) continue;
        machine.tokens_per_s = speed->second;
        machine.measured_bytes = entry.bytes;
        machine.measured_name = entry.name;
    }
    return machine;
}

std::vector<protocol::ModelCard> ModelRegistry::State::cards() const {
    std::vector<protocol::ModelCard> cards;
    const auto in_use = parts.router.choose("");
    const std::string active = in_use ? in_use->profile.id : "";
    const auto now = machine();
    for (const auto& entry : parts.shelf.entries()) {
        const auto& state = parts.shelf.state(entry.id);
        auto card = card_of(entry, state);
        const bool in_memory = parts.engine != nullptr && parts.engine->is_loaded(entry.id);
        if (state.present && in_memory) card.state = protocol::ModelState::loaded;
        const auto pull = pulls.find(entry.id);
        if (pull != pulls.end() && !state.present) show_pull(card, *pull->second);
        if (!state.present && entry.hub) {
            show_advice(card, models::advise(entry, now, card.done_bytes.value_or(0)));
        }
        cards.push_back(std::move(card));
    }
    // What comes straight from the hub is on no shelf yet.
    for (const auto& [id, pull] : pulls) {
        if (std::ranges::find(cards, id, &protocol::ModelCard::id) != cards.end()) continue;
        cards.push_back(card_of(pull->entry, ShelfState{}));
        show_pull(cards.back(), *pull);
    }
    for (const auto& route : parts.router.routes()) {
        if (parts.shelf.state(route.profile.id).present) continue;
        protocol::ModelCard card;
        card.id = route.profile.id;
        card.name = route.profile.label;
        card.role = "chat";
        card.provider = route.provider->name();
        card.place = chat::to_protocol(route.profile.place);
        card.state = protocol::ModelState::ready;
        cards.push_back(std::move(card));
    }
    for (auto& card : cards) {
        card.active = card.id == active;
        if (card.id == recommended) card.recommended = true;
        const auto speed = parts.router.speeds().find(card.id);
        if (speed != parts.router.speeds().end()) card.tokens_per_s = speed->second;
        std::vector<std::string> replies;
        for (const auto& question : waiting) {
            if (question.model == card.id) replies.push_back(question.reply);
        }
        if (!replies.empty()) card.waiting = std::move(replies);
    }
    return cards;
}

std::vector<protocol::ModelCard> ModelRegistry::State::offers() const {
    std::vector<protocol::ModelCard> cards;
    for (const auto& offer : found) {
        const bool taken = std::ranges::any_of(adopted, [&](const auto& item) {
            return item.base_url == offer.base_url && item.model == offer.model;
        });
        if (taken) continue;
        cards.push_back(offer.card);
        if (cards.back().id == recommended) cards.back().recommended = true;
    }
    return cards;
}

void ModelRegistry::State::choose_upgrade() {
    recommended.clear();
    parts.router.set_upgrade({});
    const auto in_use = parts.router.choose("");
    if (in_use && in_use->profile.grade == chat::ModelGrade::capable) return;
    const auto offer = [&](const std::string& id, std::string label) {
        recommended = id;
        parts.router.set_upgrade(protocol::Action{"upgrade", std::move(label), id});
    };
    // First what is here already and only not chosen, then what runs beside, then what can be had.
    for (const auto& route : parts.router.routes()) {
        if (route.profile.grade != chat::ModelGrade::capable) continue;
        if (route.profile.place == ports::LlmPlace::here) {
            return offer(route.profile.id, "Use " + route.profile.label);
        }
    }
    const protocol::ModelCard* best = nullptr;
    const auto others = offers();
    for (const auto& card : others) {
        if (card.role != "chat" || card.place != protocol::Place::here) continue;
        if (best == nullptr || is_better(card, *best)) best = &card;
    }
    if (best != nullptr) return offer(best->id, "Use " + best->name);
    if (parts.engine == nullptr) return;
    const auto* entry = models::recommend(
        parts.shelf.entries(), machine(),
        [&](const auto& candidate) { return !parts.shelf.state(candidate.id).present; });
    // What is on its way stays what is offered.
    for (const auto& candidate : parts.shelf.entries()) {
        const auto pull = pulls.find(candidate.id);
        if (pull != pulls.end() && candidate.role == "chat" && candidate.hub) entry = &candidate;
    }
    if (entry != nullptr) offer(entry->id, "Get " + entry->name);
}

}  // namespace loci
