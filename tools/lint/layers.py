"""Which room may include what. The tables are the whole rule: a new room or a new third-party
library is added here, with a reason in docs/dependencies.md.

usage: layers.py [--root FOLDER]    prints `file:line: message` and exits 1 when a rule is broken
"""
import re
import sys

from source_text import ROOT, blank, cpp_files, line_of

RUNTIME = "base async json crypto http process"
PROVIDER = "base async json crypto http protocol ports llm_wire"
# room -> rooms it may include besides itself; arrows only point down.
ROOMS = {
    "base": "",
    "body": "",
    "async": "base",
    "json": "base",
    "crypto": "base",
    "protocol": "base json",
    "http": "base async json crypto",
    "config": "base json crypto",
    "process": "base async",
    "media": "base",
    "ports": "base async",
    "llm_wire": "base async json http ports",
    "body/text": "",
    "chat": "base async json crypto protocol ports body/text",
    "engine/wire": "base json",
    "engine": "base async json engine/wire",
    "engine/llama": "base json engine engine/wire",
    "voice": "base async media ports",
    "engine/folders": "base",
    "engine/speech": "base json engine engine/folders engine/wire",
    "models": "base async json crypto protocol http ports",
    "adapters/store_memory": "base async json ports",
    "adapters/store_sqlite": "base async json crypto ports",
    "adapters/llm_scripted": "base async json ports",
    "adapters/llm_fallback": "base async ports",
    "adapters/llm_openai": PROVIDER,
    "adapters/llm_ollama": PROVIDER,
    "adapters/llm_anthropic": PROVIDER,
    "adapters/llm_engine": "base async json process engine/wire ports",
    "adapters/speech_engine": "base async json process engine/wire ports adapters/llm_engine",
    "adapters/speech_http": "base async json http media ports llm_wire",
    "adapters/speech_switch": "base async ports",
    "adapters/speech_spelling": "base async ports",
    "adapters/speech_wake": "base async ports",
    "api/app": RUNTIME + " config protocol ports chat models media voice body",
    "api/openai": "base async json http media ports chat",
    "api/realtime": "base async json crypto protocol http media ports voice chat api/openai",
}
# Rooms that tests of any room may use: hand-written doubles.
TEST_ROOMS = {"adapters/store_memory", "adapters/llm_scripted", "llm_wire"}
ANYWHERE = None
SYSTEM = "base async crypto http config process models engine engine/llama engine/speech adapters apps tests"
SOCKETS = "async http process engine adapters/llm_engine apps tests"
# pattern of a header -> the rooms that may include it (ANYWHERE: all). First match decides.
HEADERS = [
    (r"fmt/", ANYWHERE),
    (r"gtest/|gmock/", "tests"),
    (r"spdlog/", "base"),
    (r"boost/asio/impl/src|boost/beast/src", "cmake http"),
    (r"boost/beast", "http"),
    (r"boost/asio/ssl", "http"),
    (r"boost/asio/(ip|local|posix|generic|basic_|read|write|serial|signal|connect|buffer)", SOCKETS),
    (r"boost/asio", "async http process models engine adapters api apps tests"),
    (r"boost/json", "json"),
    (r"boost/(describe|mp11)", "json protocol config engine engine/wire apps tests"),
    (r"boost/system", "async http process engine adapters"),
    (r"curl/", "http"),
    (r"openssl/", "crypto http"),
    (r"sqlite3\.h", "adapters/store_sqlite"),
    (r"yaml-cpp/|toml\+\+/|toml\.hpp", "config"),
    (r"CLI/|qrcodegen/|histedit\.h", "apps"),
    (r"llama|ggml|gguf\.h|nlohmann/|(chat|common|sampling|log|json-schema-to-grammar)\.h",
     "engine/llama"),
    (r"whisper\.h|flite/|sherpa-onnx/", "engine/speech"),
    # made by the build
    (r"\w+\.inc$", ANYWHERE),
    (r"loci_version\.hpp", "apps"),
    # chat: persona files are opened without following links.
    (r"sys/stat\.h|fcntl\.h|unistd\.h", "chat " + SYSTEM),
    (r"opus\.h|speex/|sndfile\.h", "media"),
    (r"zlib\.h", "http"),
    (r"(sys|linux|netinet|arpa|net)/|(unistd|fcntl|poll|pthread|spawn|signal|dlfcn|termios|netdb|"
     r"dirent|ifaddrs|pwd|grp|sched|syslog|errno|cxxabi|execinfo|getopt|malloc|link|elf)\.h", SYSTEM),
]
CMAKE_ROOM = re.compile(r"loci_room\(\s*([\w/]+)([^)]*)\)")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def room_of(name):
    """The room that a path below src/ (or an include) lies in, or None."""
    parts = name.split("/")
    for size in (2, 1):
        room = "/".join(parts[:size])
        if len(parts) > size and room in ROOMS:
            return room
    return None


