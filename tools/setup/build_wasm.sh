#!/usr/bin/env bash
# Compiles the room `body` to WebAssembly for the page: web/src/body/body.wasm, a build product.
# Nothing is compiled when neither the source nor this script changed.
#
# usage: build_wasm.sh [OUTPUT]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

output=${1:-$ROOT/web/src/body/body.wasm}
sources=("$ROOT"/src/body/*.cpp "$ROOT/src/body/wasm/exports.cpp")
inputs=()
for file in "${sources[@]}"; do
    [[ $file == *_test.cpp || $file == *_fuzz.cpp ]] || inputs+=("$file")
done
stamp=$(key "${inputs[@]}" "$ROOT"/src/body/*.hpp "${BASH_SOURCE[0]}")
if [[ -s $output ]] && stamped "$output.stamp" "$stamp"; then exit 0; fi

mkdir -p "$(dirname "$output")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The same arithmetic as the server's: no fused or reordered operations (docs/rooms/body.md).
flags=(--target=wasm32-wasi -std=c++23 -stdlib=libc++ -O2
       -fno-exceptions -fno-rtti -ffp-contract=off -I"$ROOT/src"
       -Wall -Wextra -Wshadow -Wconversion -Werror)
compiler=(clang++-19)
if command -v ccache >/dev/null; then compiler=(ccache clang++-19); fi
objects=()
for file in "${inputs[@]}"; do
    objects+=("$work/$(basename "$file" .cpp).o")
    "${compiler[@]}" "${flags[@]}" -c "$file" -o "${objects[-1]}"
done
clang++-19 --target=wasm32-wasi -mexec-model=reactor -stdlib=libc++ "${objects[@]}" \
    -Wl,--strip-all -Wl,-z,stack-size=131072 \
    -o "$work/body.wasm"
mv "$work/body.wasm" "$output"
echo "$stamp" >"$output.stamp"
