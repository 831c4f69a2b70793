# Sourced by ./loci and the scripts beside this one: where things lie, and the tools that set-up
# brings. Everything downloaded or built lives in $LOCI_CACHE or in build/; nothing else is touched.
ROOT=${ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
export LOCI_CACHE=${LOCI_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/loci}
LOCI_LLAMA_VERSION=0.5.0
LOCI_SPEECH_VERSION=1
LOCI_LOGS=$LOCI_CACHE/logs
mkdir -p "$LOCI_CACHE" "$LOCI_LOGS"
LOCI_CACHE=$(cd "$LOCI_CACHE" && pwd)

export CCACHE_DIR=${CCACHE_DIR:-$LOCI_CACHE/ccache}
# As in CMakePresets.json, whose environment reaches only builds that name a preset: without these
# ccache refuses everything that uses the precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
export PIP_CACHE_DIR=$LOCI_CACHE/downloads/pip PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
export npm_config_cache=$LOCI_CACHE/downloads/npm
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
export PYTHONDONTWRITEBYTECODE=1
export PATH="$LOCI_CACHE/python/bin:$PATH"
# The Node of the Python package carries its own list of authorities; the system's list may hold
# one more, of the network's own proxy.
if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r /etc/ssl/certs/ca-certificates.crt ]]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
fi

# key FILE… - a short name for the content of files, kept in stamps
key() { cat "$@" | sha256sum | cut -c1-16; }

# stamped FILE KEY - is this step done, for exactly these inputs?
stamped() { [[ -r $1 && $(<"$1") == "$2" ]]; }
