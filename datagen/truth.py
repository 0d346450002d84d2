"""Every planted effect as one document, `truth.json`: for tests and the scorecard, read by nothing else."""

import datetime as dt
from typing import Any, Final

import numpy as np

from datagen.campaigns import CAMPAIGNS, PLATFORMS, REGIONS
from datagen.company import CUT, FEED, LOSING_POCKET, ROWS, SHAPE, Company
from datagen.events import Effect, effects_between
from datagen.response import HORIZON, hill
from datagen.simulate import CAMPAIGN_OF, NOISE, ORDER_VALUE_CV, OVERDISPERSION, plan

FORMAT: Final = 1
REFERENCE_DAYS: Final = 28


def truth(company: Company, first: int, last: int) -> dict[str, Any]:
    """What is really in the facts of days `first` to `last` (ordinals)."""
    effects = [e for e in effects_between(company, first, last)]
    kinds: dict[str, list[dict[str, Any]]] = {}
    for effect in effects:
        if effect.kind != "launch":
            kinds.setdefault(effect.kind, []).append(_described(effect))
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
            for e in effects_between(company, 1, last)
            if e.kind == "launch" and e.last is not None and first <= e.last + 1 <= last
        ],
        "learning_phases": kinds.get("learning", []),
        "losing_pocket": {"platform": LOSING_POCKET[0], "region": LOSING_POCKET[1], "cvr": LOSING_POCKET[2]},
        "worth_cutting": {"campaign": CUT, **_now(response, CUT)},
        "worth_feeding": {"campaign": FEED, **_now(response, FEED)},
        "response": response,
        "noise": {"log_sd": NOISE, "variance_over_mean": OVERDISPERSION, "order_value_cv": ORDER_VALUE_CV},
    }


def responses(company: Company, first: int, last: int) -> list[dict[str, Any]]:
    """Each campaign's response to spend, as it is on average over days `first` to `last` (ordinals).

    Steady spend of s $ a day brings, a day,
        impressions(s)  = impressions_max × s^shape / (half_saturation^shape + s^shape) × auction
        contribution(s) = impressions(s) × contribution_per_impression,   profit(s) = contribution(s) − s.
    Unsteady spend: s is the adstock Σ carry_over^lag × spend(lag) / Σ carry_over^lag over lags 0 to 13 days.
    """
    days = range(first, last + 1)
    spend, impressions, orders, revenue, contribution, flat = (np.zeros(SHAPE[0]) for _ in range(6))
    fold = lambda rows: rows.reshape(SHAPE[0], ROWS // SHAPE[0]).sum(axis=1)  # noqa: E731
    for day in days:
        planned = plan(company, day)
        lever = planned.levers
        shown = planned.impressions[CAMPAIGN_OF] * company.spend_share / (company.cpm * lever["auction"])
        bought = shown * company.ctr * lever["ctr"] * company.cvr * lever["cvr"] * lever["tracked"]
        value = bought * company.order_value * lever["value"]
        costs = company.cogs_rate * lever["cogs"] + company.variable_rate * lever["fees"]
        spend += planned.spend
        flat += planned.impressions
        impressions += fold(shown)
        orders += fold(bought)
        revenue += fold(value)
        contribution += fold(value * (1 - costs))
    per_day = spend / len(days)
    some = np.maximum(impressions, 1e-9)
    curve = company.ceiling * hill(np.maximum(per_day, 1e-9), company.half, company.shape)
    elasticity = company.shape * (1 - curve / company.ceiling)
    auction = impressions / np.maximum(flat, 1e-9)
    marginal = np.where(
        per_day > 0, elasticity * curve / np.maximum(per_day, 1e-9) * auction * contribution / some, np.nan
    )
    return [
        {
            "campaign": c.name, "platform": c.platform, "impressions_max": float(company.ceiling[i]),
            "half_saturation": float(company.half[i]), "shape": float(company.shape[i]),
            "carry_over": float(company.carry_over[i]), "carry_over_days": HORIZON, "auction": float(auction[i]),
            "contribution_per_impression": float(contribution[i] / some[i]),
            "revenue_per_impression": float(revenue[i] / some[i]),
            "conversions_per_impression": float(orders[i] / some[i]),
            "spend_per_day": float(per_day[i]),
            "contribution_per_dollar": float(contribution[i] / spend[i]) if spend[i] else None,
            "contribution_of_next_dollar": float(marginal[i]) if per_day[i] else None,
        }
        for i, c in enumerate(company.campaigns)
    ]  # fmt: skip


def _now(response: list[dict[str, Any]], campaign: str) -> dict[str, Any]:
    row = next(r for r in response if r["campaign"] == campaign)
    return {k: row[k] for k in ("platform", "spend_per_day", "contribution_per_dollar", "contribution_of_next_dollar")}


def _described(effect: Effect) -> dict[str, Any]:
    return {
        "kind": effect.name if effect.kind == "anomaly" else effect.kind, "name": effect.name,
        "first": _iso(effect.first), "last": None if effect.last is None else _iso(effect.last),
        "platform": effect.platform, "campaign": effect.campaign, "region": effect.region,
        "levers": {k: list(v) if isinstance(v, tuple) else v for k, v in effect.levers.items()}, "note": effect.note,
    }  # fmt: skip


def _iso(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()


assert {c.platform for c in CAMPAIGNS} == set(PLATFORMS) and LOSING_POCKET[1] in REGIONS
