#!/bin/bash
# Rolecall.app on a Mac, and an archive of it in out/packages: packaging/macos/bundle.sh. Needs Xcode's command line
# tools, Rust and Node. Not run by anybody yet.
#
#   ROLECALL_SIGN_AS="Developer ID Application: …"   signs with the hardened runtime; else only ad hoc, for this Mac
#   ROLECALL_NOTARISE_AS=PROFILE                     then has Apple notarise it: the name under which
#                                                    `xcrun notarytool store-credentials` keeps the account
set -euo pipefail
cd "$(dirname "$0")/../.."
[[ $(uname -s) == Darwin ]] || { echo "bundle.sh: this needs a Mac: iconutil and codesign are Apple's" >&2; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)
target=$(rustc -vV | sed -n 's/^host: //p')
out=out/packages app=out/packages/Rolecall.app

npm --prefix ui ci --silent --no-audit --no-fund --ignore-scripts
npm --prefix ui run --silent build -- --logLevel warn
cargo build --quiet --locked --release -p rolecall -p rolecall-tray -p rolecall-window -p rolecall-kit
programs=${CARGO_TARGET_DIR:-target}/release

rm -rf "$app"
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources"
sed "s|@VERSION@|$version|g" packaging/macos/Info.plist.in >"$app/Contents/Info.plist"
plutil -lint "$app/Contents/Info.plist" packaging/macos/entitlements.plist
cp LICENSE "$app/Contents/Resources/"
# The programs look for each other beside themselves.
for program in rolecall rolecall-tray rolecall-window rolecall-kit; do
    cp "$programs/$program" "$app/Contents/MacOS/"
done

# Apple's own sizes, each once and twice as dense.
icons=$(mktemp -d)/Rolecall.iconset
mkdir "$icons"
packaging/icon.sh svg >"$icons/../icon.svg"
for size in 16 32 128 256 512; do
    for scale in 1 2; do
        pixels=$((size * scale)) name=$size"x"$size
        if ((scale == 2)); then name+=@2x; fi
        # librsvg's program where Homebrew has it, else the system's own.
        rsvg-convert --width $pixels --height $pixels --output "$icons/icon_$name.png" "$icons/../icon.svg" 2>/dev/null ||
            sips --setProperty format png --resampleHeightWidth $pixels $pixels "$icons/../icon.svg" \
                --out "$icons/icon_$name.png" >/dev/null
    done
done
iconutil --convert icns --output "$app/Contents/Resources/Rolecall.icns" "$icons"
rm -rf "${icons%/*}"

maps=$(mktemp -d)
npm --prefix ui exec -- vite build ui --config ui/vite.config.ts --outDir "$maps" --emptyOutDir --sourcemap --logLevel warn
python3 packaging/licences.py macos "$maps" >"$app/Contents/Resources/THIRD-PARTY.txt"
rm -rf "$maps"

# From the inside out; --deep is for checking only.
sign_as=${ROLECALL_SIGN_AS:--} stamp=(--timestamp)
if [[ $sign_as == - ]]; then stamp=(--timestamp=none); fi
for program in rolecall rolecall-window rolecall-kit; do
    codesign --force --options runtime "${stamp[@]}" --identifier "org.rolecall.Rolecall.$program" \
        --entitlements packaging/macos/entitlements.plist --sign "$sign_as" "$app/Contents/MacOS/$program"
done
codesign --force --options runtime "${stamp[@]}" --entitlements packaging/macos/entitlements.plist --sign "$sign_as" "$app"
codesign --verify --deep --strict "$app"

archive=$out/rolecall-$version-macos-${target%%-*}.zip
rm -f "$archive"
ditto -c -k --keepParent "$app" "$archive"
if [[ -n ${ROLECALL_NOTARISE_AS:-} ]]; then
    xcrun notarytool submit "$archive" --keychain-profile "$ROLECALL_NOTARISE_AS" --wait
    xcrun stapler staple "$app"
    rm "$archive"
    ditto -c -k --keepParent "$app" "$archive"
fi
(cd "$out" && shasum -a 256 "${archive##*/}" >"${archive##*/}.sha256")
echo "$archive"
