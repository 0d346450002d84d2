"""The questions put to an engine, written once in Narwhals: which rows, grouped by what, and their sums.

A value of a filter is always a literal of the engine's own expressions, never a piece of text that is read as SQL.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

import narwhals as nw

from facts.protocol import DataProblem, Scope
from kpi.evaluate import REACH_FLOOR, ROWS
from kpi.schema import ACQUISITION_SPEND, DATE, DIMENSIONS, MEASURES, OF_NEW_CUSTOMERS
from kpi.selection import Only

Frame = nw.LazyFrame[Any]

#: Dimensions and their values.
Values = Mapping[str, Sequence[str]]

#: By a measure whose reporting rows are counted, the measures that are reported in the same rows.
Counts = Mapping[str, tuple[str, ...]]

#: Of a measure that some rows do not report, the column with the number of rows that do.
REPORTED: Final = "reported_"

#: Of so many values each is soon found, also in files that hold a text as often as it occurs.
_FEW: Final = 16
_RECENT: Final = timedelta(days=90)


@dataclass(frozen=True)
class Rows:
    """A table's rows, not yet read: `frame` has the schema's columns under their own names.

    `times` says that `date` also has a time of day, `rolled` that a row stands for several, whose number is in `rows`
    and whose largest reach is in `reach_floor`; `measures` are the columns to add up. `number_texts`, where an engine
    groups faster by numbers than by texts, replaces each text with its position among known values, from 1.
    """

    frame: Frame
    times: bool
    rolled: bool
    measures: tuple[str, ...] = MEASURES
    number_texts: Callable[[Frame, Values], Frame] | None = None


def rows(frame: Frame, label: str) -> Rows:
    """The rows of `frame`, whose columns may be written in capitals.

    Raises DataProblem where a column is missing or holds something else.
    """
    schema = frame.collect_schema()
    found = {name.lower(): name for name in schema}
    missing = [name for name in (DATE, *DIMENSIONS, *MEASURES) if name not in found]
    if missing:
        raise DataProblem(f"The table {label} has no column {', '.join(missing)}; see the README for its columns.")
    rolled = [name for name in (ROWS, REACH_FLOOR) if name in found]
    if len(rolled) == 1:
        raise DataProblem(f"The table {label} has {rolled[0]}, but a roll-up has both {ROWS} and {REACH_FLOOR}.")
    day = schema[found[DATE]]
    if day not in (nw.Date, nw.Datetime):
        raise DataProblem(f"The column {DATE} of {label} is {day}; it must hold days.")
    for name in DIMENSIONS:
        if schema[found[name]] not in (nw.String, nw.Categorical, nw.Enum):
            raise DataProblem(f"The column {name} of {label} is {schema[found[name]]}; it must hold text.")
    for name in (*MEASURES, *rolled):
        if not schema[found[name]].is_numeric():
            raise DataProblem(f"The column {name} of {label} is {schema[found[name]]}; it must hold numbers.")
    columns = (DATE, *DIMENSIONS, *MEASURES, *rolled)
    return Rows(frame.select(nw.col(found[name]).alias(name) for name in columns), day != nw.Date, bool(rolled))


def filter_rows(rows: Rows, start: date, end: date, *only: Scope) -> Rows:
    """The rows of the days `start` to `end` that each of `only` admits.

    A column of times is compared as such, so that its order on disk serves.
    """
    day = nw.col(DATE)
    if rows.times:
        first, after = (datetime.combine(day, time()) for day in (start, end + timedelta(days=1)))
        within = (day >= nw.lit(first)) & (day < nw.lit(after))
    else:
        within = (day >= nw.lit(start)) & (day <= nw.lit(end))
    return replace(rows, frame=rows.frame.filter(within, *(each for scope in only for each in among(scope))))


def among(only: Scope) -> list[nw.Expr]:
    """The rows that a selection's or a scope's `only` admits."""
    return [nw.col(name).is_in(list(values)) for name, values in only]


def with_acquisition_spend(rows: Rows, existing: Only) -> Rows:
    """The same rows with the spend of those that can win a customer, and new customers of no others."""
    spend, measures = nw.col("spend").alias(ACQUISITION_SPEND), (*MEASURES, ACQUISITION_SPEND)
    if not existing:
        return replace(rows, frame=rows.frame.with_columns(spend), measures=measures)
    wins = nw.all_horizontal(*(~each for each in among(existing)), ignore_nulls=False)
    won = [nw.when(wins).then(each) for each in (nw.col("spend"), *map(nw.col, OF_NEW_CUSTOMERS))]
    names = (ACQUISITION_SPEND, *OF_NEW_CUSTOMERS)
    frame = rows.frame.with_columns(each.alias(name) for each, name in zip(won, names, strict=True))
    return replace(rows, frame=frame, measures=measures)


def counts_of(incomplete: Collection[str], existing: Only) -> Counts:
    """Which counts an answer needs so that no sum of nothing is taken for 0.

    `incomplete` are the measures of the table that some row does not report.
    """
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in MEASURES if name in incomplete}
    if "spend" in incomplete:
        found[ACQUISITION_SPEND] = (ACQUISITION_SPEND,)
    alike = tuple(name for name in OF_NEW_CUSTOMERS if name not in incomplete) if existing else ()
    if existing and "spend" not in incomplete:
        found[ACQUISITION_SPEND] = (ACQUISITION_SPEND, *alike)
    elif alike:
        found[alike[0]] = alike
    return found


def sums(rows: Rows, keys: Sequence[str], counted: Collection[str], values: Values = MappingProxyType({})) -> Frame:
    """One row a combination of `keys`, `date` by day: every measure added up, the largest reach of a row, the rows.

    `counted` are measures that some row does not report; how many do stands beside them. `values` are what the
    dimensions hold, where that is known; their texts may come as places among them, from 1.
    """
    frame = rows.frame
    short = {name: values[name] for name in keys if 0 < len(values.get(name, ())) <= _FEW}
    if short and rows.number_texts is not None:
        frame = rows.number_texts(frame, short)
    if DATE in keys and rows.times:
        frame = frame.with_columns(nw.col(DATE).cast(nw.Date))
    asked = [
        *(nw.col(name).sum().alias(name) for name in rows.measures),
        *(nw.col(name).count().alias(f"{REPORTED}{name}") for name in rows.measures if name in counted),
        nw.col(REACH_FLOOR if rows.rolled else "reach").max().alias(REACH_FLOOR),
        nw.col(ROWS).sum().alias(ROWS) if rows.rolled else nw.len().alias(ROWS),
    ]
    return frame.group_by(*keys).agg(*asked) if keys else frame.select(*asked)


def outline(rows: Rows) -> Frame:
    """One row: the first and the last day, the number of rows, and of each measure how many report it."""
    return rows.frame.select(*_extent(), *(nw.col(name).count().alias(name) for name in MEASURES))


def extent(rows: Rows) -> Frame:
    """One row: the first and the last day and the number of rows, which engines keep beside the rows."""
    return rows.frame.select(*_extent())


def _extent() -> list[nw.Expr]:
    return [nw.col(DATE).min().alias("first"), nw.col(DATE).max().alias("last"), nw.len().alias(ROWS)]


def recent(rows: Rows, last: date) -> Frame:
    """One row: spend and revenue of the days that platforms still restate."""
    return filter_rows(rows, last - _RECENT, last).frame.select(nw.col("spend").sum(), nw.col("revenue").sum())


def values(rows: Rows, name: str, scope: Scope) -> Frame:
    """One row a distinct value of a dimension within `scope`. (Narwhals' `unique` numbers every row, which is slow.)"""
    frame = rows.frame.filter(*among(scope)) if scope else rows.frame
    return frame.group_by(name).agg(nw.len().alias(ROWS))
