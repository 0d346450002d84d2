"""From one period's profit to another's: how much each factor moved it, exactly.

What a part of a campaign earns is a product: days × spend a day × the platform's share of it × the campaign's share ×
the part's share × impressions a dollar × clicks an impression × orders a click × revenue an order × what is left of
that, less the spend itself. A factor's contribution is its Shapley value. For a product of n factors that is
``Δxᵢ ∫₀¹ Π_{j≠i} (xⱼ + t Δxⱼ) dt`` (Owen's multilinear extension on its diagonal), whose integrand is a polynomial:
⌈n/2⌉ Gauss–Legendre nodes give it exactly, without 2ⁿ orders, logarithms or divisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.evaluate import sum_of
from kpi.selection import Grouping

#: The parts that a bridge is made of: shifts between regions, devices or audiences within a campaign are a factor too.
PARTS: Final[Grouping] = ("platform", "campaign", "region", "device", "segment")
#: The measures that it reads.
MEASURES: Final = ("spend", "impressions", "clicks", "conversions", "revenue", "cogs", "variable_costs")
_SHARES: Final = ("days", "spend", "platform_mix", "campaign_mix", "audience_mix")
_RATES: Final = ("cpm", "ctr", "cvr", "aov", "margin")
_FACTORS: Final = (*_SHARES, *_RATES)
_APART: Final = ("started", "ended", "without_spend", "unknown_costs")
#: The bars between the two profits, in their order.
BARS: Final = (*_FACTORS, *_APART)

#: What each bar is called, and the profits at both ends.
LABELS: Final = {
    "baseline": "Profit before",
    "days": "Number of days",
    "spend": "Spend",
    "platform_mix": "Mix of platforms",
    "campaign_mix": "Mix of campaigns",
    "audience_mix": "Mix of audiences",
    "cpm": "Price of impressions",
    "ctr": "Click-through rate",
    "cvr": "Conversion rate",
    "aov": "Order value",
    "margin": "Margin before ads",
    "started": "Campaigns started",
    "ended": "Campaigns ended",
    "without_spend": "Earned without spend",
    "unknown_costs": "Costs not known",
    "current": "Profit now",
}

_AMOUNTS: Final = ("spend", "revenue", "cogs", "variable_costs")

_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]
#: What a product may be off, of the largest amount in it, before its part is told apart.
_CLOSE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Bridge:
    """The profits of both periods, and what moved it from one to the other: an amount a bar, whole and by platform.

    `platforms` is a frame indexed by platform with the columns `BARS`; its columns add up to `bars`, and these to
    `after` − `before`.
    """

    before: float
    after: float
    bars: Mapping[str, float]
    platforms: pd.DataFrame


def profit_bridge(now: pd.DataFrame, before: pd.DataFrame, days: int, days_before: int) -> Bridge | None:
    """The bridge between two totals frames indexed by `PARTS`, of so many days each; None where no costs are known.

    A campaign that spent in one period alone is in ``started`` or ``ended``; what is earned without spend, in
    ``without_spend``; parts whose costs one of the periods does not know, in ``unknown_costs``. Where a chain breaks
    (revenue without orders) one factor, what a dollar brings, stands for its rates: the last, ``margin``.
    """
    index = before.index.union(now.index, sort=False)
    then, here = (_Period.of(each if each.index.equals(index) else each.reindex(index)) for each in (before, now))
    platform, names = pd.factorize(index.get_level_values("platform"))
    campaign = _codes(platform, pd.factorize(index.get_level_values("campaign"))[0])
    effects = _effects(then, here, platform, campaign, (days_before, days))
    for period, there in ((then, before), (here, now)):
        if period.unknown.any() and period.unknown.sum() == len(there):  # of no part is it known what it earned
            return None
    bars = {name: float(effects[name].sum()) for name in BARS}
    parts = {name: np.bincount(platform, effects[name], len(names)) for name in BARS}
    platforms = pd.DataFrame(parts, index=pd.Index(names, name="platform"))
    return Bridge(float(then.profit.sum()), float(here.profit.sum()), bars, platforms)


def _effects(
    then: "_Period",
    here: "_Period",
    platform: NDArray[np.intp],
    campaign: NDArray[np.intp],
    days: tuple[int, int],
) -> dict[str, _Floats]:
    """An amount a bar and part, adding up to each part's change of profit."""
    change = here.profit - then.profit
    unknown = then.unknown | here.unknown
    spent, spends = (_sums(campaign, np.where(unknown, 0.0, each.spend)) != 0 for each in (then, here))
    both = ~unknown & spent & spends
    effects = {name: np.zeros(len(change)) for name in BARS}
    for name, among in {
        "unknown_costs": unknown,
        "started": ~unknown & ~spent & spends,
        "ended": ~unknown & spent & ~spends,
        "without_spend": ~unknown & ~spent & ~spends,
    }.items():
        effects[name][among] = change[among]
    if both.any():
        groups = (np.zeros(both.sum(), dtype=np.intp), platform[both], campaign[both])
        factors, rest = _factors(then.only(both), here.only(both), groups, days)
        for name, values in factors.items():
            effects[name][both] = values
        effects["without_spend"][both] += rest
    return effects


