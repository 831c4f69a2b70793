"""Names the C++ files that clang-format would change.

usage: layout.py [--write]    --write formats them
"""
import subprocess
import sys

from source_text import ROOT, cpp_files, is_generated

FORMATTER = "clang-format-19"


def main():
    files = [str(path.relative_to(ROOT))
             for path in cpp_files(ROOT, ("src", "apps", "bench", "tests"))
             if not is_generated(path.read_text(encoding="utf-8"))]
    if not files:
        return 0
    if sys.argv[1:] == ["--write"]:
        return subprocess.run([FORMATTER, "-i", *files], cwd=ROOT, check=False).returncode
    result = subprocess.run([FORMATTER, "--dry-run", "-Werror", "--ferror-limit=1", *files],
                            cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = sorted({line.split(":")[0] for line in result.stderr.split("\n")
                    if ": error:" in line})
    print("\n".join(wrong) if wrong else result.stderr + f"{len(files)} files are formatted")
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
