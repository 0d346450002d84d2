"""Opens Delta tables on this machine’s disk."""

from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from deltalake import DeltaTable
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem


def delta_table_at(path: Path) -> DeltaTable | None:
    """The table at `path`, None where there is none."""
    return DeltaTable(str(path)) if path.is_dir() and DeltaTable.is_deltatable(str(path)) else None


def dataset(table: DeltaTable, path: str | Path, **options: Any) -> ds.Dataset:
    """The rows of `table`, which is at `path`; `options` as for `DeltaTable.to_pyarrow_dataset`.

    Arrow opens the files itself: through the table's own file system, which calls back into Python, about one process
    in twenty-five was aborted while it ended, after all its work was done.
    """
    if Path(path).is_dir():
        options["filesystem"] = SubTreeFileSystem(str(Path(path).resolve()), LocalFileSystem())
    return table.to_pyarrow_dataset(**options)
