# Sourced: runs one step of the set-up, its output in a log, one line on the screen.

# What to do when a step fails, besides reading the log.
step_hint() {
    case $1 in
        debian) echo "Check the network and Debian's package sources, then run ./loci again." ;;
        python | page | clients | engine | models) echo "Check the network, then run ./loci again; it goes on where it stopped." ;;
        build | webpage) echo "If you changed the source, see the first error above; else ./loci clean, then again." ;;
    esac
}

step_script() {
    case $1 in
        debian) echo install_debian.sh ;;
        python) echo install_python.sh ;;
        page) echo install_page.sh ;;
        clients) echo install_clients.sh ;;
        engine) echo fetch_engine.sh ;;
        build) echo build_server.sh ;;
        webpage) echo build_page.sh ;;
        models) echo fetch_models.sh ;;
    esac
}

# run_step STEP - returns 1 when it failed, after showing the end of its log
run_step() {
    local step=$1 log=$LOCI_LOGS/setup-$1.log began=$SECONDS
    printf '  %-8s ' "$step"
    if bash "$ROOT/tools/setup/$(step_script "$step")" >"$log" 2>&1 </dev/null; then
        printf 'done in %d s\n' $((SECONDS - began))
        return 0
    fi
    printf 'FAILED after %d s; the last lines of %s:\n' $((SECONDS - began)) "$log"
    tail -n 25 "$log" | sed 's/^/    | /'
    printf '  -> %s\n' "$(step_hint "$step")"
    return 1
}

# set_up STEP… - plan, then run what is missing; one set-up at a time
set_up() {
    local step missing
    mapfile -t missing < <(missing_steps "$@")
    [[ ${#missing[@]} -eq 0 ]] && return 0
    exec 9>"$LOCI_CACHE/.set-up.lock"
    if ! flock -n 9; then
        echo "Another set-up is running; waiting for it."
        flock 9
        mapfile -t missing < <(missing_steps "$@")
    fi
    [[ ${#missing[@]} -gt 0 ]] && print_plan "${missing[@]}"
    for step in "${missing[@]}"; do
        [[ $step == models && ${SETUP_MODELS:-wait} == background ]] && continue
        run_step "$step" || return 1
    done
    exec 9>&-
}
