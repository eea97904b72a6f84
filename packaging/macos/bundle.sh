#!/bin/bash
# Rolecall.app on a Mac, for Intel and Apple processors alike, and an archive of it in out/packages:
# packaging/macos/bundle.sh. Needs Xcode's command line tools, Rust by rustup, and Node. Not run by anybody yet.
#
#   ROLECALL_TARGETS="aarch64-apple-darwin"          builds for these processors only; else for both
#   ROLECALL_SIGN_AS="Developer ID Application: …"   signs with the hardened runtime; else only ad hoc, for this Mac
#   ROLECALL_NOTARISE_AS=PROFILE                     then has Apple notarise it: the name under which
#                                                    `xcrun notarytool store-credentials` keeps the account
#   ROLECALL_KEYCHAIN=FILE                           where certificate and account are kept, if not in the usual one
#   ROLECALL_DOWNLOADS=https://…                     writes a Homebrew cask for the archive that will be there (cask.sh)
set -euo pipefail
cd "$(dirname "$0")/../.."
[[ $(uname -s) == Darwin ]] || { echo "bundle.sh: this needs a Mac: iconutil and codesign are Apple's" >&2; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)
read -ra targets <<<"${ROLECALL_TARGETS:-aarch64-apple-darwin x86_64-apple-darwin}"
out=out/packages app=out/packages/Rolecall.app
# The oldest that it runs on, as Info.plist says: C code, too, is compiled for it.
MACOSX_DEPLOYMENT_TARGET=$(sed -n '/LSMinimumSystemVersion/{n;s/.*<string>\(.*\)<.*/\1/p;}' packaging/macos/Info.plist.in)
export MACOSX_DEPLOYMENT_TARGET

npm --prefix ui ci --silent --no-audit --no-fund --ignore-scripts
npm --prefix ui run --silent build -- --logLevel warn
built=${CARGO_TARGET_DIR:-target}
for target in "${targets[@]}"; do
    if command -v rustup >/dev/null; then rustup target add "$target"; fi
    cargo build --quiet --locked --release --target "$target" -p rolecall -p rolecall-tray -p rolecall-window -p rolecall-kit
done

window="$app/Contents/Helpers/Rolecall Window.app"
rm -rf "$app"
for bundle in "$app" "$window"; do mkdir -p "$bundle/Contents/MacOS" "$bundle/Contents/Resources"; done
sed "s|@VERSION@|$version|g" packaging/macos/Info.plist.in >"$app/Contents/Info.plist"
sed "s|@VERSION@|$version|g" packaging/macos/Window-Info.plist.in >"$window/Contents/Info.plist"
plutil -lint "$app/Contents/Info.plist" "$window/Contents/Info.plist" packaging/macos/entitlements.plist
cp LICENSE "$app/Contents/Resources/"
# The programs look for each other beside themselves; the windows' has a bundle, and so an identity, of its own.
put() { # put PROGRAM FOLDER: for all processors in one file
    local parts=()
    for target in "${targets[@]}"; do parts+=("$built/$target/release/$1"); done
    lipo -create -output "$2/$1" "${parts[@]}"
}
for program in rolecall rolecall-tray rolecall-kit; do put $program "$app/Contents/MacOS"; done
put rolecall-window "$window/Contents/MacOS"

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
cp "$app/Contents/Resources/Rolecall.icns" "$window/Contents/Resources/"
rm -rf "${icons%/*}"

maps=$(mktemp -d)
npm --prefix ui exec -- vite build ui --config ui/vite.config.ts --outDir "$maps" --emptyOutDir --sourcemap --logLevel warn
python3 packaging/licences.py macos "$maps" >"$app/Contents/Resources/THIRD-PARTY.txt"
rm -rf "$maps"

# From the inside out; --deep is for checking only. A bundle is signed by the identifier that its Info.plist has.
sign_as=${ROLECALL_SIGN_AS:--} stamp=(--timestamp) keychain=()
if [[ $sign_as == - ]]; then stamp=(--timestamp=none); fi
if [[ -n ${ROLECALL_KEYCHAIN:-} ]]; then keychain=(--keychain "$ROLECALL_KEYCHAIN"); fi
# The hardened runtime with none of its exceptions: WebKit's just-in-time compiler runs in processes of its own. No
# sandbox: Rolecall writes ~/.aws, and exec runs what it is told.
sign() { # sign WHAT [MORE]
    codesign --force --options runtime "${stamp[@]}" ${keychain[@]+"${keychain[@]}"} "${@:2}" \
        --entitlements packaging/macos/entitlements.plist --sign "$sign_as" "$1"
}
for program in rolecall rolecall-kit; do
    sign "$app/Contents/MacOS/$program" --identifier "org.rolecall.Rolecall.$program"
done
sign "$window"
sign "$app"
codesign --verify --deep --strict "$app"
# What docs/single-sign-on.md tells administrators to allow.
for bundle in "$app" "$window"; do codesign --display "$bundle" 2>&1 | grep '^Identifier='; done

processors=universal
if ((${#targets[@]} == 1)); then processors=${targets[0]%%-*}; fi
archive=$out/rolecall-$version-macos-$processors.zip
rm -f "$archive"
ditto -c -k --keepParent "$app" "$archive"
if [[ -n ${ROLECALL_NOTARISE_AS:-} ]]; then
    xcrun notarytool submit "$archive" --keychain-profile "$ROLECALL_NOTARISE_AS" ${keychain[@]+"${keychain[@]}"} --wait
    xcrun stapler staple "$app"
    # What a person's Mac will say to it.
    spctl --assess --type execute --verbose "$app"
    rm "$archive"
    ditto -c -k --keepParent "$app" "$archive"
fi
(cd "$out" && shasum -a 256 "${archive##*/}" >"${archive##*/}.sha256")
if [[ -n ${ROLECALL_DOWNLOADS:-} ]]; then packaging/macos/cask.sh "$version" "$archive" >"$out/rolecall.rb"; fi
echo "$archive"
