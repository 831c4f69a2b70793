#!/usr/bin/env bash
# The engine libraries and headers, verified; see fetch_engine.py.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

exec python3 "$ROOT/tools/setup/fetch_engine.py" "$(gpu_kind)" "$(engine_key)"
