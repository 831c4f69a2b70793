#!/usr/bin/env bash
# Builds the page into web/dist; the one that is there is served until the new one is complete.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

cd "$ROOT/web"
began=$(mktemp)
trap 'rm -f "$began"' EXIT
npm run --silent build -- --outDir dist.new --emptyOutDir
rm -rf dist.old
if [[ -d dist ]]; then mv dist dist.old; fi
mv dist.new dist
rm -rf dist.old
touch -r "$began" dist/.loci-stamp
