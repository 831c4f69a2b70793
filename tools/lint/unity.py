"""Finds names that two files of one room both keep to themselves (anonymous namespace, static,
constexpr). The `ci` build joins files of a room into one, where such names clash; the `dev` build
does not show it.

usage: unity.py [--root FOLDER]
"""
import collections
import re
import sys

from source_text import ROOT, blank, closing, cpp_files, line_of

NAMESPACE = re.compile(r"\b(?:inline\s+)?namespace(?:\s+([\w:]+))?\s*\{")
TYPE = re.compile(r"\b(?:struct|class|enum(?:\s+class)?|union|concept)\s+(\w+)[^;(){}]*[{=]")
CONSTANT = re.compile(r"\b(\w+)\s*(?:\[[^\]]*\])?\s*(?:=[^=]|\{)")
LOCAL = re.compile(r"\s*(?:constexpr|const|static)\b")  # seen by one file only, also outside


def blocks(code, start=0, end=None, path=()):
    """(enclosing namespace, start, end, is anonymous) of every namespace."""
    end = len(code) if end is None else end
    position = start
    while match := NAMESPACE.search(code, position, end):
        opening = match.end() - 1
        finish = closing(code, opening)
        if match.group(1):
            inner = (*path, *match.group(1).split("::"))
            yield inner, opening + 1, finish, False
            yield from blocks(code, opening + 1, finish, inner)
        else:
            yield path, opening + 1, finish, True
        position = finish + 1


def declarations(code, start, end):
    """(offset, text) of what stands directly in the block, with the bodies left out."""
    position = begin = start
    text = []
    while position < end:
        char = code[position]
        if char == "{":
            text.append("{")
            position = min(closing(code, position), end)
            after = code[position + 1:position + 40].lstrip()
            if not after.startswith((";", ",", ")")):
                yield begin, "".join(text)
                text, begin = [], position + 1
        elif char == ";":
            yield begin, "".join(text)
            text, begin = [], position + 1
        else:
            text.append(char)
        position += 1


def signature(text):
    """What makes a declaration clash with another one, or None when it cannot."""
    text = re.sub(r"\[\[[^\]]*\]\]", " ", text)
    head = " ".join(text.split())
    if not head or head.startswith(("using ", "namespace ", "#", "static_assert", "friend ", "TEST")):
        return None
    if match := TYPE.search(head + "{") if re.match(r"(template|struct|class|enum|union|concept)\b",
                                                    head) else None:
        return match.group(1) if "(" not in head.split(match.group(1))[0] else None
    opening = head.find("(")
    assigned = head.find("=")
    if opening >= 0 and (assigned < 0 or opening < assigned) and (match := re.search(
            r"(\w+)\s*$", head[:opening])):
        parameters = head[opening:closing(head, opening) + 1]
        kinds = [re.sub(r"\s*=.*$|\b\w+$", "", each.strip()).strip()
                 for each in parameters[1:-1].split(",")]
        return f"{match.group(1)}({','.join(kinds)})"
    match = CONSTANT.search(head + "=0")
    return match.group(1) if match else None


def target_of(root, path):
    """Which library or test program a file is compiled into."""
    parts = list(path.relative_to(root).parts[:-1])
    if parts[-1] in ("detail", "commands"):
        parts.pop()
    kind = "test" if path.stem.endswith("_test") else ""
    return "/".join(parts), kind


def check(root):
    seen = collections.defaultdict(dict)
    for path in cpp_files(root, ("src", "apps", "tests")):
        if path.suffix != ".cpp" or path.stem.endswith("_fuzz"):
            continue
        text = path.read_text(encoding="utf-8")
        code = re.sub(r"(?m)^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group()),
                      blank(text))
        for namespace, start, end, is_anonymous in blocks(code):
            for offset, declared in declarations(code, start, end):
                name = signature(declared)
                if not name or not (is_anonymous or LOCAL.match(declared)):
                    continue
                first = offset + len(declared) - len(declared.lstrip())
                here = f"{path.relative_to(root)}:{line_of(code, first)}"
                known = seen[target_of(root, path)].setdefault((namespace, name), (path, here))
                if known[0] != path:
                    yield f"{here}: `{name}` is also in {known[1]}; name one of them otherwise"


def main():
    root = ROOT
    if len(sys.argv) == 3 and sys.argv[1] == "--root":
        root = type(ROOT)(sys.argv[2]).resolve()
    problems = list(check(root))
    print("\n".join(problems) if problems else "files of a room can be joined")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
