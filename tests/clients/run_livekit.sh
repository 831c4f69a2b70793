#!/usr/bin/env bash
# LiveKit's OpenAI plugin, unmodified, in its whole conversation with the real server and the real
# engines. Only on request: the plugin takes 415 MB of the cache. Needs the built server (LOCI_PROGRAM
# names another one) and the starter models.
set -euo pipefail
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../tools/setup/environment.sh"

lock=$ROOT/tests/clients/livekit.txt
version=$(sed -n 's/^livekit-plugins-openai==\([0-9.]*\).*/\1/p' "$lock")
folder=$LOCI_CACHE/bench/livekit-$version
if ! stamped "$folder/.stamp" "$(key "$lock")"; then
    echo "installing livekit-plugins-openai $version into $folder"
    rm -rf "$folder"
    "$LOCI_CACHE/python/bin/python" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --no-deps --require-hashes --only-binary :all: -r "$lock"
    key "$lock" >"$folder/.stamp"
fi

# A test that could not run is a failure here.
export LOCI_LIVEKIT=$folder
said=$(mktemp)
trap 'rm -f "$said"' EXIT
python3 -m pytest -q -rsP --tb=short -p no:cacheprovider "$ROOT/tests/process/livekit_client.py" "$@" | tee "$said"
! grep -q '^SKIPPED' "$said"
