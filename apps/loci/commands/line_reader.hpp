// Reads what a person types, with editing and the lines of before (arrow up). Those are kept in
// memory alone: they are the person's words. Where input is no terminal, plain lines. One thread.
#pragma once

#include <memory>
#include <string>

namespace loci {

class LineReader {
public:
    explicit LineReader(std::string prompt);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    enum class Got { line, interrupt, end };
    [[nodiscard]] Got read(std::string& line);
    [[nodiscard]] bool is_terminal() const { return state_ != nullptr; }

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace loci
