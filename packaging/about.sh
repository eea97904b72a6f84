# Sourced: what every package says about Rolecall, and the moment that stands for "now" in all of them.

VERSION=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)
# Whoever publishes packages puts an address of their own here.
MAINTAINER="Rolecall maintainers <rolecall@example.org>"
PUBLISHER="Rolecall"
SUMMARY="AWS credentials through Microsoft Entra sign-on, from the tray"

# The last commit's time, so that the same sources and programs make the same packages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
umask 022

# Fills the @NAMES@ of a template, from standard input to standard output.
fill() {
    sed -e "s|@VERSION@|$VERSION|g" -e "s|@MAINTAINER@|$MAINTAINER|g" -e "s|@SUMMARY@|$SUMMARY|g" \
        -e "s|@DATE@|$(date --date="@$SOURCE_DATE_EPOCH" +%F)|g" "$@"
}

# A tar archive that depends on names, modes and contents only.
plain_tar() { tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu "$@"; }
