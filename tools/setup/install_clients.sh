#!/usr/bin/env bash
# Other people's clients of the OpenAI forms, exactly as their lock files say, for tests/process; no
# package runs a script of its own while it is installed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

target=$LOCI_CACHE/clients
rm -rf "$target"
mkdir -p "$target"
cp "$ROOT"/tests/clients/package{,-lock}.json "$target/"
(cd "$target" && npm ci --ignore-scripts --prefer-offline)
"$LOCI_CACHE/python/bin/python" -m pip install --no-deps --require-hashes --only-binary :all: \
    --target "$target/python" -r "$ROOT/tests/clients/requirements.txt"
clients_key >"$target/.stamp"
