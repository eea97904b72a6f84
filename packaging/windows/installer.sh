#!/bin/bash
# The Windows installer from the programs that were built for it: installer.sh PROGRAMS LICENCES OUT [VERSION]. With a VERSION it is one for the
# tests, made quickly.
set -euo pipefail
cd "$(dirname "$0")/../.."
source packaging/about.sh
programs=$1 licences=$2 out=$(realpath "$3") version=${4:-$VERSION}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for program in rolecall rolecall-tray rolecall-window rolecall-kit; do
    cp "$programs/$program.exe" "$work/"
    # Windows has none of the libraries of the compiler that made them.
    if x86_64-w64-mingw32-objdump -p "$work/$program.exe" | grep -E 'DLL Name: lib.*\.dll'; then
        echo "$program.exe needs a library of the compiler's, which nobody would have" >&2
        exit 1
    fi
done
# Tauri's door to the web engine; its crate brings it.
loader=$(cargo metadata --quiet --format-version=1 --locked --filter-platform=x86_64-pc-windows-gnu |
    python3 -c 'import json, pathlib, sys
print(*(pathlib.Path(package["manifest_path"]).parent for package in json.load(sys.stdin)["packages"]
        if package["name"] == "webview2-com-sys"))')
cp "$loader/x64/WebView2Loader.dll" "$work/"
packaging/windows/icon.sh "$work/rolecall.ico"
printf nsis >"$work/installed-by"
# As Notepad always read it.
sed 's/$/\r/' LICENSE >"$work/LICENSE.txt"
sed 's/$/\r/' "$licences/THIRD-PARTY-windows.txt" >"$work/THIRD-PARTY.txt"

makensis -V2 ${4:+-DQUICK} -WX -INPUTCHARSET UTF8 "-DVERSION=$version" "-DNUMBERS=${version%%-*}" "-DPUBLISHER=$PUBLISHER" \
    "-DPROGRAMS=$work" "-DSETUP=$out/rolecall-$version-windows-x64-setup.exe" packaging/windows/rolecall.nsi >&2
