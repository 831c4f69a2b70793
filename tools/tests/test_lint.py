"""Every check must fire on what it forbids and stay silent on what is right."""
import subprocess
import sys

import coroutines
import files
import layers
import pytest


@pytest.fixture
def tree(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path
    write("src/base/text.hpp", "#pragma once\n#include <string>\n")
    write.root = tmp_path
    return write


def found(module, root):
    return "\n".join(module.check(root))


@pytest.mark.parametrize("place, include, complaint", [
    ("src/base/a.cpp", '"json/json.hpp"', "room `base` may not include `json`"),
    ("src/chat/a.cpp", '"adapters/store_sqlite/store.hpp"', "may not include"),
    ("src/chat/a.cpp", '"http/client.hpp"', "may not include `http`"),
    ("src/adapters/llm_openai/a.cpp", '"chat/prompt.hpp"', "may not include `chat`"),
    ("src/adapters/llm_openai/a.cpp", '"adapters/llm_ollama/a.hpp"', "may not include"),
    ("src/api/app/a.cpp", '"adapters/store_memory/store.hpp"', "may not include"),
    ("src/ports/a.hpp", "<boost/json/value.hpp>", "stops at the border"),
    ("src/ports/a.hpp", "<boost/asio/awaitable.hpp>", "stops at the border"),
    ("src/config/a.cpp", "<boost/beast/http.hpp>", "stops at the border"),
    ("src/chat/a.cpp", "<sqlite3.h>", "stops at the border"),
    ("src/adapters/llm_engine/a.cpp", '"llama.h"', "stops at the border"),
    ("src/json/a.cpp", "<curl/curl.h>", "stops at the border"),
    ("src/http/a.cpp", "<spdlog/spdlog.h>", "stops at the border"),
    ("src/config/a.cpp", "<CLI/CLI.hpp>", "stops at the border"),
    ("src/http/a.cpp", "<yaml-cpp/yaml.h>", "stops at the border"),
    ("src/http/a.cpp", "<gtest/gtest.h>", "stops at the border"),
    ("src/http/a.cpp", "<absl/strings/cat.h>", "not in the table"),
    ("src/http/a.cpp", '"async/testing/manual_clock.hpp"', "only tests may include"),
    ("src/nowhere/a.cpp", "<string>", "no room of the table"),
])
def test_a_forbidden_include_is_named(tree, place, include, complaint):
    root = tree(place, f"#include {include}\n")
    assert complaint in found(layers, root)
    assert place in found(layers, root)


@pytest.mark.parametrize("place, include", [
    ("src/json/a.cpp", '"base/text.hpp"'),
    ("src/json/a.cpp", "<boost/json/parser.hpp>"),
    ("src/json/a_test.cpp", "<gtest/gtest.h>"),
    ("src/http/a_test.cpp", '"async/testing/manual_clock.hpp"'),
    ("src/chat/a_test.cpp", '"adapters/store_memory/store.hpp"'),
    ("apps/loci/main.cpp", '"adapters/store_sqlite/store.hpp"'),
    ("src/chat/a.cpp", "<vector>"),
])
def test_an_allowed_include_passes(tree, place, include):
    assert found(layers, tree(place, f"#include {include}\n")) == ""


def test_includes_in_comments_and_strings_do_not_count(tree):
    root = tree("src/base/a.cpp", '// #include "json/json.hpp"\n/*\n#include <curl/curl.h>\n*/\n'
                'const char* text = R"(\n#include <curl/curl.h>\n)";\n')
    assert found(layers, root) == ""


def test_links_are_held_to_the_same_table(tree):
    root = tree("src/base/CMakeLists.txt", "loci_room(base USES json LINKS spdlog::spdlog)\n")
    assert "does not give room `base` json" in found(layers, root)


FORBIDDEN_COROUTINES = {
    "capturing lambda": "auto f = [&self]() -> Task<void> { co_await self.run(); };",
    "capture by copy": "spawn([name]() mutable -> Task<int> { co_return name.size(); });",
    "capture after return": "return [this] { CO_TRY(x, f()); };",
    "conditional": "const auto r = ready ? co_await a() : co_await b();",
    "conditional value": "x = ready ? 1 : co_await b();",
    "lock": "{ std::lock_guard lock(mutex_); if (x) { co_await wait(); } }",
    "unique lock": "{ const std::unique_lock<std::mutex> lock{mutex_}; co_await wait(); }",
    "formatted temporary": 'co_await send(fmt::format("{}", n));',
    "string temporary": "co_await send(std::string(view));",
    "aggregate temporary": "co_await send(Request{.host = host});",
    "brace list": "co_await send({1, 2, 3});",
}


@pytest.mark.parametrize("code", FORBIDDEN_COROUTINES.values(), ids=FORBIDDEN_COROUTINES.keys())
def test_a_forbidden_coroutine_pattern_is_found(tree, code):
    root = tree("src/chat/a.cpp", f"Task<void> f() {{\n    {code}\n    co_return;\n}}\n")
    assert "src/chat/a.cpp:2:" in found(coroutines, root)


RIGHT_COROUTINES = {
    "named": "auto op = send(request); const auto r = co_await std::move(op);",
    "plain lambda": "auto f = [&x] { return x + 1; }; co_await g();",
    "lambda without capture": "spawn([](Server* s) -> Task<void> { co_await s->run(); });",
    "if and else": "if (ready) { co_await a(); } else { co_await b(); }",
    "lock that ended": "{ std::lock_guard lock(mutex_); ++n; } co_await wait();",
    "conditional elsewhere": "const int n = a ? 1 : 2; co_await wait(n);",
    "index": "values[i] = co_await next();",
    "only in a comment": "// co_await send({1, 2});",
    "empty braces": "co_await wait({});",
    "qualified names": "const std::optional<int> r = co_await base::get();",
}


@pytest.mark.parametrize("code", RIGHT_COROUTINES.values(), ids=RIGHT_COROUTINES.keys())
def test_right_coroutine_code_passes(tree, code):
    root = tree("src/chat/a.cpp", f"Task<void> f() {{\n    {code}\n    co_return;\n}}\n")
    assert found(coroutines, root) == ""


def test_an_exception_needs_a_reason(tree):
    code = "auto f = [&s]() -> Task<void> { co_await s.run(); };"
    excused = f"// coroutine-ok: outlives the scope that awaits it\n{code}\n"
    assert found(coroutines, tree("src/chat/a.cpp", excused)) == ""
    bare = f"// coroutine-ok:\n{code}\n"
    assert found(coroutines, tree("src/chat/a.cpp", bare)) != ""


HASH = "#"
# Put together here, so that this file itself stays clean.
FORBIDDEN_WORDS = {
    "issue number": "// see #" + "123 for why",
    "task number": "fixes iss" + "ue 12",
    "link to a thread": "https://example.org/a/b/iss" + "ues/7",
    "machine path": "cd /wo" + "rk/main",
    "home of root": "open('/ro" + "ot/file')",
    "outside file": "see ../sha" + "red/DESIGN.md",
    "package host": "https://py" + "pi.org/simple",
    "npm host": "https://registry.np" + "mjs.org/x",
    "maker": "Generated wi" + "th Claude",
    "co-author": "Co-Authored" + "-By: somebody",
}


@pytest.mark.parametrize("text", FORBIDDEN_WORDS.values(), ids=FORBIDDEN_WORDS.keys())
def test_a_forbidden_word_is_found(tree, text):
    assert "docs/page.md:1:" in found(files, tree("docs/page.md", text + "\n"))


@pytest.mark.parametrize("name, text", [
    ("web/src/a.css", f"a {{ color: {HASH}123456; background: {HASH}333; }}\n"),
    ("docs/page.md", "See [the rules](#rules), PR template, C# and issue trackers.\n"),
    ("docs/page.md", "Anthropic's Claude models are reached with the anthropic provider.\n"),
])
def test_ordinary_text_passes(tree, name, text):
    assert found(files, tree(name, text)) == ""


def test_a_long_file_is_found_and_a_generated_one_is_not(tree):
    tree("src/base/long.cpp", "int x;\n" * 401)
    tree("src/base/made.hpp", "// Generated by tools/codegen.py\n" + "int x;\n" * 500)
    assert found(files, tree.root).startswith("src/base/long.cpp:401:")
    assert "made.hpp" not in found(files, tree.root)


@pytest.mark.parametrize("name", ["src/base/utils.cpp", "src/common/a.cpp", "src/chat/helpers.hpp",
                                  "src/chat/session_manager.cpp", "web/src/util.ts"])
def test_a_name_that_says_nothing_is_found(tree, name):
    assert name in found(files, tree(name, "x\n"))


def test_download_addresses_in_a_lock_file_are_found(tree):
    root = tree("web/package-lock.json", '{"resolved": "https://somewhere/x.tgz"}\n')
    assert "download addresses" in found(files, root)


@pytest.mark.parametrize("check, name, text", [
    ("layers", "src/base/a.cpp", '#include "http/client.hpp"\n'),
    ("coroutines", "src/base/a.cpp", "auto f = [&x]() -> T { co_await x; };\n"),
    ("files", "src/base/utils.cpp", "\n"),
])
def test_a_check_run_alone_exits_with_one(tree, check, name, text):
    program = layers.ROOT / "tools/lint" / f"{check}.py"
    root = tree(name, text)
    bad = subprocess.run([sys.executable, program, "--root", root], capture_output=True, check=False)
    assert bad.returncode == 1 and name.encode() in bad.stdout


def test_a_program_may_include_its_own_files(tree):
    tree("apps/loci/house.hpp", "\n")
    assert found(layers, tree("apps/loci/commands/chat.cpp", '#include "house.hpp"\n')) == ""
    assert "house.hpp" in found(layers, tree("src/base/a.cpp", '#include "house.hpp"\n'))
