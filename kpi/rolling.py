"""Seven-day means: for each day the mean of the seven days that end with it, of what ran on them."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from kpi.evaluate import ROWS

#: The days of a mean, the day itself the last of them.
WINDOW: Final = 7
#: Columns of files have the means beside the figures of each day: ``profit_mean_7d``.
MEAN: Final = "_mean_7d"


def mean_totals(totals: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The totals of the mean day of each week that ends with a day of `totals`.

    Both frames have a row for every day, NaN where nothing ran; `earlier` are the days before the first, up to six. A
    week's sums are divided by the number of its days that have rows, so that days without rows are no zeros: sums
    become means, and a ratio of them stays a sum over a sum, each day with its weight. A day on which nothing ran has
    no mean.
    """
    days = np.vstack([_last(earlier), totals.to_numpy(dtype=np.float64)])
    weeks = sliding_window_view(days, WINDOW, axis=0)
    reported = ~np.isnan(weeks)
    sums = np.where(reported.any(axis=-1), np.where(reported, weeks, 0.0).sum(axis=-1), np.nan)
    means = sums / np.maximum(days_counted(totals, earlier), 1)[:, None]
    means[totals[ROWS].isna().to_numpy()] = np.nan
    return pd.DataFrame(means, index=totals.index, columns=totals.columns)


def days_counted(totals: pd.DataFrame, earlier: pd.DataFrame) -> np.ndarray:
    """Of how many days with rows each mean is; seven where none is missing."""
    ran = ~np.isnan(np.concatenate([_last(earlier[[ROWS]])[:, 0], totals[ROWS].to_numpy(dtype=np.float64)]))
    counted: np.ndarray = sliding_window_view(ran, WINDOW).sum(axis=-1)
    return counted


def _last(earlier: pd.DataFrame) -> np.ndarray:
    """The six days before the first; NaN for those that the facts do not reach back to."""
    values = earlier.to_numpy(dtype=np.float64)[-(WINDOW - 1) :]
    missing = np.full((WINDOW - 1 - len(values), values.shape[1]), np.nan)
    return np.vstack([missing, values])
