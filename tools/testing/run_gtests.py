"""Runs the test programs of one build folder, one after the other, each with a time limit. A program
that dies or hangs is one failed test that names the program and shows its last words. Programs
named *_test are GoogleTest's and report each test; of others the exit status is the result.

usage: run_gtests.py BUILD_FOLDER RESULTS_FOLDER LABEL [TEST…]    TEST: names as ctest lists them
"""
import json
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import results

LIMIT_S = 600


def known_tests(build):
    """name -> command, as CMake registered them; empty where nothing was registered."""
    listed = subprocess.run(["ctest", "--test-dir", str(build), "--show-only=json-v1"],
                            capture_output=True, text=True, check=True)
    tests = json.loads(listed.stdout)["tests"]
    return {test["name"]: test.get("command") for test in tests}


def is_gtest(command):
    return pathlib.Path(command[0]).name.endswith("_test")


def run_program(name, command, report):
    """A case for what the report does not tell, or None when it tells everything."""
    if not command or not pathlib.Path(command[0]).is_file():
        return results.Case(name, name, "failed", "the test program was not built")
    began = time.monotonic()
    reporting = [f"--gtest_output=xml:{report}"] if is_gtest(command) else []
    try:
        run = subprocess.run([*command, *reporting], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S,
                             cwd=pathlib.Path(command[0]).parent, check=False)
        status, output = run.returncode, run.stdout
    except subprocess.TimeoutExpired as hung:
        status, output = None, hung.stdout or b""
    text = output.decode(errors="replace")
    report.with_suffix(".log").write_text(text, encoding="utf-8")
    seconds = time.monotonic() - began
    told = []
    if report.is_file():
        try:
            told = list(results.read(report))
        except ET.ParseError:
            report.unlink()
    if status is None:
        why = f"did not end within {LIMIT_S} s"
    elif not reporting:
        outcome = "passed" if status == 0 else "failed"
        return results.Case(name, "program", outcome, text[-3000:], seconds)
    elif not told:
        why = f"ended with status {status} and reported no test"
    elif status != 0 and all(case.outcome != "failed" for case in told):
        why = f"ended with status {status} after its tests had passed (crash or leak at exit?)"
    else:
        return None
    return results.Case(name, "program", "failed", f"{why}\n{text[-3000:]}", seconds)


def main():
    build, folder, label = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    tests = known_tests(build)
    wanted = sys.argv[4:] or list(tests)
    failed = 0
    for name in wanted:
        report = (folder / f"{label}-{name}.xml").resolve()
        report.unlink(missing_ok=True)
        extra = run_program(name, tests.get(name), report)
        if extra:
            results.write(folder / f"{label}-{name}-program.xml", name, [extra])
        told = [extra] if extra else []
        told += results.read(report) if report.is_file() else []
        bad = any(case.outcome == "failed" for case in told)
        failed += bad
        print(f"  {'FAIL' if bad else 'ok  '} {name}", flush=True)
    print(f"{label}: {len(wanted)} programs, {failed} with failures")
    return 1 if failed or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
