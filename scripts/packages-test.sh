#!/bin/bash
# The packages: made twice and compared, judged by each system's own tools, installed and removed. Called by scripts/test.sh
# after the programs are built.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
source packaging/about.sh
[[ $(uname -s) == Linux ]] || { say "LEFT OUT: packages (they are made and tested on Linux)"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say "packages: all of them, twice"
scripts/package.sh "$work/again" 2>"$work/said" &
again=$!
scripts/package.sh "$work/packages"
wait "$again" || { cat "$work/said" >&2; stop "they could not be made a second time"; }
diff "$work/packages/SHA256SUMS" "$work/again/SHA256SUMS" >&2 || stop "the same programs made different packages"
(cd "$work/packages" && sha256sum --quiet --check SHA256SUMS)

say "packages: lists of parts, by CycloneDX's own schema"
"$ROLECALL_PYTHON" packaging/validate.py "$work"/packages/*.cdx.json

if ls "$work"/packages/*.deb >/dev/null 2>&1; then
    say "packages: lintian, AppStream, the desktop entry"
    # Warnings are shown and may be argued with; errors may not.
    lintian --allow-root --fail-on error --suppress-tags initial-upload-closes-no-bugs "$work"/packages/*.deb >&2
    mkdir "$work/tree"
    dpkg-deb --extract "$work"/packages/rolecall_*.deb "$work/tree"
    desktop-file-validate "$work"/tree/usr/share/applications/*.desktop
    appstreamcli validate --no-net "$work"/tree/usr/share/metainfo/*.xml >&2
    if command -v systemd-analyze >/dev/null; then
        # As a unit of the user's manager, with the program where the unit says.
        sed "s|/usr/lib/rolecall/|$work/tree/usr/lib/rolecall/|" "$work/tree/usr/lib/systemd/user/rolecall.service" >"$work/rolecall.service"
        said=$(XDG_RUNTIME_DIR=$work systemd-analyze --user verify --man=no "$work/rolecall.service" 2>&1) ||
            stop "the user unit: $said"
        if grep -F rolecall.service <<<"$said"; then stop "the user unit is not understood"; fi
    else
        say "LEFT OUT: systemd's own opinion of the user unit (systemd-analyze is not here)"
    fi
    # A tenth of aws-azure-login with its Chromium, as DESIGN's numbers have it.
    size=$(dpkg-deb --field "$work"/packages/rolecall_*.deb Installed-Size)
    ((size <= 43900)) || stop "the package takes $size kB installed, more than 43900"
    if ((EUID == 0)) && command -v debootstrap >/dev/null && unshare --mount true 2>/dev/null; then
        packaging/linux/test-deb.sh "$work/packages" "$BIN/rolecall-demo"
    else
        say "LEFT OUT: the Debian packages in a fresh Debian (that takes root, and Debian)"
    fi
fi
if command -v rpmbuild >/dev/null; then packaging/linux/test-rpm.sh "$work/packages"; fi

say "packages: what the bundle for macOS says of itself, and its calls as Apple has them (it is made on a Mac only)"
"$ROLECALL_PYTHON" packaging/macos/check.py "${ROLECALL_PYOBJC:?run make test}" >&2
for script in packaging/macos/*.sh; do bash -n "$script"; done

installer=$(ls "$work"/packages/*-setup.exe 2>/dev/null || true)
if [[ -n $installer ]] && command -v wine >/dev/null; then
    say "packages: the Windows installer, under Wine"
    packaging/windows/installer.sh "$(packaging/windows/build.sh)" "$work/packages" "$work" 0.0.1
    xvfb-run --auto-servernum packaging/windows/test.sh "$work/rolecall-0.0.1-windows-x64-setup.exe" "$installer" "$VERSION"
else
    say "LEFT OUT: the Windows installer (no Wine here, or no programs for Windows)"
fi
