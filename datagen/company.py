"""A company generated from a seed: its campaigns’ response curves and the true multiplier of every row."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from datagen.campaigns import CAMPAIGNS, DEVICES, PLATFORMS, REGIONS, SEGMENTS, Campaign
from datagen.response import half_saturation, hill

Array = npt.NDArray[np.float64]

#: Rows a day: 20 campaigns × 4 regions × 3 devices × 3 segments, in that order, the last index fastest.
SHAPE: Final = (len(CAMPAIGNS), len(REGIONS), len(DEVICES), len(SEGMENTS))
ROWS: Final = int(np.prod(SHAPE))

#: What the random streams are for; a stream is (seed, purpose, index), so that no day depends on another's draws.
FOUNDING, YEAR, MONTH, WEEK, DAY, SHOP, FIRST_ORDERS = range(7)

#: Share of spend by region and by device, a row a platform.
REGION_SHARE: Final = (
    (0.50, 0.28, 0.13, 0.09),
    (0.48, 0.31, 0.13, 0.08),
    (0.58, 0.28, 0.08, 0.06),
    (0.39, 0.24, 0.17, 0.20),
)
DEVICE_SHARE: Final = ((0.78, 0.17, 0.05), (0.60, 0.33, 0.07), (0.64, 0.29, 0.07), (0.88, 0.07, 0.05))

#: CPM, CTR, CVR, order value relative to North America; to a tablet; to prospecting.
REGION: Final = ((1.0, 1.0, 1.0, 1.0), (0.60, 0.97, 0.78, 0.82), (0.35, 0.95, 0.66, 0.57), (0.30, 0.92, 0.62, 0.54))
DEVICE: Final = ((0.88, 1.05, 0.80, 0.94), (1.25, 0.86, 1.50, 1.12), (1.0, 1.0, 1.0, 1.0))
SEGMENT: Final = ((1.0, 1.0, 1.0, 1.0), (1.5, 1.5, 2.95, 1.03), (1.3, 1.5, 2.5, 1.12))

#: The pocket that loses money every month: conversion there is this much of what it would be.
LOSING_POCKET: Final = ("TikTok", "Latin America", 0.28)

#: Cost of goods and variable costs (fulfilment, payment and marketplace fees, returns) as shares of revenue.
COGS: Final = ((0.335, 0.345, 0.335, 0.295), (0.0, 0.010, 0.015, 0.030))
VARIABLE: Final = ((0.130, 0.130, 0.290, 0.150), (0.0, 0.015, 0.020, 0.045))

#: By segment: share of orders that are a first order; 12-month contribution as a multiple of the first order's.
NEW_SHARE: Final = (0.82, 0.48, 0.03)
NEW_SHARE_PLATFORM: Final = (1.0, 0.92, 0.85, 1.12)
REPEAT: Final = (3.0, 3.4, 3.8)

#: How strongly frequency rises with spend, by segment: the spend (in ordinary budgets) at which it is half-way up.
FREQUENCY_HALF: Final = (2.6, 0.9, 1.2)
FREQUENCY_RANGE: Final = (1.1, 1.9)

FEED: Final = "Shopping – Bestsellers (Tier A)"
CUT: Final = "Prospecting – Lookalike 5–10 % – Purchasers 180d"


@dataclass(frozen=True, eq=False)
class Company:
    """The true company. Arrays are (20,) by campaign or (720,) by row; money in $, rates as fractions."""

    seed: int
    campaigns: tuple[Campaign, ...]
    platform: npt.NDArray[np.int64]  # (20,) index into PLATFORMS
    budget: Array  # (20,) $ a day
    half: Array  # (20,) $ a day at which the Hill curve is half-way up
    shape: Array  # (20,) Hill exponent
    ceiling: Array  # (20,) impressions a day that the curve never reaches
    carry_over: Array  # (20,) adstock retention a day
    spend_share: Array  # (720,) share of the campaign's spend
    cpm: Array  # (720,) multiple of the campaign's cost of an impression
    ctr: Array  # (720,)
    cvr: Array  # (720,)
    order_value: Array  # (720,) $
    engagement: Array  # (720,)
    cogs_rate: Array  # (720,) of revenue
    variable_rate: Array  # (720,) of revenue
    new_share: Array  # (720,) of conversions
    lifetime: Array  # (720,) $ a new customer, 12 months of contribution before advertising
    frequency_half: Array  # (720,)


def stream(seed: int, purpose: int, index: int = 0) -> np.random.Generator:
    """Random numbers that depend on nothing but their three keys."""
    return np.random.default_rng([seed, purpose, index])


def company_of_seed(seed: int) -> Company:
    """The company of a seed: scale, budgets, saturation and rates vary by a few percent around the table's."""
    rng = stream(seed, FOUNDING)
    scale = rng.uniform(0.95, 1.10)
    bend = np.exp(rng.normal(0.0, 1.0, (len(CAMPAIGNS), 6)) * (0.06, 0.03, 0.03, 0.03, 0.02, 0.03))
    campaigns = tuple(
        replace(
            c,
            budget=c.budget * scale * b[0],
            cpm=c.cpm * b[1],
            ctr=c.ctr * b[2],
            cvr=c.cvr * b[3],
            order_value=c.order_value * b[4],
            elasticity=min(c.elasticity * b[5], 0.95),
        )
        for c, b in zip(CAMPAIGNS, bend, strict=True)
    )
    local = np.exp(rng.normal(0.0, 0.03, (len(PLATFORMS), len(REGIONS))))
    return _draw(seed, campaigns, local)


