"""The questions put to an engine, written once in Narwhals: which rows, grouped by what, and their sums.

A value of a filter is always a literal of the engine's own expressions, never a piece of text that is read as SQL.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

import narwhals as nw

from facts.protocol import DataProblem, Scope
from kpi.basis import Basis
from kpi.costs import COST_MEASURES
from kpi.evaluate import REACH_FLOOR, ROWS
from kpi.own_dimensions import NO_OWN, Campaign, OwnValues
from kpi.schema import ACQUISITION_SPEND, DATE, DIMENSIONS, MEASURES, is_own
from kpi.selection import Only

Frame = nw.LazyFrame[Any]

#: Dimensions and their values.
Values = Mapping[str, Sequence[str]]

#: Of a measure that some rows do not report, the column with the number of rows that do.
REPORTED: Final = "reported_"

#: The column that says whether a row can win a customer (kpi.retention).
WINS: Final = "wins"

#: Of so many values each is soon found, also in files that hold a text as often as it occurs.
_FEW: Final = 16

#: A sentence names so many of a table's columns.
_SHOWN: Final = 30
_RECENT: Final = timedelta(days=90)


@dataclass(frozen=True)
class Rows:
    """A table's rows, not yet read: `frame` has the schema's columns under their own names.

    `times` says that `date` also has a time of day, `rolled` that a row stands for several, whose number is in `rows`
    and whose largest reach is in `reach_floor`. `number_texts`, where an engine groups faster by numbers than by texts,
    replaces each text with its position among known values, from 1. `own` are the company's own dimensions, of which no
    table has a column: they are worked out of the names of platform and campaign.
    """

    frame: Frame
    times: bool
    rolled: bool
    number_texts: Callable[[Frame, Values], Frame] | None = None
    own: OwnValues = NO_OWN


def columns_sentence(names: Iterable[str], mapping: str = "") -> str:
    """``It has: day, cost.`` and what to do, for somebody whose columns are called otherwise; `mapping` is theirs."""
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    there = f"It has: {', '.join(every[:_SHOWN])}{more}."
    if mapping:
        return f'{there} Say in {mapping} which it is, as in [columns] date = "day", spend = "cost".'
    return (
        f"{there} Say in a mapping file which they are, as in [columns] "
        'date = "day", spend = "cost", and name it with DASHBOARD_FACTS_MAPPING (docs/engines.md).'
    )


def missing_columns(names: Iterable[str]) -> list[str]:
    """The schema's columns that a table lacks; none where the table is one of ours."""
    there = {name.lower() for name in names}
    return [name for name in (DATE, *DIMENSIONS, *MEASURES) if name not in there]


def rows(frame: Frame, label: str) -> Rows:
    """The rows of `frame`, whose columns may be written in capitals.

    Raises DataProblem where a column is missing or holds something else.
    """
    schema = frame.collect_schema()
    found = {name.lower(): name for name in schema}
    if missing := missing_columns(schema):
        raise DataProblem(f"The table {label} has no column {', '.join(missing)}. {columns_sentence(schema)}")
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
    chosen = (each for scope in only for each in among(scope, rows.own))
    return replace(rows, frame=rows.frame.filter(within, *chosen))


def among(only: Scope, own: OwnValues = NO_OWN) -> list[nw.Expr]:
    """The rows that a selection's or a scope's `only` admits."""
    return [_has_own(name, values, own) if is_own(name) else nw.col(name).is_in(list(values)) for name, values in only]


def column_of(name: str) -> str:
    """The column of an answer that holds a dimension: the dot in an own one's key means something else to engines."""
    return name.replace(".", "_") if is_own(name) else name


def _has_own(key: str, values: Iterable[str], own: OwnValues) -> nw.Expr:
    """The rows that have one of `values` in an own dimension, by the names of their campaigns.

    Of these and of all others the fewer are named.
    """
    wanted, having = set(values), own.campaigns_with[key]
    count = sum(len(having[value]) for value in wanted & having.keys())
    admits = 2 * count <= len(own.by_campaign)
    named = [campaign for value, each in having.items() if (value in wanted) == admits for campaign in each]
    return _is_among(named, own) if admits else ~_is_among(named, own)


def _is_among(campaigns: Sequence[Campaign], own: OwnValues) -> nw.Expr:
    """The rows of `campaigns`; a name that means the same on every platform is named once, and alone."""
    met: dict[str, set[str]] = {}
    for platform, campaign in campaigns:
        met.setdefault(campaign, set()).add(platform)
    alone: dict[str, list[str]] = {}
    for campaign, platforms in met.items():
        if platforms != own.platforms_of[campaign]:
            for platform in platforms:
                alone.setdefault(platform, []).append(campaign)
    found = nw.col("platform").is_null()  # which no row's is: nothing, in words of every engine
    if everywhere := [campaign for campaign, platforms in met.items() if platforms == own.platforms_of[campaign]]:
        found = nw.col("campaign").is_in(everywhere)
    for platform, names in alone.items():
        found = found | ((nw.col("platform") == nw.lit(platform)) & nw.col("campaign").is_in(names))
    return found


