"""Makes the tools importable, as they import each other."""
import pathlib
import sys

TOOLS = pathlib.Path(__file__).resolve().parent.parent
for folder in ("lint", "testing", "setup", ""):
    sys.path.insert(0, str(TOOLS / folder))
