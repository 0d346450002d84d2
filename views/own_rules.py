"""What rules of own dimensions catch in the facts that are shown, and the same as lines of text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from facts import Facts, Scope
from kpi.formats import Formats
from kpi.own_dimensions import OwnDimension
from kpi.rule_catches import Catch, Catches, catches_of, conditions_of, unknown_platforms
from kpi.selection import Grouping, Selection
from kpi.units import figure

_BY: Final[Grouping] = ("platform", "campaign")


def catches_in(facts: Facts, dimensions: Iterable[OwnDimension], scope: Scope) -> Catches:
    """What the rules of `dimensions` catch among the campaigns of all days in `scope`."""
    extent = facts.extent()
    days = Selection(extent.first, extent.last, compare="none")
    return catches_of(dimensions, facts.totals(days, (_BY,), scope)[_BY]["spend"])


def lines_of(catches: Catches, platforms: Sequence[str], formats: Formats) -> Iterator[str]:
    """A line a rule, below the name of its dimension, and what rules ask for that is none of the `platforms`."""
    for dimension, each in catches:
        yield dimension.key
        for catch in each:
            yield f"  {catch.value}: {_count(catch, formats)} ({_why(catch)}){_examples(catch)}"
    yield from (f"warning: {sentence}" for sentence in unknown_platforms(catches, platforms))


def _count(catch: Catch, formats: Formats) -> str:
    campaigns = "1 campaign" if catch.campaigns == 1 else f"{formats.number(catch.campaigns)} campaigns"
    return f"{campaigns}, spend {figure('spend', catch.spend, formats)}"


def _why(catch: Catch) -> str:
    return "no rule" if catch.rule is None else conditions_of(catch.rule)


def _examples(catch: Catch) -> str:
    names = [f"{platform} “{campaign}”" for platform, campaign in catch.examples]
    return f": {', '.join(names)}{', …' if catch.campaigns > len(names) else ''}" if names else ""
