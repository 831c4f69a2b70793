"""Runs the checks and reports each as one test.

usage: run.py [--junit FILE] [CHECK…]
"""
import os
import pathlib
import subprocess
import sys
import time
from xml.sax.saxutils import escape, quoteattr

from source_text import ROOT

HERE = pathlib.Path(__file__).resolve().parent


def own(name):
    return lambda: [sys.executable, str(HERE / f"{name}.py")]


def npm(script):
    return lambda: ["npm", "--prefix", str(ROOT / "web"), "run", "--silent", script]


# name -> the command, and what to do when it fails
CHECKS = {
    "layers": (own("layers"), "move the code to a room that may use it, or change the design"),
    "coroutines": (own("coroutines"), "name it, then await it (CONTRIBUTING.md)"),
    "unity": (own("unity"), "give one of the two another name"),
    "files": (own("files"), "rename, split or reword"),
    "generated": (lambda: [sys.executable, str(ROOT / "tools/codegen.py"), "--check"],
                  "run tools/codegen.py"),
    "format": (own("layout"), "run ./loci fmt"),
    "tidy": (own("tidy"), "mend it, or silence it with a reason beside it"),
    "page-directions": (npm("lint"), "imports in web/src only point down"),
    "page-types": (npm("check"), "npm --prefix web run check shows the same"),
}


def run_check(name):
    command, hint = CHECKS[name]
    began = time.monotonic()
    result = subprocess.run(command(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            stdin=subprocess.DEVNULL, text=True, check=False)
    seconds = time.monotonic() - began
    print(f"  {'ok  ' if result.returncode == 0 else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
    if result.returncode != 0:
        shown = result.stdout if len(result.stdout) < 6000 else result.stdout[:6000] + "\n…"
        print(f"{shown.rstrip()}\n  -> {hint}", flush=True)
    return result.returncode == 0, result.stdout, seconds


def junit(results):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuite name="lint">']
    for name, (passed, output, seconds) in results.items():
        lines.append(f'<testcase classname="lint" name={quoteattr(name)} time="{seconds:.2f}">')
        if not passed:
            text = "".join(c for c in output[:4000] if c in "\n\t" or c >= " ")
            lines.append(f"<failure message={quoteattr(CHECKS[name][1])}>{escape(text)}</failure>")
        lines.append("</testcase>")
    return "\n".join([*lines, "</testsuite>", ""])


def main():
    names = sys.argv[1:]
    target = None
    if names[:1] == ["--junit"]:
        target, names = pathlib.Path(names[1]), names[2:]
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        sys.exit(f"no check named {', '.join(unknown)}; there are: {', '.join(CHECKS)}")
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    results = {name: run_check(name) for name in names or CHECKS}
    if target:
        target.write_text(junit(results), encoding="utf-8")
    failed = sum(not passed for passed, _, _ in results.values())
    if failed:
        print(f"lint: {failed} of {len(results)} checks failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
