"""clang-tidy over the C++ sources that changed, with a memory of what was clean before.

Changed: not yet committed, or committed since the branch left its upstream; in a checkout that is
level with its upstream, in the newest commit. `--all` looks at everything. A file whose preprocessed
text, flags and .clang-tidy are unchanged since it was clean is not run again.

usage: tidy.py [--all] [FILE…]
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

from source_text import ROOT, is_generated

BUILD = ROOT / "build" / "tidy"
TIDY = "clang-tidy-19"
CACHE = pathlib.Path(os.environ.get("LOCI_CACHE") or pathlib.Path.home() / ".cache/loci") / "tidy"


def git(*arguments):
    result = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True,
                            check=False)
    return result.stdout.split("\n") if result.returncode == 0 else []


def first(lines):
    return next((line for line in lines if line), "")


def base_commit():
    head = first(git("rev-parse", "--verify", "-q", "HEAD"))
    fork = first(git("merge-base", "HEAD", "@{upstream}")) or first(
        git("merge-base", "HEAD", "origin/main"))
    if fork and fork != head:
        return fork
    return first(git("rev-parse", "--verify", "-q", "HEAD~1"))


def changed_names():
    names = set(git("ls-files", "--others", "--exclude-standard"))
    base = base_commit()
    changed = git("diff", "--name-only", base) if base else git("ls-files", "src", "apps", "bench")
    return names | set(changed)


def commands():
    """Source file -> compile command, from a build folder without unity files and without a
    precompiled header."""
    result = subprocess.run(
        ["cmake", "--preset", "dev", "-B", str(BUILD), "-DLOCI_PCH=OFF", "-DLOCI_FUZZ=ON"],
        cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"cmake failed:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    return {pathlib.Path(entry["file"]): entry for entry in entries}


def fingerprint(entry):
    arguments = shlex.split(entry["command"])
    if pathlib.Path(arguments[0]).name == "ccache":
        arguments = arguments[1:]
    if "-o" in arguments:
        position = arguments.index("-o")
        del arguments[position:position + 2]
    arguments = [each for each in arguments if each != "-c"]
    text = subprocess.run([*arguments, "-E", "-P", "-w"], cwd=entry["directory"],
                          capture_output=True, check=False)
    if text.returncode != 0:
        return None
    seed = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    # -P drops line numbers and comments; NOLINT lives in comments, so the source is added whole.
    seed.update(pathlib.Path(entry["file"]).read_bytes() + text.stdout)
    seed.update(" ".join(arguments).replace(str(ROOT), "").encode())
    return seed.hexdigest()


def examine(entry):
    """(output, is clean) of one file."""
    mark = fingerprint(entry)
    if mark and (CACHE / mark).exists():
        return "", True
    result = subprocess.run(
        [TIDY, "--quiet", "-p", str(BUILD), "--warnings-as-errors=*", entry["file"]],
        cwd=ROOT, capture_output=True, text=True, check=False)
    clean = result.returncode == 0
    if clean and mark:
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / mark).touch()
    return result.stdout.replace(str(ROOT) + "/", ""), clean


def headers_only(names):
    """A changed header is seen through the first source file that lies beside it."""
    for name in names:
        path = ROOT / name
        if path.suffix == ".hpp" and path.is_file():
            yield path.with_suffix(".cpp")
            yield path.with_name(path.stem + "_test.cpp")


def main():
    known = {path: entry for path, entry in commands().items()
             if path.is_relative_to(ROOT) and path.parts[len(ROOT.parts)] in ("src", "apps", "bench")
             and not is_generated(path.read_text(encoding="utf-8"))}
    if "--all" in sys.argv:
        chosen = set(known)
    elif len(sys.argv) > 1:
        chosen = {pathlib.Path(name).resolve() for name in sys.argv[1:]}
    else:
        names = changed_names()
        chosen = {ROOT / name for name in names} | set(headers_only(names))
    entries = [known[path] for path in sorted(chosen) if path in known]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(examine, entries))
    print("".join(text for text, clean in results if not clean), end="")
    bad = sum(not clean for _, clean in results)
    print(f"clang-tidy: {len(entries)} of {len(known)} files, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
