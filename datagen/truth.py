"""Every planted effect in one document, `truth.json`, for tests and the scorecard; nothing else reads it."""

import datetime as dt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from datagen import company as table
from datagen import season, shop
from datagen.campaigns import DEVICES, PLATFORMS, REGIONS, SEGMENTS
from datagen.company import CUT, FEED, LOSING_POCKET, ROWS, SHAPE, Company
from datagen.effect import Effect
from datagen.events import effects_between, lasting_effects
from datagen.response import HORIZON, hill
from datagen.simulate import CAMPAIGN_OF, NOISE, ORDER_VALUE_CV, OVERDISPERSION, plan

Array = npt.NDArray[np.float64]

FORMAT: Final = 1
#: The response curves describe the last days of the range: advice is about tomorrow.
REFERENCE_DAYS: Final = 28


def truth(company: Company, first: int, last: int) -> dict[str, Any]:
    """What is really in the facts of days `first` to `last` (ordinals)."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for effect in effects_between(company, first, last):
        kinds.setdefault(effect.kind, []).append(_describe(effect))
    response = responses(company, max(first, last - REFERENCE_DAYS + 1), last)
    return {
        "format": FORMAT,
        "seed": company.seed,
        "first_day": _iso(first),
        "last_day": _iso(last),
        "anomalies": kinds.get("anomaly", []),
        "events": kinds.get("event", []),
        "promotions": kinds.get("promotion", []),
        "level_shifts": kinds.get("level_shift", []),
        "budget_changes": kinds.get("budget_change", []),
        "pauses": kinds.get("pause", []),
        "launches": [
            {"campaign": e.campaign, "first": _iso(e.last + 1)}
            for e in lasting_effects(company)
            if e.kind == "launch" and e.last is not None and first <= e.last + 1 <= last
        ],
        "learning_phases": kinds.get("learning", []),
        "losing_pocket": {"platform": LOSING_POCKET[0], "region": LOSING_POCKET[1], "cvr": LOSING_POCKET[2]},
        "worth_cutting": _now(response, CUT),
        "worth_feeding": _now(response, FEED),
        "response": response,
        "multipliers": _multipliers(),
        "shop": shop.truth_of_shop(),
        "noise": {"log_sd": NOISE, "variance_over_mean": OVERDISPERSION, "order_value_cv": ORDER_VALUE_CV},
    }


def responses(company: Company, first: int, last: int) -> list[dict[str, Any]]:
    """Each campaign's response to spend, as it is on average over days `first` to `last` (ordinals).

    Steady spend of s $ a day brings, a day,
        impressions(s)  = impressions_max × s^shape / (half_saturation^shape + s^shape) × auction
        contribution(s) = impressions(s) × contribution_per_impression,   profit(s) = contribution(s) − s,
    and the next dollar contribution′(s). `spend_per_day` is over the days on which it spent; what a campaign that
    rested all the while would bring is null. Unsteady spend: s is the adstock
    Σ carry_over^lag × spend(lag) / Σ carry_over^lag over lags of 0 to `carry_over_days` − 1.
    """
    spend, live, ordinary, impressions, orders, revenue, contribution = np.zeros((7, SHAPE[0]))
    for day in range(first, last + 1):
        planned = plan(company, day)
        lever = planned.levers
        shown = planned.impressions[CAMPAIGN_OF] * company.spend_share / (company.cpm * lever["auction"])
        bought = shown * company.ctr * lever["ctr"] * company.cvr * lever["cvr"] * lever["tracked"]
        value = bought * company.order_value * lever["value"]
        costs = company.cogs_rate * lever["cogs"] + company.variable_rate * lever["fees"]
        spend += planned.spend
        live += planned.spend > 0
        ordinary += planned.impressions
        impressions += _by_campaign(shown)
        orders += _by_campaign(bought)
        revenue += _by_campaign(value)
        contribution += _by_campaign(value * (1 - costs))
    with np.errstate(invalid="ignore"):  # 0 / 0 where a campaign rested: null
        per_day = spend / live
        share = hill(per_day, company.half, company.shape)
        auction = impressions / ordinary
        elasticity = company.shape * (1 - share)
        columns = {
            "impressions_max": company.ceiling,
            "half_saturation": company.half,
            "shape": company.shape,
            "carry_over": company.carry_over,
            "auction": auction,
            "conversions_per_impression": orders / impressions,
            "revenue_per_impression": revenue / impressions,
            "contribution_per_impression": contribution / impressions,
            "spend_per_day": per_day,
            "contribution_per_dollar": contribution / spend,
            "contribution_of_next_dollar": elasticity
            * (company.ceiling * share * auction / per_day)
            * (contribution / impressions),
        }
    return [
        {"campaign": c.name, "platform": c.platform, "carry_over_days": HORIZON}
        | {key: None if np.isnan(values[i]) else float(values[i]) for key, values in columns.items()}
        for i, c in enumerate(company.campaigns)
    ]


def _now(response: list[dict[str, Any]], campaign: str) -> dict[str, Any]:
    row = next(r for r in response if r["campaign"] == campaign)
    keys = ("campaign", "platform", "spend_per_day", "contribution_per_dollar", "contribution_of_next_dollar")
    return {key: row[key] for key in keys}


def _multipliers() -> dict[str, Any]:
    """What region, device, segment and weekday do, before a campaign's own level."""
    keys = ("cpm", "ctr", "cvr", "order_value")
    parts = {"region": (REGIONS, table.REGION), "device": (DEVICES, table.DEVICE), "segment": (SEGMENTS, table.SEGMENT)}
    found: dict[str, Any] = {
        dimension: {name: dict(zip(keys, row, strict=True)) for name, row in zip(names, rows, strict=True)}
        for dimension, (names, rows) in parts.items()
    }
    return found | {
        "weekday_orders_monday_first": list(season.WEEKDAY_ORDERS),
        "cogs_rate": dict(zip(PLATFORMS, table.COGS[0], strict=True)),
        "variable_cost_rate": dict(zip(PLATFORMS, table.VARIABLE[0], strict=True)),
        "new_customer_share": dict(zip(SEGMENTS, table.NEW_SHARE, strict=True)),
        "lifetime_over_first_order": dict(zip(SEGMENTS, table.REPEAT, strict=True)),
    }


def _describe(effect: Effect) -> dict[str, Any]:
    return {
        "kind": effect.name if effect.kind == "anomaly" else effect.kind,
        "name": effect.name,
        "first": _iso(effect.first),
        "last": None if effect.last is None else _iso(effect.last),
        "platform": effect.platform,
        "campaign": effect.campaign,
        "region": effect.region,
        "levers": {k: list(v) if isinstance(v, tuple) else v for k, v in effect.levers.items()},
        "note": effect.note,
    }


def _by_campaign(rows: Array) -> Array:
    """Sums of (720,) rows, (20,)."""
    return np.asarray(rows.reshape(SHAPE[0], ROWS // SHAPE[0]).sum(axis=1))


def _iso(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()
