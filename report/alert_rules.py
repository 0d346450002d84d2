"""Thresholds of alerts: ``roas < 2 by platform``, ``profit change < -20%``, and what crosses them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
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
from report.digest_content import shorten
from views.answers import ResolvedQuery

_RULE: Final = re.compile(
    r"\s*(?P<metric>[a-z_]+)(?P<change>\s+change)?\s*(?P<sign>[<>])\s*(?P<value>-?\d+(?:\.\d+)?)(?P<percent>\s*%)?"
    r"(?:\s+by\s+(?P<by>[a-z_]+(?:\s*,\s*[a-z_]+)*))?\s*"
)


#: So many groups are named that have no value; more are counted.
_FEW: Final = 3


class WrongRule(Exception):
    """A threshold cannot be read; the message says what one looks like."""


#: A group's values by dimension.
Group = tuple[tuple[str, str], ...]


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
    group: Group
    metric: str
    value: float
    baseline: float | None
    text: str


@dataclass(frozen=True)
class NotJudged:
    """A rule that could not be judged, or not of some `groups`, and why, as the end of a sentence."""

    rule: str
    reason: str
    groups: tuple[Group, ...] = ()


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


def crossings(
    rules: Sequence[Threshold], facts: Facts, asked: ResolvedQuery, rights: Rights
) -> tuple[list[Crossing], list[NotJudged]]:
    """What crosses `rules` in a query's days and rows, rule by rule, and which of them could not be judged.

    Platforms whose days may still be restated are left out of changes.
    """
    found, unknown = list[Crossing](), list[NotJudged]()
    for rule in rules:
        crossed, missing = _judge(rule, facts, asked, rights)
        found += crossed
        unknown += [missing] if missing else []
    return found, unknown


def _judge(
    rule: Threshold, facts: Facts, asked: ResolvedQuery, rights: Rights
) -> tuple[list[Crossing], NotJudged | None]:
    """What crosses a rule, and why it could not be judged of all (None where it could)."""
    immature = [name for name, _ in asked.caveats.provisional]
    if rule.of_change and asked.baseline is None:
        return [], NotJudged(rule.text, "there are no days to compare with")
    if rule.of_change and immature and "platform" not in rule.by:
        return [], NotJudged(rule.text, f"{', '.join(immature)} may still restate these days")
    now = _by_group(rule, facts, asked.selection, rights)
    before = _by_group(rule, facts, asked.baseline, rights) if asked.baseline else {}
    if not now:
        return [], NotJudged(rule.text, "no row matches")
    crossed, restated, untold = list[Crossing](), list[Group](), list[Group]()
    for key, value in now.items():
        group = tuple(zip(rule.by, key, strict=True))
        old = before.get(key)
        if rule.of_change and dict(group).get("platform") in immature:
            restated.append(group)
        elif value is None or (rule.of_change and old is None and key in before):
            untold.append(group)
        else:
            moved = change(rule.metric, value, old)
            if rule.lies_beyond(_step(rule, value, old, moved) if rule.of_change else value):
                text = _sentence(rule, group, value, old, moved, asked.formats)
                crossed.append(Crossing(rule.text, group, rule.metric, value, old, text))
    reasons = []
    if restated:
        names = dict.fromkeys(dict(group)["platform"] for group in restated)
        reasons.append(f"{', '.join(names)} may still restate these days")
    if untold:
        reasons.append(f"{_label(rule)} has no value{_of_whom(untold, len(now))}")
    whole = len(untold) + len(restated) == len(now)
    groups = () if whole else (*restated, *untold)
    return crossed, NotJudged(rule.text, "; ".join(reasons), groups) if reasons else None


def _of_whom(groups: Sequence[Group], of: int) -> str:
    """`` for Meta``, `` for 12 of 40``, and "" for the whole."""
    if not groups[0] or len(groups) == of:
        return ""
    names = [", ".join(in_words(shorten(name)) for _, name in group) for group in groups]
    return f" for {'; '.join(names) if len(names) <= _FEW else f'{len(names)} of {of}'}"


def _step(rule: Threshold, value: float, old: float | None, moved: float | None) -> float | None:
    """By how much a figure changed; a sum that comes from nothing grew beyond every percentage."""
    from_nothing = not old and METRICS[rule.metric].unit in ("money", "count") and not METRICS[rule.metric].by
    return inf if from_nothing and value > 0 else moved


def _by_group(
    rule: Threshold, facts: Facts, selection: Selection, rights: Rights
) -> dict[tuple[str, ...], float | None]:
    totals = facts.totals(selection, (TOTAL, rule.by), rights.rows)[rule.by]
    values = evaluate(totals, (rule.metric,))[rule.metric]
    keys = [key if isinstance(key, tuple) else (key,) if rule.by else () for key in values.index]
    return {tuple(map(str, key)): number(value) for key, value in zip(keys, values, strict=True)}


def _sentence(
    rule: Threshold,
    group: Group,
    value: float,
    old: float | None,
    moved: float | None,
    formats: Formats,
) -> str:
    """``Meta: ROAS 1.82×, below 2.00× (was 2.10×)``."""
    who = f"{', '.join(in_words(shorten(name)) for _, name in group)}: " if group else ""
    way = "below" if rule.below else "above"
    was = f" (was {figure(rule.metric, old, formats)})" if old is not None else ""
    label = _label(rule)
    if rule.of_change and moved is None:
        return f"{who}{label} {figure(rule.metric, value, formats)}, from nothing."
    if rule.of_change:
        limits = (step(rule.metric, each, formats) for each in (moved, rule.value))
        return (
            f"{who}{label} changed by {next(limits)}, {way} {next(limits)}: {figure(rule.metric, value, formats)}{was}."
        )
    return f"{who}{label} {figure(rule.metric, value, formats)}, {way} {figure(rule.metric, rule.value, formats)}{was}."


def _label(rule: Threshold) -> str:
    return METRICS[rule.metric].short or METRICS[rule.metric].label
