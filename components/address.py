"""Address ⇄ query: the only codec. `write` is canonical; `read` restores what was written and notes what it drops."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeVar
from urllib.parse import parse_qsl, quote

from dateutil.relativedelta import relativedelta

from kpi.comparison import newest_whole
from kpi.fiscal import CIVIL, Calendar, Level
from kpi.formats import in_words
from kpi.metrics import METRICS
from kpi.plain_text import date_of
from kpi.schema import DIMENSIONS, MEASURES, is_own, label_of
from kpi.selection import COMPARES, GRAINS, Compare, Extent, Grain, Only, Period, Selection, only

DEFAULT_LAST: Final = "28d"
DEFAULT_RANK: Final = "profit"

#: What the dates control offers; whole weeks compare fairly, so 28 days is the default.
PRESETS: Final = {
    "7d": "7 days",
    "28d": "28 days",
    "12w": "12 weeks",
    "120d": "120 days",
    "week-1": "Last week",
    "month": "This month",
    "month-1": "Last month",
    "quarter": "This quarter",
    "quarter-1": "Last quarter",
    "ytd": "Year to date",
    "all": "Everything",
}

#: What a list of campaigns can be ranked by: what every campaign has, most used first.
_FIRST: Final = ("profit", "roi", "roas", "margin", "revenue", "spend", "conversions", "cac")
RANKS: Final = (
    *_FIRST,
    *(
        key
        for key, metric in METRICS.items()
        if key not in _FIRST
        and not metric.of_whole  # a share ranks as its sum does
        and metric.measures <= frozenset(MEASURES) - {"reach"}  # people of a campaign are not known
    ),
)

_SPAN: Final = re.compile(r"([1-9]\d{0,3})([dwmy])", re.ASCII)
#: What says nothing about figures and is no mistake: advertisers' fields, and the key of a one-time address.
_IGNORED: Final = re.compile(r"utm_|gclid|fbclid|msclkid|ttclid|_|key$")
_SHOWN: Final = 40
_MOST_FIELDS: Final = 2000

_Name = TypeVar("_Name", bound=str)


@dataclass(frozen=True, eq=False)
class Address:
    """A query string, taken apart: `fields` are its names and values in order, None where it has too many parts.

    Each request makes one, and hands it on.
    """

    text: str
    fields: tuple[tuple[str, str], ...] | None

    @classmethod
    def of(cls, text: str) -> "Address":
        """Nothing in `text` raises."""
        try:
            fields = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
        except ValueError:
            return cls(text, None)
        return cls(text, tuple(fields))

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a field, as often as it is there; those without a value do not count."""
        return tuple(value for field, value in self.fields or () if field == name and value)

    def without(self, *names: str) -> "Address":
        """The same without some fields."""
        if self.fields is None:
            return self
        return Address(self.text, tuple(field for field in self.fields if field[0] not in names))


_ROLLINGS: Final[tuple[Literal["", "7d"], ...]] = ("", "7d")
_GRAINS: Final[tuple[Literal["", "day", "week", "month"], ...]] = ("", *GRAINS)


@dataclass(frozen=True)
class Query:
    """What an address asks for. Days are relative (`last`) or, where `last` is None, from `start` to `end`.

    Without a `grain` it is the one that fits the days on a page, and days in files. `rolling` draws days as the mean of
    the seven that end with each.
    """

    only: Only = ()
    last: str | None = DEFAULT_LAST
    start: date | None = None
    end: date | None = None
    compare: Compare = "previous"
    grain: Grain | None = None
    rolling: Literal["", "7d"] = ""
    rank: str = DEFAULT_RANK
    as_of: str = ""
    usual_rank: str = DEFAULT_RANK  # by which this reader's campaigns of these data are ranked where none is named

    def selection(self, extent: Extent, calendar: Calendar = CIVIL) -> Selection:
        """The days and rows this means for facts of `extent`; relative days end with the newest, months and quarters
        are those of `calendar`.
        """
        if self.last is None and self.start is not None and self.end is not None:
            start, end, period = self.start, self.end, _OWN
        else:
            start, end, period = _days_of(self.last or DEFAULT_LAST, extent, calendar)
        return Selection(start, end, self.only, self.compare, self.grain or "day", period, calendar)

    def narrow(self, pairs: Iterable[tuple[str, str]]) -> "Query":
        """The same query, filtered to the given (dimension, value) pairs; several values of one dimension are kept."""
        chosen = dict(self.only)
        for name, _ in pairs:
            chosen[name] = tuple(value for dimension, value in pairs if dimension == name)
        return replace(self, only=only(chosen))


