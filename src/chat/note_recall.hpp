// NoteRecall: which of a person's notes a capable model should see beside a message: those nearest
// in meaning, or, while there is no embedding model, those that share a telling word. Owned by the
// composition root; io thread only. Never fails: without notes or answers it recalls nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/ids.hpp"
#include "ports/embedder.hpp"
#include "ports/store.hpp"

namespace chat {

class NoteRecall {
public:
    explicit NoteRecall(ports::Store& store);

    // May be null until the embedding model is there.
    void set_embedder(ports::Embedder* embedder);

    // At most three notes, the nearest first (then the newest), each one line of at most 200
    // characters; for an empty message none.
    [[nodiscard]] async::Task<std::vector<std::string>> recall(base::PersonId person,
                                                               std::string message);

private:
    struct Found {
        double nearness = 0;
        long long note = 0;
        std::string text;
    };
    [[nodiscard]] async::Task<std::vector<Found>> by_meaning(std::vector<ports::NoteRow> notes,
                                                             std::string message);

    ports::Store& store_;
    ports::Embedder* embedder_ = nullptr;
    std::string embedded_by_;                        // model id of vectors_
    std::map<long long, ports::Embedding> vectors_;  // by note
};

}  // namespace chat
