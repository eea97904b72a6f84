#!/bin/bash
# The main window's views as pictures: scripts/pictures.sh FOLDER. Called by `make screenshots`.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
PATH=$TOOLS/bin:$PATH
mkdir -p "$1"
ROLECALL_PICTURES=$(realpath "$1") exec cargo nextest run --locked --release --workspace --lib --bins --tests \
    --run-ignored only -E 'test(window::shown::pictures)'
