# Sourced: which steps of the set-up are missing. All checks are local and take milliseconds: no
# package manager and no network is asked when nothing changed.

debian_packages() { # debian_packages [FILE…] - names without comments
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"
}

missing_debian() { # names of packages that are not installed, one per line
    local lists=("$ROOT/packaging/debian-packages.txt")
    [[ ${1:-} == test ]] && lists+=("$ROOT/packaging/debian-packages-test.txt")
    comm -23 <(debian_packages "${lists[@]}" | sort -u) \
             <(debian_packages "${lists[@]}" | xargs dpkg-query -W \
                   -f='${Package} ${db:Status-Status}\n' 2>/dev/null |
                   sed -n 's/ installed$//p' | sort -u)
}

python_key() { key "$ROOT/tools/setup/requirements.txt" "$ROOT/tools/setup/install_python.sh"; }
clients_key() { key "$ROOT"/tests/clients/{package-lock.json,requirements.txt} "$ROOT/tools/setup/install_clients.sh"; }
page_key() { key "$ROOT/web/package-lock.json" "$ROOT/tools/setup/requirements.txt"; }
character_key() { key "$ROOT/characters/nook/generator/package-lock.json" "$ROOT/tools/setup/requirements.txt"; }
engine_key() {
    { key "$ROOT/tools/setup/artefacts.json"; gpu_kind; } | sha256sum | cut -c1-16
}
speech_key() {
    key "$ROOT"/tools/setup/{artefacts.json,fetch_speech.py} "$ROOT/tools/engine/whisper/CMakeLists.txt"
}
build_key() { echo "$LOCI_CACHE $(engine_key) $(speech_key) $(key "$ROOT/CMakePresets.json")"; }

# gpu_kind - which extra ggml backend this machine can load: cuda, vulkan or none. A driver alone
# is not enough: the backend also needs its runtime library (CUDA 13, or the Vulkan loader).
gpu_kind() {
    local libraries
    libraries=$(/sbin/ldconfig -p 2>/dev/null || true)
    if [[ -e /dev/nvidiactl && $libraries == *libcublas.so.13* && $libraries == *libcudart.so.13* ]]
    then echo cuda
    elif [[ $libraries == *libvulkan.so.1* ]] &&
        { [[ -e /dev/nvidiactl ]] || compgen -G '/dev/dri/renderD*' >/dev/null; }
    then echo vulkan
    else echo none
    fi
}

# newer_than STAMP PATH… - was anything at or below these paths changed, added or removed since?
newer_than() {
    local stamp=$1
    shift
    [[ ! -e $stamp ]] || [[ -n $(find "$@" -newer "$stamp" -print -quit 2>/dev/null) ]]
}

needs_debian() { command -v dpkg-query >/dev/null && [[ -n $(missing_debian "${SETUP_FOR:-}") ]]; }
needs_python() { ! stamped "$LOCI_CACHE/python/.stamp" "$(python_key)"; }
needs_page() {
    ! stamped "$ROOT/web/node_modules/.loci-stamp" "$(page_key)" || needs_character
}
needs_character() { # only tests make the figure anew
    [[ ${SETUP_FOR:-} == test ]] &&
        ! stamped "$ROOT/characters/nook/generator/node_modules/.loci-stamp" "$(character_key)"
}
needs_clients() { ! stamped "$LOCI_CACHE/clients/.stamp" "$(clients_key)"; }
needs_engine() {
    ! stamped "$LOCI_CACHE/llama/$LOCI_LLAMA_VERSION/.stamp" "$(engine_key)" ||
        ! stamped "$LOCI_CACHE/speech/$LOCI_SPEECH_VERSION/.stamp" "$(speech_key)"
}
needs_build() {
    ! stamped "$ROOT/build/release/.loci-stamp" "$(build_key)" ||
        newer_than "$ROOT/build/release/.loci-stamp" "$ROOT"/{src,apps,cmake,protocol,CMakeLists.txt,VERSION}
}
needs_webpage() {
    newer_than "$ROOT/web/dist/.loci-stamp" "$ROOT/characters" "$ROOT"/web/{src,public} \
        "$ROOT"/src/body "$ROOT/tools/setup/build_wasm.sh" \
        "$ROOT"/web/{index.html,package-lock.json,vite.config.ts,svelte.config.js,tsconfig.json}
}
needs_models() {
    local tests=()
    [[ ${SETUP_FOR:-} == test ]] && tests=(--tests)
    ! python3 "$ROOT/tools/setup/fetch_models.py" --check "${tests[@]}"
}

# step | what it does | MB to download | minutes on two cores | MB on disk
SETUP_STEPS='debian|compiler and libraries, from Debian|200|1|1000
python|Python tools and Node.js, pinned|80|1|320
page|what the page is built with|95|1|250
engine|engines: language (llama.cpp, ready-built), speech (whisper.cpp, compiled; ONNX Runtime, sherpa-onnx)|72|3|120
build|the server, compiled from source|0|6|120
webpage|the page|0|1|3
clients|clients of others, for the tests only|25|1|130
models|starter models: language, embeddings, hearing (in the background, while you can already start)|272|2|220'

# missing_steps STEP… - those of the named steps that still have to run
missing_steps() {
    local step
    for step in "$@"; do if "needs_$step"; then echo "$step"; fi; done
}

# print_plan STEP… - what set-up is going to do, before it does it
print_plan() {
    local step what download minutes disk row total_download=0 total_minutes=0 total_disk=0
    echo "Set-up: $# step(s) missing"
    for step in "$@"; do
        row=$(grep "^$step|" <<<"$SETUP_STEPS")
        IFS='|' read -r _ what download minutes disk <<<"$row"
        printf '  %-8s %s\n           %s MB to download, about %s min, %s MB on disk\n' \
            "$step" "$what" "$download" "$minutes" "$disk"
        total_download=$((total_download + download))
        total_minutes=$((total_minutes + minutes)) total_disk=$((total_disk + disk))
    done
    printf 'Together at most %s MB, about %s min, %s MB of disk (%s MB free in %s).\n' \
        "$total_download" "$total_minutes" "$total_disk" \
        "$(df -Pm "$LOCI_CACHE" | awk 'NR == 2 { print $4 }')" "$LOCI_CACHE"
}
