"""Whose fault it is where a table cannot be read: not that of the files somebody wants to import into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from facts.delta.damage import file_damage
from ingest.results import TableProblem


@contextmanager
def reading_table(path: Path) -> Iterator[None]:
    """While rows of the table at `path` are read. Raises TableProblem where one of its files is damaged or missing."""
    try:
        yield
    except MemoryError:
        raise
    except (OSError, pa.ArrowException, DeltaError) as problem:
        raise _files_problem(path) from problem


def check_files(path: Path, table: DeltaTable | None) -> None:
    """Raise TableProblem where a file of `table`, at `path`, is missing or not as long as it was."""
    if table is not None and file_damage(path, table):
        raise _files_problem(path)


def _files_problem(path: Path) -> TableProblem:
    return TableProblem(
        f"{path} has files that are damaged or missing, so nothing can be added to it; the files that you import are "
        "not the cause, and nothing was changed. Bring it back from a backup, or return to an earlier version with "
        "`undo`."
    )
