"""Thresholds of alerts: ``roas < 2 by platform``, ``profit change < -20%``, and what crosses them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from access.rights import Rights
from components.page_data import TOTAL, number
from facts import Facts
from kpi.compare import change
from kpi.evaluate import evaluate
from kpi.formats import Formats, in_words
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.schema import DIMENSIONS
from kpi.selection import Grouping, Selection
from kpi.units import figure, step
from views.answers import ResolvedQuery

_RULE: Final = re.compile(
    r"\s*(?P<metric>[a-z_]+)(?P<change>\s+change)?\s*(?P<sign>[<>])\s*(?P<value>-?\d+(?:\.\d+)?)(?P<percent>\s*%)?"
    r"(?:\s+by\s+(?P<by>[a-z_]+(?:\s*,\s*[a-z_]+)*))?\s*"
)


class WrongRule(Exception):
    """A threshold cannot be read; the message says what one looks like."""


@dataclass(frozen=True)
class Threshold:
    """A metric, or its change against the comparison, below or above a value, of the whole or of each group."""

    text: str
    metric: str
    of_change: bool
    below: bool
    value: float
    by: Grouping

    def lies_beyond(self, value: float | None) -> bool:
        """Whether a value lies beyond the threshold; what is missing does not."""
        return value is not None and (value < self.value if self.below else value > self.value)


@dataclass(frozen=True)
class Crossing:
    """What crossed a threshold: the group's values by dimension, the figure, what it was, and a sentence."""

    rule: str
    group: tuple[tuple[str, str], ...]
    metric: str
    value: float
    baseline: float | None
    text: str


def read_rule(text: str) -> Threshold:
    """The threshold that a text names. Raises WrongRule."""
    found = _RULE.fullmatch(text)
    if found is None:
        raise WrongRule(f"“{text}” is no threshold such as “roas < 2 by platform” or “profit change < -20%”.")
    metric, by = found["metric"], tuple(part.strip() for part in (found["by"] or "").split(",") if part.strip())
    known = METRICS.get(metric)
    if known is None or known.key in COMPANY_WIDE or known.of_whole:
        raise WrongRule(f"“{metric}” is no metric that alerts know, such as roas, profit, spend or cac.")
    if strange := [name for name in by if name not in DIMENSIONS]:
        raise WrongRule(f"“{strange[0]}” is no dimension; there are {', '.join(DIMENSIONS)}.")
    if by == ("campaign",):
        by = ("platform", "campaign")  # campaigns are named within a platform
    of_change = found["change"] is not None
    fraction = of_change or known.unit == "percent"
    if fraction != (found["percent"] is not None):
        raise WrongRule(f"“{text}” must {'end in a value in %' if fraction else 'have a value without %'}.")
    value = float(found["value"]) / (100 if fraction else 1)
    return Threshold(" ".join(text.split()), metric, of_change, found["sign"] == "<", value, by)


def crossings(rules: Sequence[Threshold], facts: Facts, asked: ResolvedQuery, rights: Rights) -> list[Crossing]:
    """What crosses `rules` in a query's days and rows, rule by rule.

    A change counts only where there is something to compare with; platforms whose days may still be restated are left
    out of changes.
    """
    immature = {name for name, _ in asked.caveats.provisional}
    return [each for rule in rules for each in _of_rule(rule, facts, asked, rights, immature)]


def _of_rule(
    rule: Threshold, facts: Facts, asked: ResolvedQuery, rights: Rights, immature: set[str]
) -> Iterator[Crossing]:
    now = _by_group(rule, facts, asked.selection, rights)
    before = _by_group(rule, facts, asked.baseline, rights) if asked.baseline else {}
    if rule.of_change and immature and (not rule.by or "platform" not in rule.by):
        return  # the whole holds days that may still change
    for key, value in now.items():
        group = tuple(zip(rule.by, key, strict=True))
        if rule.of_change and dict(group).get("platform") in immature:
            continue
        old = before.get(key)
        moved = change(rule.metric, value, old) if value is not None else None
        judged = moved if rule.of_change else value
        if value is not None and rule.lies_beyond(judged):
            text = _sentence(rule, group, value, old, moved, asked.formats)
            yield Crossing(rule.text, group, rule.metric, value, old, text)


def _by_group(
    rule: Threshold, facts: Facts, selection: Selection, rights: Rights
) -> dict[tuple[str, ...], float | None]:
    totals = facts.totals(selection, (TOTAL, rule.by), rights.rows)[rule.by]
    values = evaluate(totals, (rule.metric,))[rule.metric]
    keys = [key if isinstance(key, tuple) else (key,) if rule.by else () for key in values.index]
    return {tuple(map(str, key)): number(value) for key, value in zip(keys, values, strict=True)}


def _sentence(
    rule: Threshold,
    group: tuple[tuple[str, str], ...],
    value: float,
    old: float | None,
    moved: float | None,
    formats: Formats,
) -> str:
    """``Meta: ROAS 1.82×, below 2.00× (was 2.10×)``."""
    metric = METRICS[rule.metric]
    who = f"{', '.join(in_words(name) for _, name in group)}: " if group else ""
    way = "below" if rule.below else "above"
    was = f" (was {figure(rule.metric, old, formats)})" if old is not None else ""
    label = metric.short or metric.label
    if rule.of_change:
        limits = (step(rule.metric, each, formats) for each in (moved, rule.value))
        return (
            f"{who}{label} changed by {next(limits)}, {way} {next(limits)}: {figure(rule.metric, value, formats)}{was}."
        )
    return f"{who}{label} {figure(rule.metric, value, formats)}, {way} {figure(rule.metric, rule.value, formats)}{was}."
