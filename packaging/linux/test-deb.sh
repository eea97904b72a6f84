#!/bin/bash
# The Debian packages in a fresh Debian: test-deb.sh PACKAGES DEMO. Installs, starts, plays the demo's story with the
# installed programs, purges, and compares every file name with before. Needs root, for the tree.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/setup.sh
packages=$(realpath "$1") demo=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree

dependencies=$(for package in "$packages"/*.deb; do dpkg-deb --field "$package" Depends; done |
    sed 's/, rolecall (= [^)]*)//; s/, */\n/g' | sort -u | paste -sd, | sed 's/,/, /g')
packaging/linux/fresh-debian.sh "$tree" "$dependencies"

mkdir "$tree/packages"
cp "$packages"/*.deb "$tree/packages/"
cp "$demo" "$tree/packages/rolecall-demo"
cat >"$tree/packages/smoke" <<'SMOKE'
#!/bin/bash
set -euo pipefail
export HOME=/root
fail() { printf 'deb: %s\n' "$*" >&2; exit 1; }

[[ -z $(ls /etc/xdg/autostart/*olecall* 2>/dev/null) ]] || fail "something would start at login unasked"
rolecall --version
man=$(zcat /usr/share/man/man1/rolecall.1.gz | grep -c '^\.SS')
((man > 10)) || fail "the manual page has $man commands"
bash -c '. /usr/share/bash-completion/completions/rolecall && complete -p rolecall' >/dev/null
[[ $(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' /usr/lib/systemd/user/rolecall.service) == /usr/lib/rolecall/rolecall-tray ]] ||
    fail "the user unit does not start the program"
[[ -z $(find /etc/systemd /usr/lib/systemd -path '*.wants/*olecall*' 2>/dev/null) ]] || fail "the unit is enabled unasked"
[[ $(cat /usr/lib/rolecall/installed-by) == deb ]] || fail "it does not say that it is a Debian package"
rolecall trust --help >/dev/null || fail "the kit is not found"
# No session bus and no display here: doctor says so, and ends as it does where something is wrong.
rolecall doctor >/tmp/doctor 2>&1 || (($? == 6 || $? == 1)) || fail "doctor: $(cat /tmp/doctor)"
grep -q 'WebKitGTK' /tmp/doctor || fail "doctor does not see the sign-in window: $(cat /tmp/doctor)"
# The command line has started a tray, which answers.
pgrep -x rolecall-tray >/dev/null || fail "no tray runs"
rolecall status
rolecall quit
echo "deb: the demo's story, with the installed programs"
/packages/rolecall-demo --headless --programs /usr/lib/rolecall --screenshots /tmp/pictures >/tmp/story 2>&1 ||
    { cat /tmp/story; fail "the story did not end well"; }
tail -1 /tmp/story
SMOKE
chmod +x "$tree/packages/smoke"

# Names of everything but dpkg's own books, apt's caches and logs, and what is mounted or the person's own.
names() {
    (cd "$tree" && find . \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./root -o -path ./packages \
        -o -path ./var/log -o -path ./var/cache -o -path ./var/lib/dpkg -o -path ./var/lib/apt \) -prune -o -print | sort)
}
# And what the settings of the machine say.
settings() { (cd "$tree" && find etc -type f ! -name ld.so.cache -print0 | sort -z | xargs -0 sha256sum); }
names >"$work/before"
settings >>"$work/before"
run() { packaging/linux/inside.sh "$tree" "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; stop "in a fresh Debian: '$*' failed"; }; }

run sh -c 'dpkg --install /packages/*.deb'
names >"$work/with"
diff "$work/before" "$work/with" >/dev/null && stop "nothing was installed"
run /packages/smoke
grep -v '^ *$' "$work/said" | sed 's/^/   /' >&2
run dpkg --purge rolecall-kit rolecall
names >"$work/after"
settings >>"$work/after"
diff "$work/before" "$work/after" >&2 || stop "purging the packages left these traces"
[[ -z $(find "$tree/var/lib/dpkg/info" -name 'rolecall*') ]] || stop "dpkg still knows the packages"
say "installed in a fresh Debian, used, purged: no trace"
