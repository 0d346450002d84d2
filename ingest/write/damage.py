"""Whose fault it is where a table cannot be read: not that of the files somebody wants to import into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from deltalake.exceptions import DeltaError

from ingest.results import TableProblem


@contextmanager
def reading_table(path: Path) -> Iterator[None]:
    """While rows of the table at `path` are read. Raises TableProblem where one of its files is damaged or missing."""
    try:
        yield
    except MemoryError:
        raise
    except (OSError, pa.ArrowException, DeltaError) as problem:
        raise TableProblem(
            f"{path} has files that are damaged or missing, so nothing can be added to it; the files that you import "
            "are not the cause. Bring it back from a backup, or return to an earlier version with `undo`."
        ) from problem
