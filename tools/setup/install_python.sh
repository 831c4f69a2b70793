#!/usr/bin/env bash
# The Python environment in the cache: test tools, numpy for the model converter, and Node.js. Every
# package is pinned by version and hash.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

target=$LOCI_CACHE/python
rm -rf "$target"
# Debian's own interpreter: the pinned wheels are built for its version.
/usr/bin/python3 -m venv "$target"
"$target/bin/python" -m pip install --no-deps --require-hashes --only-binary :all: \
    -r "$ROOT/tools/setup/requirements.txt"
"$target/bin/node" --version
python_key >"$target/.stamp"
