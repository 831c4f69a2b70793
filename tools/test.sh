#!/usr/bin/env bash
# Everything that must pass, one phase after the other; see CONTRIBUTING.md. `fast` runs the checks,
# one build and the unit tests.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup/environment.sh"
. "$ROOT/tools/setup/plan.sh"
. "$ROOT/tools/setup/run_step.sh"

WHAT=${1:-all}
RESULTS=$ROOT/build/test-results
TSAN_TESTS="loci_async loci_process loci_http loci_adapters_store_sqlite loci_adapters_llm_engine"
FUZZ_SECONDS=${LOCI_FUZZ_SECONDS:-20}

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$ROOT/tools/testing/tsan.supp
export LSAN_OPTIONS=suppressions=$ROOT/tools/testing/lsan.supp:print_suppressions=0
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19 TSAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19

# phase NAME RESULTS-PATTERN COMMAND… - runs it, notes status and time; output goes to a log that is
# shown when the phase fails
phase() {
    local name=$1 pattern=$2 began=$SECONDS status=0
    shift 2
    printf '== %s\n' "$name"
    "$@" >"$RESULTS/$name.log" 2>&1 </dev/null || status=$?
    printf '%s\t%d\t%d\t%s\n' "$name" "$status" $((SECONDS - began)) "$pattern" >>"$RESULTS/phases.tsv"
    if [[ $status -ne 0 ]]; then
        echo "   failed; the end of $RESULTS/$name.log:"
        tail -n 60 "$RESULTS/$name.log" | sed 's/^/   | /'
    fi
    return "$status"
}

# build PRESET [TARGET…]
build() {
    local preset=$1
    shift
    cmake --preset "$preset" -DLOCI_CACHE="$LOCI_CACHE" &&
        cmake --build "$ROOT/build/$preset" -j 2 ${1:+--target "$@"}
}

unit_tests() { python3 "$ROOT/tools/testing/run_gtests.py" "$ROOT/build/$1" "$RESULTS" "$@"; }

# Builds and runs, under the thread sanitizer, the rooms that use threads.
tsan_targets() { ninja -C "$ROOT/build/tsan" -t targets all | sed -n 's/^\(loci_[a-z_]*\)_test: phony$/\1/p'; }
configure_tsan() { cmake --preset tsan -DLOCI_CACHE="$LOCI_CACHE"; }
tsan_present() {
    configure_tsan >/dev/null 2>&1
    comm -12 <(tr ' ' '\n' <<<"$TSAN_TESTS" | sort) <(tsan_targets | sort -u) | tr '\n' ' '
}

pytest_in() { # pytest_in NAME FOLDER
    python3 -m pytest -q -p no:cacheprovider --junitxml="$RESULTS/$1.xml" "$ROOT/$2"
}

# In subshells: the phases after them start in the root again.
page_unit() (
    cd "$ROOT/web" && npx --no-install vitest run --reporter=default --reporter=junit \
        --outputFile.junit="$RESULTS/page.xml"
)
character() (
    cd "$ROOT/characters/nook/generator" && node --test --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=junit --test-reporter-destination="$RESULTS/character.xml"
)
page_journeys() ( # page_journeys NAME CONFIG
    cd "$ROOT/web" && PLAYWRIGHT_JUNIT_OUTPUT_NAME="$RESULTS/$1.xml" \
        npx --no-install playwright test --config "$2" --reporter=list,junit
)

cd "$ROOT" || exit 1
began=$SECONDS
export SETUP_FOR=test
steps=(debian python page engine)
[[ $WHAT == fast ]] || steps+=(clients models)
if ! set_up "${steps[@]}"; then
    printf '\nNothing was tested: the set-up failed.\n\n0 passed, 1 failed, 0 skipped\n'
    exit 1
fi
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
printf 'set-up\t0\t%d\t-\n' $((SECONDS - began)) >"$RESULTS/phases.tsv"

phase lint 'lint.xml' python3 tools/lint/run.py --junit "$RESULTS/lint.xml" \
    layers coroutines unity files generated format page-directions page-types
phase tools 'tools.xml' pytest_in tools tools/tests
phase build-ci - build ci && phase unit-ci 'ci-*.xml' unit_tests ci

if [[ $WHAT != fast ]]; then
    phase page-unit 'page.xml' page_unit
    phase character 'character.xml' character
    phase build-page - bash tools/setup/build_page.sh && phase journeys 'journeys.xml' page_journeys journeys playwright.config.ts
    if phase build-asan - build asan; then
        phase unit-asan 'asan-*.xml' unit_tests asan
        phase fuzz 'fuzz.xml' python3 tools/testing/run_fuzzers.py build/asan "$RESULTS" "$FUZZ_SECONDS"
    fi
    read -ra tsan <<<"$(tsan_present)"
    if phase build-tsan - build tsan "${tsan[@]/%/_test}"; then
        phase unit-tsan 'tsan-*.xml' unit_tests tsan "${tsan[@]}"
    fi
    if phase build-release - bash tools/setup/build_server.sh release; then
        phase process 'process.xml' pytest_in process tests/process
        phase journeys-server 'journeys-server.xml' page_journeys journeys-server \
            playwright.server.config.ts
        phase journeys-live 'journeys-live.xml' page_journeys journeys-live playwright.live.config.ts
    fi
    # Last, because it is the slowest and rarely the first to know.
    phase tidy 'tidy.xml' python3 tools/lint/run.py --junit "$RESULTS/tidy.xml" tidy
fi
exec python3 tools/test_summary.py "$RESULTS"
