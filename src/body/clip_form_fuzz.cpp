// Clips come from files and from the page: whatever the bytes, reading them gives a clip that can
// be played or an error.
#include <cstddef>
#include <cstdint>
#include <span>

#include "body/clip_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span bytes(data, size);
    (void)body::read_clips(bytes);
    if (const auto clip = body::read_clip(bytes)) {
        body::Posture posture;
        for (const float part : {0.0F, .3F, 1.0F})
            body::sample(*clip, clip->duration * part, posture);
        for (const auto& track : clip->weights) (void)body::sample(track, clip->duration);
        (void)clip->turned();
        if (!body::read_clip(body::write_clip(*clip))) __builtin_trap();
    }
    return 0;
}