_OWN: Final[Period] = "custom"
#: Presets of a calendar period to its newest day, and of the newest whole one.
_TO_DATE: Final[dict[str, Level]] = {"month": "month", "quarter": "quarter", "ytd": "year"}
_WHOLE: Final[dict[str, Level]] = {"week-1": "week", "month-1": "month", "quarter-1": "quarter"}


def _days_of(last: str, extent: Extent, calendar: Calendar) -> tuple[date, date, Period]:
    """The days that `last` means for facts of `extent`, and what they are; cut to the days there are."""
    end = extent.last
    if whole := _WHOLE.get(last):
        start, end = newest_whole(end, whole, calendar)
        if start >= extent.first:
            return start, end, whole
        last = _NEXT_BEST[last]  # no such period is there whole
        end = extent.last
    if to_date := _TO_DATE.get(last):
        return max(calendar.start(end, to_date), extent.first), end, to_date
    start, period = _first_of_span(last, extent)
    return (start, end, period) if start > extent.first else (extent.first, end, "days")


_NEXT_BEST: Final = {"week-1": "7d", "month-1": "month", "quarter-1": "quarter"}


def _first_of_span(last: str, extent: Extent) -> tuple[date, Period]:
    if last == "all" or not (span := _SPAN.fullmatch(last)):
        return extent.first, "days"
    number, unit, end = int(span[1]), span[2], extent.last
    try:
        if unit in "dw":
            return end - timedelta(days=number * (7 if unit == "w" else 1) - 1), "days"
        back = relativedelta(months=number) if unit == "m" else relativedelta(years=number)
        return end + timedelta(days=1) - back, "months"
    except (OverflowError, ValueError):
        return extent.first, "days"


def write(query: Query) -> str:
    """The canonical query string, without "?"; defaults are left out, so the default query is ""."""
    fields = [(name, ",".join(map(_escape, values))) for name, values in query.only]
    if query.last is None and query.start is not None and query.end is not None:
        fields += [("from", query.start.isoformat()), ("to", query.end.isoformat())]
    elif query.last != DEFAULT_LAST:
        fields.append(("last", query.last or ""))
    for name, value, default in (
        ("compare", query.compare, "previous"),
        ("grain", query.grain or "", ""),
        ("rolling", query.rolling, ""),
        ("rank", query.rank, query.usual_rank),
        ("as_of", query.as_of, ""),
    ):
        if value and value != default:
            fields.append((name, value))
    return "&".join(f"{name}={quote(value, safe=',')}" for name, value in fields)


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace(",", "%2C")


def _unescape(value: str) -> str:
    return re.sub(r"%(2[Cc]|25)", lambda found: "%" if found[1] == "25" else ",", value)


def as_of(address: Address) -> str:
    """The earlier version that a query string asks for, "" for today's; the last of several."""
    return next(reversed(address.values("as_of")), "").strip()


def read(
    address: Address, options: Mapping[str, Sequence[str]], extent: Extent, ranks: Sequence[str]
) -> tuple[Query, tuple[str, ...]]:
    """The query that a query string asks for, and a sentence for each thing it asks for that does not exist.

    `options` are the values that exist, by dimension, `ranks` what can be ranked by. Nothing in `address` raises.
    """
    ranks = ranks or ("",)
    usual = DEFAULT_RANK if DEFAULT_RANK in ranks else ranks[0]
    notes: list[str] = []
    if address.fields is None:
        return Query(rank=usual, usual_rank=usual), ("The address has too many parts to be read; showing everything.",)
    fields: dict[str, str] = {}
    for name, value in address.fields:
        if value:
            fields[name] = f"{fields[name]},{value}" if name in fields and name != "as_of" else value
    chosen = {}
    for name in (*DIMENSIONS, *filter(is_own, options)):
        if name in fields:
            known, unknown = _values(fields.pop(name), options.get(name, ()))
            if unknown:
                notes.append(_no_such(label_of(name).lower(), unknown))
            if known and len(known) < len(options[name]):
                chosen[name] = known
    last, start, end = _days(fields, extent, notes)
    query = Query(
        only(chosen),
        last,
        start,
        end,
        _one_of(fields, "compare", COMPARES, "comparison", notes),
        _one_of(fields, "grain", _GRAINS, "grain", notes) or None,
        _one_of(fields, "rolling", _ROLLINGS, "rolling mean", notes),
        _one_of(fields, "rank", (usual, *ranks), "ranking metric", notes),
        fields.pop("as_of", "").strip(),
        usual_rank=usual,
    )
    strange = [name for name in fields if not _IGNORED.match(name)]
    if strange:
        notes.append(f"{_quote(strange)} {'is' if len(strange) == 1 else 'are'} no filter here and was left out.")
    return query, tuple(notes)


