"""Parses days in ISO form, with names in fifteen languages, day first or month first as the whole column shows."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

from babel import Locale

from ingest.results import ImportProblem

FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2100, 1, 1)
EXCEL_EPOCH: Final = date(1899, 12, 30)

_ISO: Final = re.compile(r"^(\d{4})(?:[-/]|\. ?)(\d{1,2})(?:[-/]|\. ?)(\d{1,2})\.?(?:[T ]\d{1,2}:\d.*)?$")
_CHARACTERS: Final = re.compile(r"^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일](?: ?\(.\))?$")
_COMPACT: Final = re.compile(r"^(20\d\d)(\d\d)(\d\d)$")
_PARTS: Final = re.compile(r"^(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{2})\.?(?:[T ]\d{1,2}:\d.*)?$")
_DAY_NAME: Final = re.compile(
    r"^(\d{1,2})(?:\.|st|nd|rd|th|er)?[\s-]+(?:de\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?(\d{4}|\d\d)$"
)
_NAME_DAY: Final = re.compile(r"^([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:\s+\d{1,2}:\d.*)?$")
_WEEKDAY: Final = re.compile(r"^[^\W\d]+\.?,\s+")
_WEEKDAY_BARE: Final = re.compile(r"^[^\W\d]+\.?\s+(?=\d)")
_WEEKDAY_MONTH: Final = re.compile(r"^[^\W\d]+\.?\s+(?=[^\W\d]+\.?\s+\d)")
_EPOCH: Final = re.compile(r"^([1-3]\d{9})(?:000)?(?:\.0+)?$")
_SERIAL: Final = re.compile(r"^\d{5}(?:\.0*)?$")

#: Whose names of months CLDR gives, beside those below.
_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr", "cs", "da", "nb", "ro", "hu")
_MONTHS: Final = (
    "jan january januar jänner janv janvier ene enero",
    "feb february februar févr février fevr fevrier febrero",
    "mar march mär mrz märz maerz mars marzo",
    "apr april avr avril abr abril",
    "may mai mayo",
    "jun june juni juin junio",
    "jul july juli juil juillet julio",
    "aug august août aout ago agosto",
    "sep sept september septembre septiembre setiembre",
    "oct october okt oktober octobre octubre",
    "nov november novembre noviembre",
    "dec december dez dezember déc décembre decembre dic diciembre",
)
MONTHS: Final = {name: number for number, line in enumerate(_MONTHS, 1) for name in line.split()}


def days(column: str, texts: Sequence[str], order: str | None, where: Callable[[int], str]) -> list[date | None]:
    """The day that each of the distinct `texts` names, None where it is no day; see `no_day`.

    `order` is "dmy", "mdy" or None for what the texts prove. Raises ImportProblem where that is undecidable; `where`
    names a text's row.
    """
    split = {place: parts for place, text in enumerate(texts) if (parts := _PARTS.match(text)) and parts[2] != "."}
    if split and order is None:
        order = _order(column, [(int(each[1]), int(each[3]), _year(each[4])) for each in split.values()], where(0))
    found = (_day(text, order or "dmy") for text in texts)
    return [day if day is not None and FIRST <= day < LAST else None for day in found]


def no_day(column: str, text: str) -> str:
    """What is wrong with a text that is no day."""
    return f"“{column}” is “{text[:60]}”, which is no day; repair it or export again."


def newest(now: datetime | None = None) -> date:
    """The last day that a row can be of: tomorrow in UTC, which it is already somewhere."""
    return (now or datetime.now(UTC)).date() + timedelta(1)


def to_come(column: str, text: str) -> str:
    """What is wrong with a text that names a day after the newest: it would become the day that all pages end on."""
    return f"“{column}” is “{text[:60]}”, which is still to come; repair it or export again."


def is_day(text: str) -> bool:
    """Whether `text` could be a day in some order."""
    return _day(text, "dmy") is not None or _day(text, "mdy") is not None


def _day(text: str, order: str) -> date | None:
    text = " ".join(text.split())
    if found := _ISO.match(text) or _COMPACT.match(text) or _CHARACTERS.match(text):
        return _day_of(found[1], found[2], found[3])
    if found := _PARTS.match(text):
        month_first = order == "mdy" and found[2] != "."
        day, month = (found[3], found[1]) if month_first else (found[1], found[3])
        return _day_of(_year(found[4]), month, day)
    if _SERIAL.match(text):
        return of_serial(float(text))
    if found := _EPOCH.match(text):
        # Midnight in UTC alone: where it is midnight elsewhere, the day depends on where.
        days, seconds = divmod(int(found[1]), 86_400)
        return None if seconds else date(1970, 1, 1) + timedelta(days)
    text = _WEEKDAY.sub("", text).casefold()
    if found := _NAME_DAY.match(_WEEKDAY_MONTH.sub("", text)):
        return _day_of(found[3], _month(found[1]), found[2])
    if found := _DAY_NAME.match(_WEEKDAY_BARE.sub("", text)):
        return _day_of(_year(found[3]), _month(found[2]), found[1])
    return None


def _month(name: str) -> int:
    """The number of a month in one of the languages that reports come in, 0 where it is none or not the same in all."""
    return MONTHS.get(name) or _more_months().get(name, 0)


@cache
def _more_months() -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        months = Locale(language).months
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in months[context][width].items():
                    found.setdefault(name.casefold().rstrip("."), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) == 2 else int(text)


def _day_of(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _order(column: str, parts: list[tuple[int, int, int]], where: str) -> str:
    """ "dmy" or "mdy": the one that is possible, else the one under which the days follow one another."""
    read = {
        "dmy": [_day_of(year, second, first) for first, second, year in parts],
        "mdy": [_day_of(year, first, second) for first, second, year in parts],
    }
    possible = {order: [day for day in found if day] for order, found in read.items() if all(found)}
    if len(possible) == 1:
        return next(iter(possible))
    if not possible:
        return "dmy"  # the first impossible day is named by the caller
    if set(possible["dmy"]) == set(possible["mdy"]) and possible["dmy"] == possible["mdy"]:
        return "dmy"
    dense = {order: len(set(found)) / ((max(found) - min(found)).days + 1) for order, found in possible.items()}
    for order, other in (("dmy", "mdy"), ("mdy", "dmy")):
        if len(parts) > 2 and dense[order] >= 0.5 and dense[other] < dense[order] / 3:
            return order
    first, second, year = parts[0]
    raise ImportProblem(
        f"{where}: “{column}” is {first:02}/{second:02}/{year}, and nothing in the file tells whether the day or the "
        "month comes first; say it with --dates dmy or --dates mdy."
    )


def of_serial(number: float) -> date | None:
    """The day of a number that Excel shows as one, None where it is none."""
    return EXCEL_EPOCH + timedelta(days=int(number)) if 36_526 <= number < 73_050 else None
