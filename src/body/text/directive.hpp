// Directive: what the body is told in words: a movement, a look, where the eyes go, how the camera
// stands. Values; any thread. The room knows no file formats and does no I/O: whoever loads a book
// fills the structs of phrase_book.hpp.
#pragma once

#include <optional>
#include <string>

namespace body::text {

struct Action {
    std::string name;            // a clip; "idle" ends what runs
    double speed = 1;            // 1: as recorded
    double amount = 1;           // how large, 1: as recorded
    int times = 0;               // 0: once, or as the clip says
    std::string direction = {};  // left, right, up, down, back, forward; empty: none
    bool loop = false;
    bool operator==(const Action&) const = default;
};

struct Expression {
    std::string name;      // as VRM names it
    double intensity = 1;  // 0 to 1
    int ms = 4000;         // held so long, then it fades
    bool operator==(const Expression&) const = default;
};

struct Directive {
    std::optional<Action> action = {};
    std::optional<Expression> expression = {};
    std::string gaze = {};  // camera, user, none, or a side: left, right, up, down; empty: as it is
    std::string camera = {};      // head, upper, full; empty: as it is
    std::string background = {};  // its name; empty: as it is
    bool operator==(const Directive&) const = default;
};

[[nodiscard]] inline bool is_empty(const Directive& directive) {
    return directive == Directive{};
}

}  // namespace body::text
