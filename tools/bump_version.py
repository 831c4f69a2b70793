#!/usr/bin/env python3
"""Sets VERSION (YEAR.WEEK.N, ISO week, N counts the releases of that week) when the commits since
the last change of VERSION call for a release: feat, fix, perf, or anything marked as breaking.
docs, test, refactor, build, ci, style and chore alone do not.

usage: bump_version.py [--dry | --show]
  --dry   say what would be done       --show  print the version as it is
"""
import argparse
import datetime
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUBJECT = re.compile(r"^(?P<kind>[a-z]+)(?:\([^)]*\))?(?P<breaking>!)?: \S")
RELEASING = {"feat", "fix", "perf"}
SHAPE = re.compile(r"^(\d{4})\.(\d{1,2})\.(\d+)$")


def git(root, *arguments):
    return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True,
                          check=True).stdout


def commits_since_release(root):
    """(subject, body) of every commit after the last one that touched VERSION, newest first."""
    last = git(root, "log", "-1", "--format=%H", "--", "VERSION").strip()
    log = git(root, "log", "--format=%s%x1f%b%x1e", f"{last}..HEAD" if last else "HEAD")
    for entry in log.split("\x1e"):
        if entry.strip():
            subject, _, body = entry.strip("\n").partition("\x1f")
            yield subject, body


def calls_for_release(subject, body):
    match = SUBJECT.match(subject)
    if re.search(r"^BREAKING[ -]CHANGE: ", body, re.MULTILINE):
        return True
    return bool(match) and (match["kind"] in RELEASING or bool(match["breaking"]))


def next_version(current, today):
    match = SHAPE.match(current)
    if not match:
        raise ValueError(f"VERSION holds {current!r}; it must look like 2026.47.1")
    year, week, _ = today.isocalendar()
    old = tuple(map(int, match.groups()))
    if old[:2] > (year, week):
        raise ValueError(f"VERSION {current} lies in the future of {today}; check the clock")
    return f"{year}.{week}.{old[2] + 1 if old[:2] == (year, week) else 1}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--dry", action="store_true", help="say what would be done")
    parser.add_argument("--show", action="store_true", help="print the version as it is")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = options.root / "VERSION"
    current = path.read_text(encoding="ascii").strip()
    if options.show:
        print(current)
        return 0
    reasons = [subject for subject, body in commits_since_release(options.root)
               if calls_for_release(subject, body)]
    if not reasons:
        print(f"{current} stays: no feature, fix or speed-up since then")
        return 0
    try:
        version = next_version(current, datetime.date.today())
    except ValueError as error:
        sys.exit(str(error))
    print(f"{current} -> {version}, because of:")
    print("\n".join(f"  {reason}" for reason in reasons))
    if not options.dry:
        path.write_text(version + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
