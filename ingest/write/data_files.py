"""Our own Parquet files in a Delta table’s folder: how they are named, and what the log records of each.

Spark, Databricks, dask and delta-rs call theirs part-…. Ours begin otherwise and name the table that they are written
for, so that they can be told from anybody else's (ingest.write.leftovers).
"""

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from facts.delta.file_names import NEW

#: Rows of a group: as many as are in memory at once while a table is rewritten.
_GROUP: Final = 1 << 18
#: Bytes from which on a further file is begun, so that a later import has less to rewrite.
_LARGE: Final = 100_000_000


def new_name(table: DeltaTable | None) -> str:
    """The name of a file that is to be part of `table`, or of one that is not there yet."""
    of = NEW if table is None else id_in_names(str(table.metadata().id))
    return f"dashboard-{of}-{secrets.token_hex(8)}.parquet"


def id_in_names(table_id: str) -> str:
    """A table's id as the names of its files have it."""
    return table_id.replace("-", "")


def write_files(
    path: Path, table: DeltaTable | None, rows: Iterable[pa.Table], schema: pa.Schema, announce: Callable[[str], None]
) -> list[AddAction]:
    """Write `rows` to files for the next version of `table` at `path`, flushed; each is announced before it is made.

    Returns what the log is to say of them. Until it does nobody reads them.
    """
    made = []
    groups = _groups(rows, schema)
    group = next(groups, None)
    while group is not None:
        name = new_name(table)
        announce(name)
        with (path / name).open("xb") as out:
            with pq.ParquetWriter(out, schema, compression="zstd", store_schema=False) as writer:
                while group is not None and out.tell() < _LARGE:
                    writer.write_table(group, row_group_size=_GROUP)
                    group = next(groups, None)
            out.flush()
            os.fsync(out.fileno())
        status = (path / name).stat()
        stats = json.dumps(_statistics(pq.read_metadata(path / name)))
        made.append(AddAction(name, status.st_size, {}, int(status.st_mtime * 1000), True, stats))
    return made


def _groups(rows: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """The same rows in tables of `_GROUP` rows, the last one of what is left."""
    waiting: list[pa.Table] = []
    count = 0
    for table in rows:
        if table.num_rows:
            waiting.append(table.select(schema.names).cast(schema))
            count += table.num_rows
        while count >= _GROUP:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, _GROUP)
            waiting, count = [whole.slice(_GROUP)], count - _GROUP
    if count:
        yield pa.concat_tables(waiting)


def _statistics(footer: pq.FileMetaData) -> dict[str, Any]:
    """What the log says of a file: its rows, each column's nulls, and the least and greatest day and text."""
    least: dict[str, Any] = {}
    most: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for place in range(footer.num_columns):
        held = [footer.row_group(group).column(place) for group in range(footer.num_row_groups)]
        known = [each.statistics for each in held if each.statistics is not None]
        if len(known) < len(held):
            continue
        name = held[0].path_in_schema
        if all(each.has_null_count for each in known):
            nulls[name] = sum(each.null_count for each in known)
        spans = [(each.min, each.max) for each in known if each.has_min_max]
        if len(spans) == len(known) and name in nulls and all(type(low) in (str, date) for low, _ in spans):
            low, high = min(low for low, _ in spans), max(high for _, high in spans)
            least[name], most[name] = (each if isinstance(each, str) else each.isoformat() for each in (low, high))
    return {"numRecords": footer.num_rows, "minValues": least, "maxValues": most, "nullCount": nulls}
