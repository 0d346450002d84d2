"""A company's own calendar: when its year begins, what its months are, and on which day its weeks do.

Without settings it is the civil one with weeks from Monday. A year may begin with another month; or it is made of whole
weeks, 4-4-5 and the like, as retailers have it (the National Retail Federation's calendar is 4-5-4, from Sunday, its
year ending on the Saturday nearest the end of January).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final, Literal

from dateutil.relativedelta import relativedelta

Level = Literal["week", "month", "quarter", "year"]

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)
_MONTHS: Final[Mapping[Level, int]] = {"month": 1, "quarter": 3, "year": 12}
_WEEKS: Final = 52


@dataclass(frozen=True)
class Calendar:
    """`first_month` (1 to 12) begins the year, `first_weekday` (0 is Monday) the week.

    With a `pattern`, the weeks of each quarter's three months, a year ends on the last day of a week: the `last` such
    day of the month before `first_month`, or the one `nearest` to that month's end. The 53rd week that some years then
    have belongs to the last month. `restated`: the year after such a one is compared with its weeks 2 to 53, which lie
    at the same time of the year; else week 1 with week 1.
    """

    first_month: int = 1
    first_weekday: int = 0
    pattern: tuple[int, ...] = ()
    year_end: Literal["nearest", "last"] = "nearest"
    restated: bool = True

    def start(self, day: date, level: Level) -> date:
        """The first day of the week, month, quarter or year that `day` lies in."""
        if level == "week":
            return day - (day.weekday() - self.first_weekday) % 7 * _DAY
        months = _MONTHS[level]
        if not self.pattern:
            past = (day.month - self.first_month) % 12 % months
            return day.replace(day=1) - relativedelta(months=past)
        starts = _month_starts(self, self._year_of(day))
        return starts[(bisect_right(starts, day) - 1) // months * months]

    def end(self, day: date, level: Level) -> date:
        """The last day of the same."""
        if level == "week":
            return self.start(day, level) + 6 * _DAY
        months = _MONTHS[level]
        if not self.pattern:
            return self.start(day, level) + relativedelta(months=months) - _DAY
        starts = _month_starts(self, self._year_of(day))
        return starts[(bisect_right(starts, day) - 1) // months * months + months] - _DAY

    def month_starts(self, first: date, last: date) -> list[date]:
        """The first day of each month that has a day from `first` to `last`."""
        found = [self.start(first, "month")]
        while (after := self.end(found[-1], "month") + _DAY) <= last:
            found.append(after)
        return found

    def months(self, start: date, end: date) -> int:
        """How many whole months of this calendar the days `start` to `end` are; 0 where they are not."""
        if self.start(start, "month") != start or self.end(end, "month") != end:
            return 0
        return len(self.month_starts(start, end))

    def months_before(self, start: date, months: int) -> date:
        """The first day of the month that begins so many months before the one of `start`."""
        at = self.start(start, "month")
        for _ in range(months):
            at = self.start(at - _DAY, "month")
        return at

    def year_before(self, start: date, end: date, whole: bool) -> tuple[date, date]:
        """The same weeks of the year before, for days of one year of weeks; of a `whole` period the whole one."""
        here = self.start(start, "year")
        then = self.start(here - _DAY, "year")
        longer = (here - then).days > _WEEKS * 7
        shift = _WEEK if longer and self.restated and not self._is_long(here) else timedelta()
        first, last = then + shift + (start - here), then + shift + (end - here)
        if whole and not shift and last + _WEEK == here - _DAY:
            last = here - _DAY  # the 53rd week is of the month, quarter and year that end with it
        return first, min(last, here - _DAY)

    def _is_long(self, day: date) -> bool:
        return (self.end(day, "year") - self.start(day, "year")).days >= _WEEKS * 7

    def _year_of(self, day: date) -> int:
        """The civil year in which the year of weeks ends that `day` lies in."""
        year = day.year - 1
        while _year_end(self, year) < day:
            year += 1
        return year


#: The civil calendar, with weeks from Monday.
CIVIL: Final = Calendar()

_PATTERNS: Final = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def read_calendar(text: str) -> Calendar:
    """The calendar that a setting names: ``february``, or ``4-5-4,february,sunday``, in any order.

    Raises ValueError for a word that is none of it, for two of a kind, and for a rule of the year's end without a
    pattern of weeks.
    """
    found: dict[str, Any] = {}
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        field, value = _part(word)
        if field in found:
            raise ValueError
        found[field] = value
    if "pattern" not in found and {"year_end", "restated"} & found.keys():
        raise ValueError
    return Calendar(**found)


def _part(word: str) -> tuple[str, Any]:
    if word in _PATTERNS:
        return "pattern", _PATTERNS[word]
    if word in _MONTH_NAMES:
        return "first_month", _MONTH_NAMES.index(word) + 1
    if word in _WEEKDAYS:
        return "first_weekday", _WEEKDAYS.index(word)
    if word in ("nearest", "last"):
        return "year_end", word
    if word in ("restated", "same"):
        return "restated", word == "restated"
    raise ValueError


@lru_cache(maxsize=512)
def _year_end(calendar: Calendar, year: int) -> date:
    """The last day of the year of weeks that ends with the month before `first_month` in, or nearest to, `year`."""
    month_end = date(year, calendar.first_month, 1) - _DAY if calendar.first_month > 1 else date(year, 12, 31)
    back = (month_end.weekday() - (calendar.first_weekday - 1) % 7) % 7
    last = month_end - back * _DAY
    return last + _WEEK if calendar.year_end == "nearest" and back > 3 else last


@lru_cache(maxsize=512)
def _month_starts(calendar: Calendar, year: int) -> tuple[date, ...]:
    """The first days of the twelve months of the year of weeks that ends in `year`, and that of the next year."""
    start, after = _year_end(calendar, year - 1) + _DAY, _year_end(calendar, year) + _DAY
    weeks = accumulate((calendar.pattern * 4)[:11], initial=0)
    return (*(start + each * _WEEK for each in weeks), after)
