"""Parses `DASHBOARD_FACTS`: a path on this machine, or the address of an engine and a table in it."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from facts.engines.choice import elsewhere
from facts.protocol import DataProblem

#: Engines that are reached through Ibis, by the scheme of their address.
IBIS: Final = ("postgres", "postgresql", "bigquery", "snowflake", "clickhouse", "trino")

_SPARK: Final = "sc"
_DUCKDB: Final = "duckdb"
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_TABLE: Final = "a table in it: add {}table=NAME"


@dataclass(frozen=True)
class Address:
    """Where an engine is. `url` goes to its driver, secrets and all; `label` may be shown and logged. `currency` is ""
    where the address names none.
    """

    kind: str
    url: str = field(repr=False)
    table: str
    currency: str
    label: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def without_secrets(self, text: str) -> str:
        """`text` without secrets."""
        for secret in (self.url, *self.secrets):
            text = text.replace(secret, "…")
        return text


def parse(text: str) -> Address:
    """The address of an engine. Raises DataProblem with a sentence that holds no secret."""
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    if scheme == _SPARK:
        return _spark(text)
    if scheme in IBIS:
        return _ibis(text, scheme)
    if scheme == _DUCKDB:
        return _duckdb(text)
    raise DataProblem(
        f"DASHBOARD_FACTS begins with {scheme}://, which is no engine of this dashboard: a path, sc://, duckdb:// and "
        f"{', '.join(f'{name}://' for name in IBIS)} are."
    )


def label(text: str) -> str:
    """A path, or an engine's address, as it may be shown."""
    try:
        return parse(text).label if elsewhere(text) else text
    except DataProblem:
        return "an engine elsewhere"


def _spark(text: str) -> Address:
    """`sc://host:15002/;table=name;token=…`, as Spark Connect writes it."""
    base, *parts = text.split(";")
    given = dict(part.split("=", 1) for part in parts if "=" in part)
    table, currency = given.pop("table", ""), given.pop("currency", "")
    if not table:
        raise DataProblem(f"DASHBOARD_FACTS names a Spark server but not {_TABLE.format(';')}.")
    base = base if base.endswith("/") else f"{base}/"
    host = base.split("//", 1)[1].rstrip("/").rsplit("@", 1)[-1]
    url = base + "".join(f";{name}={value}" for name, value in given.items())
    public = {"use_ssl", "user_id", "session_id", "user_agent"}
    secrets = tuple(value for name, value in given.items() if name not in public and value)
    return Address("spark", url, unquote(table), currency, f"sc://{host}, table {unquote(table)}", secrets)


def _duckdb(text: str) -> Address:
    """`duckdb:///data/warehouse.duckdb?table=schema.name`: a database file on this machine."""
    path, _, query = text.split("://", 1)[1].partition("?")
    given = dict(parse_qsl(query))
    table = given.get("table", "")
    if not path or not table:
        raise DataProblem(f"DASHBOARD_FACTS names a DuckDB file but not {_TABLE.format('?')}.")
    return Address(_DUCKDB, unquote(path), table, given.get("currency", ""), f"duckdb://{path}, table {table}")


def _ibis(text: str, scheme: str) -> Address:
    """An Ibis address with `table` and, where it is not USD, `currency` in its query."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise DataProblem("DASHBOARD_FACTS is no address: host and port cannot be read.") from None
    query = parse_qsl(parts.query, keep_blank_values=True)
    given = dict(query)
    table, currency = given.get("table", ""), given.get("currency", "")
    if not table:
        raise DataProblem(f"DASHBOARD_FACTS names a database but not {_TABLE.format('?')}.")
    rest = urlencode([each for each in query if each[0] not in ("table", "currency")])
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, rest, ""))
    secrets = [parts.password or "", unquote(parts.password or "")]
    secrets += [value for name, value in query if re.search("pass|token|key|secret|credential", name, re.IGNORECASE)]
    place = f"{scheme}://{host}{f':{port}' if port else ''}{parts.path}"
    return Address("ibis", url, table, currency, f"{place}, table {table}", tuple(filter(None, secrets)))