def place_of(root, path):
    """(room or 'apps'/'bench'/'tests', is it test code) of a file."""
    parts = path.relative_to(root).parts
    is_test = path.stem.endswith(("_test", "_fuzz")) or "testing" in parts or parts[0] == "tests"
    if parts[0] != "src":
        return parts[0], is_test
    return room_of("/".join(parts[1:])), is_test


def allows(rooms, place, is_test):
    if rooms is ANYWHERE:
        return True
    names = rooms.split()
    group = place.split("/")[0] if place.startswith(("adapters/", "api/")) else place
    return (place in names or group in names or (is_test and "tests" in names)
            or (place == "bench" and "tests" in names))


def check_room_include(place, is_test, target, header):
    if place in ("apps", "bench", "tests", "cmake") or target == place:
        return None
    allowed = set(ROOMS[place].split())
    if is_test:
        allowed |= TEST_ROOMS
    if "/testing/" in header and not is_test:
        return f"only tests may include {header}"
    if target not in allowed:
        return (f"room `{place}` may not include `{target}`; "
                f"it may use: {' '.join(sorted(allowed)) or 'nothing'}")
    return None


def check_header(place, is_test, header):
    if "/" not in header and "." not in header:
        return None  # standard library
    for pattern, rooms in HEADERS:
        if re.match(pattern, header):
            if allows(rooms, place, is_test):
                return None
            return f"<{header}> stops at the border of: {rooms}; `{place}` may not include it"
    return f"<{header}> is not in the table of tools/lint/layers.py; add the library there"


def is_own_file(root, path, header):
    """Does an include name a file beside this one, or below the program's own folder?"""
    program = root.joinpath(*path.relative_to(root).parts[:2])
    return (path.parent / header).is_file() or (program / header).is_file()


def check_file(root, path):
    text = path.read_text(encoding="utf-8")
    place, is_test = place_of(root, path)
    if place is None:
        yield 1, "this folder is no room of the table in tools/lint/layers.py"
        return
    code = blank_keeping_includes(text)
    for match in INCLUDE.finditer(code):
        header = match.group(2)
        target = room_of(header)
        if target:
            message = check_room_include(place, is_test, target, header)
        elif match.group(1) == '"' and is_own_file(root, path, header):
            beside_main = place in ("apps", "bench", "tests", "cmake")
            message = None if beside_main else f'write the room in the path of "{header}"'
        else:
            message = check_header(place, is_test, header)
        if message:
            yield line_of(text, match.start()), message


def blank_keeping_includes(text):
    """Blanks comments and strings but keeps the names in #include lines."""
    code = list(blank(text))
    for match in INCLUDE.finditer(text):
        if code[text.index("#", match.start())] == "#":
            code[match.start():match.end()] = text[match.start():match.end()]
    return "".join(code)


def linked_rooms(root):
    """What CMake links must not be more than what the table allows."""
    for path in sorted((root / "src").rglob("CMakeLists.txt")):
        for call in CMAKE_ROOM.finditer(path.read_text(encoding="utf-8")):
            room = call.group(1)
            uses = re.split(r"\b(?:LINKS|TEST_USES|TEST_LINKS)\b", call.group(2))[0]
            extra = set(uses.replace("USES", "").split()) - set(ROOMS.get(room, "").split())
            if room not in ROOMS or extra:
                yield (f"{path.relative_to(root)}:1: the table in tools/lint/layers.py does not "
                       f"give room `{room}` {' '.join(sorted(extra)) or 'at all'}")


def check(root):
    yield from linked_rooms(root)
    for path in cpp_files(root):
        for line, message in check_file(root, path):
            yield f"{path.relative_to(root)}:{line}: {message}"


def main():
    root = ROOT
    if len(sys.argv) == 3 and sys.argv[1] == "--root":
        root = type(ROOT)(sys.argv[2]).resolve()
    problems = list(check(root))
    print("\n".join(problems) if problems else "every include follows the layers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
