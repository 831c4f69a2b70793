// Fuzz: any bytes in any pieces give the same text and directions, and nothing is lost.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "body/text/direction_parser.hpp"

namespace {

const body::text::PhraseBook& book() {
    static const body::text::PhraseBook kBook = [] {
        body::text::Language english{.code = "en"};
        body::text::Head wave{.label = "wave"};
        wave.directive.action = body::text::Action{.name = "wave"};
        wave.phrases = {{"wave"}, {"挥", "手"}};
        english.heads = {wave};
        return body::text::PhraseBook{{english}};
    }();
    return kBook;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const body::text::CommandReader kReader(book());
    static const body::text::DirectionWords kWords(book());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string shown;
    std::vector<body::text::Cut> cuts;
    body::text::DirectionParser whole(kReader, kWords);
    whole.feed(text, shown, cuts);
    whole.finish(shown, cuts);
    std::string again;
    std::vector<body::text::Cut> again_cuts;
    body::text::DirectionParser pieces(kReader, kWords);
    for (std::size_t at = 0; at < size; at += 3) pieces.feed(text.substr(at, 3), again, again_cuts);
    pieces.finish(again, again_cuts);
    std::string written;
    std::size_t at = 0;
    for (const auto& cut : cuts) {
        written += shown.substr(at, cut.at - at) + cut.removed;
        at = cut.at;
    }
    if (written + shown.substr(at) != text || again != shown || again_cuts.size() != cuts.size()) {
        std::abort();
    }
    static_cast<void>(kReader.read(text));
    static_cast<void>(kReader.understand(text));
    return 0;
}
