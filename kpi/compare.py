"""Change against a baseline: in percent of its absolute value, or in percentage points where the metric is a rate."""

import math
from typing import Final

from kpi.metrics import METRICS
from kpi.rolling import MEAN

#: Columns of files have the comparison's figures beside those of now: ``profit_baseline``, the change from it, and its
#: day or period.
BASELINE: Final = "_baseline"
CHANGE: Final = "_change"
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


def stated_change(metric: str, value: float, before: float | None) -> float | None:
    """The change as pages and files state it: None for a figure in money, say, whose sign turned.

    A percentage of a loss that became a profit says nothing; thresholds of alerts go by `change` all the same.
    """
    turned = before is not None and METRICS[metric].unit != "percent" and value * before < 0
    return None if turned else change(metric, value, before)


def verdict(metric: str, difference: float | None) -> str:
    """ "good", "bad" or "neutral": whether a change in this direction is what one would wish for."""
    better = METRICS[metric].better
    if not difference or better == "neither":
        return "neutral"
    return "good" if (difference > 0) == (better == "up") else "bad"


def compared_metric(column: str) -> str | None:
    """The metric whose comparison or mean a column has: ``profit`` for ``profit_baseline`` and ``profit_mean_7d``; None
    for any other column.
    """
    metric = column.removesuffix(BASELINE).removesuffix(MEAN)
    return metric if metric != column and metric in METRICS else None


def kind_of_column(column: str) -> str:
    """What a column of `compared_metric` has beside the metric's own figure, in words."""
    mean = ", 7-day mean" if MEAN in column else ""
    return f"{mean}, then" if column.endswith(BASELINE) else mean
