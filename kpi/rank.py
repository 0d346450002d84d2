"""Which campaigns lead and which trail, among those that spend enough to be judged."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def rank(metrics: pd.DataFrame, by: str, *, best: bool, limit: int, halves: bool = False) -> Ranking:
    """The `limit` best (or worst) rows of a metrics frame that has `spend` and the metric `by`.

    Best is where `by` is highest, or lowest where lower is better. Rows under `LEAST_SHARE` of all spend are left out
    and counted, rows without a value of `by` are left out. Equal values keep the frame's order. Of a list with
    another `best` beside it (`halves`), each has half of the rows where those are too few for both.
    """
    enough, least, average = _enough_spend(metrics)
    places = order_by(metrics, by, best=best)
    if halves:
        ahead = order_by(metrics, by, best=True)[: min(limit, -(-len(places) // 2))]
        places = ahead if best else places[~np.isin(places, ahead)]
    return Ranking(metrics.iloc[places[:limit]], int((~enough).sum()), least, average)


def order_by(metrics: pd.DataFrame, by: str, *, best: bool, among: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
    """The places of the rows that `rank` would rank, in its order; of those where `among` is true."""
    values = metrics[by].to_numpy()
    known = _enough_spend(metrics)[0] & ~np.isnan(values)
    judged = np.flatnonzero(known if among is None else known & among)
    falling = (METRICS[by].better != "down") == best
    return judged[np.argsort(-values[judged] if falling else values[judged], kind="stable")]


def _enough_spend(metrics: pd.DataFrame) -> tuple[NDArray[np.bool_], float, bool]:
    """Which rows have enough spend to judge, how much that is, and whether it is the average."""
    spend = metrics["spend"].to_numpy()
    average = of_average(len(spend))
    least = float(np.nansum(spend)) * (1 / len(spend) if average else LEAST_SHARE)
    return spend >= least, least, average
