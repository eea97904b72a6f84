#!/bin/bash
# The programs for Windows, built here: prints the folder that holds them; ends with 3 where this machine cannot. With
# the helper that scripts/cross.sh knows, or rustup's target and mingw-w64. ROLECALL_WINDOWS_PROGRAMS names a folder of
# programs that were built elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/setup.sh
helper=${ROLECALL_CROSS:-../shared/cross/cross}
triple=x86_64-pc-windows-gnu
# The demo and the stand-in for WebView2, too: the tests under Wine have their AWS and their web engine from them.
packages=(-p rolecall -p rolecall-tray -p rolecall-window -p rolecall-kit -p rolecall-demo -p rolecall-webview2-standin)

if [[ -n ${ROLECALL_WINDOWS_PROGRAMS:-} ]]; then
    echo "$ROLECALL_WINDOWS_PROGRAMS"
elif [[ -x $helper ]]; then
    # The folder and the profile of the tests under Wine, so that both build once.
    export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/cross
    "$helper" build windows --quiet --locked --release "${packages[@]}" >&2
    echo "$CARGO_TARGET_DIR/$triple/release"
elif rustup target list --installed 2>/dev/null | grep -qx $triple; then
    cargo build --quiet --locked --release --target $triple "${packages[@]}" >&2
    echo "$CARGO_TARGET_DIR/$triple/release"
else
    exit 3
fi
