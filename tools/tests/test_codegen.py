"""What codegen.py writes from the schemas, and what its check finds."""
import re
import shutil
import subprocess
import sys

import codegen
import pytest

PROGRAM = codegen.ROOT / "tools/codegen.py"
APP = {
    "x-protocol-version": 7,
    "$defs": {
        "Mood": {"description": "How it feels.", "enum": ["calm", "glad"]},
        "Thing": {"description": "A thing.", "required": ["mood"],
                  "properties": {"mood": {"$ref": "#/$defs/Mood"},
                                 "size": {"type": "number", "description": "metres"}}},
        "Ask": {"description": "Asks.", "required": ["type", "text"],
                "properties": {"type": {"const": "ask"}, "text": {"type": "string"}}},
        "Told": {"description": "Tells.", "required": ["type", "things"],
                 "properties": {"type": {"const": "told"},
                                "things": {"type": "array", "items": {"$ref": "#/$defs/Thing"}}}},
    },
    "x-commands": ["Ask"],
    "x-events": ["Told"],
}


@pytest.fixture
def parts():
    return {part.stem: part for part in codegen.app_parts(APP, ("internal",))}


@pytest.fixture
def tree(tmp_path):
    """A copy of the schemas with everything written from them."""
    shutil.copytree(codegen.ROOT / "protocol", tmp_path / "protocol")
    run(tmp_path)
    return tmp_path


def run(root, *flags):
    return subprocess.run([sys.executable, PROGRAM, "--root", root, *flags], capture_output=True,
                          text=True, check=False)


def test_each_definition_is_in_one_file(parts):
    assert {stem: list(part.definitions) for stem, part in parts.items()} == {
        "values": ["Mood", "Thing"], "commands": ["Ask"], "events": ["Told"]}


def test_a_file_includes_what_it_uses_and_no_more(parts):
    enums = {"Mood"}
    values = codegen.render_cpp(parts["values"], enums)
    assert re.findall(r"#include (.*)", values) == [
        "<optional>", "<boost/describe/class.hpp>", "<boost/describe/enum.hpp>"]
    assert "Mood mood{};" in values and "kProtocolVersion = 7" in values
    assert "values.hpp" not in codegen.render_cpp(parts["commands"], enums)
    events = codegen.render_cpp(parts["events"], enums)
    assert '#include "protocol/values.hpp"' in events and "using Event = std::variant<Told>;" in events
    assert "ProtocolVersion" not in events


def test_the_page_numbers_events_alone(parts):
    written = {stem: codegen.render_ts(part) for stem, part in parts.items()}
    assert [stem for stem, text in written.items() if "seq?: number;" in text] == ["events"]
    assert 'import type { Thing } from "./values";' in written["events"]
    assert 'export type ErrorCode = "internal";' in written["values"]
    assert "import" not in written["commands"]


def test_every_real_file_is_short_and_each_type_is_written_once():
    outputs = codegen.render_all(codegen.ROOT)
    for path, text in outputs.items():
        assert text.count("\n") < 400, path
    for pattern, suffix in [(r"^(?:struct|enum class|using) (\w+)", ".hpp"),
                            (r"^export (?:interface|type|const) (\w+)", ".ts")]:
        names = [name for path, text in outputs.items() if path.endswith(suffix)
                 for name in re.findall(pattern, text, re.MULTILINE)]
        assert len(names) == len(set(names)) > 50


def test_what_was_just_written_passes(tree):
    assert run(tree, "--check").returncode == 0
    assert run(tree).stdout == ""


@pytest.mark.parametrize("path", list(codegen.render_all(codegen.ROOT)))
def test_a_file_that_was_changed_or_is_gone_is_found(tree, path):
    with (tree / path).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert f"not current: {path};" in run(tree, "--check").stderr
    (tree / path).unlink()
    failed = run(tree, "--check")
    assert failed.returncode == 1 and path in failed.stderr
    assert not (tree / path).exists(), "a check writes nothing"
