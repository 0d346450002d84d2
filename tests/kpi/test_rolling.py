"""Seven-day means against a plain loop over rows: gaps are no zeros, rates are sums over sums."""

from datetime import date, timedelta
from math import isclose, isnan

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kpi.evaluate import SUMS, evaluate, every_period
from kpi.rolling import days_counted, mean_totals

FIRST = date(2025, 6, 1)
Day = tuple[float, float, float] | None  # clicks, impressions, spend; None where nothing ran

days = st.lists(
    st.none() | st.tuples(st.integers(0, 50), st.integers(0, 9000), st.floats(0, 1e6)), min_size=1, max_size=40
)


def totals_of(known: list[Day], first: date) -> pd.DataFrame:
    """A totals frame with a row for every day, as the facts and the calendar make it."""
    calendar = [first + timedelta(days=place) for place in range(len(known))]
    rows = [
        dict.fromkeys(SUMS, np.nan) | {"clicks": day[0], "impressions": day[1], "spend": day[2], "rows": 1.0}
        for day in known
        if day is not None
    ]
    ran = [day for day, each in zip(calendar, known, strict=True) if each is not None]
    frame = pd.DataFrame(rows, columns=list(SUMS), index=pd.DatetimeIndex(ran, name="date"), dtype=float)
    return every_period(frame, calendar)


def same(one: float, other: float | None) -> bool:
    return isnan(one) if other is None else isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


@given(days, st.integers(0, 6))
def test_means_are_those_of_the_days_that_ran(known: list[Day], before: int) -> None:
    before = min(before, len(known) - 1)
    earlier = totals_of(known[:before], FIRST)
    totals = totals_of(known[before:], FIRST + timedelta(days=before))

    found = evaluate(mean_totals(totals, earlier), ("spend", "ctr"))
    counted = days_counted(totals, earlier)

    assert len(found) == len(known) - before
    for place in range(len(found)):
        at = before + place
        ran = [day for day in known[max(0, at - 6) : at + 1] if day is not None]
        assert counted[place] == len(ran)
        gap = known[at] is None
        clicks, impressions = sum(day[0] for day in ran), sum(day[1] for day in ran)
        assert same(found["spend"].iloc[place], None if gap else sum(day[2] for day in ran) / len(ran))
        assert same(found["ctr"].iloc[place], None if gap or not impressions else clicks / impressions)


def test_a_day_without_rows_is_no_zero() -> None:
    totals = totals_of([(1, 10, 70.0), None, (3, 10, 10.0)], FIRST)
    found = evaluate(mean_totals(totals, totals.iloc[:0]), ("spend", "ctr"))
    assert found["spend"].fillna(-1).tolist() == [70.0, -1, 40.0]
    assert found["ctr"].fillna(-1).tolist() == [0.1, -1, 0.2]
