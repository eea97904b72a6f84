"""What a system's programs are made of, as a CycloneDX 1.5 document: sbom.py SYSTEM SOURCE_MAPS VERSION, to standard
output. The same sources give the same document: its time is SOURCE_DATE_EPOCH, its number is made from its contents."""

import datetime
import json
import os
import re
import sys
import uuid

import parts


def licences(expression):
    # A single identifier may be an expression, too, and SPDX allows both.
    return [{"expression": re.sub(r"\s+", " ", expression)}] if expression else []


def component(part):
    return {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "licenses": licences(part.licence),
        "purl": part.purl,
        "externalReferences": [{"type": "distribution", "url": part.source}],
        "hashes": [{"alg": part.checksum[0], "content": part.checksum[1]}],
    }


def main(system, maps, version):
    all_parts = parts.of(system, maps)
    root = f"pkg:generic/rolecall@{version}?os={system}"
    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)
    needed = {need for part in all_parts for need in part.needs}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "rolecall",
                "version": version,
                "description": f"Rolecall for {system}",
                "licenses": licences("Apache-2.0"),
                "purl": root,
            },
        },
        "components": [component(part) for part in all_parts],
        "dependencies": [
            # What no part asks for, the programs ask for themselves.
            {"ref": root, "dependsOn": [part.purl for part in all_parts if part.purl not in needed]},
            *({"ref": part.purl, "dependsOn": list(part.needs)} for part in all_parts),
        ],
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    document["serialNumber"] = f"urn:uuid:{number}"
    json.dump(document, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
