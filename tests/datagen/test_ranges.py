"""The demo company's table of ranges, measured the way every metric is: sums first, then one division."""

import numpy as np
import pandas as pd
import pytest

from datagen.company import Company
from datagen.events import effects_on

RATES = {
    "cpm": ("spend", "impressions", 1000),
    "ctr": ("clicks", "impressions", 100),
    "cpc": ("spend", "clicks", 1),
    "cvr": ("conversions", "clicks", 100),
    "roas": ("revenue", "spend", 1),
    "margin": ("profit", "revenue", 100),
    "before_ads": ("contribution", "revenue", 100),
    "ltv_cac": ("lifetime_margin", "spend", 1),
}
PLATFORMS = {
    "Meta": {"cpm": (10, 19), "ctr": (0.9, 2.2), "cpc": (0.6, 1.2), "cvr": (1.2, 2.0), "roas": (1.75, 2.05)},
    "Google": {"ctr": (1.5, 6.7), "cpc": (1.05, 2.1), "cvr": (2.8, 5.8), "roas": (3.5, 3.9)},
    "Amazon": {"cpm": (3, 8), "ctr": (0.4, 0.8), "cpc": (0.6, 1.0), "cvr": (8, 10), "roas": (3, 4)},
    "TikTok": {"cpm": (3, 10), "ctr": (0.5, 2.0), "cpc": (0.3, 1.0), "cvr": (0.7, 2.0), "roas": (1.0, 1.8)},
}


def rates(rows: pd.DataFrame) -> dict[str, float]:
    total = rows.sum(numeric_only=True)
    return {key: scale * total[over] / total[under] for key, (over, under, scale) in RATES.items()}


@pytest.fixture(params=["two years", "120 days"])
def rows(request: pytest.FixtureRequest, years: pd.DataFrame, season: pd.DataFrame) -> pd.DataFrame:
    return years if request.param == "two years" else season


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_is_in_its_ranges(rows, platform):
    found = rates(rows[rows["platform"] == platform])
    outside = {k: found[k] for k, (low, high) in PLATFORMS[platform].items() if not low <= found[k] <= high}
    assert not outside


def test_kinds_of_campaign_are_told_apart(rows):
    meta = rows[rows["platform"] == "Meta"]
    assert rates(meta[meta["segment"] == "Retargeting"])["roas"] == pytest.approx(3.6, abs=0.3)
    assert rates(meta[meta["campaign"].str.startswith("Retargeting")])["roas"] == pytest.approx(3.6, abs=0.3)
    traffic = rates(meta[meta["campaign"].str.startswith("Traffic")])
    assert traffic["cpm"] == pytest.approx(5, abs=0.5)
    assert traffic["ctr"] == pytest.approx(3.8, abs=0.4)
    assert traffic["cvr"] == pytest.approx(0.1, abs=0.03)
    for name in ("Shopping", "PMax"):
        assert 15 <= rates(rows[rows["campaign"].str.startswith(name)])["cpm"] <= 30


def test_the_company_earns_a_little(years, season):
    periods = {"two years": years, "120 days": season, "28 days": years[years["date"] > "2025-08-31"]}
    for name, part in periods.items():
        found = rates(part)
        assert 2.5 <= found["roas"] <= 3, name
        assert 40 <= found["before_ads"] <= 50, name
        assert 5 <= found["margin"] <= 20, name
        assert 1.5 <= found["ltv_cac"] <= 4, name  # pays back in 12 / 4 to 12 / 1.5 months
    quarters = years.groupby(years["date"].dt.to_period("Q"))
    margins = {str(quarter): rates(part)["margin"] for quarter, part in quarters}
    assert all(5 <= margin <= 20 for margin in margins.values()), margins
    for platform, part in season.groupby("platform"):
        assert 1.5 <= rates(part)["ltv_cac"] <= 4, platform
    assert 40_000 <= years["spend"].sum() / years["date"].nunique() <= 70_000


