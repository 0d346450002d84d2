"""Costs as somebody states them: gross margin and fees in percent of revenue, for whom and from which day on.

They make platform profit where a platform's own rows report no costs. Of the costs that hold for a row, those that name
most of it count: platform and region before platform before region before neither; of equals, those of the latest day.
Margin and fees are each those of the first that state them: a margin for one platform leaves the fees of all as they
are.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.plain_text import date_of
from kpi.selection import Selection

#: The measures that costs make where rows report none.
COST_MEASURES: Final = ("cogs", "variable_costs")

_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?", re.ASCII)
#: So many exceptions are named in a sentence; more are counted.
_NAMED: Final = 3


class WrongCost(Exception):
    """Costs that cannot be; the message is a sentence that says what to write."""


@dataclass(frozen=True)
class Cost:
    """`margin` is what is left of revenue after the goods and `fees` what payment, fulfilment and marketplaces take, in
    percent, None where it is not stated; of every platform and region where none is named, of all days where `since` is
    None.
    """

    margin: float | None
    fees: float | None = None
    platform: str = ""
    region: str = ""
    since: date | None = None

    @property
    def goods_share(self) -> float | None:
        """The part of revenue that the goods cost."""
        return None if self.margin is None else (100 - self.margin) / 100

    @property
    def fees_share(self) -> float | None:
        """The part of revenue that goes to fees."""
        return None if self.fees is None else self.fees / 100

    @property
    def place(self) -> tuple[str, str, date | None]:
        """What it holds for: no two have the same."""
        return self.platform, self.region, self.since


@dataclass(frozen=True)
class Assumption:
    """The `costs` that are in use, and the platforms of which rows `reported` costs of their own, which stay."""

    costs: tuple[Cost, ...] = ()
    reported: tuple[str, ...] = ()

    def sentence(self, selection: Selection, options: Mapping[str, Sequence[str]], formats: Formats) -> str:
        """With what costs profit is worked out over a selection, of the values in `options`; "" with none."""
        only = dict(selection.only)
        chosen = {name: only.get(name) or options[name] for name in ("platform", "region")}
        used = _in_use(self.costs, selection, chosen)
        if not used:
            return ""
        own = [name for name in self.reported if name in chosen["platform"]]
        kept = f"; rows of {_join(own)} that report costs keep them" if own else ""
        if all(each.margin is None for each in used):
            return ""
        return f"Profit is worked out {costs_in_words(used, formats, selection.start)}{kept}."


NO_COSTS: Final = Assumption()


def read_cost(margin: str = "", fees: str = "", platform: str = "", region: str = "", since: str = "") -> Cost:
    """The costs that a person types: a margin, fees, or both. Raises WrongCost."""
    share = None
    if margin.strip() or not fees.strip():
        share = _percentage(margin, "Gross margin", "such as 62 for 62 %")
        if 0 < share < 1:
            raise WrongCost(f"Gross margin is in percent: write {share * 100:g} for {share * 100:g} %.")
    taken = _percentage(fees, "Fees", "such as 8, or 0 where there are none") if fees.strip() else None
    return Cost(share, taken, platform.strip(), region.strip(), read_day(since))


def read_day(text: str) -> date | None:
    """The day that a person types, None for none. Raises WrongCost."""
    if not (text := text.strip()):
        return None
    if (found := date_of(text)) is None:
        raise WrongCost(f"“{text[:40]}” is no day: write it as in 2025-01-31.")
    return found


def _percentage(text: str, name: str, example: str) -> float:
    plain = text.strip().removesuffix("%").strip()
    if not _NUMBER.fullmatch(plain):
        what = f"“{text.strip()[:40]}” is no percentage" if plain else "a percentage is missing"
        raise WrongCost(f"{name}: {what}. Write a number from 0 to 100, {example}.")
    found = float(plain.replace(",", "."))
    if found > 100:
        raise WrongCost(f"{name}: {text.strip()[:40]} is more than 100 %. Write a number from 0 to 100, {example}.")
    return found


def with_cost(costs: Iterable[Cost], one: Cost) -> tuple[Cost, ...]:
    """`costs` with what `one` states in the place of what was stated for the same; the rest of that stays.

    Raises WrongCost for fees that no margin goes with.
    """
    costs = tuple(costs)
    before = next((each for each in costs if each.place == one.place), None)
    if before is not None:
        margin = before.margin if one.margin is None else one.margin
        one = replace(one, margin=margin, fees=before.fees if one.fees is None else one.fees)
    stated = by_weight((*(each for each in costs if each.place != one.place), one))
    if in_force(stated, one)[0] is None:
        raise WrongCost("Fees alone make no profit: state a gross margin too, here or for all.")
    return stated


def in_force(costs: Iterable[Cost], one: Cost) -> tuple[Cost | None, Cost | None]:
    """The costs whose margin and the ones whose fees count for the rows that `one` of `costs` holds for."""
    wider = [each for each in by_weight(costs) if _holds_with(each, one)]
    return (
        next((each for each in reversed(wider) if each.margin is not None), None),
        next((each for each in reversed(wider) if each.fees is not None), None),
    )


def beyond_revenue(costs: Iterable[Cost]) -> str:
    """A sentence where goods and fees that are in force together take more than all revenue; else ""."""
    costs = by_weight(costs)
    for each in costs:
        margin, fees = in_force(costs, each)
        taken = 100 - (margin.margin or 0.0) + (fees.fees or 0.0) if margin and fees else 0.0
        if taken > 100:
            whom = _who(each) or "all"
            return (
                f"Goods and fees ({whom}) are {taken:g} % of revenue, so each sale is a loss before its ads are paid: "
                "check that the margin is what is left after the goods, and the fees what is taken from it."
            )
    return ""


def _holds_with(each: Cost, one: Cost) -> bool:
    """Whether `each` holds for all rows that `one` holds for."""
    begun = each.since is None or (one.since is not None and each.since <= one.since)
    return begun and each.platform in ("", one.platform) and each.region in ("", one.region)


def without_cost(costs: Iterable[Cost], place: tuple[str, str, date | None]) -> tuple[Cost, ...]:
    """`costs` without those of `place`. Raises WrongCost where there are none."""
    costs = tuple(costs)
    left = tuple(each for each in costs if each.place != place)
    if len(left) == len(costs):
        what = _who(Cost(None, None, *place)) or "all platforms and days"
        raise WrongCost(f"No costs are stated for exactly this: {what}.")
    return left


def by_weight(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    """`costs` in the order in which each overrules those before it."""
    return tuple(
        sorted(
            costs,
            key=lambda each: (
                bool(each.platform) + bool(each.region),
                bool(each.platform),
                each.platform,
                each.region,
                each.since or date.min,
            ),
        )
    )


def known_names(one: Cost, options: Mapping[str, Collection[str]]) -> Cost:
    """`one` with its platform and region as `options`, the values that the data have, write them. Raises WrongCost."""

    def name_in_data(name: str, text: str) -> str:
        found = next((value for value in options[name] if value.casefold() == text.casefold()), None)
        if text and found is None:
            raise WrongCost(f"There is no {name} “{text[:40]}” in your data: {', '.join(options[name])}.")
        return found or ""

    return replace(one, platform=name_in_data("platform", one.platform), region=name_in_data("region", one.region))


def needs_costs(metrics: Iterable[str]) -> bool:
    """Whether one of `metrics` is worked out with costs."""
    return any(not METRICS[key].measures.isdisjoint(COST_MEASURES) for key in metrics)


def costs_in_words(costs: Sequence[Cost], formats: Formats, start: date | None = None) -> str:
    """``with your margin of 62 % and fees of 8 % (Meta: 55 % and fees of 8 %)``; days to `start` need not be said."""

    def margin_of(each: Cost) -> float | None:
        margin, _ = in_force(costs, each)
        return margin.margin if margin else None

    def figures(each: Cost) -> str:
        _, fees = in_force(costs, each)
        more = f" and fees of {_percent(fees.fees, formats)}" if fees and fees.fees else ""
        return _percent(margin_of(each) or 0.0, formats) + more

    def who(each: Cost) -> str:
        shown = replace(each, since=None) if start and each.since and each.since <= start else each
        return _who(shown, formats)

    named_costs = [each for each in costs if margin_of(each) is not None]
    if not named_costs:
        return f"with fees of {', '.join(_percent(each.fees or 0.0, formats) for each in costs)} and no margin"
    first, *others = named_costs
    more = [f"{who(each) or 'else'}: {figures(each)}" for each in others[:_NAMED]]
    if len(others) > _NAMED:
        more.append(f"and {len(others) - _NAMED} more")
    named, rest = who(first), "; ".join(more)
    whom = f" {'for ' if first.platform else ''}{named}" if named else ""
    exceptions = f" ({rest})" if rest else ""
    return f"with your margin of {figures(first)}{whom}{exceptions}"


def _in_use(costs: Iterable[Cost], selection: Selection, chosen: Mapping[str, Sequence[str]]) -> list[Cost]:
    """Those that may hold for rows of a selection, whose platforms and regions are `chosen`."""
    found: dict[tuple[str, str], list[Cost]] = {}
    for each in by_weight(costs):
        here = (not each.platform or each.platform in chosen["platform"]) and (
            not each.region or each.region in chosen["region"]
        )
        if here and (each.since is None or each.since <= selection.end):
            found.setdefault((each.platform, each.region), []).append(each)
    used: list[Cost] = []
    for alike in found.values():
        begun = [one for one in alike if one.since is None or one.since <= selection.start]
        used += [*begun[-1:], *alike[len(begun) :]]  # the latest of those that had begun, and what came meanwhile
    return used


def _percent(value: float, formats: Formats) -> str:
    plain = f"{value:g}"
    return f"{formats.number(value, len(plain.partition('.')[2]))} %"


def _who(cost: Cost, formats: Formats | None = None) -> str:
    """For whom and since when, "" for all: ``Meta in Europe from Jun 1, 2025``."""
    where = f"in {cost.region}" if cost.region else ""
    day = f"from {formats.one(formats.day, cost.since) if formats else cost.since}" if cost.since else ""
    return " ".join(filter(None, (cost.platform, where, day)))


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
