"""What the platforms claim against what the shop sold, over the days that both report."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from kpi.evaluate import REACH_FLOOR
from kpi.fiscal import CIVIL, Calendar
from kpi.schema import DATE, STORE
from kpi.selection import Selection, period_starts

#: How the names of platforms begin that are marketplaces, and the word by which a shop's sales channels name each.
_MARKETPLACES: Final[Mapping[str, str]] = {
    **{
        name: name
        for name in ("allegro", "amazon", "ebay", "etsy", "instacart", "mercado libre", "otto", "walmart", "zalando")
    },
    "tiktok gmv max": "tiktok",
}
#: A day without this is none of the shop's.
_SOLD: Final = STORE.index("store_revenue")


@dataclass(frozen=True, eq=False)
class Ledger:
    """Totals frames with the columns of `STORE` and without the largest reach: `total` has one row, `course` one a day,
    `months` one a month of the company's calendar. `claims` is by month and platform and has no store columns.

    `days` is the number of days that both sides tell of, `first` and `last` are the ends of these. `outside` is the
    spend, by name, of marketplaces whose sales are not among the shop's: nothing of theirs is in the frames. `gaps`
    says for columns of `STORE` on how many days they have no value; such a column has none in a sum either.
    """

    days: int
    first: date
    last: date
    total: pd.DataFrame
    course: pd.DataFrame
    months: pd.DataFrame
    claims: pd.DataFrame
    outside: Mapping[str, float]
    gaps: Mapping[str, int]


def ledger(
    claims: pd.DataFrame,
    store: pd.DataFrame,
    channels: pd.Series,
    only: np.ndarray | None = None,
    calendar: Calendar = CIVIL,
) -> Ledger | None:
    """The ledger of a totals frame by platform and day, of all platforms, and the shop's days; None without a day in
    common.

    `store` is indexed by day and has the columns of `STORE`, `channels` has by day the names of the shop's sales
    channels as one text. A day that one side does not tell of, and one that is not among `only`, is left out on both: a
    quotient of sums over different days would say nothing.
    """
    shop_days, shop = _known_days(store)
    if only is not None:
        wanted = np.isin(shop_days, only)
        shop_days, shop = shop_days[wanted], shop[wanted]
    levels, codes = claims.index.levels, claims.index.codes
    names = list(claims.index.names)
    by_name = dict(zip(names, zip(levels, codes, strict=True), strict=True))
    day_level, day_code = by_name[DATE]
    day = day_level.to_numpy().astype("datetime64[D]")[day_code]
    common = np.flatnonzero(np.isin(day, shop_days))
    if not len(common):
        return None
    kept = [place for place, name in enumerate(claims.columns) if name != REACH_FLOOR]
    columns = [claims.columns[place] for place in kept]
    values = claims.to_numpy(dtype=np.float64)[:, kept]
    platforms, platform = by_name["platform"]
    days = np.unique(day[common])
    left_out = {
        str(name): common[(platform[common] == code) & ~np.isin(day[common], _days_naming(word, channels))]
        for code, name in enumerate(platforms)
        if (word := marketplace_of(str(name)))
    }
    spend = values[:, columns.index("spend")]
    outside = {name: float(np.nansum(spend[places])) for name, places in left_out.items() if len(places)}
    taken = np.setdiff1d(common, np.concatenate(list(left_out.values()))) if outside else common
    platform, rows = platform[taken], values[taken]
    of_day = np.searchsorted(days, day[taken])
    by_month = Selection(days[0].item(), days[-1].item(), grain="month", calendar=calendar)
    months, month = np.unique(period_starts(days, by_month), return_inverse=True)

    of_shop = shop[np.searchsorted(shop_days, days)]
    by_day = np.hstack([_sum_by_group(rows, of_day, len(days)), of_shop])
    number = month[of_day] * len(platforms) + platform
    parts, of_part = np.unique(number, return_inverse=True)
    both = pd.Index([*columns, *STORE], dtype="object")
    month_level = pd.Index(months.astype("datetime64[us]"), name=DATE)
    gaps = dict(zip(STORE, np.isnan(of_shop).sum(axis=0).tolist(), strict=True))
    whole = np.zeros(len(days), dtype=np.intp)
    return Ledger(
        len(days),
        days[0].item(),
        days[-1].item(),
        pd.DataFrame(_sum_days(by_day, whole, 1), columns=both),
        pd.DataFrame(by_day, index=pd.Index(days.astype("datetime64[us]"), name=DATE), columns=both),
        pd.DataFrame(_sum_days(by_day, month, len(months)), index=month_level, columns=both),
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
        outside,
        {name: days_without for name, days_without in gaps.items() if days_without},
    )


def marketplace_of(platform: str) -> str:
    """The word by which a shop's sales channels name the marketplace that a platform sells ads for; "" for others."""
    plain = platform.casefold()
    return next((word for name, word in _MARKETPLACES.items() if re.match(rf"{name}\b", plain)), "")


def _days_naming(word: str, channels: pd.Series) -> np.ndarray:
    """The days on which one of the shop's sales channels is called by `word`."""
    texts = channels.to_numpy()
    naming = {text for text in set(texts) if word in text.casefold()}
    return channels.index.to_numpy().astype("datetime64[D]")[[text in naming for text in texts]]


def _known_days(store: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The shop's days that have net sales, in order, and their values."""
    values = store[list(STORE)].to_numpy(dtype=np.float64, na_value=np.nan)
    days = store.index.to_numpy().astype("datetime64[D]")
    some = np.flatnonzero(~np.isnan(values[:, _SOLD]))
    some = some[np.argsort(days[some], kind="stable")]
    return days[some], values[some]


def _sum_days(by_day: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    """Days added up by `group`: what the shop does not tell of each day has no sum, which would be too low."""
    facts = by_day.shape[1] - len(STORE)
    shop = [np.bincount(group, weights=column, minlength=size) for column in by_day[:, facts:].T]
    return np.hstack([_sum_by_group(by_day[:, :facts], group, size), np.stack(shop, axis=1)])


def _sum_by_group(block: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    """The rows of `block` added up by `group`, numbers below `size`; NaN where no row of a group has a value."""
    missing = np.isnan(block)
    plain = np.where(missing, 0.0, block)
    sums = np.stack([np.bincount(group, weights=column, minlength=size) for column in plain.T], axis=1)
    for place in np.flatnonzero(missing.any(axis=0)):
        sums[np.bincount(group, weights=~missing[:, place], minlength=size) == 0, place] = np.nan
    return sums
