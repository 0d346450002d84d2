"""What `truth.json` says was planted is what the facts show."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from datagen.company import CUT, FEED, company_of_seed
from datagen.events import effects_between
from datagen.shop import shop
from datagen.table import facts
from datagen.truth import responses


def ordinal(iso: str) -> int:
    return dt.date.fromisoformat(iso).toordinal()


def test_it_is_plain_json(planted):
    assert json.loads(json.dumps(planted, allow_nan=False)) == planted


def test_anomalies_show(planted, during):
    assert {a["kind"] for a in planted["anomalies"]} == {"tracking_outage", "bid_spike", "sold_out"}
    for anomaly in planted["anomalies"]:
        then, near = during(anomaly)
        per_click = (then["conversions"] / then["clicks"]) / (near["conversions"] / near["clicks"])
        price = (then["spend"] / then["impressions"]) / (near["spend"] / near["impressions"])
        levers = anomaly["levers"]
        if anomaly["kind"] == "bid_spike":
            assert price > 0.8 * levers["auction"], anomaly
            assert then["spend"] > 1.2 * near["spend"], anomaly
        else:
            assert per_click == pytest.approx(levers.get("tracked", levers.get("cvr")), abs=0.15), anomaly
            assert price == pytest.approx(1, abs=0.3), anomaly


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 131])
def test_every_quarter_has_two_or_three_anomalies(seed):
    company = company_of_seed(seed)
    for year in (2023, 2024, 2025):
        for month in (1, 4, 7, 10):
            first = dt.date(year, month, 1).toordinal()
            kinds = [e.name for e in effects_between(company, first, first + 89) if e.kind == "anomaly"]
            assert len(kinds) in (2, 3)
            assert len(set(kinds)) == len(kinds)


def test_pauses_and_launches_leave_zeros(planted, years):
    assert planted["pauses"]
    for pause in planted["pauses"]:
        rows = years[(years["campaign"] == pause["campaign"]) & years["date"].between(pause["first"], pause["last"])]
        assert len(rows) == 36 * ((ordinal(pause["last"]) - ordinal(pause["first"])) + 1)
        assert rows["spend"].sum() == rows["impressions"].sum() == 0
    assert len(planted["launches"]) == 4
    for launch in planted["launches"]:
        spent = years[(years["campaign"] == launch["campaign"]) & (years["spend"] > 0)]
        assert spent["date"].min() == pd.Timestamp(launch["first"])


def test_a_launch_costs_more_while_it_learns(planted, years):
    """About 1.3 times per conversion, over the launches together: one week of one campaign is too noisy to tell."""
    early, later = [], []
    for launch in planted["launches"]:
        rows = years[years["campaign"] == launch["campaign"]].groupby("date")[["spend", "conversions"]].sum()
        start = pd.Timestamp(launch["first"])
        early.append(rows.loc[start : start + pd.Timedelta(6, "D")].sum())
        later.append(rows.loc[start + pd.Timedelta(7, "D") : start + pd.Timedelta(34, "D")].sum())
    week, after = sum(early), sum(later)
    usual = sum(a["spend"] * b["conversions"] / b["spend"] for a, b in zip(early, later, strict=True))
    assert after["conversions"] > week["conversions"]
    assert usual / week["conversions"] == pytest.approx(1.3, abs=0.2)


def test_prime_week_2025(planted, years):
    prime = next(e for e in planted["events"] if e["name"] == "Prime Day 2025")
    assert (prime["first"], prime["last"], prime["platform"]) == ("2025-07-08", "2025-07-11", "Amazon")
    days = years[years["platform"] == "Amazon"].groupby("date").sum(numeric_only=True)
    june = days["2025-06-09":"2025-06-29"]
    usual = june.groupby(june.index.day_of_week).median()  # an outage on 18 June stays out of it
    week = days["2025-07-08":"2025-07-11"]
    same = usual.loc[week.index.day_of_week].set_index(week.index)
    assert (week["spend"] / same["spend"]).tolist() == pytest.approx([2.5, 2.2, 1.8, 2.3], abs=0.3)
    week, same = week.sum(), same.sum()
    assert (week["spend"] / week["clicks"]) / (same["spend"] / same["clicks"]) == pytest.approx(1.3, abs=0.15)
    converted, usually = week["conversions"] / week["clicks"], same["conversions"] / same["clicks"]
    assert converted / usually == pytest.approx(1.3, abs=0.15)
    after = days["2025-07-12":"2025-07-14"]
    assert after["conversions"].sum() < 0.95 * usual.loc[after.index.day_of_week, "conversions"].sum()


def test_black_friday_and_christmas(years):
    days = years.groupby("date")[["spend", "conversions"]].sum()
    for year, friday in (("2023", "2023-11-24"), ("2024", "2024-11-29")):
        usual = days[f"{year}-10-01" : f"{year}-11-15"].mean()
        first = pd.Timestamp(friday)
        assert (days.loc[first : first + pd.Timedelta(3, "D")].mean() > 1.6 * usual).all()
        rush, quiet = days[f"{year}-12-08" : f"{year}-12-17"].mean(), days[f"{year}-12-24" : f"{year}-12-31"].mean()
        assert (quiet < 0.75 * rush).all()


def test_one_pocket_loses_money_every_month(planted, years):
    by = [years["platform"], years["region"], years["date"].dt.to_period("M")]
    months = years.groupby(by)["profit"].sum().unstack()
    always = [pocket for pocket, row in months.iterrows() if (row < 0).all()]
    assert always == [(planted["losing_pocket"]["platform"], planted["losing_pocket"]["region"])]


def test_one_campaign_is_worth_cutting_and_one_worth_feeding(planted, season):
    profit = season.groupby("campaign")["profit"].sum()
    assert profit.idxmin() == planted["worth_cutting"]["campaign"] == CUT
    next_dollar = {r["campaign"]: r["contribution_of_next_dollar"] for r in planted["response"]}
    assert min(next_dollar, key=next_dollar.get) == CUT
    assert max(next_dollar, key=next_dollar.get) == planted["worth_feeding"]["campaign"] == FEED
    assert next_dollar[FEED] > 1.5
    assert next_dollar[CUT] < 0.3


def test_responses_foretell_the_last_four_weeks(planted, years):
    """The documented curves at the days' own spend come near what the facts hold."""
    rows = years[years["date"] > "2025-08-31"].groupby("campaign").sum(numeric_only=True)
    assert set(rows.index) == {told["campaign"] for told in planted["response"]}
    for told in planted["response"]:
        spend, seen = told["spend_per_day"], rows.loc[told["campaign"]]
        powered = spend ** told["shape"]
        share = powered / (told["half_saturation"] ** told["shape"] + powered)
        impressions = told["impressions_max"] * share * told["auction"]
        live = seen["spend"] / spend
        assert impressions * live == pytest.approx(seen["impressions"], rel=0.08), told["campaign"]
    impressions = np.array([rows.loc[t["campaign"], "impressions"] for t in planted["response"]])
    worth = np.array([t["contribution_per_impression"] for t in planted["response"]])
    assert (impressions * worth).sum() == pytest.approx(rows["contribution"].sum(), rel=0.05)


