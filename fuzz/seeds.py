"""Makes a corpus and a dictionary for each fuzz target from what the tests already hold: seeds.py FOLDER.

A seed is a file of tests/fixtures or a string literal of a test's source; a dictionary entry is a short literal of the
code that reads such texts. FOLDER/TARGET/ and FOLDER/TARGET.dict are written; seeds that are there stay.
"""

import hashlib
import pathlib
import re
import sys

CORE, KIT = "src-tauri/core/src", "src-tauri/kit"
# Where the seeds of a target come from: files as they are, and sources whose literals count.
TARGETS = {
    "saml_response": ([], [f"{CORE}/saml", "src-tauri/demo/src/entra"]),
    "aws_files_read": (["tests/fixtures/aws_files"], [f"{CORE}/aws_files", f"{CORE}/profile", f"{CORE}/draft", f"{CORE}/checkup"]),
    "aws_files_edit": (["tests/fixtures/aws_files"], [f"{CORE}/aws_files", "tests/editor"]),
    "socket_protocol": ([], [f"{CORE}/message.rs", f"{CORE}/message", f"{CORE}/sign_in.rs", f"{CORE}/view.rs"]),
    "policy": (["docs/policy.md"], [f"{CORE}/policy", "tests/desktop/policy.rs"]),
    "settings": ([], [f"{CORE}/settings.rs"]),
    "offer": (["tests/fixtures/aws_files"], [f"{CORE}/offer"]),
    "update_feed": ([], [f"{CORE}/update"]),
    "page_texts": ([], [f"{CORE}/account_names.rs", f"{CORE}/draft", f"{CORE}/web_identity.rs"]),
    "capture_report": ([], ["src-tauri/window/src/sign_in"]),
    "trust_documents": ([], [f"{KIT}/src/trust", f"{KIT}/tests"]),
    "kubeconfig": ([], [f"{KIT}/src/kubeconfig", f"{KIT}/tests/kubernetes"]),
    "local_endpoint": ([], ["src-tauri/cli/src/endpoint", "src-tauri/client/src", "src-tauri/tray/src/console"]),
}
LITERAL = re.compile(r'\br(#*)"(.*?)"\1|"((?:\\.|[^"\\])*)"', re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
SHORTEST, LONGEST_WORD, LARGEST = 12, 32, 64 * 1024


def literals(source):
    for raw in LITERAL.finditer(source):
        if raw.group(2) is not None:
            yield raw.group(2)
            continue
        text = re.sub(r"\\\n\s*", "", raw.group(3))
        text = re.sub(r"\\u\{([0-9a-fA-F_]+)\}", lambda code: chr(int(code.group(1), 16)), text)
        text = re.sub(r"\\x([0-7][0-9a-fA-F])", lambda code: chr(int(code.group(1), 16)), text)
        yield re.sub(r"\\(.)", lambda mark: ESCAPES.get(mark.group(1), mark.group(1)), text)


def files(place):
    place = pathlib.Path(place)
    return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]


def main(folder):
    for target, (fixtures, sources) in TARGETS.items():
        corpus = folder / target
        corpus.mkdir(parents=True, exist_ok=True)
        seeds, words = set(), set()
        for place in fixtures:
            seeds.update(path.read_bytes() for path in files(place))
        for place in sources:
            for path in files(place) if pathlib.Path(place).exists() else []:
                if path.suffix == ".rs":
                    for text in literals(path.read_text()):
                        (seeds if len(text) >= SHORTEST else words).add(text.encode(errors="replace"))
                        if len(text) <= LONGEST_WORD:
                            words.add(text.encode(errors="replace"))
        for seed in seeds:
            if len(seed) <= LARGEST:
                (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
        entries = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(words) if word)
        folder.joinpath(f"{target}.dict").write_text("".join(f'"{entry}"\n' for entry in entries))


main(pathlib.Path(sys.argv[1]))
