"""Whether documents are CycloneDX 1.5, by the schema of CycloneDX's own library: validate.py FILE..."""

import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

for name in sys.argv[1:]:
    error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(pathlib.Path(name).read_text())
    if error:
        # Behind its first line comes the whole schema.
        sys.exit(str(error).splitlines()[0] + f" ({name})")
