"""`as_of=` in an address: shows an earlier version of the data, and what is different now."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from components.address import Address, as_of, write
from components.visuals import Page
from facts import DataProblem, Facts, Scope
from facts.delta.versions import Version
from facts.source import Source
from kpi.evaluate import evaluate
from kpi.formats import Formats
from kpi.selection import Selection
from kpi.units import figure

_COMPARED = ("revenue", "spend")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Past:
    """What an address asks for of the past: the `version` that is shown, None where there is no such one, which
    `problem` says; `now` are today's facts.
    """

    text: str
    now: Facts
    version: Version | None = None
    problem: str = ""


def facts_of_address(source: Source, address: Address, now: Facts) -> tuple[Facts, Past | None]:
    """The facts that a query string asks for: today's, `now`, unless it names a version that exists."""
    text = as_of(address)
    if not text:
        return now, None
    try:
        facts, version = source.at(text)
    except DataProblem as problem:
        if problem.reader != str(problem):
            _log.warning("an earlier version is not shown: %s", problem)
        return now, Past(text, now, problem=f"{problem.reader} Today's figures are shown.")
    return facts, Past(text, now, version)


def past_banner(past: Past | None, page: Page, asked: Any, facts: Facts, scope: Scope) -> dict[str, Any] | None:
    """The banner of a page that shows the past: which version, what its figures are now, the address of today's."""
    if past is None or past.version is None:
        return None
    formats: Formats = asked.formats
    day = formats.one(formats.day, past.version.when.date())
    return {
        "version": past.version.number,
        "label": f"As of {day}, version {past.version.number}.",
        "sentence": _compare_sums(past.now, facts, page, asked.selection, scope, formats),
        "query": write(replace(asked.query, as_of="")),
    }


def _compare_sums(now: Facts, then: Facts, page: Page, selection: Selection, scope: Scope, formats: Formats) -> str:
    """“Sep 1 – 30, 2025: attributed revenue $1,000, now $1,200.”, of the sums that the page shows."""
    shown = {metric for visual in page.visuals for metric in visual.metrics}
    days = formats.days(selection.start, selection.end)
    said = []
    for metric in _COMPARED:
        if metric in shown:
            values = []
            for facts in (then, now):
                totals = facts.totals(selection, [()], scope)[()]
                found = evaluate(totals, [metric])[metric]
                values.append(figure(metric, float(found.iloc[0]) if len(found) else None, formats))
            label = {"revenue": "attributed revenue", "spend": "spend"}[metric]
            said.append(
                f"{label} {values[0]}, now {values[1]}"
                if values[0] != values[1]
                else f"{label} {values[0]}, now the same"
            )
    return f"{days}: {'; '.join(said)}." if said else ""
