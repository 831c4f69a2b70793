#!/usr/bin/env bash
# Installs OpenClaw into the cache, to be measured beside Loci, and prints its folder. Only on
# request (./loci bench server --peer openclaw): about 440 MB, nothing of it is part of Loci.
set -euo pipefail
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../tools/setup/environment.sh"

version=2026.9.6
folder=$LOCI_CACHE/bench/openclaw-$version
if ! stamped "$folder/.stamp" "$version"; then
    mkdir -p "$folder"
    cd "$folder"
    echo '{"private": true}' >package.json
    npm install --silent "openclaw@$version" >&2
    echo "$version" >.stamp
fi
echo "$folder"
