"""The runners must turn every way a program can end into a result."""
import os
import pathlib

import pytest
import results
import run_fuzzers
import run_gtests

REPORT = '<testsuite><testcase classname="a" name="b"/></testsuite>'


def program(folder, name, script):
    path = folder / name
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(0o755)
    return [str(path)]


def writes(report):
    return f"printf '%s' '{report}' >\"${{1#--gtest_output=xml:}}\"\n"


@pytest.mark.parametrize("script, outcome", [
    (writes(REPORT), None),
    ("exit 0\n", "reported no test"),
    ("kill -SEGV $$\n", "status -11"),
    (writes(REPORT) + "exit 23\n", "crash or leak at exit"),
    (writes("<testsuite><testcase"), "reported no test"),
    (writes("<testsuite/>"), "reported no test"),
], ids=["good", "silent", "crash", "leak", "cut short", "empty"])
def test_a_gtest_program(tmp_path, script, outcome):
    extra = run_gtests.run_program("x", program(tmp_path, "x_test", script), tmp_path / "x.xml")
    if outcome is None:
        assert extra is None
    else:
        assert extra.outcome == "failed" and outcome in extra.text


def test_a_gtest_program_that_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(run_gtests, "LIMIT_S", 0.2)
    command = program(tmp_path, "x_test", "exec tail -f /dev/null\n")
    extra = run_gtests.run_program("x", command, tmp_path / "x.xml")
    assert "did not end" in extra.text


def test_a_program_that_was_not_built(tmp_path):
    extra = run_gtests.run_program("x", [str(tmp_path / "none")], tmp_path / "x.xml")
    assert extra.outcome == "failed"


@pytest.mark.parametrize("status, outcome", [(0, "passed"), (1, "failed")])
def test_another_program_is_judged_by_its_status(tmp_path, status, outcome):
    command = program(tmp_path, "docs_current", f"exit {status}\n")
    assert run_gtests.run_program("x", command, tmp_path / "x.xml").outcome == outcome


@pytest.mark.parametrize("script, outcome", [
    ("echo 'stat::number_of_executed_units: 5000'\n", "passed"),
    ("echo 'stat::number_of_executed_units: 1'\n", "failed"),
    ("exit 0\n", "failed"),
    ("echo 'ERROR: libFuzzer: deadly signal'; exit 77\n", "failed"),
])
def test_a_fuzz_target(tmp_path, script, outcome):
    [path] = program(tmp_path, "frame_fuzz", script)
    case = run_fuzzers.run_target("frame_fuzz", pathlib.Path(path), 1, tmp_path)
    assert case.outcome == outcome
    assert os.path.isfile(tmp_path / "fuzz-frame_fuzz.log")


def test_a_fuzz_target_that_was_not_built(tmp_path):
    assert run_fuzzers.run_target("a_fuzz", tmp_path / "a_fuzz", 1, tmp_path).outcome == "failed"


def test_a_report_names_the_runner_after_its_file(tmp_path):
    (tmp_path / "unit-base.xml").write_text(REPORT, encoding="utf-8")
    assert [case.runner for case in results.read(tmp_path / "unit-base.xml")] == ["unit-base"]
