#!/bin/bash
# Lays the files of both Linux packages: stage.sh PROGRAMS LICENCES INTO makes INTO/rolecall and INTO/rolecall-kit.
# What belongs to one kind of package only (its copyright file, its changelog) is added by that kind's script.
set -euo pipefail
cd "$(dirname "$0")/../.."
source packaging/about.sh
programs=$1 licences=$2 into=$3
id=org.rolecall.Rolecall

put() { install -D -m 644 /dev/stdin "$1"; }
pressed() { gzip --best --no-name; }

main=$into/rolecall/usr
# The programs look for each other beside themselves, so they lie together, and only the command line is on the PATH.
for program in rolecall rolecall-tray rolecall-window; do
    install -D -m 755 "$programs/$program" "$main/lib/rolecall/$program"
done
mkdir -p "$main/bin"
ln -s ../lib/rolecall/rolecall "$main/bin/rolecall"

install -D -m 644 packaging/linux/$id.desktop "$main/share/applications/$id.desktop"
install -D -m 644 packaging/linux/rolecall.service "$main/lib/systemd/user/rolecall.service"
fill packaging/linux/$id.metainfo.xml | put "$main/share/metainfo/$id.metainfo.xml"
packaging/icon.sh svg | put "$main/share/icons/hicolor/scalable/apps/$id.svg"
for size in 16 22 24 32 48 64 128 256 512; do
    packaging/icon.sh $size | put "$main/share/icons/hicolor/${size}x$size/apps/$id.png"
done

"$programs/rolecall" man | pressed | put "$main/share/man/man1/rolecall.1.gz"
"$programs/rolecall" completions bash | put "$main/share/bash-completion/completions/rolecall"
"$programs/rolecall" completions zsh | put "$main/share/zsh/vendor-completions/_rolecall"
"$programs/rolecall" completions fish | put "$main/share/fish/vendor_completions.d/rolecall.fish"
pressed <"$licences/THIRD-PARTY-linux.txt" | put "$main/share/doc/rolecall/THIRD-PARTY.txt.gz"
for page in policy roles trust install; do pressed <docs/$page.md | put "$main/share/doc/rolecall/$page.md.gz"; done

# Kubernetes and HCL come as a package of their own: the other programs do without.
install -D -m 755 "$programs/rolecall-kit" "$into/rolecall-kit/usr/lib/rolecall/rolecall-kit"
