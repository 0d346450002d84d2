"""Exports in the languages and of the platforms and shops that docs/sources.md names: what each comes to, exactly."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ingest.layouts.catalog import LAYOUTS
from ingest.read.report_file import read_file
from ingest.results import ImportProblem
from tests.ingest.read.conftest import FIXTURES

CONSOLES = FIXTURES / "consoles"
EXPORTS = json.loads((CONSOLES / "expected.json").read_text("utf-8"))
SHOPS = json.loads((CONSOLES / "expected_shops.json").read_text("utf-8"))
SOURCES = (Path(__file__).parents[3] / "docs" / "sources.md").read_text("utf-8")
MEASURES = ("spend", "impressions", "clicks", "engagements", "conversions", "revenue")

File = Callable[..., Path]


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_comes_to_what_it_holds(name: str) -> None:
    expected = EXPORTS[name]
    (found,) = read_file(CONSOLES / name)
    frame = found.frame
    assert set(frame["platform"]) == {expected["platform"]}
    assert sorted(set(frame["campaign"])) == expected.get("campaigns", ["Unknown"])
    assert set(frame["currency"]) == {expected.get("currency", "")}
    held = {measure: frame[measure].astype(float).sum(min_count=1) for measure in MEASURES if measure in expected}
    assert held == pytest.approx({measure: expected[measure] for measure in held})
    assert frame["date"].nunique() == 2


@pytest.mark.parametrize("name", SHOPS)
def test_a_shops_export_comes_to_its_days(name: str) -> None:
    expected = SHOPS[name]
    (found,) = read_file(CONSOLES / name)
    assert (found.kind, found.source) == ("business", expected["source"])
    assert set(found.frame["currency"]) == {expected.get("currency", "")}
    days = {f"{row['date']:%Y-%m-%d}": row for row in found.frame.to_dict("records")}
    assert set(days) == set(expected["days"])
    for day, figures in expected["days"].items():
        held = {measure: 0 if pd.isna(days[day][measure]) else days[day][measure] for measure in figures}
        assert held == pytest.approx(figures), day


@pytest.mark.parametrize(
    ("name", "platform", "spend", "revenue"),
    [("criteo.csv", "Criteo", 105.5, 670), ("pinterest_ads.csv", "Pinterest", 22.5, 357.5)],
)
def test_what_people_sent_needs_no_mapping_any_more(name: str, platform: str, spend: float, revenue: float) -> None:
    (found,) = read_file(FIXTURES / "field" / name)
    assert set(found.frame["platform"]) == {platform}
    assert (found.frame["spend"].sum(), found.frame["revenue"].sum()) == pytest.approx((spend, revenue))


def test_the_days_of_ga4_that_people_sent_need_no_mapping_any_more() -> None:
    (found,) = read_file(FIXTURES / "field" / "ga4_daily_grand_total.csv")
    assert (found.frame["orders"].sum(), found.frame["revenue"].sum()) == (14, 1590)


def test_every_fixture_is_named_with_its_source() -> None:
    assert [name for name in (*EXPORTS, *SHOPS) if f"`{name}`" not in SOURCES] == []


def test_every_platform_with_a_layout_is_named_with_its_source() -> None:
    platforms = {layout.platform for layout in LAYOUTS if layout.platform}
    assert len(platforms) >= 11
    assert [platform for platform in platforms if f"| {platform} |" not in SOURCES] == []


def test_ten_thousand_orders_of_several_lines_are_no_list_of_faults(file: File) -> None:
    header, first, *_ = (CONSOLES / "shopify_orders.csv").read_text().splitlines()
    line = "{},a@example.com,,,,,,,,,,,,,1,Pot,50.00,,"
    rows = (f"{first.replace('#1001', f'#{number}')}\n{line.format(f'#{number}')}" for number in range(10_050))
    (found,) = read_file(file("\n".join([header, *rows])))
    (day,) = found.frame.to_dict("records")
    assert (day["orders"], day["revenue"]) == (10_050, 10_050 * 105)


REDDIT = "Date,Campaign Name,Ad Group Name,Amount Spent (USD),Impressions,Clicks\n2025-09-01,A,G,5.50,100,3\n"


def test_what_a_file_calls_as_meta_does_is_not_metas(file: File) -> None:
    (found,) = read_file(file(REDDIT, "reddit_campaigns.csv"))
    assert set(found.frame["platform"]) == {"Reddit"}
    assert found.frame["spend"].sum() == 5.5


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("export.csv", REDDIT, r"export\.csv does not say which platform it is from: say it with --platform"),
        (
            "gmv.csv",
            "Campaign ID,Campaign name,Cost,SKU orders,Cost per order,Gross revenue,ROI\n9,All,12.5,3,4.17,450,36\n",
            r"gmv\.csv has no day for its rows: its header \(row 1\) has no column for it; TikTok exports GMV Max",
        ),
        (
            "linkedin.csv",
            "Campaign Performance Report (in UTC)\nReport Start: 9/1/2025\nReport End: 9/30/2025\n\n"
            "Start Date (in UTC),Campaign Name,Total Spent,Impressions,Clicks\n9/1/2025,A,5,10,1\n9/1/2025,B,5,10,1\n",
            r"linkedin\.csv holds several days together under the first of them.* time breakdown Daily",
        ),
        (
            "snap.csv",
            "Start Time,End Time,Campaign Name,Amount Spent,Paid Impressions\n2025-09-01,2025-09-30,A,5,10\n",
            r"snap\.csv, row 2 holds the figures of 2025-09-01 to 2025-09-30 together.*“Start Time” and “End Time”",
        ),
        (
            "dsp.csv",
            "Date,Order name,Line item name,Impressions,Click-throughs,Total cost\n2025-09-01,A,B,10,1,5\n",
            r"dsp\.csv is no advertising report known here.*“Order name”",
        ),
        (
            "sales.csv",
            "Day,Total sales\n2025-09-01,850\n",
            r"sales\.csv looks like the shop's days, but its header \(row 1\) has no column for orders",
        ),
        (
            "meta_sv.csv",
            "Kampanjnamn,Dag,Spenderat belopp (SEK),Visningar,Länkklick\nA,2025-09-01,5,10,1\n",
            r"meta_sv\.csv is no advertising report known here.*“Kampanjnamn”.*give a --mapping",
        ),
    ],
    ids=lambda value: value if str(value).endswith(".csv") else "",
)
def test_what_has_no_source_or_no_days_is_refused_in_a_sentence_about_that_file(
    file: File, name: str, text: str, reason: str
) -> None:
    with pytest.raises(ImportProblem, match=reason):
        read_file(file(text, name))


def test_a_day_that_ends_at_midnight_is_one_day(file: File) -> None:
    text = "Start Time,End Time,Campaign Name,Amount Spent,Paid Impressions\n"
    rows = "2025-09-01T00:00:00.000-07:00,2025-09-02T00:00:00.000-07:00,A,5,10\n"
    (found,) = read_file(file(text + rows))
    assert [f"{day:%Y-%m-%d}" for day in found.frame["date"]] == ["2025-09-01"]


@pytest.mark.parametrize("header", ["Valutacode", "Código da moeda", "Para birimi kodu"])
def test_a_column_called_currency_that_holds_codes_says_whose_money_it_is(file: File, header: str) -> None:
    text = f"Campaign,Day,Campaign state,{header},Cost,Impr.\nA,2025-09-01,x,SEK,5,1\nTotal: Account, --, --, --,5,1\n"
    (found,) = read_file(file(text))
    assert set(found.frame["currency"]) == {"SEK"}
    assert found.frame["spend"].sum() == 5


def test_a_minus_for_one_refund_among_orders_of_several_days_is_money_back(file: File) -> None:
    header = "Date,Order #,Status,Customer type,Net Sales\n"
    text = f"{header}2025-09-01,1,completed,new,100\n2025-09-03,1,refunded,new,-100\n"
    (found,) = read_file(file(text))
    rows = found.frame.set_index(found.frame["date"].dt.day)
    assert list(rows["orders"]) == [1, 0]
    assert list(rows["revenue"]) == [100, -100]
    assert rows["returns"].sum() == 100