def test_impressions_on_meta_are_dearest_in_november(years):
    meta = years[years["platform"] == "Meta"]
    months = {str(month): rates(part)["cpm"] for month, part in meta.groupby(meta["date"].dt.to_period("M"))}
    november = {month: cpm for month, cpm in months.items() if month.endswith("-11")}
    assert list(november.values()) == pytest.approx([26, 26], abs=2)
    assert all(10 <= cpm <= 19 for month, cpm in months.items() if month not in november), months


def test_regions_and_devices_keep_their_ratios(years):
    for _, part in years.groupby("platform"):
        cpm = {region: rates(rows)["cpm"] for region, rows in part.groupby("region")}
        relative = [cpm[r] / cpm["North America"] for r in ("Europe", "Asia Pacific", "Latin America")]
        assert relative == pytest.approx([0.6, 0.35, 0.3], rel=0.04)
        cvr = {device: rates(rows)["cvr"] for device, rows in part.groupby("device")}
        assert [cvr["Mobile"] / cvr["Tablet"], cvr["Desktop"] / cvr["Tablet"]] == pytest.approx([0.8, 1.5], rel=0.07)
    shown = years.groupby("device")["impressions"].sum()
    assert shown["Mobile"] / shown.sum() > 0.6
    worth = {region: rows["revenue"].sum() / rows["conversions"].sum() for region, rows in years.groupby("region")}
    assert worth["North America"] > worth["Europe"] > worth["Asia Pacific"] > worth["Latin America"]


def test_orders_follow_the_week(years):
    orders = years.groupby("date")["conversions"].sum()
    week = orders.groupby(orders.index.day_of_week).mean() / orders.mean()
    assert week[[5, 6]].tolist() == pytest.approx([1.2, 1.2], abs=0.05)
    assert week[[3, 4]].tolist() == pytest.approx([0.75, 0.75], abs=0.05)


def test_orders_vary_more_than_poisson(years, company: Company):
    """Variance over mean, from each day and the same weekday before where nothing planted differs between the two."""

    def state(day: pd.Timestamp) -> list[tuple[str, str | None, str | None]]:
        return [(e.name, e.campaign, e.platform) for e in effects_on(company, day.toordinal()) if e.kind != "event"]

    def calm(day: pd.Timestamp) -> bool:
        return not any(e.kind == "event" for e in effects_on(company, day.toordinal()))

    week = pd.Timedelta(7, "D")
    days = [d for d in years["date"].unique()[7:] if calm(d) and calm(d - week) and state(d) == state(d - week)]
    assert len(days) > 200
    row = ["platform", "campaign", "region", "device", "segment"]
    for keys in (row, ["platform", "campaign"], ["platform"], ["date"]):
        wide = years.pivot_table(index="date", columns=[k for k in keys if k != "date"] or None, values="conversions",
                                 aggfunc="sum")  # fmt: skip
        before = wide.shift(7)
        variance = ((wide - before) ** 2 / 2).loc[days].to_numpy().sum()
        mean = ((wide + before) / 2).loc[days].to_numpy().sum()
        assert 4 <= variance / mean <= 8, keys


def test_rows_are_as_noisy_as_real_ones(season):
    """Day-to-day log standard deviation of rows with enough clicks to tell."""
    row = ["campaign", "region", "device", "segment"]
    calm = season[(season["date"] >= "2025-08-31")]
    large = calm[calm.groupby(row)["clicks"].transform("mean") > 150]
    for over, under, expected in (("spend", "impressions", 0.2), ("clicks", "impressions", 0.3)):
        value = np.log(large[over] / large[under].where(large[under] > 0))
        steps = large.assign(value=value).pivot_table(index="date", columns=row, values="value").diff().to_numpy()
        assert np.sqrt(np.nanmean(steps**2) / 2) == pytest.approx(expected, abs=0.03)