def _draw(seed: int, campaigns: tuple[Campaign, ...], local: Array) -> Company:
    platform = np.array([PLATFORMS.index(c.platform) for c in campaigns])
    budget = np.array([c.budget for c in campaigns])
    shape = np.array([c.shape for c in campaigns])
    half = half_saturation(budget, np.array([c.elasticity for c in campaigns]), shape)
    wanted = 1000 * budget / np.array([c.cpm for c in campaigns])
    ceiling = wanted / hill(budget, half, shape)

    region_share = np.array(REGION_SHARE)[platform][:, :, None, None]
    device_share = np.array(DEVICE_SHARE)[platform][:, None, :, None]
    segment_share = np.array([c.segments for c in campaigns])[:, None, None, :]
    share = region_share * device_share * segment_share
    cpm, ctr, cvr, value = (_across(k) for k in range(4))
    cvr = cvr * local[platform][:, :, None, None]
    name, region, depth = LOSING_POCKET
    pocket = np.ones(SHAPE)
    pocket[platform == PLATFORMS.index(name), REGIONS.index(region)] = depth

    # Normalised so that a campaign's own rates are what its rows add up to: sums first, then one division.
    impressions = share / cpm
    cpm = cpm * _total(impressions)
    impressions = share / cpm
    clicks = impressions * ctr / _total(impressions * ctr)
    ctr = ctr / _total(impressions * ctr)
    orders = clicks * cvr
    cvr = cvr / _total(orders) * pocket
    orders = orders / _total(orders)
    value = value / _total(orders * value)

    per_campaign = {
        k: np.array([getattr(c, k) for c in campaigns])[:, None, None, None]
        for k in ("ctr", "cvr", "order_value", "engagement")
    }
    order_value = value * per_campaign["order_value"]
    cogs = _rate(COGS, platform)
    variable = _rate(VARIABLE, platform)
    new = np.minimum(np.array(NEW_SHARE) * np.array(NEW_SHARE_PLATFORM)[platform][:, None, None, None], 0.97)
    return Company(
        seed=seed,
        campaigns=campaigns,
        platform=platform,
        budget=budget,
        half=half,
        shape=shape,
        ceiling=ceiling,
        carry_over=np.array([c.carry_over for c in campaigns]),
        spend_share=_rows(share),
        cpm=_rows(cpm),
        ctr=_rows(ctr * per_campaign["ctr"] / 100),
        cvr=_rows(cvr * per_campaign["cvr"] / 100),
        order_value=_rows(order_value),
        engagement=_rows(per_campaign["engagement"] / 100),
        cogs_rate=_rows(cogs),
        variable_rate=_rows(variable),
        new_share=_rows(new),
        lifetime=_rows(order_value * (1 - cogs - variable) * np.array(REPEAT)),
        frequency_half=_rows(np.array(FREQUENCY_HALF)),
    )


def _rows(a: Array) -> Array:
    """Anything that broadcasts to campaign × region × device × segment, (720,)."""
    return np.ascontiguousarray(np.broadcast_to(a, SHAPE)).ravel()


def _across(k: int) -> Array:
    """Multiplier k over region × device × segment, (1, 4, 3, 3)."""
    region, device, segment = (np.array(t)[:, k] for t in (REGION, DEVICE, SEGMENT))
    return np.asarray(region[None, :, None, None] * device[None, None, :, None] * segment[None, None, None, :])


def _total(a: Array) -> Array:
    return np.asarray(a.sum(axis=(1, 2, 3), keepdims=True))


def _rate(table: tuple[tuple[float, ...], tuple[float, ...]], platform: npt.NDArray[np.int64]) -> Array:
    by_platform, by_region = np.array(table[0]), np.array(table[1])
    return np.asarray(by_platform[platform][:, None, None, None] + by_region[None, :, None, None])
