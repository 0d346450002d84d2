"""Which campaigns lead and which trail, among those that spend enough to be judged."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from kpi.metrics import METRICS

#: A campaign with less than this fraction of the selection's spend is too small to rank; of more than a hundred
#: campaigns, one with less than their average.
LEAST_SHARE: Final = 0.01


@dataclass(frozen=True)
class Ranking:
    """`rows`: the metrics frame of the ranked, first to last. `too_small`: how many had less than `least_spend`,
    the average where `of_average`.
    """

    rows: pd.DataFrame
    too_small: int
    least_spend: float
    of_average: bool = False


def of_average(count: int) -> bool:
    """Whether among so many campaigns it is the average that is enough spend to rank, not `LEAST_SHARE` of all."""
    return count * LEAST_SHARE > 1


def rank_of(metrics: pd.DataFrame, key: object, by: str) -> tuple[int, int] | None:
    """The place of the row `key` by the metric `by`, and among how many; None where it is not ranked.

    Ranked as by `rank`, the best first; equal values share a place.
    """
    judged = rank(metrics, by, best=True, limit=len(metrics)).rows
    if key not in judged.index:
        return None
    value = judged.loc[[key], by].iloc[0]
    ahead = judged[by] < value if METRICS[by].better == "down" else judged[by] > value
    return int(ahead.sum()) + 1, len(judged)


def rank(metrics: pd.DataFrame, by: str, *, best: bool, limit: int, beside: int = 0) -> Ranking:
    """The `limit` best (or worst) rows of a metrics frame that has `spend` and the metric `by`.

    Best is where `by` is highest, or lowest where lower is better. Rows under `LEAST_SHARE` of all spend are left out
    and counted, rows without a value of `by` are left out. Equal values keep the frame's order. `beside` rows of the
    other end are left out, too: they stand in the list beside this one.
    """
    spend, values = metrics["spend"].to_numpy(), metrics[by].to_numpy()
    average = of_average(len(spend))
    least = float(np.nansum(spend)) * (1 / len(spend) if average else LEAST_SHARE)
    enough = spend >= least
    judged = np.flatnonzero(enough & ~np.isnan(values))
    sign = -1 if METRICS[by].better != "down" else 1
    from_best, from_worst = (np.argsort(side * values[judged], kind="stable") for side in (sign, -sign))
    order, other = (from_best, from_worst) if best else (from_worst, from_best)
    order = order[~np.isin(order, other[:beside])][:limit]
    return Ranking(metrics.iloc[judged[order]], int((~enough).sum()), least, average)
