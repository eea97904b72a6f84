#!/bin/bash
# Rolecall's icon as Windows wants it, one file with all sizes: icon.sh FILE.ico
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=()
for size in 16 20 24 32 40 48 64 256; do
    packaging/icon.sh $size >"$work/$size.png"
    pictures+=("$work/$size.png")
done
convert "${pictures[@]}" "ico:$1"