@lru_cache(maxsize=64)
def _values_and_commas(options: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """The values, and the most commas in one; kept, as there may be thousands of them."""
    return frozenset(options), max((value.count(",") for value in options), default=0)


def _values(text: str, options: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The known and the unknown values in a list. A value whose comma was not escaped is recognised too."""
    exist, most_commas = _values_and_commas(tuple(options))
    pieces = text.split(",")
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    at = 0
    while at < len(pieces):
        for length in range(min(most_commas + 1, len(pieces) - at), 0, -1):
            written = ",".join(pieces[at : at + length])
            value = next((value for value in (_unescape(written), written) if value in exist), None)
            if value is not None:
                known[value] = None
                at += length
                break
        else:
            if pieces[at].strip():
                unknown[_unescape(pieces[at])] = None
            at += 1
    return tuple(known), list(unknown)


def _no_such(label: str, values: list[str]) -> str:
    if len(values) == 1:
        return f"There is no {label} {_quote(values)} in the data; it was left out."
    return f"The data has no {label} called {_quote(values)}; they were left out."


def _quote(values: Sequence[str]) -> str:
    """Up to three of `values` in quotation marks, cut where they are long."""
    named = [in_words(value) for value in values[:3]]
    short = [f"“{value if len(value) <= _SHOWN else value[:_SHOWN] + '…'}”" for value in named]
    more = len(values) - len(short)
    return (
        f"{', '.join(short)} and {more:,} more" if more else " and ".join(short) if len(short) < 3 else ", ".join(short)
    )


def _one_of(fields: dict[str, str], name: str, allowed: Sequence[_Name], what: str, notes: list[str]) -> _Name:
    """The value of a field, the first of `allowed` where it has none of them."""
    value = fields.pop(name, "")
    found = next((each for each in allowed if each == value), None)
    if found is None and value:
        notes.append(f"There is no {what} {_quote([value])}; it was left out.")
    return found or allowed[0]


def _days(fields: dict[str, str], extent: Extent, notes: list[str]) -> tuple[str | None, date | None, date | None]:
    """`last`, `start` and `end` of a query; what cannot be is noted and the default taken."""
    last = fields.pop("last", "")
    given = [name for name in ("from", "to") if name in fields]
    start, end = (_day(fields.pop(name, ""), notes) for name in ("from", "to"))
    if last and not (last in PRESETS or _SPAN.fullmatch(last)):
        notes.append(f"There is no period {_quote([last])}; it was left out.")
        last = ""
    if start is None and end is None:
        return last or DEFAULT_LAST, None, None
    if last:
        notes.append("The address names both a period and dates; the dates were taken.")
    if len(given) == 2 and (start is None or end is None):
        return DEFAULT_LAST, None, None
    end = end if end is not None else extent.last
    if start is None:
        start = max(end - timedelta(days=27), extent.first) if end > extent.first else end
    covered = f"The data covers {extent.first.isoformat()} to {extent.last.isoformat()}"
    if start > end:
        notes.append(f"The dates run backwards ({start.isoformat()} to {end.isoformat()}); they were left out.")
        return DEFAULT_LAST, None, None
    if end < extent.first or start > extent.last:
        notes.append(f"{covered}: nothing lies between {start.isoformat()} and {end.isoformat()}; they were left out.")
        return DEFAULT_LAST, None, None
    if start < extent.first or end > extent.last:
        notes.append(f"{covered}; the dates were cut to that.")
    return None, max(start, extent.first), min(end, extent.last)


def _day(text: str, notes: list[str]) -> date | None:
    if not text:
        return None
    found = date_of(text)
    if found is None:
        notes.append(f"{_quote([text])} is no date of the form YYYY-MM-DD; it was left out.")
    return found


def period_label(last: str) -> str:
    """A period that `last` names, in words: ``6m`` is ``6 months``."""
    span = _SPAN.fullmatch(last)
    if last in PRESETS or span is None:
        return PRESETS.get(last, last)
    noun = {"d": "day", "w": "week", "m": "month", "y": "year"}[span[2]]
    return f"{span[1]} {noun}{'' if span[1] == '1' else 's'}"


def choices(ranks: Sequence[str]) -> dict[str, object]:
    """Presets, comparisons, grains and rankings with their labels, and the defaults that an address leaves out."""
    rank = DEFAULT_RANK if DEFAULT_RANK in ranks else next(iter(ranks), "")
    return {
        "presets": [list(item) for item in PRESETS.items()],
        "compares": [["previous", "Previous period"], ["year", "Last year"], ["none", "No comparison"]],
        "grains": [["day", "Day"], ["week", "Week"], ["month", "Month"]],
        "defaults": {"last": DEFAULT_LAST, "compare": "previous", "grain": "", "rank": rank},
    }
