#!/usr/bin/env bash
# The libraries and headers of the engines, verified; see fetch_engine.py and fetch_speech.py.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

if ! stamped "$LOCI_CACHE/llama/$LOCI_LLAMA_VERSION/.stamp" "$(engine_key)"; then
    python3 "$ROOT/tools/setup/fetch_engine.py" "$(gpu_kind)" "$(engine_key)"
fi
if ! stamped "$LOCI_CACHE/speech/$LOCI_SPEECH_VERSION/.stamp" "$(speech_key)"; then
    python3 "$ROOT/tools/setup/fetch_speech.py" "$(speech_key)"
fi
