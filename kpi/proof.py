"""How a figure comes about: its formula with the sums that went into it, equal to what kpi.evaluate computes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpi.derive import tells
from kpi.evaluate import ROWS, evaluate, sum_of
from kpi.metrics import METRICS, Metric
from kpi.schema import ACQUISITION_SPEND


@dataclass(frozen=True)
class Part:
    """One term of a sum: `measures` as in Metric.over (several where only their sum may be told), and what they add up
    to; None where no row reports it. `value` carries the sign."""

    measures: tuple[str, ...]
    value: float | None


@dataclass(frozen=True)
class Proof:
    """`value` = the metric's scale × the sum of `over` / the sum of `by` (where the metric has a denominator).

    Both are None where they may not be told. `rows` is the number of fact rows behind it; `spend` and `acquisition`
    are what was spent in them, and what of it can win customers.
    """

    metric: str
    value: float | None
    over: tuple[Part, ...] | None
    by: tuple[Part, ...] | None
    rows: int
    spend: float | None = None
    acquisition: float | None = None


def prove(
    metric: str,
    totals: pd.DataFrame,
    key: Sequence[str],
    whole: pd.DataFrame,
    known: Collection[str] | None = None,
) -> Proof | None:
    """The proof of `metric` for the row of a totals frame whose index values are `key` as texts; None without one.

    `whole` is the one-row totals frame of the selection, `key` () where `totals` is that. `known` are the metrics that
    the reader may see, None for all: what cannot be worked out from them is not told.
    """
    row = np.ones(len(totals), dtype=bool)
    for level, value in enumerate(key):
        row &= totals.index.get_level_values(level).astype(str) == value
    if row.sum() != 1:
        return None
    formula = METRICS[metric]
    value = evaluate(totals, (metric,), whole)[metric].to_numpy()[row][0]
    mine = totals[row]
    over = _visible_terms(formula, formula.over, mine, known)
    by: tuple[Part, ...] | None = ()
    if formula.of_whole:
        by = _visible_terms(formula, formula.over, whole, known)
    elif formula.by:
        by = _visible_terms(formula, formula.by, mine, known)
    if over is None or by is None:
        over = by = None
    spend, acquisition, rows = (_plain(mine[name].iloc[0]) for name in ("spend", ACQUISITION_SPEND, ROWS))
    return Proof(metric, _plain(value), over, by, int(rows or 0), spend, acquisition)


def _visible_terms(
    formula: Metric, measures: tuple[str, ...], row: pd.DataFrame, known: Collection[str] | None
) -> tuple[Part, ...] | None:
    """The terms of a sum: each by itself, or all in one where only that may be told, or None."""
    values = [_signed_sum(formula, each, row) for each in measures]
    if known is None or all(tells((each.removeprefix("-"),), known) for each in measures):
        return tuple(Part((each,), value) for each, value in zip(measures, values, strict=True))
    if not tells(measures, known):
        return None
    total = None if None in values else float(sum(value for value in values if value is not None))
    return (Part(measures, total),)


def _signed_sum(formula: Metric, measure: str, row: pd.DataFrame) -> float | None:
    value = _plain(sum_of(row, formula.key, measure.removeprefix("-"))[0])
    return -value if value is not None and measure.startswith("-") else value


def _plain(value: float) -> float | None:
    return None if value != value else float(value)
