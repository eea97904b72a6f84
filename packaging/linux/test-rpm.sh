#!/bin/bash
# The RPM packages, as far as Debian's rpm can tell: test-rpm.sh PACKAGES. What they hold, need, and leave out.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/setup.sh
main=$(ls "$1"/rolecall-[0-9]*.rpm) kit=$(ls "$1"/rolecall-kit-*.rpm)
ask() { rpm --query --package "$@" 2>/dev/null; }
has() { grep -qxF "$2" <<<"$1" || stop "rpm: '$2' is missing in: $1"; }

files=$(ask --list "$main")
for file in /usr/bin/rolecall /usr/lib/rolecall/{rolecall-tray,rolecall-window,installed-by} /usr/share/man/man1/rolecall.1.gz \
    /usr/share/applications/org.rolecall.Rolecall.desktop /usr/share/licenses/rolecall/LICENSE \
    /usr/lib/systemd/user/rolecall.service /usr/share/zsh/site-functions/_rolecall /usr/share/doc/rolecall/THIRD-PARTY.txt.gz; do
    has "$files" "$file"
done
if grep -E '/debian|autostart|lintian|changelog.gz' <<<"$files"; then stop "rpm: Debian's own files are in it"; fi
needs=$(ask --requires "$main")
for need in bubblewrap xdg-dbus-proxy 'libwebkit2gtk-4.1.so.0()(64bit)'; do has "$needs" "$need"; done
[[ -z $(ask --scripts "$main" "$kit") ]] || stop "rpm: there are scripts in it"
version=$(ask --queryformat '%{VERSION}-%{RELEASE}' "$main")
has "$(ask --requires "$kit")" "rolecall = $version"
# The files as rpm itself reads them back, by their digests.
rpm --checksig --nosignature "$main" "$kit" >/dev/null || stop "rpm: a digest is wrong"
say "rpm: files, needs and digests are right"
