"""The licences of all foreign parts of a system's programs: licences.py SYSTEM SOURCE_MAPS, to standard output."""

import pathlib
import re
import sys
import textwrap

import parts

HERE = pathlib.Path(__file__).parent / "licences"
ITS_FILES = re.compile(r"(?i)((un)?licen[cs]e|copying|notice|copyright)")
RULE = "=" * 100

# What comes with the compiler, not by a registry.
RUST = ("The Rust standard library", "MIT OR Apache-2.0", "https://www.rust-lang.org")
WEBVIEW2 = ("Microsoft Edge WebView2 SDK (WebView2Loader.dll)", "BSD-3-Clause",
            "https://www.nuget.org/packages/Microsoft.Web.WebView2")
MINGW = ("mingw-w64's runtime and GCC's support library", "ZPL-2.1 and others; GPL-3.0 with the GCC Runtime Library Exception",
         "https://www.mingw-w64.org")
NSIS = ("NSIS (the installer's own code)", "Zlib", "https://nsis.sourceforge.io")


def tidy(text):
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n"))


def own_texts(part):
    """The licence files that a part brings."""
    found = []
    for file in sorted(part.folder.iterdir()):
        if ITS_FILES.match(file.name) and file.is_file():
            text = tidy(file.read_text(errors="replace"))
            if text:
                found.append(text)
    return found


def general_text(part, known):
    """The words of the licence that a part names without bringing its text."""
    holder = f"Copyright (c) {', '.join(part.authors) or 'the authors of ' + part.name}"
    for choice in part.licence.split(" OR "):
        template = HERE / f"{choice}.txt"
        if choice == "Apache-2.0":
            return tidy(pathlib.Path("LICENSE").read_text())
        if choice == "MPL-2.0":
            return next(text for text in known if text.startswith("Mozilla Public License Version 2.0"))
        if template.exists():
            return f"{holder}\n\n{tidy(template.read_text())}"
    sys.exit(f"licences.py: {part.name} {part.version} brings no text of its licence {part.licence!r}: "
             f"put it into {HERE}")


def main(system, maps):
    all_parts = parts.of(system, maps)
    texts = {}  # text → parts, as (label)
    bare = []
    for part in all_parts:
        own = own_texts(part)
        if not own:
            bare.append(part)
        for text in own:
            texts.setdefault(text, []).append(f"{part.name} {part.version}")
    for part in bare:
        texts.setdefault(general_text(part, list(texts)), []).append(f"{part.name} {part.version}")
    listed = [(f"{part.name} {part.version}", part.licence, part.source) for part in all_parts] + [RUST]
    mit = tidy((HERE / "MIT.txt").read_text())
    texts.setdefault(f"Copyright (c) The Rust Project Contributors\n\n{mit}", []).append(RUST[0])
    if system == "windows":
        listed += [WEBVIEW2, MINGW, NSIS]
        texts.setdefault(tidy((HERE / "WebView2.txt").read_text()), []).append(WEBVIEW2[0])

    print(f"Rolecall itself is under the Apache License 2.0. Its programs for {system} contain these parts of others,\n"
          "under these licences; where a licence asks for it, the sources are at the address beside it.\n")
    for name, licence, source in listed:
        print(f"{name}\n    {licence}\n    {source}")
    for text, owners in sorted(texts.items(), key=lambda item: (-len(item[1]), item[1])):
        print(f"\n{RULE}")
        print(textwrap.fill(", ".join(owners), width=100, break_on_hyphens=False, break_long_words=False))
        print(f"{RULE}\n\n{text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
