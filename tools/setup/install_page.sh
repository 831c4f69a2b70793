#!/usr/bin/env bash
# What the page is built and tested with, exactly as the lock file says; no package runs a script
# of its own while it is installed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$ROOT/tools/setup/plan.sh"

if needs_character; then
    cd "$ROOT/characters/nook/generator"
    npm ci --ignore-scripts --prefer-offline
    character_key >node_modules/.loci-stamp
fi

cd "$ROOT/web"
npm ci --ignore-scripts --prefer-offline
page_key >node_modules/.loci-stamp
