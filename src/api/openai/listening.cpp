#include "api/openai/listening.hpp"

#include <algorithm>
#include <utility>

namespace openai {
namespace {

constexpr auto kSecond = static_cast<std::size_t>(ports::kListenRate);
constexpr std::size_t kLongest = 28 * kSecond;
constexpr std::size_t kShortest = 12 * kSecond;
constexpr std::size_t kStep = kSecond / 50;  // 20 ms
constexpr std::size_t kQuiet = 15 * kStep;   // 300 ms

double power(const std::vector<float>& samples, std::size_t from, std::size_t count) {
    double sum = 0;
    for (std::size_t i = from; i < from + count; ++i) {
        sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
    }
    return sum;
}

}  // namespace

std::vector<std::size_t> quiet_cuts(const std::vector<float>& samples) {
    std::vector<std::size_t> cuts;
    std::size_t at = 0;
    while (samples.size() - at > kLongest) {
        std::size_t best = at + kShortest;
        double least = power(samples, best, kQuiet);
        // The latest of the quietest places, so that pieces are long.
        for (std::size_t from = best; from + kQuiet <= at + kLongest; from += kStep) {
            const double here = power(samples, from, kQuiet);
            if (here <= least) {
                least = here;
                best = from;
            }
        }
        at = best + kQuiet / 2;
        cuts.push_back(at);
    }
    cuts.push_back(samples.size());
    return cuts;
}

async::Task<base::Result<Heard>> listen_to(ports::SpeechToText& hearing, std::vector<float> samples,
                                           Listening listening, std::stop_token stop) {
    Heard heard;
    heard.seconds = static_cast<double>(samples.size()) / static_cast<double>(kSecond);
    std::size_t at = 0;
    for (const std::size_t end : quiet_cuts(samples)) {
        const int offset = static_cast<int>(at * 1000 / kSecond);
        ports::ListenRequest request;
        request.samples.assign(samples.begin() + static_cast<std::ptrdiff_t>(at),
                               samples.begin() + static_cast<std::ptrdiff_t>(end));
        request.language = listening.language;
        request.context = listening.context;
        at = end;
        if (request.samples.empty()) continue;
        auto asking = hearing.transcribe(std::move(request), stop);
        CO_TRY(piece, co_await std::move(asking));
        if (piece.no_speech || piece.text.empty()) continue;
        for (auto& word : piece.words) word.t_ms += offset;
        if (heard.language.empty()) heard.language = piece.language;
        heard.text += (heard.text.empty() ? "" : " ") + piece.text;
        heard.words.insert(heard.words.end(), piece.words.begin(), piece.words.end());
        if (listening.on_piece) listening.on_piece(piece);
    }
    heard.captions = to_captions(heard.words);
    co_return heard;
}

}  // namespace openai
