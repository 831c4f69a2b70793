"""Finds coroutine code that is wrong, or that some compilers miscompile (docs/decisions/0001):
capturing lambdas that are coroutines, `?:` around co_await, a lock held across co_await, and
temporaries that own memory built inside an awaited expression. Rule: name it, then await it.

A hit that is right after all carries `// coroutine-ok: <reason>` on its line or the line before.

usage: coroutines.py [--root FOLDER]
"""
import re
import sys

from source_text import ROOT, blank, closing, cpp_files, line_of

AWAIT = re.compile(r"\bco_(?:await|return|yield)\b|\bCO_TRY\w*\b")
CAPTURE = re.compile(r"\[(?P<capture>[^\[\]]*)\](?=\s*[({<]|\s*mutable\b|\s*->)")
LOCK = re.compile(r"\b(?:std::)?(?:lock_guard|unique_lock|scoped_lock|shared_lock)\b[^;=()]*[({]")
OWNING = re.compile(
    r"fmt::format\(|std::(?:to_string|make_unique|make_shared|string|vector|function|map|optional)"
    r"\s*(?:<[^;(){}]*>)?\s*[({](?!\s*[)}])")
BRACED = re.compile(r"[(,]\s*(?:[A-Za-z_][\w:]*(?:<[^;(){}]*>)?)?\s*\{(?!\s*\})")


def lambdas(code):
    """(start of capture, capture text, body start, body end) of every lambda."""
    for match in CAPTURE.finditer(code):
        before = code[:match.start()].rstrip()
        if before and (before[-1].isalnum() or before[-1] in "_)]" or before.endswith("operator")):
            if not re.search(r"\b(?:return|co_return|co_await|co_yield|case)$", before):
                continue  # an index or an array, not a lambda
        position = match.end()
        while position < len(code) and code[position] not in "{;":
            if code[position] == "(":
                position = closing(code, position)
            position += 1
        if position < len(code) and code[position] == "{":
            yield match.start(), match.group("capture").strip(), position, closing(code, position)


def without_lambdas(code, start, end):
    """code[start:end] with the bodies of lambdas inside it blanked."""
    part = list(code[start:end])
    for _, _, body, finish in lambdas(code):
        if start < body and finish < end:
            for index in range(body - start, finish - start + 1):
                part[index] = part[index] if part[index] == "\n" else " "
    return "".join(part)


def enclosing_block_end(code, offset):
    depth = 0
    for index in range(offset, len(code)):
        depth += {"{": 1, "}": -1}.get(code[index], 0)
        if depth < 0:
            return index
    return len(code)


def capturing_coroutines(code):
    for start, capture, body, finish in lambdas(code):
        if capture and AWAIT.search(without_lambdas(code, body + 1, finish)):
            yield start, "a capturing lambda is a coroutine: its captures die with the lambda"


def awaits_in_conditionals(code):
    for match in re.finditer(r"[^;{}]*[;{]", without_lambdas(code, 0, len(code))):
        statement = match.group()
        if "co_await" in statement and re.search(r"\?[^;]*[^:]:[^:]", statement):
            yield match.start() + statement.index("co_await"), "`?:` around co_await; use if/else"


def locks_across_awaits(code):
    for match in LOCK.finditer(code):
        made = closing(code, match.end() - 1) + 1
        end = enclosing_block_end(code, made)
        if AWAIT.search(without_lambdas(code, made, end)):
            yield match.start(), "a lock is held across co_await"


def temporaries(code):
    for match in re.finditer(r"\bco_await\b[^;]*;", without_lambdas(code, 0, len(code))):
        statement = match.group()
        if OWNING.search(statement) or BRACED.search(statement):
            yield match.start(), "name the argument first, then await the call"


CHECKS = (capturing_coroutines, awaits_in_conditionals, locks_across_awaits, temporaries)


def check(root):
    for path in cpp_files(root, ("src", "apps", "bench", "tests")):
        text = path.read_text(encoding="utf-8")
        code = blank(text)
        if not AWAIT.search(code):
            continue
        lines = text.split("\n")
        for find in CHECKS:
            for offset, message in find(code):
                line = line_of(code, offset)
                near = lines[max(line - 2, 0):line]
                if not any(re.search(r"//\s*coroutine-ok: \S", each) for each in near):
                    yield f"{path.relative_to(root)}:{line}: {message}"


def main():
    root = ROOT
    if len(sys.argv) == 3 and sys.argv[1] == "--root":
        root = type(ROOT)(sys.argv[2]).resolve()
    problems = list(check(root))
    print("\n".join(problems) if problems else "no forbidden coroutine pattern")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
