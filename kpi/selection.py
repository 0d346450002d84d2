"""`Selection`: the days, filters, comparison and grain a reader has chosen. Frozen, hashable, canonical."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from kpi.fiscal import CIVIL, Calendar
from kpi.schema import DIMENSIONS, is_own

Compare = Literal["previous", "year", "none"]
Grain = Literal["day", "week", "month"]
#: What the days are: so many days or months to the newest, a week, month, quarter or year (whole, or to its newest
#: day), or days of a reader's own.
Period = Literal["days", "months", "week", "month", "quarter", "year", "custom"]
COMPARES: Final = cast(tuple[Compare, ...], get_args(Compare))
GRAINS: Final = cast(tuple[Grain, ...], get_args(Grain))

#: What is added up together: names of dimensions, or `date`; () asks for the selection's one total.
Grouping = tuple[str, ...]

#: Allowed values by dimension, sorted by dimension and value; a dimension that is not named is not narrowed.
Only = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Extent:
    """The first and the last day that the facts cover."""

    first: date
    last: date

    def covers(self, start: date, end: date) -> bool:
        """Whether every day from `start` to `end` lies within the facts."""
        return self.first <= start <= end <= self.last


@dataclass(frozen=True)
class Selection:
    """The days `start` to `end`, both included, of the rows whose dimensions are among `only`.

    `period` is what they are, which says what they are compared with (kpi.comparison); weeks and months are those of
    the company's `calendar`.
    """

    start: date
    end: date
    only: Only = ()
    compare: Compare = "previous"
    grain: Grain = "day"
    period: Period = "days"
    calendar: Calendar = CIVIL

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1

    def narrow(self, dimension: str, values: Iterable[str]) -> "Selection":
        """The same selection with one dimension narrowed to `values`; no values means no longer narrowed."""
        chosen = dict(self.only)
        chosen.pop(dimension, None)
        values = tuple(values)
        return replace(self, only=only({**chosen, dimension: values} if values else chosen))


def only(chosen: Mapping[str, Iterable[str]]) -> Only:
    """`chosen` in canonical form: dimensions in the schema's order and then own ones, values sorted and named once.

    Raises KeyError for a name that is not a dimension.
    """
    own = sorted(name for name in chosen if is_own(name))
    for name in chosen.keys() - set(own):
        DIMENSIONS[name]
    return tuple((name, tuple(sorted(set(chosen[name])))) for name in (*DIMENSIONS, *own) if name in chosen)


def fitting_grain(days: int) -> Grain:
    """The grain in which so many days are drawn where nobody chose one: a line of at most some 120 points."""
    return "day" if days <= _MOST_DAILY else "week" if days <= _MOST_WEEKLY else "month"


_MOST_DAILY: Final = 120
_MOST_WEEKLY: Final = 731  # two years, one of them a leap year


def cut_short(selection: Selection) -> tuple[tuple[int, int], tuple[int, int]]:
    """Of the first and of the last period of a selection's grain: the days within the selection, and all its days."""
    found = []
    for day in (selection.start, selection.end):
        start, end = period_start(day, selection), period_end(day, selection)
        within = min(end, selection.end) - max(start, selection.start)
        found.append((within.days + 1, (end - start).days + 1))
    return found[0], found[1]


def period_end(day: date, selection: Selection) -> date:
    """The last day of the day, week or month, as the selection's grain is, that `day` lies in."""
    return day if selection.grain == "day" else selection.calendar.end(day, selection.grain)


def period_start(day: date, selection: Selection) -> date:
    """The first day of the same."""
    return day if selection.grain == "day" else selection.calendar.start(day, selection.grain)


def periods(selection: Selection) -> list[date]:
    """The first day of each period of a selection's grain; that of the first one may lie before the selection."""
    days = np.datetime64(selection.start, "D") + np.arange(selection.days)
    found: list[date] = np.unique(period_starts(days, selection)).tolist()
    return found


def period_starts(days: NDArray[np.datetime64], selection: Selection) -> NDArray[np.datetime64]:
    """`period_start` of many days, which are of the type datetime64[D]."""
    grain, calendar = selection.grain, selection.calendar
    if grain == "day" or not len(days):
        return days
    if grain == "week":
        return days - (days.astype(np.int64) + 3 - calendar.first_weekday) % 7  # 1 January 1970 was a Thursday
    if not calendar.pattern:
        return days.astype("datetime64[M]").astype("datetime64[D]")
    starts = np.array(calendar.month_starts(days.min().item(), days.max().item()), dtype="datetime64[D]")
    return starts[np.searchsorted(starts, days, side="right") - 1]
