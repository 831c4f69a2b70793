// SegmentMaker: sound that arrives in a stream to segments with words. How long the whole will be
// is not known yet, so words are placed by the pace that this voice had before; they all come, in
// order, and the last segment holds what is left. Owned by one call; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ports/speech.hpp"

namespace adapters::speech_http {

// How long a voice takes for what is written; learns from each text that was spoken to its end.
class Pace {
public:
    // Letters a second at speed 1.
    [[nodiscard]] double letters() const { return letters_; }
    void learn(double letters, double seconds, double speed);

private:
    double letters_ = 15;  // a usual reading voice
};

class SegmentMaker {
public:
    // `first_index`: of the segments of earlier parts of the same text.
    SegmentMaker(std::string_view text, double letters_per_second, int first_index,
                 ports::SpeechSink& sink);

    // Samples at kVoiceRate. False: the sink wants no more.
    [[nodiscard]] bool add(const std::vector<float>& samples);
    // The sound is over. False as above.
    [[nodiscard]] bool finish();

    [[nodiscard]] int next_index() const { return index_; }
    [[nodiscard]] double seconds() const;
    [[nodiscard]] double letters() const { return letters_; }

private:
    struct Word {
        std::string text;
        double letters = 0;
        double ends_at = 0;  // seconds from the first sample, as far as the pace holds
    };
    enum class Last { no, yes };
    [[nodiscard]] bool emit(std::size_t samples, Last last);

    std::vector<Word> words_;
    double letters_ = 0;
    std::size_t next_word_ = 0;
    int index_;
    ports::SpeechSink& sink_;
    std::vector<std::int16_t> waiting_;
    std::size_t sent_ = 0;  // samples
    bool first_ = true;
};

// Words with the punctuation that hangs on them; each Han character or kana is one.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);
// Characters, with a pause for each word's end.
[[nodiscard]] double letters_of(std::string_view word);

}  // namespace adapters::speech_http
