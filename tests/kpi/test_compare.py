"""Changes and the windows they refer to."""

from datetime import date

import pytest

from kpi.compare import change, stated_change, verdict
from kpi.comparison import baseline
from kpi.selection import Extent, Selection, cut_short, period_start

YEARS = Extent(date(2023, 9, 29), date(2025, 9, 28))


@pytest.mark.parametrize(
    ("metric", "value", "before", "expected"),
    [
        ("profit", 50.0, -100.0, 1.5),
        ("profit", -150.0, -100.0, -0.5),
        ("spend", 110.0, 100.0, 0.1),
        ("ctr", 0.025, 0.02, 0.005),
        ("roas", 3.0, 2.0, 0.5),
        ("spend", 110.0, 0.0, None),
        ("spend", 110.0, None, None),
        ("spend", float("nan"), 1.0, None),
    ],
)
def test_change(metric: str, value: float, before: float | None, expected: float | None) -> None:
    found = change(metric, value, before)
    assert found == (expected if expected is None else pytest.approx(expected))


def test_money_whose_sign_turned_has_no_change_to_state_but_one_for_alerts() -> None:
    cases = [
        ("profit", 50.0, -100.0),
        ("profit_per_conversion", -9.6, 100.0),
        ("roi", 0.1, -0.1),
        ("profit", -9.0, -6.0),
    ]
    assert [stated_change(*each) for each in cases] == [None, None, pytest.approx(0.2), -0.5]
    assert change("profit", 50.0, -100.0) == 1.5


def test_a_fall_in_cost_is_good_and_more_spend_is_neither() -> None:
    assert [verdict("cpa", -0.1), verdict("profit", -0.1), verdict("spend", 0.3), verdict("roi", None)] == [
        "good",
        "bad",
        "neutral",
        "neutral",
    ]


@pytest.mark.parametrize(
    ("start", "end", "compare", "expected"),
    [
        (date(2025, 9, 1), date(2025, 9, 28), "previous", (date(2025, 8, 4), date(2025, 8, 31))),
        (date(2025, 9, 28), date(2025, 9, 28), "previous", (date(2025, 9, 27), date(2025, 9, 27))),
        (date(2025, 9, 1), date(2025, 9, 28), "year", (date(2024, 9, 1), date(2024, 9, 28))),
        (date(2024, 2, 29), date(2024, 2, 29), "year", None),
        (date(2023, 9, 29), date(2023, 9, 30), "previous", None),
        (date(2023, 10, 1), date(2023, 10, 3), "previous", None),
        (date(2025, 9, 1), date(2025, 9, 28), "none", None),
    ],
)
def test_a_baseline_is_whole_or_none(start: date, end: date, compare: str, expected: object) -> None:
    found = baseline(Selection(start, end, compare=compare), YEARS)
    assert (found and (found.start, found.end)) == expected


def test_weeks_begin_on_monday_where_no_calendar_says_otherwise() -> None:
    week, month = (Selection(date(2025, 9, 28), date(2025, 9, 28), grain=grain) for grain in ("week", "month"))
    assert period_start(date(2025, 9, 28), week) == date(2025, 9, 22)
    assert period_start(date(2025, 9, 28), month) == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("start", "end", "grain", "expected"),
    [
        (date(2025, 9, 1), date(2025, 9, 28), "week", ((7, 7), (7, 7))),
        (date(2025, 9, 3), date(2025, 9, 23), "week", ((5, 7), (2, 7))),
        (date(2025, 9, 3), date(2025, 9, 4), "week", ((2, 7), (2, 7))),
        (date(2025, 1, 31), date(2025, 2, 28), "month", ((1, 31), (28, 28))),
        (date(2025, 9, 3), date(2025, 9, 4), "day", ((1, 1), (1, 1))),
    ],
)
def test_periods_at_the_edges_may_be_cut_short(start: date, end: date, grain: str, expected: object) -> None:
    assert cut_short(Selection(start, end, grain=grain)) == expected
