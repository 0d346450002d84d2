"""`Formats`: how figures and days are written in a locale and a currency; en-US and USD unless settings say otherwise.

The browser gets the same data (docs/wire.md), so that both sides write the same text whatever either knows of locales.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from typing import Any, Final
from unicodedata import bidirectional

from kpi.fiscal import CIVIL, Calendar

MINUS: Final = "−"

#: From `limit` on an amount is divided by `divisor` and written between a text before and a text after.
Compact = tuple[tuple[float, float, str, str], ...]

_TOKEN: Final = re.compile(r"'([^']*)'|([dMLy])\2*")
_TURNING: Final = re.compile("(\u2067[^\u202a-\u202e\u2066-\u2069]*\u2069)|[\u202a-\u202e\u2066-\u2069]")
_D3: Final = {"d": "%-d", "dd": "%d", "M": "%-m", "MM": "%m", "L": "%-m", "LL": "%m"}


@dataclass(frozen=True)
class Formats:
    """Signs and patterns of one locale, from CLDR; `money` and `percent` are the texts before and after a figure.

    `groups` are the digits before the first separator, counted from the point, and before each further one. `minor`
    are the currency's digits after the point. Patterns of days have CLDR's letters: ``d``, ``MMM``, ``y``.
    `calendar` is the company's.
    """

    locale: str = "en-US"
    currency: str = "USD"
    decimal: str = "."
    group: str = ","
    groups: tuple[int, int] = (3, 3)
    money: tuple[str, str] = ("$", "")
    minor: int = 2
    percent: tuple[str, str] = ("", "%")
    compact: Compact = ((1e3, 1e3, "", "k"), (1e6, 1e6, "", "M"), (1e9, 1e9, "", "B"), (1e12, 1e12, "", "T"))
    compact_money: Compact = (
        (1e3, 1e3, "$", "k"),
        (1e6, 1e6, "$", "M"),
        (1e9, 1e9, "$", "B"),
        (1e12, 1e12, "$", "T"),
    )
    months: tuple[str, ...] = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day: str = "MMM d, y"
    day_month: str = "MMM d"
    month_year: str = "MMM y"
    within_month: str = "MMM d – d, y"
    within_year: str = "MMM d – MMM d, y"
    across: str = "MMM d, y – MMM d, y"
    calendar: Calendar = CIVIL

    def number(self, value: float, decimals: int = 0, shift: int = 0) -> str:
        """``1,204.5`` for a finite value, ``12.3`` for 0.123 where `shift` is 2.

        Halves are rounded away from zero; nothing that rounds to zero has a sign.
        """
        size = _round_half_up(abs(value), decimals, shift)
        whole, _, part = f"{size:f}".partition(".")
        first, further = self.groups
        pieces = [whole[-first:]]
        rest = whole[:-first]
        while rest:
            pieces.append(rest[-further:])
            rest = rest[:-further]
        text = self.group.join(reversed(pieces)) + (self.decimal + part if part else "")
        return MINUS + text if value < 0 and size else text

    def between(self, around: tuple[str, str], value: float, decimals: int, shift: int = 0) -> str:
        """A number between two texts, its sign before all of it: ``−$12``."""
        return _place_sign(self.number(value, decimals, shift), *around)

    def shorten(self, steps: Compact, around: tuple[str, str], value: float) -> str:
        """Three digits and the name of their size: ``$2.36M``; whole where the locale shortens no such number."""
        size = _round_half_up(abs(value), 2 - _magnitude(abs(value)))
        step = next((step for step in reversed(steps) if size >= step[0]), None)
        if step is None:
            return self.between(around, value, 0)
        scaled = float(size) / step[1]
        text = self.number(scaled if value > 0 else -scaled, max(0, 2 - _magnitude(scaled)))
        return _place_sign(text, *step[2:])

    @property
    def sign(self) -> str:
        """The currency's sign alone: ``$``."""
        return "".join(self.money).strip()

    def days(self, start: date, end: date) -> str:
        """Both days and what lies between, nothing said twice: ``Sep 1 – 28, 2025``."""
        if start == end:
            return self.one(self.day, start)
        if start.year != end.year:
            pattern = self.across
        else:
            pattern = self.within_month if start.month == end.month else self.within_year
        return self._apart(_fill_pattern(pattern, start, end, self.months))

    def month(self, start: date) -> str:
        """The month of the company's calendar that begins with `start`: ``Sep 2025``; a month of weeks, which may begin
        with any day, by that day.
        """
        return self.one(self.day if self.calendar.pattern else self.month_year, start)

    def one(self, pattern: str, day: date) -> str:
        """`day` in a pattern of these: ``formats.one(formats.month_year, day)`` is ``Sep 2025``."""
        return self._apart(_fill_pattern(pattern, day, day, self.months))

    def _apart(self, days: str) -> str:
        """A day that is written from the right, kept apart from the sentence around it, which is not."""
        return f"\u2067{days}\u2069" if self._from_right else days

    @cached_property
    def _from_right(self) -> bool:
        return any(bidirectional(sign) in ("R", "AL") for sign in self.months[0])

    def for_browser(self) -> dict[str, Any]:
        """What assets/js/format.js and plotly write figures and days by."""
        day_month, month, day = (_d3(pattern) for pattern in (self.day_month, self.month_year, self.day))
        return {
            "decimal": self.decimal,
            "group": self.group,
            "groups": self.groups,
            "money": self.money,
            "percent": self.percent,
            "compact": self.compact,
            "compact_money": self.compact_money,
            # d3 has no names of its own for a day without its year and a month: %x and %X stand for them (theme.py).
            "plotly": {
                "decimal": self.decimal,
                "thousands": self.group,
                "grouping": [self.groups[0], *[self.groups[1]] * 5],
                "currency": self.money,
                "months": self.months,
                "shortMonths": self.months,
                "date": day_month,
                "time": month,
                "year": "%Y",
                "month": month,
                "dayMonth": day_month,
                "dayMonthYear": day,
            },
        }


