"""Turns totals into metrics: the only place that divides.

A *totals frame* has one row a group (the index holds the group's values) and the float columns of `SUMS`: every
measure of the schema and the spend that can win customers (kpi.retention) added up, NaN where no row reports it;
`reach_floor`, the largest single row's reach; `rows`, the number of fact rows. Frames of the whole company also have
the columns of `kpi.schema.STORE`. Where a metric is worked out of some rows only (kpi.basis), the frame has the sums
over these too, labeled by a `BasisSum`. A *metrics frame* has the same index and one float column a metric, NaN where
there is no value.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.basis import BasisSum
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
    sums = _Sums.of(totals)
    whole_sums = _Sums.of(whole) if whole is not None and len(whole) else None
    chosen = [METRICS[key] for key in metrics]
    values = np.empty((len(totals), len(chosen)))
    for position, metric in enumerate(chosen):
        values[:, position] = _value(metric, sums, whole_sums)
    return pd.DataFrame(values, index=totals.index, columns=names(tuple(metric.key for metric in chosen)), copy=False)


@lru_cache(maxsize=512)
def names(keys: tuple[Hashable, ...]) -> pd.Index:
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


def sum_of(totals: pd.DataFrame, metric: str, measure: str) -> _Floats:
    """The sums of `measure` that `metric` is worked out of, one a row of a totals frame; NaN where there is none."""
    return _Sums.of(totals).column(METRICS[metric], measure)


def is_of_some_rows(totals: pd.DataFrame, metric: str) -> bool:
    """Whether `metric` is worked out of some rows only, as others lack a measure of it (kpi.basis)."""
    return any(isinstance(name, BasisSum) and metric in name.metrics for name in totals.columns)


@dataclass(frozen=True, eq=False)
class _Sums:
    """The columns of a totals frame of so many rows, by measure; `of_basis` by metric and measure."""

    size: int
    every: dict[str, _Floats]
    of_basis: dict[tuple[str, str], _Floats]

    @classmethod
    def of(cls, totals: pd.DataFrame) -> "_Sums":
        block = totals.to_numpy(dtype=np.float64)
        every: dict[str, _Floats] = {}
        of_basis: dict[tuple[str, str], _Floats] = {}
        for place, name in enumerate(totals.columns):
            if isinstance(name, BasisSum):
                of_basis |= {(metric, name.measure): block[:, place] for metric in name.metrics}
            else:
                every[name] = block[:, place]
        return cls(len(totals), every, of_basis)

    def column(self, metric: Metric, measure: str) -> _Floats:
        """The shop's sums are known of the whole company only, so elsewhere they have no value."""
        found = self.of_basis.get((metric.key, measure))
        found = self.every.get(measure) if found is None else found
        return found if found is not None else np.full(self.size, np.nan)

    def sum_of_parts(self, metric: Metric, parts: tuple[str, ...]) -> _Floats:
        """The sums of `parts`, those with a leading "-" taken away."""
        total = self.column(metric, parts[0])
        for part in parts[1:]:
            minus = part.startswith("-")
            total = total - self.column(metric, part[1:]) if minus else total + self.column(metric, part)
        return total


def _value(metric: Metric, sums: _Sums, whole: _Sums | None) -> _Floats:
    over = sums.sum_of_parts(metric, metric.over)
    if metric.of_whole:
        if whole is None or (metric.is_difference and bool((over < 0).any())):
            return np.full(over.shape, np.nan)
        return _divide(over, np.broadcast_to(whole.sum_of_parts(metric, metric.over), over.shape))
    if metric.by:
        over = _divide(over, sums.sum_of_parts(metric, metric.by))
    return over * metric.scale


def _divide(over: _Floats, by: _Floats) -> _Floats:
    return np.divide(over, by, out=np.full(over.shape, np.nan), where=by != 0)
