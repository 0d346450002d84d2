"""A table behind Spark Connect: Apache Spark or Databricks."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import narwhals as nw
import pyarrow as pa

from facts.engines.address import Address
from facts.engines.expressions import Frame
from facts.protocol import DataProblem

#: Cells that an answer may have: they cross a network.
_MOST = 100_000


class SparkTable:
    """The table that an address names."""

    def __init__(self, address: Address) -> None:
        self.label, self.most = address.label, _MOST
        self._address = address

    def connect(self) -> "SparkSession":
        """A new session on the server. Raises DataProblem where the client is not installed."""
        try:
            from pyspark.sql.connect.session import SparkSession as Remote
        except ImportError:
            raise DataProblem(
                "The client of Spark Connect is not installed: pip install 'marketing-dashboard[spark]'."
            ) from None
        return SparkSession(Remote.builder.remote(self._address.url).create(), self._address.table)

    def without_secrets(self, text: str) -> str:
        """An engine's message without secrets."""
        return self._address.without_secrets(text)


class SparkSession:
    """A session of its own on the server, so that what it is asked can be interrupted by itself."""

    def __init__(self, spark: Any, table: str) -> None:
        self._spark, self.table = spark, table
        self._tag = f"marketing-dashboard-{uuid4()}"

    def frame(self) -> Frame:
        """The table's rows."""
        return nw.from_native(self._spark.table(self.table))

    def tables(self) -> list[str]:
        """The tables and views of the database that the session is in."""
        return [".".join([*(each.namespace or []), each.name]) for each in self._spark.catalog.listTables()]

    def collect(self, asked: Frame) -> pa.Table:
        """The answer."""
        self._spark.addTag(self._tag)
        try:
            return asked.to_native().toArrow()
        finally:
            self._spark.clearTags()

    def cancel(self) -> None:
        """Give up what is running."""
        self._spark.interruptTag(self._tag)

    def close(self) -> None:
        """End the session. A server that is gone has ended it already: nobody tries for ten minutes to tell it."""
        with suppress(Exception):
            self._spark.client.set_retry_policies([])
            self._spark.stop()
