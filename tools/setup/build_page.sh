#!/usr/bin/env bash
# Builds the page into web/dist; the one that is there is served until the new one is complete.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# Before the time that the page is stamped with: what it writes lies among the sources.
"$ROOT/tools/setup/build_wasm.sh"
cd "$ROOT/web"
began=$(mktemp)
trap 'rm -f "$began"' EXIT
npm run --silent build -- --outDir dist.new --emptyOutDir
rm -rf dist.old
if [[ -d dist ]]; then mv dist dist.old; fi
mv dist.new dist
rm -rf dist.old
touch -r "$began" dist/.loci-stamp