@dataclass(frozen=True, eq=False)
class _Period:
    """Arrays of one period's measures, a value a part; `unknown` where its costs or what it earned are not known."""

    spend: _Floats
    impressions: _Floats
    clicks: _Floats
    conversions: _Floats
    revenue: _Floats
    contribution: _Floats
    unknown: _Bools

    @classmethod
    def of(cls, totals: pd.DataFrame) -> "_Period":
        """Amounts are those that profit is worked out of; a part of which some are left out is not known either."""
        missing = totals["rows"].isna().to_numpy()  # a part that is not there is nothing, not unknown
        sums = {name: sum_of(totals, "profit", name) for name in _AMOUNTS}
        whole = totals["spend"].to_numpy(dtype=float)
        unknown = ~missing & np.logical_or.reduce([np.isnan(each) for each in sums.values()])
        unknown |= ~missing & (np.abs(whole - sums["spend"]) > _CLOSE * np.abs(whole))
        spend, revenue, cogs, variable = (np.nan_to_num(sums[name]) for name in _AMOUNTS)
        counts = {
            name: np.where(missing, 0.0, totals[name].to_numpy(dtype=float))
            for name in ("impressions", "clicks", "conversions")
        }
        return cls(spend, **counts, revenue=revenue, contribution=revenue - cogs - variable, unknown=unknown)

    @property
    def profit(self) -> _Floats:
        profit: _Floats = self.contribution - self.spend
        return profit

    def only(self, among: _Bools) -> "_Period":
        return _Period(*(getattr(self, name)[among] for name in _Period.__dataclass_fields__))

    def chain(self) -> list[_Floats]:
        """Spend and what follows from it, one from the other, to what is left of the revenue."""
        return [self.spend, self.impressions, self.clicks, self.conversions, self.revenue, self.contribution]


def _factors(
    then: _Period, here: _Period, groups: tuple[NDArray[np.intp], ...], days: tuple[int, int]
) -> tuple[dict[str, _Floats], _Floats]:
    """What each factor contributed to parts of campaigns that spent in both periods, and what is none of theirs."""
    shares = _shares(then.spend, here.spend, groups, days)
    rates = _rates(then, here)
    first, last = (np.stack([*shares[side], *rates[side]], axis=1) for side in (0, 1))
    many = len(_SHARES)
    contribution = shapley_of_product(first, last)
    contribution[:, :many] -= shapley_of_product(first[:, :many], last[:, :many])
    # What was earned where nothing was spent is no product of spend; nor is a part whose spends cancel each other out.
    unspent = np.where(here.spend == 0, here.contribution, 0.0) - np.where(then.spend == 0, then.contribution, 0.0)
    rest = here.profit - then.profit - contribution.sum(axis=1)
    largest = np.maximum.reduce(
        [np.abs(each) for each in (*then.chain()[-2:], *here.chain()[-2:], then.spend, here.spend)]
    )
    odd = np.abs(rest - unspent) > _CLOSE * np.maximum(largest, 1.0)
    contribution[odd] = 0.0
    outside = np.where(odd, here.profit - then.profit, unspent)
    return {name: contribution[:, place] for place, name in enumerate(_FACTORS)}, outside


