"""A roll-up: the engine that holds the rows sums them by day and dimensions, and the result becomes a Delta table."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from dateutil.relativedelta import relativedelta
from deltalake import DeltaTable

from facts.delta.rows import CURRENCY, CUT, PROGRAM
from facts.delta.table_names import DEMO_NAME
from facts.engines.choice import Engine
from facts.engines.expressions import REPORTED
from facts.engines.lazy import LazyFacts
from facts.protocol import DataProblem
from facts.source import load
from ingest.results import ImportProblem
from ingest.write.ownership import own_table
from ingest.write.replace import replace_table
from kpi.schema import DATE, DIMENSIONS, MEASURES, ROLLED

NAME: Final = "marketing-dashboard roll-up"
DESCRIPTION: Final = "Sums by day and dimensions that `marketing-dashboard rollup` wrote."

_KEYS: Final = (DATE, *DIMENSIONS)

#: So that the money's currency is known, a roll-up has the columns of a table that imports made, in one cut.
_OWNED: Final = ("account", PROGRAM, CUT, CURRENCY)

SCHEMA: Final = pa.schema(
    [(DATE, pa.date32())]
    + [(name, pa.string()) for name in (*DIMENSIONS, *_OWNED)]
    + [(name, pa.float64()) for name in (*MEASURES, *ROLLED)]
)


def roll_up(address: str, out: Path, mapping: str = "") -> int:
    """Write the roll-up of the facts at `address` as the next version of the table at `out`; returns its rows.

    A month is asked for at a time, and all of them become visible in one commit. Raises DataProblem and NoAnswer.
    """
    table = _older(out)
    facts = load(address, engine=Engine("duckdb", mapping=mapping, stated=False))
    if not isinstance(facts, LazyFacts):
        raise DataProblem(f"{address} is not summed by an engine.")
    written = 0

    def months() -> Iterator[pa.Table]:
        nonlocal written
        for start, end in _months(facts):
            part = _to_schema(facts.sums(start, end, _KEYS), facts.currency)
            written += part.num_rows
            yield part

    try:
        name = DEMO_NAME if facts.demo else NAME
        replace_table(out, table, months(), SCHEMA, name, DESCRIPTION, {})
    except ImportProblem as problem:
        raise DataProblem(str(problem)) from None
    finally:
        facts.close()
    return written


def _older(out: Path) -> DeltaTable | None:
    """The roll-up that is at `out`, None where nothing is. Raises DataProblem where it is something else."""
    try:
        table = own_table(out, (NAME, DEMO_NAME), "name another folder")
    except ImportProblem as problem:
        raise DataProblem(str(problem)) from None
    if table is not None and not set(ROLLED) <= {field.name for field in table.schema().fields}:
        raise DataProblem(f"{out} is a table that is no roll-up: name another folder.")
    return table


def _months(facts: LazyFacts) -> Iterator[tuple[date, date]]:
    extent = facts.extent()
    start = extent.first
    while start <= extent.last:
        after = start.replace(day=1) + relativedelta(months=1)
        yield start, min(after - timedelta(days=1), extent.last)
        start = after


def _to_schema(answer: pa.Table, currency: str) -> pa.Table:
    """An engine's answer with the columns of `SCHEMA`, null where no row reports a measure."""
    owned = {"account": "", PROGRAM: "", CUT: "campaign", CURRENCY: currency}
    columns = []
    for field in SCHEMA:
        if field.name in owned:
            columns.append(pa.array([owned[field.name]] * answer.num_rows, pa.string()))
            continue
        column = answer[field.name].cast(field.type, safe=False)
        if f"{REPORTED}{field.name}" in answer.column_names:
            known = pc.greater(answer[f"{REPORTED}{field.name}"], 0)
            column = pc.if_else(known, column, pa.scalar(None, field.type))
        columns.append(column)
    return pa.table(columns, schema=SCHEMA).sort_by([(name, "ascending") for name in _KEYS])
