"""Sums up what all test runners handed in. The last line is `N passed, N failed, N skipped`.

A phase that failed without naming a failed test, or that ought to have handed in results and did
not, counts as one failed test. With CI=true a skipped test is a failure too: there everything that
a test could miss is set up.

usage: test_summary.py RESULTS_FOLDER
  RESULTS_FOLDER/phases.tsv has one line per phase: name, exit status, seconds, results expected
  (a shell pattern of the JUnit files it writes, or `-`).
"""
import os
import pathlib
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "testing"))
import results  # noqa: E402


def read_phases(folder):
    path = folder / "phases.tsv"
    rows = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for row in rows:
        name, status, seconds, pattern = row.split("\t")
        yield name, int(status), int(seconds), pattern


def cases_of(folder, pattern):
    for path in sorted(folder.glob(pattern)):
        try:
            yield from results.read(path)
        except (ET.ParseError, OSError) as error:
            yield results.Case(path.stem, path.name, "failed", f"unreadable result file: {error}")


def judge(name, status, pattern, cases):
    """What the phase itself failed at, beyond its tests."""
    if status != 0 and all(case.outcome != "failed" for case in cases):
        return results.Case(name, "phase", "failed",
                            f"ended with status {status}; see build/test-results/{name}.log")
    if pattern != "-" and not cases:
        return results.Case(name, "phase", "failed", "handed in no test result")
    return None


def show(cases, heading, limit=40):
    if not cases:
        return
    print(f"\n{heading}")
    for case in cases:
        lines = (case.text.strip() or "no text").split("\n")
        print(f"  {case.runner}: {case.name}")
        for line in lines[:limit]:
            print(f"      {line}")
        if len(lines) > limit:
            print(f"      … {len(lines) - limit} more lines")


def summarise(folder, in_ci):
    cases, times = [], []
    for name, status, seconds, pattern in read_phases(folder):
        found = list(cases_of(folder, pattern)) if pattern != "-" else []
        problem = judge(name, status, pattern, found)
        cases += found + ([problem] if problem else [])
        times.append((name, seconds, len(found)))
    if not times:
        cases.append(results.Case("tests", "phases", "failed", "no phase ran"))
    by = {kind: [case for case in cases if case.outcome == kind]
          for kind in ("passed", "failed", "skipped")}
    print("\nTime of each phase:")
    for name, seconds, count in times:
        print(f"  {seconds // 60:3d} min {seconds % 60:02d} s  {name}"
              + (f" ({count} tests)" if count else ""))
    show(by["skipped"], "Skipped, with the reason:", 3)
    show(by["failed"], "Failed:")
    if in_ci and by["skipped"]:
        print("\nNothing may be skipped here: CI=true")
    # Last, alone on its line: other programs read it.
    print(f"\n{len(by['passed'])} passed, {len(by['failed'])} failed, {len(by['skipped'])} skipped",
          flush=True)
    return 1 if by["failed"] or not by["passed"] or (in_ci and by["skipped"]) else 0


if __name__ == "__main__":
    sys.exit(summarise(pathlib.Path(sys.argv[1]), os.environ.get("CI") == "true"))
