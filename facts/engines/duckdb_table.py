"""Parquet files, the files of a Delta table, or a DuckDB file, queried by DuckDB within this process."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pyarrow as pa

from facts.engines.address import Address
from facts.engines.expressions import Frame, Values
from facts.protocol import DataProblem

#: What a query may take; beyond it DuckDB refuses rather than grow, and the sentence says so.
MEMORY: Final = "1200MB"

_MOST: Final = 250_000
#: So many files are named where one is not there.
_FILES: Final = 10


def driver() -> Any:
    """The module duckdb. Raises DataProblem where it is not installed."""
    try:
        import duckdb
    except ImportError:
        raise DataProblem(
            "DuckDB is not installed, which reads tables too large for memory: pip install duckdb."
        ) from None
    return duckdb


class DuckTable:
    """The rows of Parquet files; `label` is where they are. One database serves all sessions of a process."""

    def __init__(self, files: Sequence[str], label: str) -> None:
        self.label, self.most = label, _MOST
        self._files = list(files)
        self._database: tuple[int, Any] | None = None

    def connect(self) -> "DuckSession":
        """A new session."""
        if self._database is None or self._database[0] != os.getpid():
            settings = {"memory_limit": MEMORY, "preserve_insertion_order": False}
            self._database = os.getpid(), driver().connect(config=settings)
        files = self._files
        return DuckSession(
            self._database[1].cursor(),
            lambda cursor: cursor.read_parquet(files, hive_partitioning=any("=" in name for name in files)),
        )

    def without_secrets(self, text: str) -> str:
        """An engine's message without secrets; files have none."""
        return text


class DuckDatabase:
    """A table in a database file, which is opened to be read only. One database serves all sessions of a process."""

    def __init__(self, address: Address) -> None:
        self.label, self.most = address.label, _MOST
        self._address = address
        self._database: tuple[int, Any] | None = None
        self._stamp: object = None
        self._changed = False

    def let_go(self) -> bool:
        """Whether the file that is open is another than the one at the path: then the next session opens that one.

        A query that runs on keeps the old file open in this process, also for who opens it then; so a change is one
        at the next call as well.
        """
        before, self._stamp = self._stamp, _stamp_of(Path(self._address.url))
        changed = before not in (None, self._stamp)
        again, self._changed = self._changed or changed, changed
        if again and self._database is not None:
            self._database[1].close()
            self._database = None
        return again

    def connect(self) -> "DuckSession":
        """A new session."""
        if not Path(self._address.url).is_file():
            raise _no_file(Path(self._address.url))
        if self._database is None or self._database[0] != os.getpid():
            settings = {"memory_limit": MEMORY}
            self._database = os.getpid(), driver().connect(self._address.url, read_only=True, config=settings)
        return DuckSession(
            self._database[1].cursor(), lambda cursor: cursor.table(self._address.table), self._address.table
        )

    def without_secrets(self, text: str) -> str:
        """An engine's message without secrets; files have none."""
        return text


def _no_file(path: Path) -> DataProblem:
    """That there is no database file at `path`, with those beside it."""
    beside = sorted(each.name for each in path.parent.glob("*.duckdb"))[:_FILES] if path.parent.is_dir() else []
    there = f"In {path.parent} there is {', '.join(beside)}" if beside else f"There is none in {path.parent} at all"
    return DataProblem(f"There is no DuckDB file at {path}. {there}: name one in DASHBOARD_FACTS, after duckdb://.")


def _stamp_of(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return "no file"
    return status.st_ino, status.st_size, status.st_mtime_ns


class DuckSession:
    """A cursor on the database, and its `table`: a column that a folder's name gives (`year=2025`) is one too."""

    def __init__(self, cursor: Any, table: Callable[[Any], Any], name: str = "") -> None:
        self._cursor, self._table, self.table = cursor, table, name

    def frame(self) -> Frame:
        """The table's rows."""
        return nw.from_native(self._table(self._cursor))

    def tables(self) -> list[str]:
        """The tables and views of a database file."""
        said = "select table_schema || '.' || table_name from information_schema.tables order by all"
        return [name for (name,) in self._cursor.execute(said).fetchall()]

    def number_texts(self, frame: Frame, values: Values) -> Frame:
        """Files hold each text once and its place: a function of one text is worked out as often as that."""
        duckdb = driver()
        rows = frame.to_native()

        def number(name: str) -> Any:
            found = duckdb.ConstantExpression(list(values[name]))
            place = duckdb.FunctionExpression("list_position", found, duckdb.ColumnExpression(name))
            return place.cast("UTINYINT").alias(name)

        columns = (number(name) if name in values else duckdb.ColumnExpression(name) for name in rows.columns)
        return nw.from_native(rows.select(*columns))

    def collect(self, asked: Frame) -> pa.Table:
        """The answer."""
        return asked.collect("pyarrow").to_native()

    def cancel(self) -> None:
        """Give up the query that runs."""
        self._cursor.interrupt()

    def close(self) -> None:
        """Let go of the cursor."""
        self._cursor.close()
