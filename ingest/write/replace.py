"""Commits the next version of a Delta table at once: the whole table, or some of its rows, replaced.

Until the commit a reader sees what was there. What was there stays in the history, and on the disk.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from ingest.results import TableProblem
from ingest.write.damage import reading_table
from ingest.write.data_files import write_files
from ingest.write.unfinished import forget, remember
from kpi.schema import DATE

#: Batches that are read ahead of the one being written: a table may be far larger than the memory.
_AHEAD: Final[dict[str, Any]] = {"batch_readahead": 2, "fragment_readahead": 1}

#: After a commit delta-rs removes entries of the log that are a month old, or older than the table's properties say.
LOG_STAYS: Final = PostCommitHookProperties(cleanup_expired_logs=False)
#: So do others that write to a table, unless it says this.
_PROPERTIES: Final = {"delta.enableExpiredLogCleanup": "false"}


def replace_table(
    path: Path,
    table: DeltaTable | None,
    rows: Iterable[pa.Table],
    schema: pa.Schema,
    name: str,
    description: str,
    note: dict[str, str],
) -> int:
    """Let `rows` be all of the next version of `table` at `path`, None where none is, under a `name` of its own.

    Returns the version's number. Raises TableProblem where the table was changed meanwhile.
    """
    path.mkdir(parents=True, exist_ok=True)
    with _until_committed(path) as announce:
        made = write_files(path, table, rows, schema, announce)
        _check_unchanged(path, table)
        create_table_with_add_actions(
            str(path),
            Schema.from_arrow(schema),
            made,
            mode="error" if table is None else "overwrite",
            name=name,
            description=description,
            configuration=_PROPERTIES,
            commit_properties=CommitProperties(custom_metadata=note, max_commit_retries=0),
            post_commithook_properties=LOG_STAYS,
        )
    return DeltaTable(str(path)).version()


def replace_rows(
    path: Path,
    table: DeltaTable,
    rows: pa.Table,
    key: tuple[str, ...],
    note: dict[str, str],
    *,
    going: pa.Table | None = None,
    change: Callable[[pa.Table], pa.Table] | None = None,
) -> int:
    """Let `rows` take the place of those rows of `table` at `path` that are equal to one of them in the columns `key`.

    So do rows that are equal to one of `going` make room. Files without such rows stay part of the table; of the
    others, what is left is rewritten. A `change` is made to all rows that stay. Returns the number of the version.
    Raises TableProblem where the table was changed meanwhile.
    """
    held = pa.schema(table.schema().to_arrow()).remove_metadata()
    held = pa.schema([pa.field(each.name, each.type) for each in held])
    schema = pa.unify_schemas([held, rows.schema])
    named = rows.select(list(key))
    keys = _Keys(named if going is None else pa.concat_tables([named, going.select(list(key)).cast(named.schema)]), key)
    active = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    wider = schema != held  # a table of an earlier time lacks columns: it is rewritten with them
    rewritten = [
        each
        for each in active
        if wider or change or (keys.may_be_in(each) and keys.are_in(_read(path, each, held, keys.names)))
    ]
    stay: Iterable[pa.Table] = (keys.without(batch, schema) for each in rewritten for batch in _read(path, each, held))
    kept = map(change, stay) if change else stay
    with _until_committed(path) as announce:
        made = write_files(path, table, chain([_widen(rows, schema)], kept), schema, announce)
        _commit(path, table, made, rewritten, schema if wider else None, note)
    return DeltaTable(str(path)).version()


def empty_table(path: Path, table: DeltaTable, note: dict[str, str]) -> None:
    """Let the next version of `table` at `path` have no rows, and nothing that was stated of them."""
    metadata = table.metadata()
    held = pa.schema(table.schema().to_arrow()).remove_metadata()
    schema = pa.schema([pa.field(each.name, each.type) for each in held])
    rows = [schema.empty_table()]
    replace_table(path, table, rows, schema, metadata.name or "", metadata.description or "", note)


def return_to(table: DeltaTable, version: int, note: dict[str, str]) -> None:
    """Let the next version of `table` be what it was at `version`."""
    table.restore(
        version, commit_properties=CommitProperties(custom_metadata=note), post_commithook_properties=LOG_STAYS
    )


@contextmanager
def _until_committed(path: Path) -> Iterator[Callable[[str], None]]:
    """Gives what announces a file that is about to be made; where this fails, what no version names is removed."""
    names: list[str] = []

    def announce(name: str) -> None:
        names.append(name)
        remember(path, name)

    try:
        yield announce
    except BaseException:
        commits = [commit.read_bytes() for commit in (path / "_delta_log").glob("*.json")]
        for name in names:
            if not any(name.encode() in commit for commit in commits):
                (path / name).unlink(missing_ok=True)
        raise
    finally:
        forget(path, names)


def _commit(
    path: Path,
    table: DeltaTable,
    made: list[AddAction],
    going: list[dict[str, Any]],
    schema: pa.Schema | None,
    note: dict[str, str],
) -> None:
    """Commit that `made` are in the place of `going`, with another `schema` where one is given."""
    properties = CommitProperties(custom_metadata=note, max_commit_retries=0)
    if schema is not None:
        _check_unchanged(path, table)
        metadata = table.metadata()
        create_table_with_add_actions(
            str(path),
            Schema.from_arrow(schema),
            made,
            mode="overwrite",
            name=metadata.name,
            description=metadata.description,
            configuration={**metadata.configuration, **_PROPERTIES},
            commit_properties=properties,
            post_commithook_properties=LOG_STAYS,
        )
        return
    now = int(time.time() * 1000)
    gone = [RemoveAction(each["path"], True, now, each["size_bytes"], {}) for each in going]
    try:
        table.create_write_transaction(
            [*made, *gone],
            "append",
            table.schema(),
            commit_properties=properties,
            post_commithook_properties=LOG_STAYS,
        )
    except CommitFailedError as problem:
        raise _table_changed(path) from problem


def _check_unchanged(path: Path, table: DeltaTable | None) -> None:
    """Raise TableProblem where `table` is no longer the newest version: its place is taken without a further look."""
    there = DeltaTable.is_deltatable(str(path))
    if there != (table is not None) or (table is not None and DeltaTable(str(path)).version() != table.version()):
        raise _table_changed(path)


def _table_changed(path: Path) -> TableProblem:
    return TableProblem(f"The table at {path} was changed meanwhile: import again.")


def _read(
    path: Path, file: dict[str, Any], schema: pa.Schema, columns: Iterable[str] | None = None
) -> Iterator[pa.Table]:
    """The rows of a file of the table at `path`, null in columns that it lacks."""
    with reading_table(path):
        rows = ds.dataset(str(path / file["path"]), schema=schema, format="parquet")
        for batch in rows.to_batches(columns=None if columns is None else list(columns), **_AHEAD):
            yield pa.Table.from_batches([batch])


def _widen(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows with the columns of `schema`, null in those that they lack."""
    for field in schema:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(schema.names)


