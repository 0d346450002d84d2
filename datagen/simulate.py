"""One day of facts as a pure function of (company, day), so any range in any order gives the same rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from datagen import season
from datagen.campaigns import PLATFORMS, REGIONS
from datagen.company import DAY, FREQUENCY_RANGE, MONTH, ROWS, SHAPE, WEEK, Company, stream
from datagen.effect import LEVERS
from datagen.events import effects_on
from datagen.response import HORIZON, adstock, hill

Array = npt.NDArray[np.float64]

#: Log standard deviations of what nobody planned.
NOISE: Final = {
    "row_cpm": 0.20,  # a row's cost of an impression, day to day
    "row_ctr": 0.29,  # a row's click-through rate, day to day; sampling of clicks adds to it
    "row_spend": 0.15,
    "campaign_spend": 0.05,  # a campaign's spend, day to day
    "campaign_budget": 0.06,  # month to month
    "campaign_drift": 0.03,  # cost of an impression, CTR and CVR, each from week to week
    "market_drift": 0.03,  # a platform's CVR in a region, from week to week
    "demand": 0.010,  # the whole company's conversion, day to day
}
#: Variance over mean of a row's counts beyond that: negative binomial.
OVERDISPERSION: Final = {"clicks": 2.0, "engagements": 5.0, "conversions": 2.6}
#: Standard deviation over mean of one order's value.
ORDER_VALUE_CV: Final = 0.6

#: Days that are kept: a quarter, which the facts and the shop's days are both made of.
KEPT: Final = 92

CAMPAIGN_OF: Final = np.repeat(np.arange(SHAPE[0]), ROWS // SHAPE[0])
REGION_OF: Final = np.indices(SHAPE)[1].ravel()


@dataclass(frozen=True)
class Plan:
    """What a day is expected to be before chance: (20,) by campaign, (720,) by row."""

    spend: Array  # (20,) $
    impressions: Array  # (20,) at the ordinary price of the auction
    levers: dict[str, Array]  # (720,) each


@lru_cache(maxsize=64)
def spend_on(company: Company, day: int) -> Array:
    """A day's spend by campaign, $ (20,), with its own noise but before rows'."""
    date = dt.date.fromordinal(day)
    month = stream(company.seed, MONTH, 12 * date.year + date.month).normal(size=SHAPE[0])
    noise = stream(company.seed, DAY, 2 * day).normal(size=SHAPE[0])
    level = season.growth(day) * season.curve(season.SPEND, day) * season.weekday_spend(day)
    spend = company.budget * level * np.exp(NOISE["campaign_budget"] * month + NOISE["campaign_spend"] * noise)
    for effect in effects_on(company, day):
        if "spend" in effect.levers:
            spend = np.where(
                _campaigns(company, effect.platform, effect.campaign), spend * effect.factor("spend", day), spend
            )
    spend.flags.writeable = False
    return np.asarray(spend)


@lru_cache(maxsize=KEPT)
def plan(company: Company, day: int) -> Plan:
    """Spend, saturation with carry-over, and every lever of a day."""
    recent = np.stack([spend_on(company, max(day - lag, 1)) for lag in range(HORIZON)])
    effective = adstock(recent, company.carry_over)
    impressions = np.where(recent[0] > 0, company.ceiling * hill(effective, company.half, company.shape), 0.0)
    levers = {k: np.ones(ROWS) for k in LEVERS}
    platform = company.platform
    drift, market = _drift(company, day)
    levers["auction"] *= (season.auction(day)[platform] * drift[0])[CAMPAIGN_OF]
    levers["ctr"] *= (season.click_season(day)[platform] * drift[1])[CAMPAIGN_OF]
    levers["cvr"] *= (season.conversion_season(day)[platform] * season.weekday_conversion(day) * drift[2])[
        CAMPAIGN_OF
    ] * market
    for effect in effects_on(company, day):
        rows = _campaigns(company, effect.platform, effect.campaign)[CAMPAIGN_OF]
        if effect.region is not None:
            rows = rows & np.equal(REGION_OF, REGIONS.index(effect.region))
        for lever in effect.levers.keys() - {"spend"}:
            levers[lever][rows] *= effect.factor(lever, day)
    return Plan(recent[0], impressions, levers)


@lru_cache(maxsize=KEPT)
def simulate(company: Company, day: int) -> Mapping[str, Array]:
    """A day's measures, (720,) each: counts whole, money in $ rounded to cents; zeros where a campaign rests."""
    planned = plan(company, day)
    lever = planned.levers
    rng = stream(company.seed, DAY, 2 * day + 1)
    z_spend, z_cpm, z_ctr, z_frequency, z_cogs, z_fees, z_life = rng.normal(size=(7, ROWS))
    live = (planned.spend > 0)[CAMPAIGN_OF]
    safe = np.where(live, planned.spend[CAMPAIGN_OF], 1.0)

    spend = np.round(planned.spend[CAMPAIGN_OF] * company.spend_share * _lognormal(z_spend, NOISE["row_spend"]), 2)
    per_dollar = planned.impressions[CAMPAIGN_OF] / safe / (company.cpm * lever["auction"])
    impressions = np.rint(spend * per_dollar * _lognormal(z_cpm, NOISE["row_cpm"]))
    ctr = company.ctr * lever["ctr"] * _lognormal(z_ctr, NOISE["row_ctr"])
    clicks = np.minimum(_counts(rng, impressions * ctr, OVERDISPERSION["clicks"]), impressions)
    other = _counts(rng, impressions * company.engagement, OVERDISPERSION["engagements"])
    engagements = np.minimum(clicks + other, impressions)

    demand = float(np.exp(NOISE["demand"] * rng.normal()))
    cvr = company.cvr * lever["cvr"] * lever["tracked"] * demand
    conversions = np.minimum(_counts(rng, clicks * cvr, OVERDISPERSION["conversions"]), clicks)
    new = rng.binomial(conversions.astype(np.int64), company.new_share).astype(np.float64)
    sure = np.maximum(conversions, 1e-9) / ORDER_VALUE_CV**2
    revenue = rng.gamma(sure) * ORDER_VALUE_CV**2 * company.order_value * lever["value"]
    revenue = np.where(conversions > 0, np.maximum(np.round(revenue, 2), 0.01), 0.0)
    cogs = np.round(revenue * company.cogs_rate * lever["cogs"] * _lognormal(z_cogs, 0.03), 2)
    fees = np.round(revenue * company.variable_rate * lever["fees"] * _lognormal(z_fees, 0.04), 2)
    lifetime = np.round(new * company.lifetime * _lognormal(z_life, 0.06), 2)
    return {
        "impressions": impressions,
        "clicks": clicks,
        "engagements": engagements,
        "reach": _reach(company, planned.spend / company.budget, impressions, z_frequency),
        "conversions": conversions,
        "new_customers": new,
        "spend": spend,
        "revenue": revenue,
        "cogs": cogs,
        "variable_costs": fees,
        "lifetime_margin": lifetime,
    }


