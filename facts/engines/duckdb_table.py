"""Parquet files, or the files of a Delta table, queried by DuckDB within this process."""

import os
from collections.abc import Sequence
from typing import Any, Final

import narwhals as nw
import pyarrow as pa

from facts.engines.expressions import Frame, Values
from facts.protocol import DataProblem

#: What a query may take; beyond it DuckDB refuses rather than grow, and the sentence says so.
MEMORY: Final = "1200MB"

_MOST: Final = 250_000


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
        return DuckSession(self._database[1].cursor(), self._files)

    def without_secrets(self, text: str) -> str:
        """An engine's message without secrets; files have none."""
        return text


class DuckSession:
    """A cursor on the database."""

    def __init__(self, cursor: Any, files: list[str]) -> None:
        self._cursor, self._files = cursor, files

    def frame(self) -> Frame:
        """The files' rows; a column that a folder's name gives (`year=2025`) is one too."""
        return nw.from_native(
            self._cursor.read_parquet(self._files, hive_partitioning=any("=" in f for f in self._files))
        )

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
