"""A table in a database that Ibis connects to: Postgres, BigQuery, Snowflake, ClickHouse, Trino."""

import re
from contextlib import suppress
from typing import Any, Final

import narwhals as nw
import pyarrow as pa

from facts.engines.address import Address
from facts.engines.expressions import Frame
from facts.protocol import DataProblem

#: Cells that an answer may have: they cross a network.
_MOST: Final = 100_000

#: Schemas that engines keep for themselves, and so many others are looked into for the tables there are.
_OF_ENGINES: Final = re.compile(r"pg_|information_schema$|system$|sys$", re.IGNORECASE)
_SCHEMAS: Final = 20
#: Seconds to wait for a Postgres that does not answer, where the address does not say.
_CONNECT: Final = 20

_EXTRA: Final = {"postgresql": "postgres"}


class IbisTable:
    """The table that an address names, perhaps with its schema or data set before a dot."""

    def __init__(self, address: Address) -> None:
        self.label, self.most = address.label, _MOST
        self._address = address

    def connect(self) -> "IbisSession":
        """A new connection. Raises DataProblem where the driver is not installed."""
        scheme = self._address.url.split(":", 1)[0].lower()
        extra = _EXTRA.get(scheme, scheme)
        try:
            import ibis

            backend = ibis.connect(_with_timeout(self._address.url) if extra == "postgres" else self._address.url)
        except ImportError:
            raise DataProblem(
                f"The driver of {scheme}:// is not installed: pip install 'marketing-dashboard[ibis]' "
                f"'ibis-framework[{extra}]'."
            ) from None
        return IbisSession(backend, self._address.table)

    def without_secrets(self, text: str) -> str:
        """An engine's message without secrets."""
        return self._address.without_secrets(text)


def _with_timeout(url: str) -> str:
    """The address of a Postgres that is not waited for without end."""
    if "connect_timeout=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}connect_timeout={_CONNECT}"


class IbisSession:
    """A connection of its own."""

    def __init__(self, backend: Any, table: str) -> None:
        self._backend, self.table = backend, table

    def frame(self) -> Frame:
        """The table's rows."""
        *place, name = self.table.split(".")
        database: Any = tuple(place) if len(place) > 1 else place[0] if place else None
        return nw.from_native(self._backend.table(name, database=database))

    def tables(self) -> list[str]:
        """The tables and views of the schemas or data sets there are, the first of these."""
        found = []
        for schema in [each for each in self._backend.list_databases() if not _OF_ENGINES.match(each)][:_SCHEMAS]:
            found += [f"{schema}.{name}" for name in self._backend.list_tables(database=schema)]
        return found

    def collect(self, asked: Frame) -> pa.Table:
        """The answer."""
        return asked.to_native().to_pyarrow()

    def cancel(self) -> None:
        """Give up the query that runs, where the driver can; elsewhere it ends by itself and nobody waits for it."""
        cancel = getattr(getattr(self._backend, "con", None), "cancel", None)
        if cancel is not None:
            cancel()

    def close(self) -> None:
        """Close the connection."""
        with suppress(Exception):  # it may be broken, which is why it is closed
            self._backend.disconnect()