def _reach(company: Company, intensity: Array, impressions: Array, z: Array) -> Array:
    """People reached: impressions over a frequency of 1.1 to 1.9 that rises with spend."""
    low, high = FREQUENCY_RANGE
    pressed = intensity[CAMPAIGN_OF]
    frequency = low + (high - low) * np.clip(
        pressed / (pressed + company.frequency_half) * _lognormal(z, 0.06), 0.02, 0.98
    )
    return np.clip(
        np.rint(impressions / frequency), np.ceil(impressions / high), np.maximum(np.floor(impressions / low), 1)
    )


def _counts(rng: np.random.Generator, mean: Array, dispersion: float) -> Array:
    """Negative binomial counts with variance = dispersion × mean: a Poisson whose rate is itself gamma-distributed."""
    rate = rng.gamma(np.maximum(mean, 1e-12) / (dispersion - 1)) * (dispersion - 1)
    return rng.poisson(rate).astype(np.float64)


def _lognormal(z: Array, sd: float) -> Array:
    """Multipliers of mean 1."""
    return np.asarray(np.exp(sd * z - sd * sd / 2))


def _drift(company: Company, day: int) -> tuple[Array, Array]:
    """Slow wander, straight between one draw a week: auction, CTR and CVR by campaign, (3, 20); CVR by row, (720,)."""
    week, weekday = divmod(day, 7)
    draws = [
        stream(company.seed, WEEK, w).normal(size=3 * SHAPE[0] + len(PLATFORMS) * len(REGIONS))
        for w in (week, week + 1)
    ]
    now = draws[0] + (draws[1] - draws[0]) * weekday / 7
    campaign = np.exp(NOISE["campaign_drift"] * now[: 3 * SHAPE[0]].reshape(3, SHAPE[0]))
    market = np.exp(NOISE["market_drift"] * now[3 * SHAPE[0] :])
    return campaign, market[company.platform[CAMPAIGN_OF] * len(REGIONS) + REGION_OF]


def _campaigns(company: Company, platform: str | None, campaign: str | None) -> npt.NDArray[np.bool_]:
    """Which campaigns a scope names, (20,)."""
    named = (
        np.ones(SHAPE[0], dtype=bool) if campaign is None else np.array([c.name == campaign for c in company.campaigns])
    )
    return named if platform is None else named & (company.platform == PLATFORMS.index(platform))
