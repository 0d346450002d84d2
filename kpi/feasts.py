"""Shopping feasts that move: a comparison that has one on one side only is no fair one, and says so.

Easter by the Gregorian computus (dateutil), the weekend after Thanksgiving by its rule, Prime days as Amazon announced
them. A year that the list does not know yet has none: it is not guessed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from dateutil.easter import easter

from kpi.selection import Selection

_DAY: Final = timedelta(days=1)
#: First day and number of days, as announced on aboutamazon.com; the first of each year in July, the other in October.
_PRIME: Final = {
    "Prime Day": {
        **{date(2021, 6, 21): 2, date(2022, 7, 12): 2, date(2023, 7, 11): 2, date(2024, 7, 16): 2},
        **{date(2025, 7, 8): 4},
    },
    "Prime Big Deal Days": {
        **{date(2022, 10, 11): 2, date(2023, 10, 10): 2, date(2024, 10, 8): 2, date(2025, 10, 7): 2},
    },
}


def feasts_of(year: int) -> Iterator[tuple[str, date, int]]:
    """The moving feasts of a year: name, first day, number of days."""
    yield "Easter", easter(year) - 2 * _DAY, 4  # Good Friday to Easter Monday
    first = date(year, 11, 1)
    thanksgiving = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
    yield "Black Friday to Cyber Monday", thanksgiving + _DAY, 4
    for name, announced in _PRIME.items():
        for start, days in announced.items():
            if start.year == year:
                yield name, start, days


def feast_days(start: date, end: date) -> dict[date, tuple[str, int]]:
    """The days of moving feasts from `start` to `end`: the name of each, and which day of it that is, from 0."""
    return {
        day: (name, place)
        for year in range(start.year, end.year + 1)
        for name, first, days in feasts_of(year)
        for place in range(days)
        if start <= (day := first + place * _DAY) <= end
    }


def feasts_apart(chosen: Selection, before: Selection) -> str:
    """Which feasts two windows do not share, in words: ``Easter then but not now``; "" where they share all."""
    unknown = _not_known(chosen, before)
    now, then = (_counts(each) for each in (chosen, before))
    parts = []
    for name in dict.fromkeys((*now, *then)):
        here, there = now.get(name, 0), then.get(name, 0)
        if name in unknown:
            continue
        if here and not there:
            parts.append(f"{name} now but not then")
        elif there and not here:
            parts.append(f"{name} then but not now")
        elif here != there:
            days = abs(here - there)
            count = "1 day" if days == 1 else f"{days} days"
            parts.append(f"{count} of {name} more {'now' if here > there else 'then'}")
    return ", ".join(parts)


def feasts_beside_others(chosen: Selection, line: Selection) -> list[tuple[str, date]]:
    """The feasts of `chosen` whose days lie beside other days in a line of `line`, day for day: name and first day."""
    now, then = (feast_days(each.start, each.end) for each in (chosen, line))
    unknown, wrong = _not_known(chosen, line), dict[str, date]()
    for day, feast in now.items():
        other = line.start + (day - chosen.start)
        if other <= line.end and then.get(other) != feast and feast[0] not in unknown:
            wrong.setdefault(feast[0], day)
    return list(wrong.items())


def _not_known(*windows: Selection) -> set[str]:
    """The feasts whose days are not listed for every year of some windows."""
    years = {year for each in windows for year in range(each.start.year, each.end.year + 1)}
    return {name for name, announced in _PRIME.items() if years - {first.year for first in announced}}


def _counts(selection: Selection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, _ in feast_days(selection.start, selection.end).values():
        counts[name] = counts.get(name, 0) + 1
    return counts
