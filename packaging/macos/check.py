"""What can be known of the macOS programs without a Mac: check.py FOLDER, with PyObjC's wheels for macOS in FOLDER.

The selectors, blocks and BOOLs that our classes answer to and our files call, compared with what PyObjC knows of Apple's
frameworks; methods newer than the oldest macOS that is supported only where the program asks for them first; and the
property lists of the bundle. PyObjC says nothing of versions: NEWER is kept by hand, from Apple's documentation.
"""

import json
import pathlib
import plistlib
import re
import subprocess
import sys
import zipfile
from unittest.mock import MagicMock

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "packaging/macos"
# Methods that macOS 12.3 lacks, and since when there are some.
NEWER = {
    "statusForLegacyURL:": "13.0",
    "openSystemSettingsLoginItems": "13.0",
    "activate": "14.0",
    "yieldActivationToApplication:": "14.0",
    "yieldActivationToApplicationWithBundleIdentifier:": "14.0",
    "activateFromApplication:options:": "14.0",
    "setInspectable:": "13.3",
    "setInactiveSchedulingPolicy:": "14.0",
}
NUMBERS = {"q", "Q", "i", "I", "l", "L", "s", "S", "C", "c"}
OBJECT, BOOL, NUMBER, FLOAT, VOID, OTHER = "object", "BOOL", "number", "float", "void", "other"


class Block:
    """A block by what it is called with, and what it returns."""

    def __init__(self, arguments, result):
        self.arguments, self.result = arguments, result

    def __eq__(self, other):
        return isinstance(other, Block) and (self.arguments, self.result) == (other.arguments, other.result)

    def __repr__(self):
        return f"block({', '.join(map(str, self.arguments))}) -> {self.result}"


# Apple's side: PyObjC's lists are Python, written for a module that only a Mac has.


def known(folder):
    """(class, selector) -> (result, {index: type}), and all selectors that are named anywhere."""
    wheels = sorted(folder.glob("*.whl"))
    if not wheels:
        sys.exit(f"check.py: no wheels in {folder}")
    found, named = {}, set()

    def register(of, selector, what):
        arguments = {index - 2: argument for index, argument in what.get("arguments", {}).items() if index >= 2}
        found[text(of), text(selector)] = (
            kind(what.get("retval", {})),
            {index: kind(argument) for index, argument in arguments.items()},
        )
        named.add(text(selector))

    for wheel in wheels:
        with zipfile.ZipFile(wheel) as files:
            for name in files.namelist():
                if name.endswith("/_metadata.py"):
                    objc = MagicMock(arch="arm64", registerMetaDataForSelector=register)
                    sys.modules["objc"] = objc
                    exec(compile(files.read(name), name, "exec"), {})
    return found, named


def text(name):
    return name.decode() if isinstance(name, bytes) else name


def kind(what):
    """None where nothing is said."""
    if "callable" in what:
        block = what["callable"]
        # The first argument of a block is the block.
        arguments = [kind(argument) for index, argument in sorted(block.get("arguments", {}).items()) if index > 0]
        return Block(arguments, kind(block.get("retval", {"type": "v"})))
    encoding = text(what.get("type", ""))
    match encoding[:1]:
        case "":
            return None
        case "@" | "#":
            return OBJECT
        case "Z" | "B":
            return BOOL
        case "v":
            return VOID
        case "d" | "f":
            return FLOAT
        case letter:
            return NUMBER if letter in NUMBERS else OTHER


# Our side: Rust.


def split(arguments):
    """At its outermost commas."""
    parts, depth, part = [], 0, ""
    for index, letter in enumerate(arguments):
        arrow = letter == ">" and arguments[index - 1] == "-"
        depth += (letter in "(<[") - (letter in ")>]" and not arrow)
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [part.strip() for part in [*parts, part] if part.strip()]


def rust_kind(written, numbers):
    written = re.sub(r"\s+", " ", written).strip()
    if block := re.search(r"DynBlock<dyn Fn\((.*)\)(?: -> ([^>]+))?>>?$", written):
        arguments = [rust_kind(argument, numbers) for argument in split(block[1])]
        return Block(arguments, rust_kind(block[2], numbers) if block[2] else VOID)
    if written in ("", "()"):
        return VOID
    if written in ("bool", "Bool"):
        return BOOL
    if written in ("f64", "CGFloat", "NSTimeInterval", "f32"):
        return FLOAT
    if written in numbers:
        return NUMBER
    if written in ("Option<Sel>", "Sel") or written.startswith(("*mut Bool", "*mut c_", "NonNull<c_")):
        return OTHER
    objects = ("&", "Option<&", "Retained<", "Option<Retained<", "*mut NS", "*mut AnyObject", "NonNull<NS", "NonNull<UN")
    return OBJECT if written.startswith(objects) else OTHER


METHOD = re.compile(r"#\[unsafe\(method(?:_id)?\(([^)]+)\)\)\](?:\s*#\[[^\]]*\])*\s*(?:pub )?(?:unsafe )?fn (\w+)(?:<[^>]*>)?\(")


