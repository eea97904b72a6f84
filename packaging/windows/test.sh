#!/bin/bash
# The installer under Wine, by a user whose name has a space and umlauts: test.sh OLDER.exe INSTALLER.exe VERSION, both of
# the same programs. Installs, starts, upgrades over the running tray, refuses to go back, removes; then for everyone.
set -euo pipefail
cd "$(dirname "$0")/../.."
older=$(realpath "$1") installer=$(realpath "$2") version=$3

work=$(mktemp -d)
export WINEPREFIX="$work/a prefix" USER="Zoë Müßig" LC_ALL=C.UTF-8 WINEDEBUG=-all
export WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="
trap 'wineserver -k || true; wait; rm -rf "$work"' EXIT

fail() { printf 'installer: %s\n' "$*" >&2; exit 1; }
expect() { # expect EXIT_CODE COMMAND...: what it says is in $work/said
    local wanted=$1 code=0
    shift
    timeout 120 "$@" >"$work/said" 2>/dev/null </dev/null || code=$?
    ((code == wanted)) || fail "'${*: -2}' ended with $code instead of $wanted, saying: $(cat "$work/said")"
}
said() { grep -aqF "$1" "$work/said" || fail "expected '$1', heard: $(cat "$work/said")"; }
registry() { wine reg query "$1" /v "$2" 2>/dev/null </dev/null | tr -d '\r' | sed -n 's/^ *[^ ]* *REG_[A-Z_]* *//p'; }
has_key() { wine reg query "$1" >/dev/null 2>&1 </dev/null; }
everyones() { registry 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment' "$1"; }
# Waits: the uninstaller goes on as a copy of itself, a tray takes a moment to start.
until_true() { # until_true WORDS COMMAND...
    local words=$1 tries
    shift
    for ((tries = 0; tries < 300; tries++)); do
        if "$@"; then return; fi
        sleep 0.1
    done
    fail "waited in vain for $words"
}
no() { ! "$@"; }
# Neither other people's Wine nor the older tray of this one: by the folder of this user, and by the process's number.
trays() { pgrep -f "$USER.AppData.Local.Programs.Rolecall.rolecall-tray.exe" || true; }
one_tray() { [[ $(trays | wc -l) == 1 ]]; }
no_tray() { [[ -z $(trays) ]]; }

mkdir -p "$WINEPREFIX"
wineboot --init >/dev/null 2>&1
# An older Windows is what Wine shows by itself: refused, with a sentence.
wine reg add 'HKCU\Software\Wine' /v Version /d win7 /f >/dev/null 2>&1
expect 8 wine "$installer" /S
said "Rolecall needs Windows 10 or newer."
wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1
# Rust's programs import a library that Windows has and Wine 8 lacks. It belongs to this test, not to the installer.
shim=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
[[ -f $shim ]] || x86_64-w64-mingw32-gcc -O1 -s -shared -o "$shim" packaging/windows/bcryptprimitives.c -ladvapi32

home="$WINEPREFIX/drive_c/users/$USER"
folder="$home/AppData/Local/Programs/Rolecall"
[[ -d $home ]] || fail "Wine made no user called $USER"
# A PATH longer than NSIS's strings, with a variable in it, and two files of the user's own.
long="%USERPROFILE%\\bin"
for ((n = 0; n < 100; n++)); do long+=";C:\\a folder of the user's\\number $n"; done
wine reg add 'HKCU\Environment' /v Path /t REG_EXPAND_SZ /d "$long" /f >/dev/null 2>&1
mkdir -p "$home/.aws"
echo '[default]' >"$home/.aws/config"

installed() { # installed VERSION
    local program
    for program in rolecall rolecall-tray rolecall-window rolecall-kit uninstall; do
        [[ -f $folder/$program.exe ]] || fail "$program.exe is not there"
    done
    [[ -f $folder/WebView2Loader.dll && -f $folder/THIRD-PARTY.txt && -f $folder/LICENSE.txt ]] || fail "files are missing"
    [[ ! -e $folder/bcryptprimitives.dll ]] || fail "the test's own library was installed"
    [[ ! -e $folder/EmbeddedBrowserWebView.dll ]] || fail "the tests' web engine was installed"
    [[ -f $home/AppData/Roaming/Microsoft/Windows/Start\ Menu/Programs/Rolecall.lnk ]] || fail "no shortcut in the Start menu"
    [[ $(registry "$uninstall" DisplayVersion) == "$1" ]] || fail "the version registered is $(registry "$uninstall" DisplayVersion)"
    [[ $(registry "$uninstall" QuietUninstallString) == *'\Programs\Rolecall\uninstall.exe" /S' ]] || fail "no quiet removal is registered"
    [[ $(registry 'HKCU\Software\Classes\AppUserModelId\org.rolecall.Rolecall' DisplayName) == Rolecall ]] || fail "no name for toasts"
    [[ $(registry 'HKCU\Software\Classes\AppUserModelId\org.rolecall.Rolecall' CustomActivator) == "$activator" ]] || fail "no class for pressed toasts"
    [[ $(server HKCU) == '"C:\users\'*'\AppData\Local\Programs\Rolecall\rolecall-tray.exe" --toast' ]] || fail "a pressed toast starts $(server HKCU)"
    [[ $(registry 'HKCU\Environment' Path) == "$long;C:\\users\\"*'\AppData\Local\Programs\Rolecall' ]] || fail "PATH is $(registry 'HKCU\Environment' Path)"
}
activator='{3A12D42C-91E9-4E2C-8018-E5E92D38EC78}'
server() { wine reg query "$1\\Software\\Classes\\CLSID\\$activator\\LocalServer32" /ve 2>/dev/null </dev/null | tr -d '\r' | sed -n 's/^.*REG_SZ *//p'; }
uninstall='HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Rolecall'

expect 0 wine "$older" /S
installed 0.0.1
expect 0 wine "$folder/rolecall.exe" --version
said "rolecall $version"

# A program of ours that something keeps open, and that no `quit` frees: refused, and nothing is changed.
x86_64-w64-mingw32-gcc -O1 -s -o "$work/hold.exe" -x c - <<'C'
#include <windows.h>
int main(void) {
    HANDLE file = CreateFileW(CommandLineToArgvW(GetCommandLineW(), &(int){0})[1], GENERIC_READ, FILE_SHARE_READ, 0,
                              OPEN_EXISTING, 0, 0);
    if (file == INVALID_HANDLE_VALUE) return 1;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "held", 4, 0, 0);
    Sleep(60000);
    return 0;
}
C
wine "$work/hold.exe" "C:\\users\\$USER\\AppData\\Local\\Programs\\Rolecall\\rolecall-kit.exe" >"$work/held" 2>/dev/null &
holder=$!
until_true "the file to be held" test -s "$work/held"
expect 4 wine "$older" /S
said "Rolecall is still running."
installed 0.0.1
kill "$holder"

# Over a running tray: it is asked to quit, and runs again afterwards.
wine "$folder/rolecall-tray.exe" --quiet >/dev/null 2>&1 </dev/null &
until_true "the tray" one_tray
if [[ -z ${INSTALLER_FAKE:-} ]]; then
    # A client that comes before the tray listens starts another, which ends at once.
    until_true "an answer of the tray" wine "$folder/rolecall.exe" status </dev/null >/dev/null 2>&1
    until_true "one tray alone" one_tray
fi
before=$(trays)
expect 0 wine "$installer" /S
installed "$version"
until_true "the new tray" one_tray
[[ $(trays) != "$before" ]] || fail "the old tray still runs"
echo "   upgraded over the running tray" >&2

expect 3 wine "$older" /S
said "A newer Rolecall ($version) is installed."
installed "$version"
one_tray || fail "a refused installer stopped the tray"

wine reg add 'HKCU\Software\Microsoft\Windows\CurrentVersion\Run' /v Rolecall /d '"C:\somewhere\rolecall-tray.exe" --login' /f >/dev/null 2>&1
expect 0 wine "$folder/uninstall.exe" /S
until_true "the folder to go" no test -e "$folder"
until_true "the end of its registration" no has_key "$uninstall"
until_true "the tray's end" no_tray
no has_key 'HKCU\Software\Classes\AppUserModelId\org.rolecall.Rolecall' || fail "the name for toasts stayed"
no has_key "HKCU\\Software\\Classes\\CLSID\\$activator" || fail "the class for toasts stayed"
[[ -z $(registry 'HKCU\Software\Microsoft\Windows\CurrentVersion\Run' Rolecall) ]] || fail "it would still start at login"
[[ $(registry 'HKCU\Environment' Path) == "$long" ]] || fail "PATH was left as $(registry 'HKCU\Environment' Path)"
[[ ! -e $home/AppData/Roaming/Microsoft/Windows/Start\ Menu/Programs/Rolecall.lnk ]] || fail "the shortcut stayed"
[[ $(cat "$home/.aws/config") == '[default]' ]] || fail "a file of the user's was touched"
echo "   removed, and the user's own files left" >&2

# For everyone; then nobody may have one of their own.
machine="$WINEPREFIX/drive_c/Program Files/Rolecall"
expect 0 wine "$installer" /S /AllUsers
[[ -f $machine/rolecall.exe ]] || fail "nothing was installed for everyone"
[[ $(everyones Path) == *';C:\Program Files\Rolecall' ]] || fail "everyone's PATH is $(everyones Path)"
[[ $(server HKLM) == '"C:\Program Files\Rolecall\rolecall-tray.exe" --toast' ]] || fail "a pressed toast starts $(server HKLM)"
expect 6 wine "$installer" /S
said "installed for everyone"

# Other people's programs that nothing asks to end: the tray is ended, what else runs is put aside and goes on.
x86_64-w64-mingw32-gcc -O1 -s -mwindows -o "$work/deaf.exe" -x c - <<'C'
#include <windows.h>
int WINAPI WinMain(HINSTANCE a, HINSTANCE b, LPSTR c, int d) { Sleep(120000); return 0; }
C
deaf() { pgrep -f "Program Files.Rolecall.rolecall-$1.exe" || true; }
runs() { [[ -n $(deaf "$1") ]]; }
for program in tray kit; do
    cp "$work/deaf.exe" "$machine/rolecall-$program.exe"
    wine "C:\\Program Files\\Rolecall\\rolecall-$program.exe" >/dev/null 2>&1 </dev/null &
    until_true "a deaf $program" runs "$program"
done
expect 0 wine "$installer" /S /AllUsers
for program in tray kit; do
    cmp -s "$work/deaf.exe" "$machine/rolecall-$program.exe" && fail "rolecall-$program.exe was not replaced"
done
no runs tray || fail "the deaf tray still runs"
runs kit || fail "a program that could have gone on was ended"
ls "$machine" | grep -q '^rolecall-kit.exe.*old$' || fail "the deaf kit was not put aside"
kill $(deaf kit)
until_true "the end of the deaf kit" no runs kit
echo "   replaced what others run" >&2

expect 0 wine "$machine/uninstall.exe" /S
until_true "everyone's folder to go" no test -e "$machine"
until_true "the end of everyone's registration" no has_key 'HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\Rolecall'
no has_key "HKLM\\Software\\Classes\\CLSID\\$activator" || fail "everyone's class for toasts stayed"
[[ $(everyones Path) != *Rolecall* ]] || fail "everyone's PATH was left as $(everyones Path)"
echo "   installed for everyone, and removed" >&2
