#!/usr/bin/env bash
# Installs the missing Debian packages. Never asks: without root and without sudo that needs no
# password it prints the one command to run.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

mapfile -t packages < <(missing_debian "${SETUP_FOR:-}")
[[ ${#packages[@]} -eq 0 ]] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "This is no Debian system. Use the container: see packaging/Containerfile" >&2
    exit 1
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n)
    else
        echo "Not root. Run this once, then ./loci again:" >&2
        echo "  sudo apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 1
    fi
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -q update
"${as_root[@]}" apt-get -q install -y --no-install-recommends "${packages[@]}"
