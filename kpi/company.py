"""What the platforms claim against what the shop sold, over the days that both report."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kpi.evaluate import REACH_FLOOR
from kpi.fiscal import CIVIL, Calendar
from kpi.schema import DATE, STORE
from kpi.selection import Selection, period_starts


@dataclass(frozen=True, eq=False)
class Ledger:
    """Totals frames with the columns of `STORE` and without the largest reach: `total` has one row, `course` one a day,
    `months` one a month of the company's calendar. `claims` is by month and platform and has no store columns.

    `days` is the number of days that both sides tell of, `first` and `last` are the ends of these.
    """

    days: int
    first: date
    last: date
    total: pd.DataFrame
    course: pd.DataFrame
    months: pd.DataFrame
    claims: pd.DataFrame


def ledger(claims: pd.DataFrame, store: pd.DataFrame, calendar: Calendar = CIVIL) -> Ledger | None:
    """The ledger of a totals frame by platform and day, of all platforms, and the shop's days; None without a day in
    common.

    `store` is indexed by day and has the columns of `STORE`. A day that one side does not tell of is left out on both:
    a quotient of sums over different days would say nothing.
    """
    shop_days, shop = _known_days(store)
    levels, codes = claims.index.levels, claims.index.codes
    names = list(claims.index.names)
    by_name = dict(zip(names, zip(levels, codes, strict=True), strict=True))
    day_level, day_code = by_name[DATE]
    day = day_level.to_numpy().astype("datetime64[D]")[day_code]
    taken = np.flatnonzero(np.isin(day, shop_days))
    if not len(taken):
        return None
    platforms, platform = by_name["platform"][0], by_name["platform"][1][taken]
    days, of_day = np.unique(day[taken], return_inverse=True)
    by_month = Selection(days[0].item(), days[-1].item(), grain="month", calendar=calendar)
    months, month = np.unique(period_starts(days, by_month), return_inverse=True)
    kept = [place for place, name in enumerate(claims.columns) if name != REACH_FLOOR]
    columns = [claims.columns[place] for place in kept]
    rows = claims.to_numpy(dtype=np.float64)[taken][:, kept]

    by_day = np.hstack([_sum_by_group(rows, of_day, len(days)), shop[np.searchsorted(shop_days, days)]])
    number = month[of_day] * len(platforms) + platform
    parts, of_part = np.unique(number, return_inverse=True)
    both = pd.Index([*columns, *STORE], dtype="object")
    month_level = pd.Index(months.astype("datetime64[us]"), name=DATE)
    return Ledger(
        len(days),
        days[0].item(),
        days[-1].item(),
        pd.DataFrame(_sum_by_group(by_day, np.zeros(len(days), dtype=np.intp), 1), columns=both),
        pd.DataFrame(by_day, index=pd.Index(days.astype("datetime64[us]"), name=DATE), columns=both),
        pd.DataFrame(_sum_by_group(by_day, month, len(months)), index=month_level, columns=both),
        pd.DataFrame(
            _sum_by_group(rows, of_part, len(parts)),
            index=pd.MultiIndex(
                [month_level, platforms],
                [parts // len(platforms), parts % len(platforms)],
                names=[DATE, "platform"],
                verify_integrity=False,
            ),
            columns=pd.Index(columns, dtype="object"),
        ),
    )


def _known_days(store: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The shop's days that have all of `STORE`, in order, and their values."""
    values = store[list(STORE)].to_numpy(dtype=np.float64, na_value=np.nan)
    days = store.index.to_numpy().astype("datetime64[D]")
    some = np.flatnonzero(~np.isnan(values).any(axis=1))
    some = some[np.argsort(days[some], kind="stable")]
    return days[some], values[some]


def _sum_by_group(block: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    """The rows of `block` added up by `group`, numbers below `size`; NaN where no row of a group has a value."""
    missing = np.isnan(block)
    plain = np.where(missing, 0.0, block)
    sums = np.stack([np.bincount(group, weights=column, minlength=size) for column in plain.T], axis=1)
    for place in np.flatnonzero(missing.any(axis=0)):
        sums[np.bincount(group, weights=~missing[:, place], minlength=size) == 0, place] = np.nan
    return sums
