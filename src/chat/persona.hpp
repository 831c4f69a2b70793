// Persona: the Markdown files of the workspace that say who the companion is. Files are read again
// when they change on disk, so any editor works without a restart. io thread only (small files).
//
// Workspace: every *.md in alphabetical order is part of the prompt, except heartbeat.md and
// SHORT.md; USER.md holds what the person says of themselves, AGENTS.md and TOOLS.md standing
// orders. Missing files are written from the built-in persona.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace chat {

struct WorkspaceFile {
    std::string name;
    std::string content;
    std::string description;
};

// What the configuration says over the workspace; empty fields say nothing.
struct Personality {
    std::string name;
    std::string text;            // stands for IDENTITY.md and SOUL.md, and shortened for SHORT.md
    std::filesystem::path file;  // with that text; wins over it
};

// What a turn needs of the persona, as the files say it at that moment.
struct PersonaText {
    std::string prompt;        // all files, for a capable model
    std::string short_prompt;  // a few sentences for a model that cannot take more
    std::string name;
};

// Whether USER.md was filled. no: the person has written in it already.
enum class Taken { no, yes };

class Persona {
public:
    // `defaults` are written where the file does not exist yet.
    Persona(std::filesystem::path folder, std::vector<WorkspaceFile> defaults);

    // Creates the folder (0700) and the missing default files.
    [[nodiscard]] base::Result<void> prepare();
    void set_personality(Personality personality);
    // Puts the text of a file into a USER.md that is still as it came. Errors: those of the file.
    [[nodiscard]] base::Result<Taken> take_profile(const std::filesystem::path& file);

    // Reread only when a file changed; looking costs some file system calls, so once a turn.
    [[nodiscard]] PersonaText current();
    // The prompt text of all files for a capable model.
    [[nodiscard]] const std::string& prompt();
    // A few sentences for a model that cannot take more: the text of SHORT.md.
    [[nodiscard]] const std::string& short_prompt();
    [[nodiscard]] std::string name();

    // For the editor. Errors: not_found, invalid_argument (name), too_large (64 KB), storage.
    [[nodiscard]] std::vector<WorkspaceFile> files();
    [[nodiscard]] base::Result<WorkspaceFile> read(const std::string& name);
    [[nodiscard]] base::Result<void> write(const std::string& name, const std::string& content);
    [[nodiscard]] base::Result<void> remove(const std::string& name);

private:
    void refresh();
    // The text that stands for IDENTITY.md and SOUL.md; empty: they stand for themselves.
    [[nodiscard]] std::string given_text() const;
    [[nodiscard]] std::string fingerprint() const;

    std::filesystem::path folder_;
    std::vector<WorkspaceFile> defaults_;
    Personality given_;
    std::string fingerprint_;
    std::string prompt_;
    std::string short_prompt_;
    std::string name_ = "Nook";
};

// The built-in character (characters/nook/*.md), compiled into the binary.
[[nodiscard]] std::vector<WorkspaceFile> built_in_persona();

}  // namespace chat