def methods(source, numbers):
    """What stands in `define_class!` and `extern_methods!`: selector, name in Rust, arguments, result."""
    for match in METHOD.finditer(source):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        arguments = split(re.sub(r"//[^\n]*", "", source[match.end() : end - 1]))
        # The object itself, and the proof that this is the main thread, are no arguments of the method.
        arguments = [part for part in arguments if not re.search(r"self$|Allocated<|MainThreadMarker", part)]
        written = [argument.partition(":")[2] for argument in arguments]
        result = re.match(r"\s*->\s*([^;{]+?)\s*(?:where\b|[;{])", source[end:])
        of = None
        for of in re.finditer(r"\n(?:unsafe )?impl (\w+) \{|trait (\w+)", source[: match.start()]):
            pass
        yield (
            (of[1] or "NSObject") if of else None,
            match[1].replace(" ", ""),
            match[2],
            [rust_kind(part, numbers) for part in written],
            rust_kind(result[1], numbers) if result else VOID,
        )


def differences(where, mine, theirs):
    arguments, result = mine
    their_result, their_arguments = theirs
    pairs = [(f"argument {index + 1}", arguments[index] if index < len(arguments) else "nothing", kind_)
             for index, kind_ in their_arguments.items()]
    for what, ours, apples in [*pairs, ("its result", result, their_result)]:
        alike = apples is None or OTHER in (ours, apples) or ours == apples
        # A block that is only said to be an object.
        alike = alike or (isinstance(ours, Block) and apples == OBJECT)
        if not alike:
            yield f"{where}: {what} is {ours} here and {apples} at Apple"


