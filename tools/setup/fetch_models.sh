#!/usr/bin/env bash
# The starter models, or those named, verified; see fetch_models.py.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

tests=()
[[ ${SETUP_FOR:-} == test && $# -eq 0 ]] && tests=(--tests)
exec python3 "$ROOT/tools/setup/fetch_models.py" "${tests[@]}" "$@"
