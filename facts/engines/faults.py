"""Why an engine elsewhere does not answer, as a sentence that says what to mend; a driver's own words name its insides.

No sentence here holds a user, a password or an address with one: a table is named by its label.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from facts.protocol import DataProblem

#: A sentence names so many tables.
_SHOWN: Final = 20

#: Where an engine looks for a table that is named without a schema.
_USUAL: Final = ("main", "public", "default")

#: What drivers say, and what it means for who set the dashboard up; the first that fits counts.
_CAUSES: Final = tuple(
    (re.compile(words, re.IGNORECASE), sentence)
    for words, sentence in (
        (
            r"cannot open file",
            "this user may not open the file. Give the dashboard's user the right to read it",
        ),
        (
            r"permission denied|insufficient privilege|not authorized|does not have .*(permission|privilege)",
            "the user in DASHBOARD_FACTS may not read it. Give that user the right to select from it",
        ),
        (
            r"no pg_hba\.conf entry",
            "the server does not let this machine in. Whoever runs it must allow this machine and user (pg_hba.conf), "
            "or the address needs sslmode=require",
        ),
        (
            r"invalid response to ssl negotiation",
            "what answers there is no Postgres. Check host and port in DASHBOARD_FACTS",
        ),
        (
            r"\b(ssl|tls|certificate)\b",
            "no encrypted connection could be made as the address asks for it. Mend its sslmode in DASHBOARD_FACTS, or "
            "the server's certificate",
        ),
        (
            r"invalid connection option|unexpected keyword argument|invalid (uri|dsn)",
            "the address has an option that the driver does not know. After the ? of DASHBOARD_FACTS belong table=, "
            "currency= and the driver's own",
        ),
        (
            r"password|authenticat|credential|access denied|unauthorized|incorrect username|role .* does not exist",
            "the server did not accept the user and password. Mend them in DASHBOARD_FACTS, or give them in the "
            "driver's own way (PGPASSFILE, a service account)",
        ),
        (
            r"resolve host|translate host|name or service not known|nodename|getaddrinfo|no such host|dns",
            "there is no machine of that name. Mend the host in DASHBOARD_FACTS",
        ),
        (
            r"database .* does not exist|unknown database|database .* not found",
            "the server has no database of that name. Mend the name after the host in DASHBOARD_FACTS",
        ),
        (
            r"refused|timed out|connection timeout|timeout expired|unreachable|no route|unavailable|connection reset|"
            r"closed the connection",
            "nothing answers there. Check host and port in DASHBOARD_FACTS, and that the server runs and can be "
            "reached from this machine",
        ),
        (
            r"not a valid duckdb|is not a database",
            "the file is none of DuckDB's. Name a database file that DuckDB wrote in DASHBOARD_FACTS",
        ),
        (
            r"could not set lock|conflicting lock",
            "another program has the file open to write to it. Let it end, or let it write another file and move that "
            "over this one",
        ),
    )
)


def cause_of(label: str, text: str) -> str | None:
    """What a driver's message means, said of the table called `label`; None where that is not known."""
    found = next((sentence for words, sentence in _CAUSES if words.search(text)), None)
    return found and f"The data at {label} cannot be read: {found}."


def no_such_table(label: str, name: str, tables: Sequence[str]) -> DataProblem:
    """That the table `name` is none of the `tables` there are; those called alike are named first."""
    if not tables:
        there = "It has no tables that may be read"
    else:
        near = get_close_matches(name, tables, _SHOWN)
        every = [*near, *(each for each in sorted(tables) if each not in near)]
        more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
        there = f"It has: {', '.join(every[:_SHOWN])}{more}"
    place = label.removesuffix(f", table {name}")
    return DataProblem(
        f"There is no table {name} in {place}. {there}. Name the table in DASHBOARD_FACTS, as in table=schema.name."
    )


def is_among(name: str, tables: Sequence[str]) -> bool:
    """Whether a table's name is one of `tables`, which have their schemas: one without has an engine's usual schema."""
    return not {name, *(f"{schema}.{name}" for schema in _USUAL)}.isdisjoint(tables)
