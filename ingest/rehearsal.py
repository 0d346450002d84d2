"""Imports files into a copy of the tables, so that a dry run of several says what the real command would."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa
from deltalake import DeltaTable

from facts.delta.table_names import path_of
from ingest.one_file import How
from ingest.write import ownership
from ingest.write.ownership import own_table

_PREFIX: Final = "marketing-dashboard-dry-run-"


@contextmanager
def rehearsal(how: How) -> Iterator[How]:
    """How the same files are imported into copies of the tables, which are gone afterwards. Raises ImportProblem."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        copy = Path(folder) / how.facts.name
        for path, target, names in (
            (how.facts, copy, ownership.FACTS),
            (path_of(how.facts), path_of(copy), ownership.SHOP),
        ):
            table = own_table(path, names)
            if table is not None:
                _copy(path, table, target)
        yield replace(how, facts=copy, rehearses=True)


def in_words_of(text: str, facts: Path, copy: Path) -> str:
    """A sentence about the copy as one about the table at `facts`."""
    return text.replace(str(copy.parent), str(facts.parent))


def _copy(path: Path, table: DeltaTable, target: Path) -> None:
    """Copy the log of a table and the files of its newest version; one that is missing is told of when it is read."""
    shutil.copytree(path / "_delta_log", target / "_delta_log")
    for name in pa.table(table.get_add_actions(flatten=True))["path"].to_pylist():
        if (path / name).exists():
            shutil.copyfile(path / name, target / name)
