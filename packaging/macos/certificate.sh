#!/bin/bash
# Puts the certificate that a release is signed with, and the account for Apple's notary, into a keychain of their own:
# certificate.sh, with what .github/workflows/release.yml sets in the environment. Prints the variables that bundle.sh
# then takes. Not run by anybody yet.
set -euo pipefail
keychain=$RUNNER_TEMP/rolecall.keychain-db password=$(openssl rand -hex 20)
secrets=$(mktemp -d)
trap 'rm -rf "$secrets"' EXIT

security create-keychain -p "$password" "$keychain"
# Unlocked for two hours.
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
base64 --decode <<<"$CERTIFICATE" >"$secrets/certificate.p12"
security import "$secrets/certificate.p12" -k "$keychain" -P "$CERTIFICATE_PASSWORD" -T /usr/bin/codesign >/dev/null
# Without it codesign would ask a person.
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
read -ra others <<<"$(security list-keychains -d user | tr -d '"' | tr '\n' ' ')"
security list-keychains -d user -s "$keychain" "${others[@]}"
identity=$(security find-identity -v -p codesigning "$keychain" |
    sed -n 's/.*"\(Developer ID Application: .*\)".*/\1/p' | head -n 1)
[[ -n $identity ]] || { echo "certificate.sh: MACOS_CERTIFICATE holds no Developer ID Application" >&2; exit 1; }
echo "ROLECALL_KEYCHAIN=$keychain"
echo "ROLECALL_SIGN_AS=$identity"

if [[ -n $NOTARY_KEY ]]; then
    printf '%s\n' "$NOTARY_KEY" >"$secrets/key.p8"
    xcrun notarytool store-credentials rolecall --key "$secrets/key.p8" --key-id "$NOTARY_KEY_ID" \
        --issuer "$NOTARY_ISSUER" --keychain "$keychain" >&2
    echo "ROLECALL_NOTARISE_AS=rolecall"
fi
