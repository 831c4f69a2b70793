"""Runs every fuzz target of a build folder for some seconds from its kept corpus. One result per
target; what made one fail is kept beside the results.

usage: run_fuzzers.py BUILD_FOLDER RESULTS_FOLDER SECONDS [TARGET…]
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

import results

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MEMORY_MB = 2048


def targets(build):
    listed = subprocess.run(["ninja", "-C", str(build), "-t", "targets", "all"],
                            capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"^(\S+_fuzz): CXX_EXECUTABLE_LINKER\S*$", listed, re.MULTILINE)
    return {pathlib.Path(path).name: build / path for path in sorted(paths)}


def run_target(name, program, seconds, folder):
    if not program.is_file():
        return results.Case("fuzz", name, "failed", "the fuzz target was not built")
    grown = program.parent / "corpus" / name  # what this run finds; not committed
    grown.mkdir(parents=True, exist_ok=True)
    artefacts = folder / "fuzz-artefacts"
    artefacts.mkdir(exist_ok=True)
    seeds = ROOT / "tests/fuzz" / name
    command = [str(program), f"-max_total_time={seconds}", "-timeout=10",
               f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=1",
               f"-artifact_prefix={artefacts}/{name}-", str(grown)]
    command += [str(seeds)] if seeds.is_dir() else []
    began = time.monotonic()
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=seconds + 120, check=False)
        status, text = run.returncode, run.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as hung:
        status, text = -1, (hung.stdout or b"").decode(errors="replace") + "\nnever came to an end"
    (folder / f"fuzz-{name}.log").write_text(text, encoding="utf-8")
    spent = time.monotonic() - began
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    if status != 0:
        return results.Case("fuzz", name, "failed", text[-3000:], spent)
    if not runs or int(runs.group(1)) < 10:
        return results.Case("fuzz", name, "failed", "hardly anything was run\n" + text[-1000:], spent)
    print(f"  ok   {name}: {runs.group(1)} runs", flush=True)
    return results.Case("fuzz", name, "passed", "", spent)


def main():
    build, folder, seconds = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    known = targets(build)
    wanted = sys.argv[4:] or list(known)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        cases = list(pool.map(
            lambda name: run_target(name, known.get(name, build / name), seconds, folder.resolve()),
            wanted))
    results.write(folder / "fuzz.xml", "fuzz", cases)
    failed = [case.name for case in cases if case.outcome == "failed"]
    for name in failed:
        print(f"  FAIL {name}")
    print(f"fuzz: {len(cases)} targets, {len(failed)} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
