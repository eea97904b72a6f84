#!/bin/bash
# Every package that can be made on Linux, and their sums: package.sh OUT. Called by `make package`, which sets
# everything up and builds the programs. The same sources and programs make the same files.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
source packaging/about.sh
out=$1
[[ $(uname -s) == Linux ]] || stop "packages are made on Linux; on a Mac run packaging/macos/bundle.sh"
rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find_node
# Built once more, with maps, for what they say about whose code is in the page.
npm_in ui exec -- vite build ui --config ui/vite.config.ts --outDir "$work/page" --emptyOutDir \
    --sourcemap --logLevel warn
for system in linux windows macos; do
    python3 packaging/licences.py $system "$work/page" >"$out/THIRD-PARTY-$system.txt"
    python3 packaging/sbom.py $system "$work/page" "$VERSION" >"$out/rolecall-$VERSION-$system.cdx.json"
done

packaging/linux/stage.sh "$BIN" "$out" "$work/staged"
packaging/linux/archive.sh "$work/staged" "$out"
packaging/linux/rpm.sh "$work/staged" "$out"
if command -v dpkg-shlibdeps >/dev/null; then
    packaging/linux/deb.sh "$work/staged" "$out"
else
    say "LEFT OUT: the Debian packages (no dpkg-shlibdeps here)"
fi

code=0
windows=$(packaging/windows/build.sh) || code=$?
case $code in
0) packaging/windows/installer.sh "$windows" "$out" "$out" ;;
3) say "LEFT OUT: the Windows installer (rustup target add x86_64-pc-windows-gnu)" ;;
*) stop "the programs for Windows could not be built" ;;
esac

(cd "$out" && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
