#!/bin/bash
# A fresh Debian of this machine's own release: fresh-debian.sh INTO DEPENDENCIES makes it, with what a package depends on
# and what the smoke test needs, from the mirror that this machine uses. Made once and kept packed beside the tools.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/setup.sh
into=$1 dependencies=$2
. /etc/os-release
# A screen, a bus, a hand and an eye for the scripted person.
tools="xvfb, dbus, xdotool, imagemagick, procps"

key=$(printf '%s\n' "$VERSION_CODENAME" "$dependencies" "$tools" | sha256sum | cut -c 1-16)
kept=${XDG_CACHE_HOME:-$HOME/.cache}/rolecall/debian/$key.tar
if [[ ! -f $kept ]]; then
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        awk '/^(URIs:|deb )/ { for (i = 2; i <= NF; i++) if (!found && $i ~ /\/debian\/?$/) found = $i } END { print found }') || true
    [[ -n $mirror ]] || stop "no mirror of Debian is named in /etc/apt"
    say "making a fresh Debian, once (two minutes)"
    new=$(mktemp -d)
    trap 'rm -rf "$new"' EXIT
    debootstrap --variant=minbase --include=ca-certificates "$VERSION_CODENAME" "$new/tree" "$mirror" >"$new/said" 2>&1 ||
        { tail -5 "$new/said" >&2; stop "debootstrap could not make a fresh Debian"; }
    cp -L /etc/resolv.conf "$new/tree/etc/resolv.conf"
    cp /etc/hosts "$new/tree/etc/hosts"
    echo force-unsafe-io >"$new/tree/etc/dpkg/dpkg.cfg.d/quick"
    packaging/linux/inside.sh "$new/tree" sh -c 'apt-get update -qq &&
        apt-get satisfy -y -qq --no-install-recommends "$1" "$2" && apt-get clean && rm -rf /var/lib/apt/lists/*' \
        sh "$dependencies" "$tools" >"$new/said" 2>&1 ||
        { tail -5 "$new/said" >&2; stop "apt could not install what the package depends on: $dependencies"; }
    mkdir -p "${kept%/*}"
    rm -f "${kept%/*}"/*.tar
    tar -C "$new/tree" -c . >"$new/packed" && mv "$new/packed" "$kept"
fi
mkdir -p "$into"
tar -C "$into" -xf "$kept"