class _Keys:
    """The values of some columns, together, that rows have."""

    def __init__(self, rows: pa.Table, names: tuple[str, ...]) -> None:
        self.names = names
        self.values = [pc.unique(rows[name]) for name in names]
        self.wanted = pc.unique(self._numbers(rows))
        self.days = pc.min_max(rows[DATE]).as_py()

    def may_be_in(self, file: dict[str, Any]) -> bool:
        """Whether what the log says of a file leaves open that it has rows of these days."""
        first, last = file.get(f"min.{DATE}"), file.get(f"max.{DATE}")
        known = isinstance(first, date) and isinstance(last, date)
        return not known or (first <= self.days["max"] and last >= self.days["min"])

    def are_in(self, rows: Iterable[pa.Table]) -> bool:
        """Whether one of `rows` has one of these keys."""
        return any(pc.any(self._have(each)).as_py() for each in rows)

    def without(self, rows: pa.Table, schema: pa.Schema) -> pa.Table:
        """Those of `rows` that have none of these keys, with the columns of `schema`."""
        return _widen(rows.filter(pc.invert(self._have(rows))), schema)

    def _have(self, rows: pa.Table) -> pa.ChunkedArray:
        return pc.is_in(self._numbers(rows), value_set=self.wanted, skip_nulls=True)

    def _numbers(self, rows: pa.Table) -> pa.ChunkedArray:
        """A number for each row's key, null where one of its values is none of ours."""
        numbers: Any = 0
        for name, values in zip(self.names, self.values, strict=True):
            place = pc.index_in(rows[name].cast(values.type), value_set=values, skip_nulls=True)
            numbers = pc.add(pc.multiply(numbers, max(len(values), 1)), place.cast(pa.int64()))
        return numbers
