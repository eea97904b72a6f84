"""Reads AWS files as botocore does: one JSON line {"config": bool, "text": str} in, one {"read": ...} out.

With {"kinds": true}, profiles and sso-sessions are told apart, blocks stay dictionaries, and a refusal names its line.
With {"text": str, "credentials": str}, both files are put together as a botocore session does.
"""

import json
import os
import sys
import tempfile

from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import BotoCoreError
from botocore.session import Session


def line_of(error):
    """The line that a parser's error names; None where it names none."""
    cause = error.kwargs.get("error")
    if getattr(cause, "errors", None):
        return cause.errors[0][0]
    return getattr(cause, "lineno", None)


def with_kinds(path, config):
    try:
        if not config:
            return {"read": {"profiles": raw_config_parse(path), "sso_sessions": {}}}
        read = load_config(path)
        return {"read": {kind: read[kind] for kind in ("profiles", "sso_sessions")}}
    except BotoCoreError as error:
        return {"read": None, "line": line_of(error)}


def both(config, credentials):
    session = Session()
    session.set_config_variable("config_file", config)
    session.set_config_variable("credentials_file", credentials)
    try:
        return {"read": session.full_config["profiles"]}
    except BotoCoreError:
        return {"read": None}


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    for line in sys.stdin:
        case = json.loads(line)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(case["text"])
        if case.get("kinds"):
            print(json.dumps(with_kinds(path, case["config"])), flush=True)
            continue
        if "credentials" in case:
            credentials = os.path.join(folder, "credentials")
            with open(credentials, "w", encoding="utf-8", newline="") as file:
                file.write(case["credentials"])
            print(json.dumps(both(path, credentials)), flush=True)
            continue
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
