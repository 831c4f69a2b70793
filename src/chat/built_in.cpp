// The built-in character, compiled in from characters/nook.
#include "chat/persona.hpp"
#include "chat/reflex.hpp"

namespace built_in_character {
extern const std::string_view kIdentityMd;
extern const std::string_view kSoulMd;
extern const std::string_view kUserMd;
extern const std::string_view kShortMd;
extern const std::string_view kReflexesJson;
}  // namespace built_in_character

namespace chat {

std::vector<WorkspaceFile> built_in_persona() {
    using namespace built_in_character;
    return {
        {"IDENTITY.md", std::string(kIdentityMd), "Who the companion is; the heading is its name."},
        {"SOUL.md", std::string(kSoulMd), "How it speaks and behaves."},
        {"USER.md", std::string(kUserMd), "What it should know about you."},
        {"SHORT.md", std::string(kShortMd),
         "The whole persona in a few sentences, for tiny models."},
    };
}

std::string_view built_in_intents() {
    return built_in_character::kReflexesJson;
}

}  // namespace chat
