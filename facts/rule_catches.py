"""What each rule of own dimensions catches in some facts, for who decides whether to keep them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from facts.protocol import Facts, Scope
from kpi.own_dimensions import OTHER, Campaign, OwnDimension, Rule, rules_of
from kpi.selection import Grouping, Selection

_BY: Final[Grouping] = ("platform", "campaign")
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


def catches_of(
    dimensions: Iterable[OwnDimension], facts: Facts, scope: Scope
) -> list[tuple[OwnDimension, list[Catch]]]:
    """By dimension what each of its rules catches among all days in `scope`, and last what none does."""
    extent = facts.extent()
    totals = facts.totals(Selection(extent.first, extent.last, compare="none"), (_BY,), scope)[_BY]
    spend = totals["spend"].fillna(0.0).sort_values(ascending=False, kind="stable")
    campaigns: list[Campaign] = [(str(platform), str(campaign)) for platform, campaign in spend.index]
    found = []
    for dimension in dimensions:
        of_rule: dict[int | None, list[int]] = {}
        for place, rule in enumerate(rules_of(dimension, campaigns)):
            of_rule.setdefault(None if rule is None else id(rule), []).append(place)

        def catch(rule: Rule | None, places: list[int]) -> Catch:
            return Catch(
                OTHER if rule is None else rule.value,
                rule,
                len(places),
                float(spend.iloc[places].sum()),
                tuple(campaigns[place] for place in places[:_NAMED]),
            )

        each = [catch(rule, of_rule.get(id(rule), [])) for rule in dimension.rules]
        found.append((dimension, [*each, catch(None, of_rule.get(None, []))]))
    return found
