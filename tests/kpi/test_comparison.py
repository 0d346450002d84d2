"""What a period is compared with: the design's table on its days, and random ones against a computation by hand."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.address import Address, read
from kpi.comparison import baseline, difference, line_baseline
from kpi.feasts import feast_days, feasts_beside_others
from kpi.selection import Extent, Selection

YEARS = Extent(date(2017, 1, 1), date(2027, 12, 31))
DAY = timedelta(days=1)
NOVEMBERS = "one more Friday and Saturday than then, 2 days of Black Friday to Cyber Monday more then"


def chosen(last: str, newest: date, compare: str = "previous") -> tuple[Selection, Selection | None]:
    extent = Extent(YEARS.first, newest)
    query, notes = read(Address.of(f"last={last}&compare={compare}"), {}, extent, ("profit",))
    assert notes == ()
    selection = query.selection(extent)
    return selection, baseline(selection, extent)


@pytest.mark.parametrize(
    ("last", "newest", "days", "before"),
    [
        ("28d", "2025-09-28", "2025-09-01 2025-09-28", "2025-08-04 2025-08-31"),
        ("6m", "2025-09-28", "2025-03-29 2025-09-28", "2024-09-29 2025-03-28"),
        ("6m", "2025-09-30", "2025-04-01 2025-09-30", "2024-10-01 2025-03-31"),
        ("1y", "2025-09-28", "2024-09-29 2025-09-28", "2023-09-29 2024-09-28"),
        ("month", "2025-09-28", "2025-09-01 2025-09-28", "2025-08-01 2025-08-28"),
        ("month", "2025-03-30", "2025-03-01 2025-03-30", "2025-02-01 2025-02-28"),
        ("month", "2025-09-30", "2025-09-01 2025-09-30", "2025-08-01 2025-08-31"),
        ("quarter", "2025-02-28", "2025-01-01 2025-02-28", "2024-10-01 2024-11-28"),
        ("quarter", "2025-04-30", "2025-04-01 2025-04-30", "2025-01-01 2025-01-30"),
        ("quarter", "2025-09-30", "2025-07-01 2025-09-30", "2025-04-01 2025-06-30"),
        ("ytd", "2025-09-28", "2025-01-01 2025-09-28", "2024-01-01 2024-09-28"),
        ("ytd", "2024-02-29", "2024-01-01 2024-02-29", "2023-01-01 2023-02-28"),
        ("ytd", "2025-12-31", "2025-01-01 2025-12-31", "2024-01-01 2024-12-31"),
        ("week-1", "2025-09-28", "2025-09-22 2025-09-28", "2025-09-15 2025-09-21"),
        ("week-1", "2025-09-27", "2025-09-15 2025-09-21", "2025-09-08 2025-09-14"),
        ("month-1", "2025-09-30", "2025-09-01 2025-09-30", "2025-08-01 2025-08-31"),
        ("month-1", "2025-09-28", "2025-08-01 2025-08-31", "2025-07-01 2025-07-31"),
        ("quarter-1", "2025-09-28", "2025-04-01 2025-06-30", "2025-01-01 2025-03-31"),
    ],
)
def test_periods_are_compared_by_what_they_are(last: str, newest: str, days: str, before: str) -> None:
    selection, found = chosen(last, date.fromisoformat(newest))
    assert f"{selection.start} {selection.end}" == days
    assert found
    assert f"{found.start} {found.end}" == before


@pytest.mark.parametrize(
    ("last", "newest", "before"),
    [
        ("ytd", "2025-02-28", "2024-01-01 2024-02-28"),
        ("month", "2025-02-28", "2024-02-01 2024-02-29"),
        ("month-1", "2024-03-15", "2023-02-01 2023-02-28"),
        ("week-1", "2025-09-28", "2024-09-23 2024-09-29"),
        ("28d", "2025-09-28", "2024-09-01 2024-09-28"),
    ],
)
def test_a_year_earlier_is_the_same_period(last: str, newest: str, before: str) -> None:
    _, found = chosen(last, date.fromisoformat(newest), "year")
    assert found
    assert f"{found.start} {found.end}" == before


def days_by_hand(last: str, newest: date) -> tuple[date, date]:
    """The days of a preset, and those before it, day by day on a calendar."""

    def number(day: date) -> int:
        return (
            day.year
            if last == "ytd"
            else day.year * 4 + (day.month - 1) // 3
            if "quarter" in last
            else day.year * 12 + day.month
        )

    start = newest
    while number(start - DAY) == number(newest):
        start -= DAY
    return start, newest


@given(st.dates(date(2020, 6, 1), date(2027, 12, 31)), st.sampled_from(["month", "quarter", "ytd"]))
@example(date(2024, 2, 29), "ytd")
@example(date(2025, 3, 31), "month")
@example(date(2025, 5, 31), "quarter")
def test_a_period_to_its_newest_day_is_compared_with_the_same_days_of_the_one_before(newest: date, last: str) -> None:
    start, end = days_by_hand(last, newest)
    before, _ = days_by_hand(last, start - DAY)
    whole = days_by_hand(last, newest + DAY)[0] == newest + DAY
    months = 0  # walked, not computed
    at = start
    while (at.year, at.month) != (end.year, end.month):
        at += DAY
        months += at.day == 1
    year, month = before.year + (before.month - 1 + months) // 12, (before.month - 1 + months) % 12 + 1
    expected_end = start - DAY if whole else date(year, month, min(end.day, calendar.monthrange(year, month)[1]))

    selection, found = chosen(last, newest)
    assert (selection.start, selection.end) == (start, end)
    assert found
    assert (found.start, found.end) == (before, expected_end)


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(1, 700), st.sampled_from(["previous", "year"]))
def test_days_of_ones_own_are_compared_with_as_many_or_with_as_many_whole_months(
    start: date, length: int, compare: str
) -> None:
    end = start + (length - 1) * DAY
    whole = start.day == 1 and (end + DAY).day == 1
    found = baseline(Selection(start, end, compare=compare, period="custom"), YEARS)
    assert found
    if compare == "previous":
        assert found.end == start - DAY
        if whole:
            assert found.start.day == 1
            months = {(day.year, day.month) for day in (start + place * DAY for place in range(length))}
            then = {(day.year, day.month) for day in (found.start + place * DAY for place in range(found.days))}
            assert len(then) == len(months)
        else:
            assert found.days == length
    else:
        assert (found.start.year, found.start.month) == (start.year - 1, start.month)
        assert found.start.day == (28 if (start.month, start.day) == (2, 29) else start.day)
        if whole:
            assert (found.end + DAY).day == 1
        else:
            assert found.end == end.replace(year=end.year - 1, day=28 if (end.month, end.day) == (2, 29) else end.day)


def test_a_baseline_that_the_data_cover_in_part_is_none() -> None:
    selection = Selection(date(2025, 9, 1), date(2025, 9, 30), period="month")
    assert baseline(selection, Extent(date(2025, 8, 2), date(2025, 9, 30))) is None


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        ("2025-09-01 2025-09-30", "2025-08-01 2025-08-31", "1 day more then"),
        ("2025-03-01 2025-03-31", "2025-02-01 2025-02-28", "3 days less then"),
        ("2025-09-01 2025-09-28", "2025-08-01 2025-08-28", ""),
        (
            "2025-08-01 2025-08-30",
            "2025-07-02 2025-07-31",
            "one more Friday and Saturday than then, Prime Day then but not now",
        ),
        ("2025-04-01 2025-04-28", "2024-04-02 2024-04-29", "Easter now but not then"),
        ("2025-03-01 2025-03-31", "2024-03-01 2024-03-31", "one more Monday than then, Easter then but not now"),
        ("2024-11-01 2024-11-30", "2023-11-01 2023-11-30", NOVEMBERS),
        ("2025-11-04 2025-12-01", "2024-11-05 2024-12-02", ""),
        ("2026-07-01 2026-07-28", "2025-07-02 2025-07-29", ""),  # when Prime Day is in 2026 is not listed
    ],
)
def test_how_two_windows_differ_is_said(now: str, then: str, words: str) -> None:
    windows = [Selection(*map(date.fromisoformat, each.split())) for each in (now, then)]
    assert difference(*windows) == words


@given(
    st.dates(date(2021, 1, 1), date(2026, 1, 1)),
    st.integers(1, 500),
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["days", "custom", "year"]),
)
def test_lines_of_a_year_earlier_lie_weekday_beside_weekday(start: date, length: int, grain: str, period: str) -> None:
    selection = Selection(start, start + (length - 1) * DAY, compare="year", grain=grain, period=period)
    line = line_baseline(selection, YEARS)
    assert line
    if grain == "month":
        assert line == baseline(selection, YEARS)
    else:
        assert line.days == length
        assert line.start.weekday() == start.weekday()
        assert line.start < start - 363 * DAY


def test_a_line_and_its_total_are_covered_each_by_itself() -> None:
    selection = Selection(date(2025, 1, 2), date(2025, 1, 31), compare="year")
    from_the_second = Extent(date(2024, 1, 3), date(2025, 12, 31))
    assert baseline(selection, from_the_second) is None
    line = line_baseline(selection, from_the_second)
    assert line
    assert line.start == date(2024, 1, 4)


@pytest.mark.parametrize(
    ("day", "feast"),
    [
        ("2024-11-29", ("Black Friday to Cyber Monday", 0)),
        ("2025-12-01", ("Black Friday to Cyber Monday", 3)),
        ("2025-04-18", ("Easter", 0)),
        ("2024-04-01", ("Easter", 3)),
        ("2025-07-11", ("Prime Day", 3)),
        ("2023-10-11", ("Prime Big Deal Days", 1)),
    ],
)
def test_feasts_lie_where_calendars_have_them(day: str, feast: tuple[str, int]) -> None:
    at = date.fromisoformat(day)
    assert feast_days(at, at) == {at: feast}


def test_a_feast_beside_other_days_is_named() -> None:
    selection = Selection(date(2024, 11, 18), date(2024, 12, 1), compare="year")
    line = line_baseline(selection, YEARS)
    assert line
    assert line.end == date(2023, 12, 3)
    assert feasts_beside_others(selection, line) == [("Black Friday to Cyber Monday", date(2024, 11, 29))]
    year_later = Selection(date(2025, 11, 17), date(2025, 11, 30), compare="year")
    assert feasts_beside_others(year_later, selection) == []
