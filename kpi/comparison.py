"""Which days a selection is compared with: what it is, not its days alone, says so.

28 days are compared with the 28 days before them; the month to its 28th day with the month before to its 28th; a whole
quarter with the whole quarter before, whatever its length. metrics.md of the design, “Comparison”, has the table.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from kpi.feasts import feasts_apart
from kpi.fiscal import Calendar, Level
from kpi.selection import Extent, Period, Selection

_DAY: Final = timedelta(days=1)
_YEAR_OF_WEEKS: Final = timedelta(weeks=52)
_LEVELS: Final[tuple[Level, ...]] = ("week", "month", "quarter", "year")
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def baseline(selection: Selection, extent: Extent) -> Selection | None:
    """The window that `selection` is compared with, or None where the facts do not cover all of it."""
    if selection.compare == "none":
        return None
    start, end = _year_before(selection) if selection.compare == "year" else _before(selection)
    if not extent.covers(start, end):
        return None
    return replace(selection, start=start, end=end, compare="none", period="days")


def line_baseline(selection: Selection, extent: Extent) -> Selection | None:
    """The window whose days and weeks are drawn behind those of `selection`, or None where the facts do not cover it.

    It is that of the total, but for days and weeks of a year earlier: these lie 364 days back, Mondays beside Mondays.
    """
    if selection.compare != "year" or selection.grain == "month":
        return baseline(selection, extent)
    start, end = selection.start - _YEAR_OF_WEEKS, selection.end - _YEAR_OF_WEEKS
    if not extent.covers(start, end):
        return None
    return replace(selection, start=start, end=end, compare="none", period="days")


def newest_whole(last: date, period: Level, calendar: Calendar) -> tuple[date, date]:
    """The newest week, month or quarter that ends on `last` or before."""
    end = last if calendar.end(last, period) == last else calendar.start(last, period) - _DAY
    return calendar.start(end, period), end


def level_of(period: Period) -> Level | None:
    """The week, month, quarter or year that a selection's period is; None where it is no such thing."""
    return next((level for level in _LEVELS if level == period), None)


def _before(selection: Selection) -> tuple[date, date]:
    start, end, calendar, level = selection.start, selection.end, selection.calendar, level_of(selection.period)
    if level == "year" and calendar.pattern and start == calendar.start(end, level):
        return calendar.year_before(start, end, calendar.end(end, level) == end)  # what is before a year is last year
    if level and start == calendar.start(end, level):
        before = calendar.start(start - _DAY, level)
        if level == "week":
            return before, before + (end - start)
        return before, start - _DAY if end == calendar.end(end, level) else _same_position(selection, before)
    if selection.period == "months":
        months = _months_by_date(start, end)
        return (start - relativedelta(months=months) if months else start - selection.days * _DAY), start - _DAY
    if months := _whole_months(selection):
        return calendar.months_before(start, months), start - _DAY
    return start - selection.days * _DAY, start - _DAY


def _year_before(selection: Selection) -> tuple[date, date]:
    start, end, calendar, level = selection.start, selection.end, selection.calendar, level_of(selection.period)
    if level == "week":
        return start - _YEAR_OF_WEEKS, end - _YEAR_OF_WEEKS
    whole = calendar.end(end, level) == end if level else _whole_months(selection) > 0
    if calendar.pattern and (level or whole) and calendar.start(start, "year") == calendar.start(end, "year"):
        return calendar.year_before(start, end, whole)
    year = relativedelta(years=1)
    if calendar.pattern or (selection.period == "months" and start.day == 1):
        whole = start.day == 1 and _is_last_of_month(end)
    return start - year, _end_of_month(end - year) if whole else end - year


def _whole_months(selection: Selection) -> int:
    """How many of the calendar's months the days are, where they are a reader's own."""
    return selection.calendar.months(selection.start, selection.end) if selection.period == "custom" else 0


def _months_by_date(start: date, end: date) -> int:
    """How many months by date the days are, where they are so many: from the 5th to the 4th is one."""
    after = end + _DAY
    months = (after.year - start.year) * 12 + after.month - start.month
    return months if after - relativedelta(months=months) == start else 0


def _same_position(selection: Selection, before: date) -> date:
    """The last day, as many months and days into the period that begins with `before`, or as many weeks and days in
    a calendar of weeks; cut where that month or period is shorter.
    """
    start, end = selection.start, selection.end
    if selection.calendar.pattern:
        return min(before + (end - start), start - _DAY)
    month = before + relativedelta(months=(end.year - start.year) * 12 + end.month - start.month)
    return month.replace(day=min(end.day, monthrange(month.year, month.month)[1]))


def _is_last_of_month(day: date) -> bool:
    return (day + _DAY).day == 1


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def difference(chosen: Selection, before: Selection) -> str:
    """How the two windows differ, in words: ``2 days more then, Easter now but not then``; "" where they do not.

    Weekdays are told where the lengths are the same: shops sell more on some.
    """
    return ", ".join(filter(None, (_lengths_apart(chosen, before), feasts_apart(chosen, before))))


def _lengths_apart(chosen: Selection, before: Selection) -> str:
    days = before.days - chosen.days
    if days:
        count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
        return f"{count} {'more' if days > 0 else 'less'} then"
    now, then = (Counter(day.weekday() for day in _days(each)) for each in (chosen, before))
    more = [_WEEKDAYS[place] for place in range(7) if now[place] > then[place]]
    return f"one more {' and '.join(more)} than then" if more else ""


def _days(selection: Selection) -> Iterator[date]:
    rest = selection.days % 7  # whole weeks have each weekday as often
    return (selection.start + place * _DAY for place in range(rest))
