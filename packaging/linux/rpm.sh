#!/bin/bash
# The RPM packages from the staged trees: rpm.sh STAGED OUT. What they need is named by the libraries themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
source packaging/about.sh
staged=$(realpath "$1") out=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -a "$staged" "$work/staged"
find "$work/staged" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
fill packaging/linux/rolecall.spec >"$work/rolecall.spec"
rpmbuild --quiet -bb --target "$(uname -m)-linux" --define "_topdir $work/rpm" --define "staged $work/staged" \
    --define "licence $PWD/LICENSE" "$work/rolecall.spec" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
cp "$work"/rpm/RPMS/*/*.rpm "$out"
