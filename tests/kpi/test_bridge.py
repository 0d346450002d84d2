"""The profit bridge: exact, against Shapley values over all orders, and the same whichever way one looks."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.bridge import BARS, MEASURES, PARTS, profit_bridge, shapley_of_product


def book(seed: int, campaigns: int) -> pd.DataFrame:
    """A random period: parts that are missing, pause, earn late or without orders, lose, or know no costs."""
    rng = np.random.default_rng(seed)
    keys = [
        (f"platform {place % 3}", f"campaign {place}", region, "Mobile", segment)
        for place in range(campaigns)
        for region in ("Europe", "Asia")
        for segment in ("Prospecting", "Retargeting")
    ]
    many = len(keys)
    spend = rng.lognormal(5, 1.5, many) * (rng.random(many) > 0.2)
    impressions = np.rint(spend * rng.lognormal(4, 0.7, many))
    clicks = np.rint(impressions * 0.01 * rng.random(many))
    conversions = np.rint(clicks * 0.04 * rng.random(many))
    revenue = conversions * rng.lognormal(4, 0.4, many) + 50.0 * (rng.random(many) < 0.1)
    cogs = revenue * rng.uniform(0.2, 1.2, many)
    variable = revenue * 0.1
    if seed % 2:
        cogs[rng.random(many) < 0.1] = np.nan
        clicks[rng.random(many) < 0.05] = np.nan
    columns = (spend, impressions, clicks, conversions, revenue, cogs, variable)
    frame = pd.DataFrame(dict(zip(MEASURES, columns, strict=True)) | {"rows": 1.0})
    frame.index = pd.MultiIndex.from_tuples(keys, names=PARTS)
    return frame[rng.random(many) > 0.15]


def profit_of(frame: pd.DataFrame) -> float:
    known = frame.fillna(0.0)
    return float((known["revenue"] - known["cogs"] - known["variable_costs"] - known["spend"]).sum())


def scale_of(*frames: pd.DataFrame) -> float:
    return max(1.0, *(float(frame[list(MEASURES)].abs().sum().max()) for frame in frames))


@settings(max_examples=80)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 60), st.integers(1, 60))
def test_bars_add_up_to_the_change_and_turn_round_with_the_periods(
    seed: int, campaigns: int, days: int, days_before: int
) -> None:
    now, then = book(2 * seed, campaigns), book(2 * seed + 4, campaigns)
    if seed % 3 == 0:
        now, then = book(2 * seed + 1, campaigns), book(2 * seed + 3, campaigns)
    found, turned = profit_bridge(now, then, days, days_before), profit_bridge(then, now, days_before, days)
    if found is None:
        assert turned is None
        return
    assert turned
    scale = scale_of(now, then)
    assert found.before == pytest.approx(profit_of(then), abs=1e-9 * scale)
    assert found.after == pytest.approx(profit_of(now), abs=1e-9 * scale)
    assert sum(found.bars.values()) == pytest.approx(found.after - found.before, abs=1e-9 * scale)
    for name in BARS:
        other = {"started": "ended", "ended": "started"}.get(name, name)
        assert found.bars[name] == pytest.approx(-turned.bars[other], abs=1e-9 * scale)
        assert found.platforms[name].sum() == pytest.approx(found.bars[name], abs=1e-9 * scale)


@given(st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    now, then = book(seed, 6), book(seed + 2, 6)
    found, shuffled = (
        profit_bridge(each.sample(frac=1, random_state=place), then.sample(frac=1, random_state=place), 28, 28)
        for place, each in ((1, now), (2, now))
    )
    if found is None:
        assert shuffled is None
        return
    assert shuffled
    assert shuffled.bars == pytest.approx(found.bars, abs=1e-9 * scale_of(now, then))


def over_all_orders(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Shapley values by their definition, over all 2ⁿ sets of factors that moved already."""
    many = len(first)
    values = np.zeros(many)
    for factor in range(many):
        others = [place for place in range(many) if place != factor]
        for size in range(many):
            for moved in itertools.combinations(others, size):
                rest = math.prod(last[place] if place in moved else first[place] for place in others)
                weight = math.factorial(size) * math.factorial(many - size - 1) / math.factorial(many)
                values[factor] += weight * rest * (last[factor] - first[factor])
    return values


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_shapley_values_are_those_over_all_orders(seed: int, factors: int) -> None:
    rng = np.random.default_rng(seed)
    first, last = rng.normal(size=(2, 3, factors)) * (rng.random((2, 3, factors)) > 0.1)
    values = shapley_of_product(first, last)
    for row in range(3):
        assert values[row] == pytest.approx(over_all_orders(first[row], last[row]), abs=1e-9)


def one(spend: float, impressions: float, revenue: float, campaign: str = "c", region: str = "Europe") -> pd.DataFrame:
    row = {"spend": spend, "impressions": impressions, "clicks": 100.0, "conversions": 10.0, "revenue": revenue}
    index = pd.MultiIndex.from_tuples([("Meta", campaign, region, "Mobile", "Prospecting")], names=PARTS)
    return pd.DataFrame([row | {"cogs": revenue / 2, "variable_costs": 0.0, "rows": 1.0}], index=index)


def moved(now: pd.DataFrame, then: pd.DataFrame, days: int = 28, days_before: int = 28) -> dict[str, float]:
    found = profit_bridge(now, then, days, days_before)
    assert found
    return {name: round(value, 6) for name, value in found.bars.items() if abs(value) > 1e-9}


def test_each_factor_moves_its_own_bar() -> None:
    usual = one(1000, 50_000, 4000)
    assert moved(one(2000, 100_000, 8000).assign(clicks=200.0, conversions=20.0), usual) == {"spend": 1000.0}
    assert moved(usual.assign(revenue=5000.0, cogs=2500.0), usual) == {"aov": 500.0}
    assert moved(usual.assign(cogs=1000.0), usual) == {"margin": 1000.0}
    dearer = usual.assign(impressions=25_000.0, clicks=50.0, conversions=5.0, revenue=2000.0, cogs=1000.0)
    assert moved(dearer, usual) == {"cpm": -1000.0}
    assert moved(one(2000, 100_000, 8000).assign(clicks=200.0, conversions=20.0), usual, 28, 14) == {"days": 1000.0}
    assert moved(pd.concat([usual, one(500, 1, 2000, "new")]), usual) == {"started": 500.0}
    assert moved(usual, pd.concat([usual, one(500, 1, 2000, "old")])) == {"ended": -500.0}
    assert moved(pd.concat([usual, one(0, 0, 2000, "late")]), usual) == {"without_spend": 1000.0}


def test_a_shift_between_regions_at_their_own_prices_is_the_audiences() -> None:
    here, there = one(1000, 50_000, 4000), one(1000, 50_000, 1000, region="Asia")
    before = pd.concat([here, there])
    after = pd.concat([here * 1.5, there * 0.5])
    assert moved(after, before) == {"audience_mix": 750.0}


def test_nothing_known_of_costs_makes_no_bridge() -> None:
    nothing = one(1000, 50_000, 4000).assign(cogs=np.nan)
    assert profit_bridge(nothing * 2, nothing, 28, 28) is None