def bindings():
    """The folders of the crates that bind Apple's frameworks, in the versions of Cargo.lock."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", "aarch64-apple-darwin"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    return [pathlib.Path(package["manifest_path"]).parent for package in packages if package["name"].startswith("objc2-")]


def signatures(folder):
    found, named = known(folder)
    generated = [path.read_text() for crate in bindings() for path in sorted(crate.glob("src/generated/*.rs"))]
    number = re.compile(r"pub struct (\w+)\((?:pub )?(?:NSInteger|NSUInteger|c_u?int|c_u?long|c_u?short|u?int\d+_t)\)|bitflags! \{|pub struct (\w+): ")
    numbers = {"NSInteger", "NSUInteger", "usize", "isize", "u64", "i64", "u32", "i32", "u16", "i16", "c_int", "c_uint", "c_short"}
    for source in generated:
        numbers |= {name for match in number.finditer(source) if (name := match[1] or match[2])}

    files = [path for path in sorted((ROOT / "src-tauri").rglob("*.rs")) if "objc2" in path.read_text()]
    wrong, answered, called = [], 0, set()
    for path in files:
        source, where = path.read_text(), path.relative_to(ROOT)
        for _, selector, _, arguments, result in methods(source, numbers):
            answered += 1
            at = f"{where}: {selector}"
            if selector.count(":") != len(arguments):
                wrong.append(f"{at}: {len(arguments)} arguments")
            if ("NSObject", selector) not in found:
                wrong.append(f"{at}: no protocol of Apple's has it")
            else:
                wrong += differences(at, (arguments, result), found["NSObject", selector])
        # `msg_send![object, first: a, second: b]`.
        for send in re.finditer(r"msg_send!\[(.*?)\]", source, re.DOTALL):
            parts = split(re.sub(r"\s+", " ", send[1]))[1:]
            names = [re.match(r"(\w+)(:?)", part) for part in parts]
            selector = "".join(name[1] + name[2] for name in names if name)
            if selector != "init" and selector not in named and selector not in PLAIN:
                wrong.append(f"{where}: msg_send! of {selector}, which PyObjC does not know")

    ours = "\n".join(path.read_text() for path in files)
    used = set(re.findall(r"(?:\.|::)(\w+)\(", ours))
    for source in generated:
        for of, selector, name, arguments, result in methods(source, numbers):
            if name in used and (of, selector) in found:
                called.add((of, selector))
                wrong += differences(f"the binding of {of} {selector}", (arguments, result), found[of, selector])

    for path in files:
        source = path.read_text()
        for selector, since in NEWER.items():
            name = selector.rstrip(":").replace(":", "_")
            calls = re.search(rf"(?:\.|::){name}\(", source)
            # What asks for one of a system asks for all of it.
            asked = [one for one in NEWER if NEWER[one] == since and f"respondsToSelector(sel!({one}))" in source]
            asked = asked or "AnyClass::get(" in source
            if calls and not asked:
                wrong.append(f"{path.relative_to(ROOT)}: {selector} is of macOS {since}, and nothing asks whether it is there")

    # A search that finds nothing would pass everything.
    if answered < 20 or len(called) < 10:
        wrong.append(f"only {answered} methods and {len(called)} calls were found: is the search right?")
    print(f"{answered} methods of our classes and {len(called)} methods that they call are as Apple has them")
    return wrong


# Without a BOOL, a block or a number of a size of its own: PyObjC takes those from the running system.
PLAIN = {"credentialWithIdentity:certificates:persistence:"}


def order():
    """What tao would do when an application is launched has to be said before it runs, and by both programs."""
    wrong = []
    for name in ["main_window.rs", "sign_in/mod.rs"]:
        source = (ROOT / "src-tauri/window/src" / name).read_text()
        steps = ["foreground::builder()", ".build(tauri::generate_context!", "foreground::start_hidden(", "app.run("]
        places = [source.find(step) for step in steps]
        if -1 in places or places != sorted(places) or "Builder::default()" in source:
            wrong.append(f"{name}: not in this order: {', '.join(steps)}")
    quiet = (ROOT / "src-tauri/window/src/foreground/macos.rs").read_text()
    for call in ["activate_ignoring_other_apps(false)", "set_activation_policy(ActivationPolicy::Accessory)"]:
        if call not in quiet:
            wrong.append(f"foreground/macos.rs: {call} is missing: each hidden sign-in would take the keyboard")
    return wrong


# The bundle.

APPLES = {
    "CFBundleIdentifier", "CFBundleName", "CFBundleDisplayName", "CFBundleExecutable", "CFBundleIconFile",
    "CFBundlePackageType", "CFBundleInfoDictionaryVersion", "CFBundleShortVersionString", "CFBundleVersion",
    "CFBundleDevelopmentRegion", "CFBundleLocalizations", "LSApplicationCategoryType", "LSMinimumSystemVersion",
    "LSUIElement", "NSHighResolutionCapable", "NSHumanReadableCopyright", "NSSupportsAutomaticTermination",
    "NSSupportsSuddenTermination", "NSAppTransportSecurity",
}  # fmt: skip


def lists():
    wrong = []

    def expect(what, is_so):
        if not is_so:
            wrong.append(what)

    read = {}
    for name in ["Info.plist.in", "Window-Info.plist.in", "entitlements.plist"]:
        raw = (BUNDLE / name).read_text()
        read[name] = plistlib.loads(raw.encode(), fmt=plistlib.FMT_XML)
        keys = re.findall(r"<key>(.*?)</key>", raw)
        top = [key for key in keys if key in read[name]]
        expect(f"{name}: a key stands there twice", len(top) == len(set(top)))
        expect(f"{name}: it does not begin with Apple's own lines", raw.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"'))
    info, window = read["Info.plist.in"], read["Window-Info.plist.in"]
    # codesign has a reader of its own for them, stricter than others.
    expect("entitlements.plist: a comment", "<!--" not in (BUNDLE / "entitlements.plist").read_text())
    # An exception of the hardened runtime would be a decision, not an accident.
    expect("entitlements.plist: an entitlement", read["entitlements.plist"] == {})
    for name, list_ in [("Info.plist.in", info), ("Window-Info.plist.in", window)]:
        expect(f"{name}: unknown keys {set(list_) - APPLES}", set(list_) <= APPLES)
        expect(f"{name}: it would have an icon in the Dock", list_["LSUIElement"] is True)
        expect(f"{name}: no version", list_["CFBundleShortVersionString"] == list_["CFBundleVersion"] == "@VERSION@")
    expect("the windows' program is older or newer than the other", info["LSMinimumSystemVersion"] == window["LSMinimumSystemVersion"] == "12.3")
    expect("Info.plist.in: not the tray", (info["CFBundleIdentifier"], info["CFBundleExecutable"]) == ("org.rolecall.Rolecall", "rolecall-tray"))
    expect("Window-Info.plist.in: not the window", (window["CFBundleIdentifier"], window["CFBundleExecutable"]) == ("org.rolecall.Rolecall.Window", "rolecall-window"))
    # Loopback alone, as profiles may name it; never arbitrary loads.
    expect("Window-Info.plist.in: NSAppTransportSecurity", window.get("NSAppTransportSecurity") == {"NSAllowsLocalNetworking": True})

    identifier = window["CFBundleIdentifier"]
    for name in ["docs/single-sign-on.md", "docs/install.md", "src-tauri/tray/src/macos.rs"]:
        expect(f"{name}: the window's identifier is another", identifier in (ROOT / name).read_text())
    script = (BUNDLE / "bundle.sh").read_text()
    place = (ROOT / "src-tauri/client/src/beside.rs").read_text()
    expect("bundle.sh and beside.rs name other folders for the window", "Contents/Helpers/Rolecall Window.app" in script and '"Rolecall Window.app"' in place)
    # Signed without a name of its own, a bundle takes the one of its Info.plist.
    expect("bundle.sh gives the window another identifier", re.search(r'^sign "\$window"$', script, re.MULTILINE))
    return wrong


if __name__ == "__main__":
    wrong = lists() + order() + (signatures(pathlib.Path(sys.argv[1])) if len(sys.argv) > 1 else [])
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    sys.exit(bool(wrong))
