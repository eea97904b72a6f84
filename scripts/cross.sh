#!/bin/bash
# The other systems, as far as this one can tell: the whole workspace passes clippy for Windows and macOS, and the
# Windows programs and their tests run under Wine. A cross-compiling helper beside the checkout does it without rustup;
# elsewhere the installed rustup targets do, and nothing is run.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

helper=${ROLECALL_CROSS:-../shared/cross/cross}

if [[ ! -x $helper ]]; then
    targets=$(rustup target list --installed 2>/dev/null || true)
    # macOS has a runner of its own; elsewhere the C code of dependencies needs Apple's compiler.
    for target in x86_64-pc-windows-gnu; do
        if grep -qx "$target" <<<"$targets"; then
            say "clippy for $target"
            cargo clippy --quiet --locked --target "$target" --workspace --all-targets -- --deny warnings
        else
            say "LEFT OUT: $target (rustup target add $target)"
        fi
    done
    say "LEFT OUT: the Windows programs under Wine"
    exit 0
fi

# A target folder of its own: other flags would make cargo build the rest anew each time.
products=$CARGO_TARGET_DIR/cross
# The helper knows macOS on Apple's processors alone. Of the C code of dependencies nothing is compiled there.
nothing=$(realpath "${helper%/*}")/empty-object
export CC_x86_64_apple_darwin=$nothing CXX_x86_64_apple_darwin=$nothing AR_x86_64_apple_darwin=$nothing
for system in windows macos; do
    say "clippy of the whole workspace for $system (the first time takes some minutes)"
    also=()
    if [[ $system == macos ]]; then also=(--target x86_64-apple-darwin); fi
    CARGO_TARGET_DIR=$products "$helper" clippy "$system" --quiet --locked --workspace --all-targets ${also[@]+"${also[@]}"} \
        -- --deny warnings
done

say "the Windows programs (the first time takes ten to fifteen minutes on two cores)"
programs=$(packaging/windows/build.sh)

# A Windows of its own, which ends with us.
wine=$(mktemp -d)
export WINEPREFIX=$wine WINEDEBUG=-all
trap 'wineserver --kill 2>/dev/null || true; rm -rf "$wine"' EXIT
# Where the engine's loader lies, which a build with mingw needs.
folder="Z:${programs//\//\\}"
export WINEPATH="$folder;$folder\\deps"
under_wine() { CARGO_TARGET_DIR=$products xvfb-run --auto-servernum "$helper" test windows --quiet --locked --release "$@"; }

# All of it in one call: another set of crates would build their dependencies anew.
say "under Wine: unit tests, a day of the resident program, and sign-ins without a web engine and with one that plays scenes"
under_wine -p rolecall-core -p rolecall-client -p rolecall -p rolecall-tray -p rolecall-window \
    --lib --bins --test windows --test without_engine --test webview2

# The suite of Linux, on the Windows program: a Chromium of this system is its web engine. One Wine has one display.
say "under Wine: sign-ins in Chromium"
# What is left of the last one belongs to a display that is gone.
wineserver --kill 2>/dev/null || true
export ROLECALL_WINDOW_UNDER_WINE=$programs/rolecall-window.exe ROLECALL_WEBVIEW2=$programs/EmbeddedBrowserWebView.dll
xvfb-run --auto-servernum --server-args="-screen 0 1280x1024x24 -nolisten tcp -ac -noreset" \
    cargo nextest run --locked --release --workspace --lib --bins --tests --test-threads 1 \
    -E 'package(rolecall-window) & binary(sign_in)'
