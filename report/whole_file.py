"""A file that is written whole or not at all: a job that reads it never finds half."""

import os
import tempfile
from pathlib import Path


def write_file(out: Path, body: bytes) -> None:
    """Put `body` in the file `out`; a link stays one. Raises OSError, and the old file is then as it was."""
    out = out.resolve()
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}-", delete=False) as file:
        try:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o640)
            os.replace(file.name, out)
        except BaseException:
            os.unlink(file.name)
            raise
