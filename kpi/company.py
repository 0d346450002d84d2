"""Claimed and banked: what the platforms claim and what the shop sold, over the days that both tell of."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from kpi.evaluate import ROWS
from kpi.schema import DATE, MEASURES, STORE


@dataclass(frozen=True, eq=False)
class Ledger:
    """Totals frames with the columns of the schema's measures and of `STORE`: `total` has one row, `course` one a day,
    `months` one a calendar month. `claims` is by month and platform and has no store columns.

    `days` is the number of days that both sides tell of, `first` and `last` are the ends of these.
    """

    days: int
    first: date
    last: date
    total: pd.DataFrame
    course: pd.DataFrame
    months: pd.DataFrame
    claims: pd.DataFrame


def ledger(claims: pd.DataFrame, store: pd.DataFrame) -> Ledger | None:
    """The ledger of a totals frame by platform and day, of all platforms, and the shop's days; None without a day in
    common.

    `store` is indexed by day and has the columns of `STORE`. A day that one side does not tell of is left out on both:
    a quotient of sums over different days would say nothing.
    """
    store = store[list(STORE)].dropna()
    rows = claims[[*MEASURES, ROWS]].reset_index()
    rows = rows[rows[DATE].isin(store.index)]
    if rows.empty:
        return None
    by_day = rows.groupby(DATE)[[*MEASURES, ROWS]].sum(min_count=1)
    by_day = by_day.join(store)
    month = by_day.index.to_period("M").to_timestamp()
    months = by_day.groupby(month).sum(min_count=1)
    months.index.name = DATE
    of_row = rows[DATE].dt.to_period("M").dt.to_timestamp()
    parts = rows.drop(columns=DATE).groupby([of_row, "platform"], observed=True).sum(min_count=1)
    total = by_day.sum(min_count=1).to_frame().T.reset_index(drop=True)
    return Ledger(len(by_day), by_day.index.min().date(), by_day.index.max().date(), total, by_day, months, parts)
