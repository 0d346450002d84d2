"""Turns totals into metrics: the only place that divides.

A *totals frame* has one row a group (the index holds the group's values) and the float columns of `SUMS`: every
measure of the schema and the spend that can win customers (kpi.retention) added up, NaN where no row reports it;
`reach_floor`, the largest single row's reach; `rows`, the number of fact rows. Frames of the whole company also have
the columns of `kpi.schema.STORE`. A *metrics frame* has the same index and one float column a metric, NaN where there
is no value.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.metrics import METRICS, Metric
from kpi.schema import ROLLED, SUMMED

ROWS: Final = ROLLED[0]
REACH_FLOOR: Final = ROLLED[1]
SUMS: Final = (*SUMMED, REACH_FLOOR, ROWS)

_Floats = NDArray[np.float64]


def evaluate(totals: pd.DataFrame, metrics: Iterable[str], whole: pd.DataFrame | None = None) -> pd.DataFrame:
    """The metrics named by `metrics` for each row of the totals frame `totals`.

    `whole` is the one-row totals frame of the selection that shares refer to; without it they have no value. A zero or
    missing denominator gives NaN, never 0 and never infinity. A share of profit has values only where every part's
    profit is at least 0. Raises KeyError for a metric that is not in the catalogue.
    """
    sums = _columns(totals)
    whole_sums = _columns(whole) if whole is not None and len(whole) else None
    chosen = [METRICS[key] for key in metrics]
    values = np.empty((len(totals), len(chosen)))
    for position, metric in enumerate(chosen):
        values[:, position] = _value(metric, sums, whole_sums)
    return pd.DataFrame(values, index=totals.index, columns=names(tuple(metric.key for metric in chosen)), copy=False)


@lru_cache(maxsize=512)
def names(keys: tuple[str, ...]) -> pd.Index:
    """Column names as plain objects: making Arrow strings of them costs more than most of what they head."""
    return pd.Index(keys, dtype="object")


def every_period(totals: pd.DataFrame, starts: Sequence[date]) -> pd.DataFrame:
    """A totals frame indexed by period with a row for each of `starts`, in their order: NaN where it has none.

    What did not run on a day is a gap of a course over time, neither 0 nor a line across.
    """
    if len(totals) == len(starts):
        return totals
    return totals.reindex(pd.DatetimeIndex(np.array(starts, dtype="datetime64[D]"), name=totals.index.name))


def pool_rows(totals: pd.DataFrame, most: int) -> pd.DataFrame:
    """Neighbouring rows of a totals frame added up until at most `most` are left, for a line a finger wide.

    Every run is as long as the others, so the first few rows are left out where they fill none. A run of gaps stays
    one.
    """
    size = -(-len(totals) // most)
    if size <= 1:
        return totals
    starts = np.arange(len(totals) % size, len(totals), size)
    values = totals.to_numpy(dtype=np.float64)
    missing = np.isnan(values)
    block = np.add.reduceat(np.where(missing, 0.0, values), starts, axis=0)
    block[np.logical_and.reduceat(missing, starts, axis=0)] = np.nan
    return pd.DataFrame(block, index=totals.index[starts], columns=totals.columns)


def _columns(totals: pd.DataFrame) -> dict[str, _Floats]:
    block = totals.to_numpy(dtype=np.float64)
    return {name: block[:, position] for position, name in enumerate(totals.columns)}


def _value(metric: Metric, sums: dict[str, _Floats], whole: dict[str, _Floats] | None) -> _Floats:
    over = _sum(metric.over, sums)
    if metric.of_whole:
        if whole is None or (metric.is_difference and bool((over < 0).any())):
            return np.full(over.shape, np.nan)
        return _divide(over, np.broadcast_to(_sum(metric.over, whole), over.shape))
    if metric.by:
        over = _divide(over, _sum(metric.by, sums))
    return over * metric.scale


def _sum(parts: tuple[str, ...], sums: dict[str, _Floats]) -> _Floats:
    total = _column(parts[0], sums)
    for part in parts[1:]:
        total = total - _column(part[1:], sums) if part.startswith("-") else total + _column(part, sums)
    return total


def _column(name: str, sums: dict[str, _Floats]) -> _Floats:
    """The sums of a measure; the shop's are known of the whole company only, so elsewhere they have no value."""
    found = sums.get(name)
    return found if found is not None else np.full(sums[ROWS].shape, np.nan)


def _divide(over: _Floats, by: _Floats) -> _Floats:
    return np.divide(over, by, out=np.full(over.shape, np.nan), where=by != 0)
