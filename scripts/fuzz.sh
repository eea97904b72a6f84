#!/bin/bash
# Fuzzing: scripts/fuzz.sh SECONDS [TARGET…] gives each target (all of them, if none is named) so many seconds. Called by
# `make fuzz`, and by scripts/test.sh for a short run. What is found is left in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
PATH=$TOOLS/bin:$PATH
seconds=$1
shift
corpora=$CARGO_TARGET_DIR/fuzz/corpus
python3 fuzz/seeds.py "$corpora"
# Without a sanitizer the pinned stable toolchain will do: what is not `unsafe` needs none.
options=(--sanitizer none --target-dir "$CARGO_TARGET_DIR/fuzz")
say "fuzzing: building (the first time takes some minutes)"
cargo fuzz build "${options[@]}"
targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(cargo fuzz list)

fuzz_one() { # fuzz_one TARGET: its last lines where it finds something
    local log=$CARGO_TARGET_DIR/fuzz/$1.log
    if cargo fuzz run "${options[@]}" "$1" "$corpora/$1" -- -dict="$corpora/$1.dict" -max_total_time="$seconds" \
        -timeout=20 -rss_limit_mb=3072 -max_len=16384 -verbosity=1 -print_final_stats=1 >"$log" 2>&1; then
        printf '   %s: %s inputs, nothing found\n' "$1" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" >&2
    else
        printf '   %s: FOUND SOMETHING\n' "$1" >&2
        tail -n 40 "$log" >&2
        return 1
    fi
}
# Two at a time: more than that slows each of them down on a small machine.
failed=0
running=()
for target in "${targets[@]}"; do
    fuzz_one "$target" &
    running+=($!)
    if ((${#running[@]} == 2)); then
        wait "${running[0]}" || failed=1
        running=("${running[@]:1}")
    fi
done
for one in "${running[@]}"; do wait "$one" || failed=1; done
exit "$failed"
