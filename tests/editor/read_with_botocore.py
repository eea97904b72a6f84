"""Reads AWS files as botocore does: one JSON line {"config": bool, "text": str} in, one {"read": ...} out."""

import json
import os
import sys
import tempfile

from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import BotoCoreError

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    for line in sys.stdin:
        case = json.loads(line)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(case["text"])
        try:
            if case["config"]:
                read = load_config(path)
                sections = {name: keys for kind in ("profiles",) for name, keys in read.pop("profiles").items()}
                for kind in ("sso_sessions", "services"):
                    sections.update({f"{kind} {name}": keys for name, keys in read.pop(kind).items()})
                sections.update({f"other {name}": keys for name, keys in read.items()})
            else:
                sections = raw_config_parse(path)
            answer = {
                name: {key: value if isinstance(value, str) else json.dumps(value) for key, value in keys.items()}
                for name, keys in sections.items()
            }
        except BotoCoreError:
            answer = None
        print(json.dumps({"read": answer}), flush=True)
