#!/bin/bash
# The text of a Homebrew cask, for a tap of your own: cask.sh VERSION ARCHIVE. `brew audit --cask` has not seen it.
#
#   ROLECALL_DOWNLOADS=https://…    the folder that holds the archive
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1 archive=$2
downloads=${ROLECALL_DOWNLOADS:?the address of the folder that holds the archive}
sum=$(openssl dgst -sha256 -r "$archive")
oldest=$(sed -n '/LSMinimumSystemVersion/{n;s/.*<string>\(.*\)<.*/\1/p;}' packaging/macos/Info.plist.in)
[[ $oldest == 12.* ]] || { echo "cask.sh: which name has macOS $oldest? Homebrew asks for it" >&2; exit 1; }
cat <<RUBY
cask "rolecall" do
  version "$version"
  sha256 "${sum%% *}"

  url "$downloads/${archive##*/}"
  name "Rolecall"
  desc "Signs in to AWS through Microsoft Entra from the menu bar"
  homepage "${downloads%/*}"

  depends_on macos: ">= :monterey"

  app "Rolecall.app"
  binary "#{appdir}/Rolecall.app/Contents/MacOS/rolecall"

  uninstall quit:   "org.rolecall.Rolecall",
            delete: "~/Library/LaunchAgents/org.rolecall.Rolecall.plist"

  zap trash: "~/Library/Application Support/org.rolecall.Rolecall"
end
RUBY
