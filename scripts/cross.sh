#!/bin/bash
# The other systems, as far as this one can tell: core and cli are type-checked for Windows and macOS, core's unit
# tests run as a Windows program. A cross-compiling helper beside the checkout does it without rustup; elsewhere the
# installed rustup targets do, and Wine where it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

packages=(-p rolecall-core -p rolecall)
helper=${ROLECALL_CROSS:-../shared/cross/cross}

if [[ -x $helper ]]; then
    # A target folder of its own: other flags would make cargo build the rest anew each time.
    export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/cross
    for system in windows macos; do
        say "type-checking core and cli for $system (the first time takes some minutes)"
        "$helper" check "$system" --quiet --locked "${packages[@]}"
    done
    say "core's unit tests as a Windows program (the first time takes some minutes)"
    "$helper" test windows --quiet --locked -p rolecall-core --lib
    exit 0
fi

targets=$(rustup target list --installed 2>/dev/null || true)
for target in x86_64-pc-windows-gnu aarch64-apple-darwin; do
    if grep -qx "$target" <<<"$targets"; then
        say "type-checking core and cli for $target"
        cargo check --quiet --locked --target "$target" "${packages[@]}"
    else
        say "LEFT OUT: $target (rustup target add $target)"
    fi
done
