#!/usr/bin/env bash
# Builds one preset (default: release) with what the machine has.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

preset=${1:-release}
shift || true
cd "$ROOT"
began=$(mktemp)
trap 'rm -f "$began"' EXIT
cmake --preset "$preset" -DLOCI_CACHE="$LOCI_CACHE"
cmake --build "build/$preset" -j "$(nproc)" "$@"
# Stamped with the moment the build began: what changed while it ran is built next time.
if [[ $# -eq 0 ]]; then
    build_key >"build/$preset/.loci-stamp"
    touch -r "$began" "build/$preset/.loci-stamp"
fi