def _round_half_up(size: float, decimals: int, shift: int = 0) -> Decimal:
    """Halves up, on the digits that the shortest writing of the number has, as browsers and people round."""
    return Decimal(repr(float(size))).scaleb(shift).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def in_words(name: str) -> str:
    """`name` within a sentence: without the signs that would turn what comes after it around.

    A day that is written from the right stays whole (`Formats.one`).
    """
    return _TURNING.sub(lambda found: found[1] or "", name)


def _magnitude(size: float) -> int:
    return Decimal(repr(float(size))).adjusted()


def _place_sign(number: str, before: str, after: str) -> str:
    sign = MINUS if number.startswith(MINUS) else ""
    return f"{sign}{before}{number.removeprefix(MINUS)}{after}"


@lru_cache(maxsize=8192)
def _fill_pattern(pattern: str, start: date, end: date, months: Sequence[str]) -> str:
    """`pattern` with a day's parts; from the letter on that comes a second time they are those of `end`."""
    seen: set[str] = set()
    day = start

    def part(found: re.Match[str]) -> str:
        nonlocal day
        if found[2] is None:
            return found[1] or "'"
        kind = "M" if found[2] == "L" else found[2]
        if kind in seen:
            day = end
            seen.clear()
        seen.add(kind)
        if kind == "y":
            return str(day.year)
        value = day.day if kind == "d" else day.month
        return months[value - 1] if kind == "M" and len(found[0]) > 2 else f"{value:0{min(len(found[0]), 2)}}"

    return _TOKEN.sub(part, pattern)


def _d3(pattern: str) -> str:
    def part(found: re.Match[str]) -> str:
        if found[2] is None:
            return found[1] or "'"
        return "%Y" if found[2] == "y" else _D3.get(found[0], "%b")

    return _TOKEN.sub(part, pattern)
