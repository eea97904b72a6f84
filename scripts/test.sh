#!/bin/bash
# What CI checks, in the order in which it fails soonest. Called by `make test`, which sets everything up.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
PATH=$TOOLS/bin:$PATH

step() {
    say "$*"
    SECONDS=0
}
done_in() { printf '   %d s\n' "$SECONDS" >&2; }

step "format"
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check
done_in

step "spelling"
"${ROLECALL_PYTHON:?run make test}" -c "" && "${ROLECALL_PYTHON%/python}/typos"
done_in

step "dependencies: licences, bans, sources"
cargo fetch --quiet --locked
cargo fetch --quiet --locked --manifest-path fuzz/Cargo.toml ||
    stop "fuzz/Cargo.lock is behind: run 'cargo update --workspace --manifest-path fuzz/Cargo.toml'"
cargo deny --locked --offline check bans licenses sources
done_in
# The advisories come from a database of their own that a machine without its host cannot fetch.
if cargo deny --locked check advisories 2>"$CARGO_TARGET_DIR/advisories.log"; then
    say "dependencies: advisories ok"
elif grep -q 'failed to fetch advisory database' "$CARGO_TARGET_DIR/advisories.log"; then
    say "LEFT OUT: advisories (their database cannot be reached from here)"
else
    cat "$CARGO_TARGET_DIR/advisories.log" >&2
    stop "cargo deny found an advisory"
fi

if command -v rsvg-convert >/dev/null && command -v compare >/dev/null; then
    step "the tray's pictures are those of icons/rolecall.svg"
    drawn=$(mktemp -d)
    trap 'rm -rf "$drawn"' EXIT
    icons/render.sh "$drawn"
    for picture in icons/tray/*.png; do
        [[ $(compare -metric AE "$picture" "$drawn/${picture##*/}" null: 2>&1) == 0 ]] ||
            stop "$picture is not what icons/render.sh draws: run 'make icons'"
    done
    done_in
else
    say "LEFT OUT: whether the tray's pictures are drawn from icons/rolecall.svg (no librsvg or ImageMagick here)"
fi

step "the main window's page: types, lint, tests, size"
for script in check lint test size; do npm_in ui run --silent "$script"; done
done_in

step "clippy (the first time takes some minutes)"
cargo clippy --quiet --locked --release --workspace --all-targets -- --deny warnings
done_in

build

((EUID == 0)) ||
    say "LEFT OUT: tests with a second user, a network namespace and a systemd manager (they need root)"
step "tests"
cargo nextest run --locked --release --workspace --lib --bins --tests
done_in

step "fuzzing: a short run of each target (make fuzz: ten minutes)"
scripts/fuzz.sh 15
done_in

if [[ $(uname -s) == Linux ]]; then
    scripts/cross.sh
else
    say "LEFT OUT: the other systems, and what needs a Linux desktop"
fi
step "packages"
scripts/packages-test.sh
done_in
say "all passed"
