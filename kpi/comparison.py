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
from kpi.selection import Extent, Period, Selection

_DAY: Final = timedelta(days=1)
_YEAR_OF_WEEKS: Final = timedelta(weeks=52)
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
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


def first_of(day: date, period: Period) -> date:
    """The first day of the ISO week, calendar month, quarter or year that `day` lies in; `day` itself for others."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    if months := _MONTHS.get(period):
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def last_of(day: date, period: Period) -> date:
    """The last day of the same."""
    if period == "week":
        return first_of(day, period) + 6 * _DAY
    if months := _MONTHS.get(period):
        return first_of(day, period) + relativedelta(months=months) - _DAY
    return day


def newest_whole(last: date, period: Period) -> tuple[date, date]:
    """The newest week, month or quarter that ends on `last` or before."""
    end = last if last_of(last, period) == last else first_of(last, period) - _DAY
    return first_of(end, period), end


def _before(selection: Selection) -> tuple[date, date]:
    start, end, period = selection.start, selection.end, selection.period
    if period in ("week", *_MONTHS) and start == first_of(end, period):
        before = first_of(start - _DAY, period)
        if period == "week":
            return before, before + (end - start)
        return before, start - _DAY if end == last_of(end, period) else _same_position(start, end, before)
    months = _whole_months(selection)
    if months:
        return start - relativedelta(months=months), start - _DAY
    return start - selection.days * _DAY, start - _DAY


def _year_before(selection: Selection) -> tuple[date, date]:
    start, end, period = selection.start, selection.end, selection.period
    if period == "week":
        return start - _YEAR_OF_WEEKS, end - _YEAR_OF_WEEKS
    year = relativedelta(years=1)
    if period in _MONTHS:
        whole = end == last_of(end, period)
    else:
        whole = period in ("custom", "months") and start.day == 1 and _is_last_of_month(end)
    return start - year, _end_of_month(end - year) if whole else end - year


def _whole_months(selection: Selection) -> int:
    """How many months the days are, where that is what was chosen: so many, or days that are whole calendar months."""
    after = selection.end + _DAY
    months = (after.year - selection.start.year) * 12 + after.month - selection.start.month
    if selection.period == "months":
        return months if after - relativedelta(months=months) == selection.start else 0
    whole = selection.period == "custom" and selection.start.day == 1 and after.day == 1
    return months if whole else 0


def _same_position(start: date, end: date, before: date) -> date:
    """`end`, as many months and days into the period that begins with `before`; cut where that month is shorter."""
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
