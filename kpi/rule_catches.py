"""What each rule of own dimensions catches among some campaigns, for who decides whether to keep them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from kpi.own_dimensions import OTHER, Campaign, OwnDimension, Rule, platforms_without_fit, rules_of

#: How many campaigns are named for a rule, those with most spend.
_NAMED: Final = 4


@dataclass(frozen=True)
class Catch:
    """What one rule catches that no earlier one did: so many `campaigns`, their spend, and the largest of them.

    `rule` is None for the rest, which no rule catches.
    """

    value: str
    rule: Rule | None
    campaigns: int
    spend: float
    examples: tuple[Campaign, ...]


#: By own dimension what each of its rules catches, and last what none does.
Catches = list[tuple[OwnDimension, list[Catch]]]


def catches_of(dimensions: Iterable[OwnDimension], spend: "pd.Series[float]") -> Catches:
    """What the rules of `dimensions` catch of `spend`, which is by platform and campaign."""
    spend = spend.fillna(0.0).sort_values(ascending=False, kind="stable")
    campaigns: list[Campaign] = [(str(platform), str(campaign)) for platform, campaign in spend.index]
    found = []
    for dimension in dimensions:
        places: dict[int | None, list[int]] = {}
        for place, met in enumerate(rules_of(dimension, campaigns)):
            places.setdefault(None if met is None else id(met), []).append(place)
        each = []
        for rule in (*dimension.rules, None):
            mine = places.get(None if rule is None else id(rule), [])
            examples = tuple(campaigns[place] for place in mine[:_NAMED])
            value = OTHER if rule is None else rule.value
            each.append(Catch(value, rule, len(mine), float(spend.iloc[mine].sum()), examples))
        found.append((dimension, each))
    return found


def unknown_platforms(catches: Catches, platforms: Sequence[str]) -> list[str]:
    """A sentence for each rule that names a platform which is none of `platforms`, those that there are."""
    there = " and ".join(filter(None, [", ".join(platforms[:-1]), *platforms[-1:]]))
    return [
        f"{dimension.name}, rule {place} (“{rule.value}”): no platform here is called {' or '.join(strange)}; there "
        f"{'is' if len(platforms) == 1 else 'are'} {there}."
        for dimension, _ in catches
        for place, rule in enumerate(dimension.rules, 1)
        if (strange := [f"“{name}”" for name in platforms_without_fit(rule, platforms)])
    ]


def conditions_of(rule: Rule) -> str:
    """What a rule asks for, in words: `campaign *brand* or BR_*, on Google`."""
    names = "" if rule.campaigns == ("*",) else f"campaign {' or '.join(rule.campaigns)}"
    platforms = "" if rule.platforms == ("*",) else f"on {' or '.join(rule.platforms)}"
    return ", ".join(filter(None, [names, platforms])) or "every campaign that is left"