def _shares(
    then: _Floats, here: _Floats, groups: tuple[NDArray[np.intp], ...], days: tuple[int, int]
) -> tuple[list[_Floats], list[_Floats]]:
    """Days, spend a day, and the shares of platform, campaign and part, each of what is above it, in both periods."""
    sides: tuple[list[_Floats], list[_Floats]] = ([], [])
    for side, spend in enumerate((then, here)):
        levels = [*(_sums(group, spend) for group in groups), spend]
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = [np.nan_to_num(low / high, posinf=0.0, neginf=0.0) for high, low in pairwise(levels)]
        sides[side].extend([np.full(len(spend), float(days[side])), levels[0] / days[side], *parts])
    return sides


def _rates(then: _Period, here: _Period) -> tuple[list[_Floats], list[_Floats]]:
    """What follows from a dollar of spend, rate by rate, in both periods.

    A rate without a divisor is that of the other period: it does not move, and the change lands in the one above.
    """
    chains = [_without_unspent(each) for each in (then, here)]
    broken = np.logical_or.reduce([_breaks(chain) for chain in chains])
    sides: tuple[list[_Floats], list[_Floats]] = ([], [])
    for low, high in ((high + 1, high) for high in range(len(chains[0]) - 1)):
        for side, rate in enumerate(_pair_of_rates(*((chain[low], chain[high]) for chain in chains))):
            sides[side].append(np.where(broken, 1.0, rate))
    whole = _pair_of_rates(*((chain[-1], chain[0]) for chain in chains))
    for side in (0, 1):
        sides[side][-1] = np.where(broken, whole[side], sides[side][-1])
    return sides


def _without_unspent(period: _Period) -> list[_Floats]:
    """A period's chain, of parts that spent alone."""
    return [np.where(period.spend == 0, 0.0, each) for each in period.chain()]


def _breaks(chain: list[_Floats]) -> _Bools:
    """Where something follows from nothing, or a link is not known."""
    unknown = np.logical_or.reduce([np.isnan(each) for each in chain])
    from_nothing = [(high == 0) & (low != 0) for high, low in pairwise(chain)]
    breaks: _Bools = np.logical_or.reduce([unknown, *from_nothing])
    return breaks


def _pair_of_rates(then: tuple[_Floats, _Floats], here: tuple[_Floats, _Floats]) -> tuple[_Floats, _Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        first, last = then[0] / then[1], here[0] / here[1]
    known, known_now = then[1] != 0, here[1] != 0
    return (
        np.where(known, first, np.where(known_now, last, 0.0)),
        np.where(known_now, last, np.where(known, first, 0.0)),
    )


def shapley_of_product(first: _Floats, last: _Floats) -> _Floats:
    """The Shapley values of the factors of products, shape (parts, factors), which move from `first` to `last`.

    Their rows add up to ``last.prod(axis=1) - first.prod(axis=1)``.
    """
    factors = first.shape[1]
    nodes, weights = np.polynomial.legendre.leggauss((factors + 1) // 2)
    step = last - first
    values = np.zeros_like(first)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        at = first + node * step
        left, right = np.ones_like(at), np.ones_like(at)  # products without one factor: zeros are welcome
        left[:, 1:] = np.cumprod(at[:, :-1], axis=1)
        right[:, :-1] = np.cumprod(at[:, :0:-1], axis=1)[:, ::-1]
        values += weight * step * left * right
    return values


def _codes(platform: NDArray[np.intp], campaign: NDArray[np.intp]) -> NDArray[np.intp]:
    """A number a pair of platform and campaign."""
    return pd.factorize(platform * (campaign.max(initial=0) + 1) + campaign)[0]


def _sums(group: NDArray[np.intp], values: _Floats) -> _Floats:
    """For each part the sum of its group."""
    return np.bincount(group, values).astype(float)[group] if len(values) else values
