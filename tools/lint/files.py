"""Sizes and names of files, and words that have no place in the repository: issue numbers,
places on somebody's machine, addresses of package hosts, talk about how the text was made.

usage: files.py [--root FOLDER]
"""
import re
import sys

from source_text import ROOT, is_generated, repo_files

LIMITS = {".cpp": 400, ".hpp": 400, ".h": 400, ".py": 400, ".sh": 400,
          ".svelte": 300, ".ts": 300, ".mjs": 300, ".js": 300, ".css": 300}
LAUNCHER_LIMIT = 150
FORBIDDEN = re.compile(r"^(utils?|helpers?|managers?|common|misc|stuff)$|(_|^)(utils?|helpers?)$|"
                       r"(_|-)manager$")
NAMED_FOLDERS = ("src", "apps", "bench", "tests", "tools", "web/src", "web/e2e", "cmake")
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".gguf", ".onnx", ".glb", ".vrm", ".vrma", ".gz", ".wasm",
          ".bin", ".db", ".wav"}
# Colours and anchors of web files look like issue numbers.
COLOURS = {".css", ".svelte", ".svg", ".html", ".ts", ".mjs", ".js", ".json", ".webmanifest"}
MADE_BY = (r"(generated|written|made) (with|by) (an? )?(claude|chatgpt|copilot|codex|ai\b|agent|"
           r"assistant|language model)|co-authored-[b]y:|\bsub-?agents?\b|\bthe brief says\b|"
           r"\b(issue|task|bug|pr) #?\d+\b")
WORDS = [
    (re.compile(r"(?<![\w&/#.])#\d{1,5}\b(?![-\w])"), "an issue number"),
    (re.compile(r"/(?:issues|pull)/\d+"), "an issue number"),
    (re.compile(r"(?<![\w.])/(?:work/(?:main|shared|\.)|tmp/w/|root/)"),
     "a path of one machine"),
    (re.compile(r"(?:\.\./|(?<![\w/]))shared/(?:DESIGN|FEATURES|reference|prototypes|hooks)\b"),
     "a file outside the repository"),
    (re.compile(r"pypi[.](?:org|io)|pythonhosted[.]|registry[.](?:npmjs|yarnpkg)|npmjs[.](?:com|org)|"
                r"deb[.]debian[.]org|crates[.]io|repo1?[.]maven|proxy[.]golang"),
     "the address of a package host"),
    (re.compile(MADE_BY, re.IGNORECASE), "talk about how the text was made"),
]
FUZZ_CORPUS = "tests/fuzz/"


def name_problems(name):
    if not name.startswith(tuple(folder + "/" for folder in NAMED_FOLDERS)):
        return
    for part in name.split("/"):
        if FORBIDDEN.search(part.split(".")[0].lower()):
            yield f"{name}:1: `{part}` says nothing about what is inside; name the noun it holds"
            return


def size_problems(path, name, text):
    limit = LAUNCHER_LIMIT if name == "loci" else LIMITS.get(path.suffix)
    lines = text.count("\n")
    if limit and lines > limit and not is_generated(text):
        yield f"{name}:{lines}: {lines} lines, at most {limit}; split along nouns"


def word_problems(path, name, text):
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, what in WORDS:
            found = pattern.search(line)
            if found and what == "an issue number" and path.suffix in COLOURS | {".css"}:
                found = None if re.search(r"#\d{3,}|[\"'(]#", line) else found
            if found:
                yield f"{name}:{number}: {what}: {found.group()!r}"


def check(root):
    for path in repo_files(root):
        name = path.relative_to(root).as_posix()
        yield from name_problems(name)
        if path.suffix in BINARY or name.startswith(FUZZ_CORPUS):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield f"{name}:1: neither UTF-8 text nor a known binary kind"
            continue
        yield from size_problems(path, name, text)
        if path.name == "package-lock.json":
            if '"resolved"' in text:
                yield f"{name}:1: download addresses in the lock file; see web/.npmrc"
        elif name != "LICENSE":
            yield from word_problems(path, name, text)


def main():
    root = ROOT
    if len(sys.argv) == 3 and sys.argv[1] == "--root":
        root = type(ROOT)(sys.argv[2]).resolve()
    problems = list(check(root))
    print("\n".join(problems) if problems else "names, sizes and words are in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
