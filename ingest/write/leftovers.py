"""Removes files that an interrupted import left in a table of ours: no version names them and nobody reads them.

Removed is a file only where all of this holds: the table is ours by name and layout, the list of what its imports had
not finished has the file (ingest.write.unfinished), the file's name is one of ours with this very table's id, nothing
in the log names it, and it is an hour old. What earlier versions of this program left has names that others use
too: it stays.
"""

import logging
import os
import stat
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import orjson
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from facts.delta.file_names import NEW, id_of
from ingest.write.data_files import id_in_names
from ingest.write.ownership import is_elsewhere, is_own, log_entries
from ingest.write.unfinished import forget, unfinished_files

#: Seconds that a file must be old: a writer that no lock of ours stops may be about to name it.
OLD: Final = 3600.0

_log = logging.getLogger(__name__)


def sweep(path: Path, names: Collection[str]) -> int:
    """Remove what ended imports left in the table at `path`, one of `names`, and return how many files that were.

    Only while nobody writes to the table (`ingest.write.table.lock_table`). Raises ImportProblem where another file has
    the name of the list.
    """
    listed = unfinished_files(path)
    if not listed or not is_own(path, names):
        return 0
    try:
        ids, named = _ids_and_files(path)
        there = [path / name for name in listed if name not in named and os.path.lexists(path / name)]
        left = [file for file in there if id_of(file.name) in ids and _is_old(file)]
        for file in left:
            file.unlink()
        forget(path, set(listed) - {file.name for file in there if file not in left})
    except (OSError, ValueError, KeyError, TypeError, DeltaError) as problem:
        _log.warning("leftovers at %s stay: %s", path, problem)
        return 0
    if left:
        _log.info("%d files of an import that was ended in the middle were removed from %s", len(left), path)
    return len(left)


def _is_old(file: Path) -> bool:
    status = file.lstat()
    return stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > OLD


def _ids_and_files(path: Path) -> tuple[set[str], set[str]]:
    """The table's ids as names of files have them, and every file that the log names."""
    ids = {NEW}
    named: set[str] = set()
    for entry in log_entries(path):
        if entry.suffix == ".json":
            actions = [orjson.loads(line) for line in entry.read_bytes().splitlines() if line.strip()]
        else:
            held = pq.ParquetFile(entry)
            there = {each.partition(".")[0] for each in (held.schema.column(at).path for at in range(len(held.schema)))}
            wanted = [each for each in ("add", "remove", "metaData") if each in there]
            actions = held.read(
                columns=[f"{each}.{'id' if each == 'metaData' else 'path'}" for each in wanted]
            ).to_pylist()
        for action in actions:
            if (found := action.get("metaData")) and found["id"]:
                ids.add(id_in_names(found["id"]))
            for kind in ("add", "remove", "cdc"):
                if (found := action.get(kind)) and found["path"]:
                    name = unquote(found["path"])
                    if is_elsewhere(name) or found.get("deletionVector"):
                        raise ValueError(f"the log names {name}, which no import wrote")
                    named |= {name, found["path"]}
    return ids, named