def test_a_campaign_that_rested_has_no_response(company):
    told = responses(company, ordinal("2024-01-01"), ordinal("2024-01-28"))
    resting = next(t for t in told if t["campaign"] == "Retargeting – Engaged Viewers 14d")
    assert resting["contribution_of_next_dollar"] is resting["spend_per_day"] is None


def test_the_shops_days_are_what_was_planted(planted):
    """Of half a year: claims are banked in part, first orders are smaller, an agency is paid by the month."""
    company = company_of_seed(planted["seed"])
    first, last = ordinal("2025-01-01"), ordinal("2025-06-30")
    days = shop(company, first, last).to_pandas()
    truth = planted["shop"]

    assert set(days["channels"]) == {", ".join(truth["channels"])}
    sums = days.drop(columns=["date", "currency", "channels"]).sum()
    assert sums["discounts"] / sums["revenue"] == pytest.approx(truth["discounts"], rel=0.05)
    assert sums["returns"] / sums["revenue"] == pytest.approx(truth["returns"], rel=0.05)
    other = 6 * truth["agency_a_month"] + truth["affiliates"] * sums["new_revenue"]
    assert sums["other_marketing"] == pytest.approx(other, abs=5)
    assert (days["new_revenue"] < days["revenue"]).all()
    assert (days["new_customers"] <= days["orders"]).all()

    claims = facts(company, first, last).to_pandas()
    share = claims["platform"].map(truth["banked"]).astype(float)
    first_orders = claims["revenue"] * claims["new_customers"] / claims["conversions"].clip(lower=1e-9)
    size = (sums["new_revenue"] / sums["new_customers"]) / (
        (first_orders * share).sum() / (claims["new_customers"] * share).sum()
    )
    assert size == pytest.approx(truth["first_order_value"], rel=0.02)
