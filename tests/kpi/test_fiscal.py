"""Fiscal calendars: the National Retail Federation's published years, and random selections of random calendars against
a calendar that is walked day by day.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise

import numpy as np
import pytest

from components.address import Address, read
from kpi.comparison import baseline
from kpi.fiscal import Calendar, read_calendar
from kpi.selection import Extent, Grain, Selection, period_starts, periods

DAY = timedelta(days=1)
YEARS = Extent(date(2012, 1, 1), date(2032, 12, 31))
RETAIL = read_calendar("4-5-4,february,sunday")


@pytest.mark.parametrize(
    ("year", "start", "end"),  # nrf.com/resources/4-5-4-calendar
    [
        (2022, "2022-01-30", "2023-01-28"),
        (2023, "2023-01-29", "2024-02-03"),
        (2024, "2024-02-04", "2025-02-01"),
        (2025, "2025-02-02", "2026-01-31"),
    ],
)
def test_retail_years_are_those_that_the_federation_published(year: int, start: str, end: str) -> None:
    day = date(year, 7, 1)
    assert f"{RETAIL.start(day, 'year')} {RETAIL.end(day, 'year')}" == f"{start} {end}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Calendar()),
        ("july", Calendar(7)),
        ("Sunday", Calendar(first_weekday=6)),
        ("4-5-4, february, sunday", Calendar(2, 6, (4, 5, 4))),
        ("october,4-4-5,saturday,last,same", Calendar(10, 5, (4, 4, 5), "last", restated=False)),
    ],
)
def test_a_calendar_is_read_from_its_words(text: str, expected: Calendar) -> None:
    assert read_calendar(text) == expected


@pytest.mark.parametrize("text", ["feb", "4-4-4", "february,march", "nearest", "july,restated", "1"])
def test_words_that_are_no_calendar_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        read_calendar(text)


Place = tuple[int, int]  # the year and the month in it, counted


def walk(calendar: Calendar) -> dict[date, Place]:
    """Each day's year and month, by hand: from every year's last day on, as many weeks a month as the pattern says."""
    days = [YEARS.first + each * DAY for each in range((YEARS.last - YEARS.first).days + 1)]
    if not calendar.pattern:
        months = [list(each) for _, each in groupby(days, lambda day: (day.year, day.month))]
        places, year = dict[date, Place](), 0
        for month in months:
            year += month[0].month == calendar.first_month
            places |= dict.fromkeys(month, (year, (month[0].month - calendar.first_month) % 12))
        return places
    ends = []
    for year in range(YEARS.first.year, YEARS.last.year):
        month_end = date(year, calendar.first_month, 1) - DAY
        weekday = (calendar.first_weekday + 6) % 7
        near = [month_end + each * DAY for each in range(-6, 4 if calendar.year_end == "nearest" else 1)]
        ends.append(
            min(
                (day for day in near if day.weekday() == weekday),
                key=lambda day: abs((day - month_end).days),
            )
        )
    places = {}
    for year, (end, following) in enumerate(pairwise(ends)):
        lengths = [weeks for _ in range(4) for weeks in calendar.pattern]
        lengths[11] += (following - end).days // 7 - 52
        day = end + DAY
        for month, weeks in enumerate(lengths):
            for _ in range(7 * weeks):
                places[day] = (year, month)
                day += DAY
        assert day == following + DAY
    return places


def period_of(place: Place, level: str) -> Place:
    size = {"month": 1, "quarter": 3, "ytd": 12}[level]
    return place[0], place[1] // size


def days_before(expected: list[date], places: dict[date, Place], calendar: Calendar, level: str) -> tuple[date, date]:
    """The first and the last day that days to date are compared with, day by day."""
    if calendar.pattern and level == "ytd":
        return days_a_year_before(expected, places, calendar, level)  # the period before is last year
    before = days_of(expected[0] - DAY, places, level)
    if period_of(places[expected[-1] + DAY], level) != period_of(places[expected[-1]], level):
        return before[0], before[-1]
    if calendar.pattern:
        return before[0], before[: len(expected)][-1]
    months = [list(each) for _, each in groupby(before, lambda day: places[day])]
    so_far = [list(each) for _, each in groupby(expected, lambda day: places[day])]
    return before[0], months[len(so_far) - 1][: len(so_far[-1])][-1]


def days_a_year_before(
    expected: list[date], places: dict[date, Place], calendar: Calendar, level: str
) -> tuple[date, date]:
    """The same of the year before, by the place in the year."""
    here = days_of(expected[0], places, "ytd")
    then = days_of(here[0] - DAY, places, "ytd")
    whole = period_of(places[expected[-1] + DAY], level) != period_of(places[expected[-1]], level)
    if calendar.pattern:
        late = 7 if calendar.restated and len(then) == 371 and len(here) == 364 else 0
        if whole and not late:
            same = [day for day in then if period_of(places[day], level)[1] == period_of(places[expected[0]], level)[1]]
            return same[0], same[-1]
        first, last = (here.index(each) + late for each in (expected[0], expected[-1]))
        return then[first], then[min(last, len(then) - 1)]
    same = [day for day in then if period_of(places[day], level)[1] == period_of(places[expected[0]], level)[1]]
    if whole:
        return same[0], same[-1]
    latest = (expected[-1].year - 1, expected[-1].month, expected[-1].day)
    return same[0], max(day for day in same if (day.year, day.month, day.day) <= latest)


def days_of(day: date, places: dict[date, Place], level: str) -> list[date]:
    """All days of the period that `day` lies in."""
    period, found = period_of(places[day], level), [day]
    while period_of(places.get(found[0] - DAY, (-9, 0)), level) == period:
        found.insert(0, found[0] - DAY)
    while period_of(places.get(found[-1] + DAY, (-9, 0)), level) == period:
        found.append(found[-1] + DAY)
    return found


def calendars(seed: int, count: int) -> Iterator[Calendar]:
    chance = random.Random(seed)
    for _ in range(count):
        pattern = chance.choice([(), (4, 4, 5), (4, 5, 4), (5, 4, 4)])
        yield Calendar(
            chance.randint(1, 12),
            chance.randint(0, 6),
            pattern,
            chance.choice(["nearest", "last"]) if pattern else "nearest",
            chance.random() < 0.5 if pattern else True,
        )


def test_periods_of_ten_thousand_selections_are_compared_as_a_calendar_on_the_wall_has_them() -> None:
    chance, count = random.Random(7), 0
    for calendar in calendars(11, 50):
        places = walk(calendar)
        for _ in range(200):
            newest = date(2016, 1, 1) + chance.randrange(5000) * DAY
            level, compare = chance.choice(["month", "quarter", "ytd"]), chance.choice(["previous", "year"])
            extent = Extent(YEARS.first, newest)
            query, notes = read(Address.of(f"last={level}&compare={compare}"), {}, extent, ("profit",))
            selection = query.selection(extent, calendar)
            found = baseline(selection, extent)

            expected = [day for day in days_of(newest, places, level) if day <= newest]
            then = (days_before if compare == "previous" else days_a_year_before)(expected, places, calendar, level)
            assert notes == ()
            assert (selection.start, selection.end) == (expected[0], newest)
            assert found, (calendar, level, newest)
            assert (found.start, found.end) == then, (calendar, level, compare, newest)
            count += 1
    assert count == 10_000


def test_whole_months_of_ones_own_are_compared_with_as_many_whole_months() -> None:
    chance, count = random.Random(3), 0
    for calendar in calendars(5, 40):
        places = walk(calendar)
        months = [list(each) for _, each in groupby(places, places.__getitem__)][30:-30]
        for _ in range(25):
            first, length = chance.randrange(14, len(months) - 14), chance.randint(1, 14)
            chosen = [day for month in months[first : first + length] for day in month]
            before = [day for month in months[first - length : first] for day in month]
            found = baseline(Selection(chosen[0], chosen[-1], period="custom", calendar=calendar), YEARS)
            assert found
            assert (found.start, found.end) == (before[0], before[-1])
            count += 1
    assert count == 1000


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_days_are_in_the_periods_of_the_calendar(grain: Grain) -> None:
    days = [date(2019, 1, 1) + each * DAY for each in range(1500)]
    for calendar in calendars(2, 25):
        places = walk(calendar)
        selection = Selection(days[0], days[-1], grain=grain, calendar=calendar)
        found = period_starts(np.array(days, dtype="datetime64[D]"), selection).tolist()
        if grain == "month":
            firsts = [days_of(day, places, "month")[0] for day in days[::37]]
            assert found[::37] == firsts
        else:
            weekdays = {day.weekday() for day in found}
            assert weekdays == ({calendar.first_weekday} if grain == "week" else set(range(7)))
            assert all(0 <= (day - start).days < 7 for day, start in zip(days, found, strict=True))
        assert periods(selection) == sorted(set(found))


def test_the_year_after_one_of_53_weeks_is_compared_with_its_weeks_2_to_53_where_restated() -> None:
    start, end = date(2024, 2, 4), date(2024, 3, 2)  # the first month of the retail year 2024
    for calendar, expected in (
        (RETAIL, "2023-02-05 2023-03-04"),
        (read_calendar("4-5-4,february,sunday,same"), "2023-01-29 2023-02-25"),
    ):
        for period, compare in (("month", "year"), ("year", "year"), ("year", "previous")):
            found = baseline(Selection(start, end, compare=compare, period=period, calendar=calendar), YEARS)
            assert found
            assert f"{found.start} {found.end}" == expected, (period, compare)
