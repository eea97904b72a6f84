#!/bin/bash
# The programs as an archive, for whoever installs by hand: archive.sh STAGED OUT.
set -euo pipefail
cd "$(dirname "$0")/../.."
source packaging/about.sh
staged=$(realpath "$1") out=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=rolecall-$VERSION-linux-$(uname -m)

# The trees of both packages in one, below a folder: `cp -a usr/. /usr/local/` would do, too, but for the desktop entry.
mkdir "$work/$folder"
cp -a "$staged/rolecall/usr" "$work/$folder/"
cp -a "$staged/rolecall-kit/usr/." "$work/$folder/usr/"
cp LICENSE "$work/$folder/"
plain_tar -C "$work" -c "$folder" | gzip --best --no-name >"$out/$folder.tar.gz"
