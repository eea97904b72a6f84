#!/bin/bash
# The Debian packages from the staged trees: deb.sh STAGED OUT. No maintainer scripts: the files are all there is, and
# dpkg's own triggers tell the desktop of them.
set -euo pipefail
cd "$(dirname "$0")/../.."
source packaging/about.sh
staged=$(realpath "$1") out=$(realpath "$2")
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# dpkg-shlibdeps reads which packages the programs' libraries come from; it wants to stand beside a debian/control.
libraries() { # libraries PROGRAM...
    mkdir -p "$work/debian"
    printf 'Source: rolecall\n\nPackage: rolecall\nArchitecture: any\n' >"$work/debian/control"
    (cd "$work" && dpkg-shlibdeps -O "${@/#/-e}" 2>"$work/said") | sed -n 's/^shlibs:Depends=//p' | grep . ||
        { cat "$work/said" >&2; return 1; }
}

changelog() {
    printf '%s (%s) unstable; urgency=medium\n\n' "$1" "$VERSION"
    printf '  * What changed stands in CHANGELOG.md of the sources.\n\n'
    printf ' -- %s  %s\n' "$MAINTAINER" "$(date --rfc-email --date="@$SOURCE_DATE_EPOCH")"
}

package() { # package NAME
    local name=$1 tree=$work/$1 doc
    cp -a "$staged/$name" "$tree"
    doc=$tree/usr/share/doc/$name
    mkdir -p "$doc" "$tree/DEBIAN"
    fill packaging/linux/copyright >"$doc/copyright"
    changelog "$name" | gzip --best --no-name >"$doc/changelog.gz"
    # What `rolecall doctor` and `rolecall update` say about where it comes from.
    if [[ $name == rolecall ]]; then echo deb >"$tree/usr/lib/rolecall/installed-by"; fi
    if [[ -f packaging/linux/lintian-$name ]]; then
        install -D -m 644 "packaging/linux/lintian-$name" "$tree/usr/share/lintian/overrides/$name"
    fi
    local size
    # Kilobytes by what the files hold, so that the figure does not depend on the file system that builds.
    size=$(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%s\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')
    fill -e "s|@ARCHITECTURE@|$architecture|" -e "s|@SIZE@|$size|" \
        -e "s|@LIBRARIES@|$(libraries "$tree"/usr/lib/rolecall/rolecall*)|" "packaging/linux/control-$name" >"$tree/DEBIAN/control"
    (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
    find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$out/${name}_${VERSION}_$architecture.deb" >/dev/null
}

package rolecall
package rolecall-kit
