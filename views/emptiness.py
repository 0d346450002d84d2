"""Why a selection has no rows, and what to choose instead: the filter at fault, or the days."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from components.address import Query, write
from facts import Facts, Scope
from kpi.formats import Formats
from kpi.schema import label_of
from kpi.selection import Extent, Selection

_TOTAL = ((),)


@dataclass(frozen=True)
class WayOut:
    """A button of an empty page: what it says, and the canonical query that it leads to."""

    label: str
    query: str


@dataclass(frozen=True)
class Emptiness:
    """Why a page has no figures, in a sentence, and the ways out, the least of them first."""

    text: str
    ways: tuple[WayOut, ...]


def why_empty(
    query: Query, selection: Selection, extent: Extent, facts: Facts, scope: Scope, formats: Formats
) -> Emptiness:
    """What keeps every row out: each filter whose removal alone brings rows back, and the days where they do.

    All of these selections are looked at ahead, so that an engine elsewhere works on them at once.
    """
    every_day = replace(selection, start=extent.first, end=extent.last)
    wider = {name: selection.narrow(name, ()) for name, _ in query.only}
    facts.ahead(((each, _TOTAL) for each in (*wider.values(), every_day)), scope)
    at_fault = [name for name, each in wider.items() if _has_rows(facts, each, scope)]
    days = formats.days(selection.start, selection.end)
    ways = [WayOut(f"Remove the {label_of(name).lower()} filter", write(_without(query, name))) for name in at_fault]
    if every_day != selection and _has_rows(facts, every_day, scope):
        ways.append(WayOut("Show all days", write(replace(query, last="all", start=None, end=None))))
    if not ways and query.only:
        ways.append(WayOut("Remove all filters", write(replace(query, only=()))))
    return Emptiness(" ".join(_sentences(at_fault, bool(query.only), days)), tuple(ways))


def _sentences(at_fault: list[str], filtered: bool, days: str) -> Iterator[str]:
    names = [label_of(name).lower() for name in at_fault]
    yield f"Nothing matches these filters, {days}." if filtered else f"There is no data for {days}."
    if names:
        yield f"Loosen the {' or the '.join(names)} filter to see figures."
    elif filtered:
        yield "Loosen the filters, or choose other dates."
    else:
        yield "Choose other dates."


def _without(query: Query, dimension: str) -> Query:
    return replace(query, only=tuple(each for each in query.only if each[0] != dimension))


def _has_rows(facts: Facts, selection: Selection, scope: Scope) -> bool:
    return bool(len(facts.totals(selection, _TOTAL, scope)[()]))
