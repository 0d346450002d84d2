"""Change against a baseline: in percent of its absolute value, or in percentage points where the metric is a rate."""

import math
from typing import Final

from kpi.metrics import METRICS

#: Columns of files have the comparison's figures beside those of now: ``profit_baseline``, and its day or period.
BASELINE: Final = "_baseline"
BASELINE_DATE: Final = "baseline_date"


def change(metric: str, value: float, before: float | None) -> float | None:
    """The change of `metric` from `before` to `value`, or None where either has no value.

    A metric given in percent changes by the difference of its fractions (0.012 is 1.2 percentage points); every other
    one by the fraction of the baseline's absolute value (0.12 is 12 %), which does not exist for a baseline of 0.
    """
    if before is None or math.isnan(value) or math.isnan(before):
        return None
    if METRICS[metric].unit == "percent":
        return value - before
    return (value - before) / abs(before) if before else None


def verdict(metric: str, difference: float | None) -> str:
    """ "good", "bad" or "neutral": whether a change in this direction is what one would wish for."""
    better = METRICS[metric].better
    if not difference or better == "neither":
        return "neutral"
    return "good" if (difference > 0) == (better == "up") else "bad"


def compared_metric(column: str) -> str | None:
    """The metric whose comparison a column has: ``profit`` for ``profit_baseline``; None for any other column."""
    metric = column.removesuffix(BASELINE)
    return metric if metric != column and metric in METRICS else None
