"""What the last digest said that is otherwise now, and on whose account."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from access.rights import Rights
from components.address import Address
from components.page_data import TOTAL, exact
from facts import Facts
from facts.source import Source
from kpi.costs import needs_costs
from kpi.evaluate import evaluate
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.units import brief
from views.answers import ProvisionalDays, ResolvedQuery, resolve_query
from views.desk import Writing
from views.visible import may_know_costs

#: What a platform reports: where none of these differs between two versions, it restated nothing.
_REPORTED: Final = ("revenue", "spend", "conversions")


@dataclass(frozen=True)
class Sent:
    """What an earlier digest of the same query said: its days, version and figures, and when it was sent."""

    when: str
    query: str
    version: str
    values: dict[str, float]


#: The digests of a canonical query that were sent before, oldest first, but for one whose days end on the given day.
Earlier = Callable[[str, str], Sequence[Sent]]


def corrections(
    earlier: Sequence[Sent],
    version: str,
    source: Source,
    today: Facts,
    writing: Writing,
    rights: Rights,
    provisional_days: ProvisionalDays,
) -> Iterator[str]:
    """A sentence for each figure of the last of the `earlier` digests that is otherwise in `version`."""
    for sent in earlier[-1:]:
        query = f"{sent.query}&as_of={version}" if version else sent.query
        facts, asked, _ = resolve_query(source, today, Address.of(query), writing, rights, provisional_days)
        metrics = [each for each in sent.values if each in METRICS and each not in COMPANY_WIDE]
        metrics = [each for each in metrics if rights.shows((each,)) and METRICS[each].measures]
        now = _totals(facts, asked, rights, TOTAL, metrics)
        if now is None:
            continue
        days = asked.formats.days(asked.selection.start, asked.selection.end)
        causes = _causes(sent, facts, asked, source, today, writing, rights, provisional_days)
        for metric in metrics:
            was, value = sent.values[metric], exact(metric, now[metric].iloc[0])
            texts = [brief(metric, each, asked.formats) for each in (was, value)]
            if value is not None and texts[0] != texts[1]:
                label = METRICS[metric].short or METRICS[metric].label
                why = causes(metric)
                yield f"{label} of {days} was {texts[0]} and is now {texts[1]}{f': {why}' if why else ''}."


def _causes(
    sent: Sent,
    facts: Facts,
    asked: ResolvedQuery,
    source: Source,
    today: Facts,
    writing: Writing,
    rights: Rights,
    provisional_days: ProvisionalDays,
) -> Callable[[str], str]:
    """Tells of a metric which platforms restated what it is made of since the version that was sent: ``Meta restated``;
    "" where that is unknown.
    """
    if not sent.version:
        return lambda metric: ""
    query = Address.of(f"{sent.query}&as_of={sent.version}")
    before, asked_then, past = resolve_query(source, today, query, writing, rights, provisional_days)
    reported = [each for each in _REPORTED if rights.shows((each,))]
    now, then = (_totals(*each, rights, ("platform",), reported) for each in ((facts, asked), (before, asked_then)))
    if past is None or past.version is None or now is None or then is None:
        return lambda metric: ""
    steps = now.sub(then, fill_value=0.0).abs() > 0.005  # what is less is how floats are added up
    costs = may_know_costs(rights) and facts.side.costs != before.side.costs

    def cause(metric: str) -> str:
        of_metric = [each for each in reported if each in METRICS[metric].measures]
        names = [str(name) for name in steps.index[steps[of_metric].any(axis=1)]]
        said = [f"{', '.join(names)} restated"] if names else []
        return " and ".join([*said, *(["your costs changed"] if costs and needs_costs((metric,)) else [])])

    return cause


def _totals(
    facts: Facts, asked: ResolvedQuery, rights: Rights, by: tuple[str, ...], metrics: Sequence[str]
) -> pd.DataFrame | None:
    """The metrics frame of a query by some dimensions; None where it has no row."""
    totals = facts.totals(asked.selection, (by,), rights.rows)[by]
    return evaluate(totals, metrics) if len(totals) else None
