#!/usr/bin/env bash
# The starter models, verified; see fetch_models.py.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

exec python3 "$ROOT/tools/setup/fetch_models.py"
