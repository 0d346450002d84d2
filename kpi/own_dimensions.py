"""A company's own dimensions, made of campaigns' names: rules by platform, of which the first that fits counts.

A pattern is a glob: `*` stands for any text, `?` for one sign, all else for itself, and capitals do not matter. Each
becomes an expression that never goes back over what it has read, so that no pattern and no name takes long.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from kpi.schema import OWN

#: The value of what no rule fits.
OTHER: Final = "Other"

#: A campaign is known by the name of its platform and by its own.
Campaign = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """Campaigns whose name and platform fit one of the patterns each have the `value`."""

    value: str
    campaigns: tuple[str, ...] = ("*",)
    platforms: tuple[str, ...] = ("*",)


@dataclass(frozen=True)
class OwnDimension:
    """A dimension called `name` with its rules in order; its `key` is what addresses, filters and files call it."""

    name: str
    rules: tuple[Rule, ...]

    @property
    def key(self) -> str:
        """`x.brand`, which is the name of no dimension of the schema."""
        return f"{OWN}{self.name}"

    @property
    def values(self) -> tuple[str, ...]:
        """Every value it can have, in the order of its rules; `OTHER` comes last."""
        return (*dict.fromkeys(rule.value for rule in self.rules if rule.value != OTHER), OTHER)


@dataclass(frozen=True, eq=False)
class OwnValues:
    """The value of each campaign of some data in each own dimension, `by_campaign` in the order of `keys`.

    `known` are the values that occur, by key, in the order in which they are shown.
    """

    dimensions: tuple[OwnDimension, ...] = ()
    by_campaign: Mapping[Campaign, tuple[str, ...]] = field(default_factory=dict)
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the dimensions, in the order of the filter bar and of the address."""
        return tuple(dimension.key for dimension in self.dimensions)

    @cached_property
    def platforms_of(self) -> Mapping[str, frozenset[str]]:
        """By a campaign's name the platforms that have one of it."""
        found: dict[str, set[str]] = {}
        for platform, campaign in self.by_campaign:
            found.setdefault(campaign, set()).add(platform)
        return {campaign: frozenset(platforms) for campaign, platforms in found.items()}

    @cached_property
    def campaigns_with(self) -> Mapping[str, Mapping[str, Sequence[Campaign]]]:
        """By key and value the campaigns that have it."""
        found: dict[str, dict[str, list[Campaign]]] = {key: {} for key in self.keys}
        for campaign, values in self.by_campaign.items():
            for key, value in zip(self.keys, values, strict=True):
                found[key].setdefault(value, []).append(campaign)
        return found

    def value(self, key: str, campaign: Campaign) -> str:
        """The value of a campaign; `OTHER` for one that the data do not have."""
        values = self.by_campaign.get(campaign)
        return OTHER if values is None else values[self.keys.index(key)]

    def among(self, campaigns: Iterable[Campaign]) -> dict[str, tuple[str, ...]]:
        """The values by key that `campaigns` have, in the order in which they are shown."""
        rows = [self.by_campaign[campaign] for campaign in campaigns if campaign in self.by_campaign]
        met = [set(column) for column in zip(*rows, strict=True)] or [set[str]() for _ in self.dimensions]
        return {
            key: tuple(value for value in self.known[key] if value in values)
            for key, values in zip(self.keys, met, strict=True)
        }


NO_OWN: Final = OwnValues()


def own_values(dimensions: Iterable[OwnDimension], campaigns: Iterable[Campaign]) -> OwnValues:
    """The values that the rules of `dimensions` give to `campaigns`."""
    dimensions = tuple(sorted(dimensions, key=lambda dimension: dimension.key))
    campaigns = tuple(dict.fromkeys(campaigns))
    if not dimensions:
        return NO_OWN
    columns = [[rule.value if rule else OTHER for rule in rules_of(each, campaigns)] for each in dimensions]
    known = {}
    for dimension, column in zip(dimensions, columns, strict=True):
        met = set(column)
        known[dimension.key] = tuple(value for value in dimension.values if value in met)
    return OwnValues(dimensions, dict(zip(campaigns, zip(*columns, strict=True), strict=True)), known)


def rules_of(dimension: OwnDimension, campaigns: Iterable[Campaign]) -> list[Rule | None]:
    """The rule that counts for each campaign: the first that fits, None where none does."""
    of_platform: dict[str, tuple[Rule, ...]] = {}
    found: list[Rule | None] = []
    for platform, campaign in campaigns:
        if platform not in of_platform:
            of_platform[platform] = tuple(rule for rule in dimension.rules if _fits(rule.platforms, platform))
        rules = of_platform[platform]
        met = _first_of(tuple(rule.campaigns for rule in rules)).match(_fold(campaign)) if rules else None
        found.append(rules[met.lastindex - 1] if met and met.lastindex else None)
    return found


def platforms_without_fit(rule: Rule, platforms: Sequence[str]) -> list[str]:
    """The platforms' patterns of a rule that none of `platforms` fits."""
    return [pattern for pattern in rule.platforms if not any(_fits((pattern,), each) for each in platforms)]


def _fits(patterns: tuple[str, ...], name: str) -> bool:
    return _first_of((patterns,)).match(_fold(name)) is not None


def _fold(text: str) -> str:
    """`text` as capitals, and the ways in which one sign can be written, do not matter."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=64)
def _first_of(patterns: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """An expression whose group of a number is what the patterns in that place fit, the first place that does."""
    groups = ("|".join(_expression(_fold(pattern)) for pattern in each) for each in patterns)
    return re.compile("|".join(f"({group})" for group in groups), re.DOTALL)


def _expression(glob: str) -> str:
    """A glob as a regular expression; each part between two `*` is taken where it first comes, and never elsewhere."""
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in re.split(r"\*+", glob))
    if not rest:
        return rf"{first}\Z"
    *between, last = rest
    return first + "".join(f"(?>.*?{part})" for part in between) + rf".*{last}\Z"
