"""The summary must never call a run good that was not."""
import results
import test_summary
import pytest

GTEST = """<?xml version="1.0"?><testsuites><testsuite name="Text">
<testcase name="Trims" status="run" result="completed" time="0.01" classname="Text" />
<testcase name="Old" status="notrun" result="suppressed" time="0." classname="Text" />
<testcase name="Model" status="run" result="skipped" time="0." classname="Text">
<skipped message="no model"/></testcase>
<testcase name="Cuts" status="run" result="completed" time="0" classname="Text">
<failure message="a != b" type=""/><failure message="c != d" type=""/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def run(tmp_path, capsys):
    def summarise(phases, reports, in_ci=False):
        for name, text in reports.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "phases.tsv").write_text(
            "".join("\t".join(map(str, row)) + "\n" for row in phases), encoding="utf-8")
        status = test_summary.summarise(tmp_path, in_ci)
        return status, capsys.readouterr().out.rstrip("\n").split("\n")
    return summarise


def suite(inner):
    return f"<testsuite>{inner}</testsuite>"


GOOD = suite('<testcase classname="a" name="b"/>')
SKIP = suite('<testcase classname="a" name="b"/><testcase name="c"><skipped message="why"/></testcase>')


def test_the_last_line_counts_every_runner(run):
    status, lines = run([("unit", 1, 3, "unit-*.xml"), ("page", 0, 65, "page.xml")],
                        {"unit-a.xml": GTEST, "unit-b.xml": GOOD, "page.xml": GOOD})
    assert lines[-1] == "3 passed, 1 failed, 2 skipped"
    assert status == 1
    assert any("no model" in line for line in lines)
    assert any("c != d" in line for line in lines)
    assert any("1 min 05 s  page (1 tests)" in line for line in lines)


def test_a_good_run_is_good(run):
    status, lines = run([("build", 0, 1, "-"), ("unit", 0, 1, "u.xml")], {"u.xml": GOOD})
    assert (status, lines[-1]) == (0, "1 passed, 0 failed, 0 skipped")


@pytest.mark.parametrize("phases, reports", [
    ([("unit", 0, 1, "u.xml")], {}),
    ([("unit", 139, 1, "u.xml")], {"u.xml": GOOD}),
    ([("build", 1, 1, "-"), ("unit", 0, 1, "u.xml")], {"u.xml": GOOD}),
    ([("unit", 0, 1, "u.xml")], {"u.xml": "<testsuite><testcase name='a'"}),
    ([("unit", 0, 1, "u.xml")], {"u.xml": "<testsuite/>"}),
    ([], {"u.xml": GOOD}),
], ids=["no result", "crash", "build", "cut short", "empty", "no phase"])
def test_a_broken_run_fails(run, phases, reports):
    status, lines = run(phases, reports)
    assert status == 1
    assert ", 1 failed," in lines[-1]


def test_a_skip_is_reported_here_and_refused_in_ci(run):
    assert run([("unit", 0, 1, "u.xml")], {"u.xml": SKIP})[0] == 0
    status, lines = run([("unit", 0, 1, "u.xml")], {"u.xml": SKIP}, in_ci=True)
    assert status == 1
    assert lines[-1] == "1 passed, 0 failed, 1 skipped"


def test_only_skips_is_no_success(run):
    only = suite('<testcase name="c"><skipped/></testcase>')
    assert run([("unit", 0, 1, "u.xml")], {"u.xml": only})[0] == 1


def test_what_is_written_can_be_read(tmp_path):
    cases = [results.Case("fuzz", "frames", "failed", "stack \x00\x1b[31m"),
             results.Case("fuzz", "config", "passed")]
    results.write(tmp_path / "fuzz.xml", "fuzz", cases)
    read = list(results.read(tmp_path / "fuzz.xml"))
    assert [case.outcome for case in read] == ["failed", "passed"]
    assert read[0].name == "fuzz.frames"
