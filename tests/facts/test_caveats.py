"""What imported figures mean: where costs come from, why one is missing, what is late and what may still change."""

import json
from datetime import date
from pathlib import Path

import pytest
from deltalake import DeltaTable

from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.source import load
from ingest.one_file import How, import_file
from kpi.caveats import PlatformReport
from kpi.units import USUAL
from pages import CFO, CMO
from tests.ingest.read.conftest import FIXTURES
from views.answers import ask, view

HEADER = "date,platform,account,campaign,currency,spend,impressions,clicks,conversions,revenue\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "data" / "facts"


def bring(table: Path, *texts: str | Path) -> None:
    for number, text in enumerate(texts):
        path = text if isinstance(text, Path) else table.parent.parent / f"file-{number}.csv"
        if isinstance(text, str):
            path.write_text(text)
        import_file(path, How(table, by="Ann"), lambda line: None)


def visuals(table: Path, address: str = "last=all", page=CFO, provisional_days=None) -> dict:
    facts = load(table)
    return view(
        page,
        facts,
        ask(facts, Address.of(address), USUAL, ALL_ROWS, RANKS, provisional_days=provisional_days),
        ALL_ROWS,
    )


def cards(view: dict, name: str = "core-cards") -> dict[str, dict]:
    visual = view["visuals"][name]
    return dict(zip(visual["metrics"], visual["cards"], strict=True))


def test_without_costs_revenue_shows_and_profit_says_what_to_add(table: Path) -> None:
    bring(table, HEADER + "2025-09-01,Meta,Acme,A,USD,100,1000,10,5,300\n")
    shown = visuals(table)
    assert cards(shown)["revenue"]["value"] == 300
    assert cards(shown)["profit"]["value"] is None
    assert cards(shown)["profit"]["notes"][0].startswith("Meta: no cost of goods, no report tells it: add your margin")
    assert shown["visuals"]["margin-by-platform"]["state"] == "empty"
    assert "add your margin" in shown["visuals"]["margin-by-platform"]["text"]
    shares = [text for each in shown["visuals"].values() if "profit" in (text := each.get("text", "")).casefold()]
    assert len(shares) >= 3
    assert not [text for text in shares if "filter" in text]
    why = shown["visuals"]["platform-summary"]["why"]
    assert "cost of goods" in why["profit"][0]
    assert "revenue" not in why


def shop(rows: str, more: str = "") -> str:
    return f"date,orders,total_revenue,cogs{more},currency\n{rows}"


def test_the_shops_goods_and_fees_are_no_costs_of_platforms(table: Path) -> None:
    bring(
        table,
        HEADER + "2025-09-01,Meta,Acme,A,USD,100,1000,10,5,300\n",
        shop("2025-09-01,4,400,100,0,USD\n2025-09-02,4,600,300,50,USD\n", ",fees"),
    )
    assert cards(visuals(table))["profit"]["value"] is None


def test_the_reason_is_what_the_import_noted(table: Path) -> None:
    rows = [line.split(",") for line in (FIXTURES / "tiktok_campaign_daily.csv").read_text().splitlines()]
    left = [place for place, name in enumerate(rows[0]) if "value" not in name and "ROAS" not in name]
    bring(
        table,
        "\n".join(",".join(row[place] for place in left) for row in rows) + "\n",
        FIXTURES / "google_en_daily.csv",
    )
    shown = visuals(table)
    lacks = {each.platform: each.lacks for each in load(table).side.reported}
    noted = json.loads(DeltaTable(str(table)).history()[-1]["import.lacks"])["TikTok"]
    assert lacks["TikTok"]["revenue"] == noted["revenue"]
    assert "revenue" not in lacks["Google"]
    reason = f"TikTok: no attributed revenue, {noted['revenue']}."
    summary = shown["visuals"]["platform-summary"]
    assert shown["visuals"]["core-cards"]["line"].count(reason) == 1
    assert reason not in (summary["line"] or ""), "the cards say it for the page"
    of_row = dict(zip(summary["keys"][0], summary["why"]["roas"], strict=True))
    assert of_row == {"Google": "", "TikTok": reason}
    assert reason in cards(shown)["revenue"]["notes"]
    assert cards(visuals(table, "last=all&platform=Google"))["revenue"]["notes"] == []


def test_a_platform_that_ends_early_says_so_where_it_counts(table: Path) -> None:
    days = "".join(f"2025-09-{day:02},Meta,Acme,A,USD,1,1,1,1,1\n" for day in range(1, 29))
    bring(table, HEADER + days + "2025-09-20,TikTok,Acme,T,USD,1,1,1,1,1\n2024-01-01,Amazon,Acme,Z,USD,1,1,1,1,1\n")
    late = "TikTok ends on Sep 20, 2025: later days lack it."
    shown = visuals(table, "last=28d", CMO)
    assert shown["period"]["caveats"] == late, "Amazon was over long before"
    assert late in cards(shown, "scope-cards")["clicks"]["notes"]
    assert late not in (shown["visuals"]["scope-cards"]["line"] or ""), "the head of the page says it"
    assert visuals(table, "last=28d&platform=Meta", CMO)["period"]["caveats"] is None
    assert shown["data"]["platforms"][0].startswith("Meta: through Sep 28, 2025, imported ")
    facts = load(table)
    scope = (("platform", ("Meta",)),)
    assert [
        line[:5]
        for line in view(CMO, facts, ask(facts, Address.of(""), USUAL, scope, RANKS), scope)["data"]["platforms"]
    ] == ["Meta:"]


def test_days_are_provisional_until_they_were_imported_late_enough() -> None:
    on = date(2025, 10, 1)
    days = tuple((date(2025, 9, day), on) for day in range(1, 31))
    meta = PlatformReport("Meta", date(2025, 9, 30), None, days)
    assert meta.provisional_from(3) == date(2025, 9, 29)
    assert meta.provisional_from(0) is None
    late = PlatformReport("Meta", date(2025, 9, 30), None, tuple((day, date(2025, 12, 1)) for day, _ in days))
    assert late.provisional_from(14) is None
    assert PlatformReport("Meta", date(2025, 9, 30)).provisional_from(2) == date(2025, 9, 29)


def test_provisional_days_are_shaded_and_said(facts_path: Path) -> None:
    usual = visuals(facts_path, "last=28d")
    assert usual["period"]["provisional_from"] is None, "off for the demo"
    shown = visuals(
        facts_path, "last=28d&platform=Amazon,Meta", provisional_days={"Meta": 3, "Amazon": 14, "TikTok": 28}
    )
    assert shown["period"]["provisional_from"] == "2025-09-15"
    assert shown["period"]["caveats"] == "Provisional from Sep 15, 2025: Meta, Amazon may still restate these days."
    trend = shown["visuals"]["financial-trend"]
    assert trend["layout"]["shapes"][0]["x0"] == "2025-09-15"
    assert "Shaded: provisional from Sep 15, 2025" in trend["line"]
    assert visuals(facts_path, "to=2025-09-01", provisional_days={"Meta": 3})["period"]["provisional_from"] is None
