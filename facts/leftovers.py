"""Files that an import which was ended in the middle left beside a table: no version names them, nobody reads them."""

import logging
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import orjson
import pyarrow.parquet as pq

#: A data file, or one still being written under the name that the object store gives it meanwhile.
_DATA: Final = re.compile(r"^part-[\w.-]+\.parquet(#\d+)?$")
_COMMIT: Final = re.compile(r"^_commit_[\w-]+\.json\.tmp(#\d+)?$|^\d{20}\.json#\d+$")

_log = logging.getLogger(__name__)


def sweep(path: Path) -> int:
    """Remove what no version of the table at `path` names, and return how many files that were.

    Only while nobody writes to the table (`facts.imported.writing`). What cannot be told for certain stays.
    """
    if not path.is_dir():
        return 0
    log = path / "_delta_log"
    try:
        named = _named(log) if log.is_dir() else set()
        left = [file for file in path.iterdir() if _DATA.match(file.name) and file.name not in named]
        left += [file for file in log.iterdir() if _COMMIT.match(file.name)] if log.is_dir() else []
        for file in left:
            file.unlink(missing_ok=True)
    except (OSError, ValueError, KeyError) as problem:
        _log.warning("leftovers at %s stay: %s", path, problem)
        return 0
    if left:
        _log.info("%d files of an import that was ended in the middle were removed from %s", len(left), path)
    return len(left)


def _named(log: Path) -> set[str]:
    """The data files that a commit or a checkpoint of the table names, those of earlier versions included."""
    found: set[str] = set()
    for commit in log.glob("*.json"):
        for line in commit.read_bytes().splitlines():
            action = orjson.loads(line)
            for kind in ("add", "remove"):
                if kind in action:
                    found.add(unquote(action[kind]["path"]))
    for checkpoint in log.glob("*.checkpoint*.parquet"):
        held = pq.ParquetFile(checkpoint)
        kinds = [kind for kind in ("add", "remove") if kind in held.schema_arrow.names]
        for row in held.read(columns=[f"{kind}.path" for kind in kinds]).to_pylist():
            found |= {unquote(row[kind]["path"]) for kind in kinds if row[kind] and row[kind]["path"]}
    return found