def _number_own(key: str, own: OwnValues) -> nw.Expr:
    """The place of a row's value among those of an own dimension, from 1; the most frequent is what is left over."""
    known = own.known[key]
    *others, last = sorted(known, key=lambda value: len(own.campaigns_with[key][value]))
    number = nw.lit(known.index(last) + 1)
    for value in others:
        number = nw.when(_has_own(key, (value,), own)).then(nw.lit(known.index(value) + 1)).otherwise(number)
    return number.alias(column_of(key))


def sums(
    rows: Rows,
    keys: Sequence[str],
    incomplete: Collection[str],
    values: Values = MappingProxyType({}),
    existing: Only = (),
    bases: Sequence[tuple[Basis, nw.Expr]] = (),
) -> Frame:
    """One row a combination of `keys`, `date` by day: every measure added up, the largest reach of a row, the rows.

    `incomplete` are the measures that some row does not report; how many do stands beside them. `values` are what the
    dimensions hold, where that is known; their texts may come as places among them, from 1. Where some are `existing`
    customers, `WINS` is one of the keys: to group by it costs an engine less than a second sum of the same measures.
    `bases` come with which rows are theirs: their sums, and how many rows report each, are in columns of their own.
    """
    frame = rows.frame
    if bases:
        frame = frame.with_columns(mine.alias(_basis(place)) for place, (_, mine) in enumerate(bases))
    if own := [_number_own(name, rows.own) for name in keys if is_own(name)]:
        frame = frame.with_columns(*own)
    if existing:
        keys = (*keys, WINS)
        frame = frame.with_columns(
            nw.all_horizontal(*(~each for each in among(existing)), ignore_nulls=False).alias(WINS)
        )
    short = {name: values[name] for name in keys if not is_own(name) and 0 < len(values.get(name, ())) <= _FEW}
    if short and rows.number_texts is not None:
        frame = rows.number_texts(frame, short)
    if DATE in keys and rows.times:
        frame = frame.with_columns(nw.col(DATE).cast(nw.Date))
    asked = [
        *(nw.col(name).sum().alias(name) for name in MEASURES),
        *(nw.col(name).count().alias(f"{REPORTED}{name}") for name in MEASURES if name in incomplete),
        nw.col(REACH_FLOOR if rows.rolled else "reach").max().alias(REACH_FLOOR),
        nw.col(ROWS).sum().alias(ROWS) if rows.rolled else nw.len().alias(ROWS),
        *(each for place, (basis, _) in enumerate(bases) for each in _sums_of_basis(place, basis)),
    ]
    return frame.group_by(*map(column_of, keys)).agg(*asked) if keys else frame.select(*asked)


def basis_column(place: int, measure: str) -> str:
    """The column of an answer with the sum of a measure over a basis, and behind `REPORTED` how many rows report it."""
    return f"{_basis(place)}_{measure}"


def _basis(place: int) -> str:
    return f"basis_{place}"


def _sums_of_basis(place: int, basis: Basis) -> list[nw.Expr]:
    asked: list[nw.Expr] = []
    for label in basis.sums:
        # what can win a customer is a key of the groups
        measure = "spend" if label.measure == ACQUISITION_SPEND else label.measure
        mine, name = nw.when(nw.col(_basis(place))).then(nw.col(measure)), basis_column(place, label.measure)
        asked += [mine.sum().alias(name), mine.count().alias(f"{REPORTED}{name}")]
    return asked


def reports_of_costs(rows: Rows) -> Frame:
    """One row a platform: how many of its rows report each of the cost measures."""
    return rows.frame.group_by("platform").agg(*(nw.col(name).count().alias(name) for name in COST_MEASURES))


def count_rows(rows: Rows, which: Mapping[str, nw.Expr]) -> Frame:
    """One row: by name how many rows are among `which`."""
    frame = rows.frame.select(nw.when(each).then(nw.lit(1)).alias(name) for name, each in which.items())
    return frame.select(nw.col(name).count().alias(name) for name in which)


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


def reports(rows: Rows) -> Frame:
    """One row a platform: its last day, and of each measure how many rows report it."""
    counts = (nw.col(name).count().alias(name) for name in MEASURES)
    return rows.frame.group_by("platform").agg(nw.col(DATE).max().alias("last"), *counts)


def values(rows: Rows, name: str, scope: Scope) -> Frame:
    """One row a distinct value of a dimension within `scope`. (Narwhals' `unique` numbers every row, which is slow.)"""
    frame = rows.frame.filter(*among(scope)) if scope else rows.frame
    return frame.group_by(name).agg(nw.len().alias(ROWS))


def campaigns(rows: Rows, scope: Scope) -> Frame:
    """One row a campaign of a platform within `scope`."""
    frame = rows.frame.filter(*among(scope)) if scope else rows.frame
    return frame.group_by("platform", "campaign").agg(nw.len().alias(ROWS))
