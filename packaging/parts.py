"""Which foreign parts the programs of a system contain: crates, and the npm packages compiled into the page."""

import base64
import dataclasses
import json
import pathlib
import re
import subprocess
import tomllib

PROGRAMS = ("rolecall", "rolecall-tray", "rolecall-window", "rolecall-kit")
TARGETS = {
    "linux": "x86_64-unknown-linux-gnu",
    "windows": "x86_64-pc-windows-gnu",
    "macos": "aarch64-apple-darwin",
}


@dataclasses.dataclass(frozen=True)
class Part:
    purl: str
    name: str
    version: str
    licence: str  # SPDX
    authors: tuple
    source: str  # where to get its sources
    folder: pathlib.Path
    checksum: tuple  # algorithm and hexadecimal digits
    needs: tuple  # purls of other parts


def crates(system):
    """What the programs link, by cargo's own answer; parts of builds and tests only are left out."""
    command = ["cargo", "metadata", "--quiet", "--format-version=1", "--locked", f"--filter-platform={TARGETS[system]}"]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    links = {
        node["id"]: [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        for node in metadata["resolve"]["nodes"]
    }
    ours = {id for id, package in packages.items() if package["source"] is None}
    begun = [id for id in ours if packages[id]["name"] in PROGRAMS]
    seen = set()
    while begun:
        id = begun.pop()
        if id not in seen:
            seen.add(id)
            begun += links[id]
    locked = tomllib.loads(pathlib.Path("Cargo.lock").read_text())["package"]
    sums = {(package["name"], package["version"]): package.get("checksum") for package in locked}

    def purl(id):
        return f"pkg:cargo/{packages[id]['name']}@{packages[id]['version']}"

    for id in seen - ours:
        package = packages[id]
        name, version = package["name"], package["version"]
        yield Part(
            purl(id), name, version,
            # An old spelling of OR.
            re.sub(r"\s*/\s*", " OR ", package["license"] or ""),
            tuple(author.split(" <")[0] for author in package["authors"]),
            f"https://crates.io/crates/{name}/{version}",
            pathlib.Path(package["manifest_path"]).parent,
            ("SHA-256", sums[name, version]),
            tuple(sorted(purl(other) for other in links[id] if other not in ours)),
        )


def page(names):
    """The npm packages of these names, as ui/ has installed them."""
    locked = json.loads(pathlib.Path("ui/package-lock.json").read_text())["packages"]
    for name in names:
        folder = pathlib.Path("ui/node_modules") / name
        package = json.loads((folder / "package.json").read_text())
        author = package.get("author") or ""
        author = author.get("name", "") if isinstance(author, dict) else author.split(" <")[0]
        version = package["version"]
        algorithm, digest = locked[f"node_modules/{name}"]["integrity"].split("-", 1)
        checksum = (f"SHA-{algorithm.removeprefix('sha')}", base64.b64decode(digest).hex())
        yield Part(
            f"pkg:npm/{name.replace('@', '%40')}@{version}", name, version, package["license"],
            (author,) if author else (),
            f"https://www.npmjs.com/package/{name}/v/{version}", folder, checksum, (),
        )


def page_names(maps):
    """Which npm packages a build of the page took something from, by its source maps."""
    found = set()
    for file in pathlib.Path(maps).rglob("*.map"):
        for source in json.loads(file.read_text())["sources"]:
            match = re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", source)
            # The builder's own helpers are not somebody's package.
            if match and not source.startswith("\0"):
                found.add(match[1])
    return sorted(found)


def of(system, maps):
    return sorted([*crates(system), *page(page_names(maps))], key=lambda part: part.purl)
