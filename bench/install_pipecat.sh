#!/usr/bin/env bash
# Installs pipecat into the cache, to be measured beside Loci, and prints its folder. Only on request
# (./loci bench voice --peer pipecat): about 520 MB, nothing of it is part of Loci.
set -euo pipefail
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../tools/setup/environment.sh"

wanted=$ROOT/bench/pipecat_requirements.txt
folder=$LOCI_CACHE/bench/pipecat
if ! stamped "$folder/.stamp" "$(key "$wanted")"; then
    rm -rf "$folder"
    mkdir -p "$LOCI_CACHE/bench"
    # Debian's own interpreter: the pinned wheels are built for its version.
    /usr/bin/python3 -m venv "$folder" >&2
    "$folder/bin/python" -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
        -r "$wanted" >&2
    key "$wanted" >"$folder/.stamp"
fi
echo "$folder"
