"""Files of kinds that people reported in public, imported by the command as they would, come to what they hold."""

import itertools
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

import cli
from facts import ALL_ROWS
from facts.source import load
from ingest.read.report_file import read_file
from ingest.results import ImportProblem
from ingest.write.shop import path_of
from ingest.write.table import plan
from kpi.selection import Selection
from tests.ingest.read.conftest import FIXTURES

FIELD = FIXTURES / "field"
CASES = json.loads((FIELD / "cases.json").read_text())
SUMS = ("spend", "impressions", "clicks", "conversions", "revenue")


def outcome(table: Path) -> dict[str, Any]:
    """What the table and the shop's hold, and what the dashboard shows of the first."""
    said: dict[str, Any] = {}
    if (table / "_delta_log").exists():
        rows = DeltaTable(str(table)).to_pandas()
        said |= {name: rows[name].astype(float).sum() for name in SUMS}
        said |= {"campaigns": sorted(set(rows["campaign"])), "currency": rows["currency"].iloc[0]}
        said["platforms"] = rows.groupby("platform")["spend"].sum().to_dict()
        facts = load(table)
        extent = facts.extent()
        shown = facts.totals(Selection(extent.first, extent.last), [()], ALL_ROWS)[()]
        said |= {"shown_spend": shown["spend"].iloc[0], "shown_revenue": shown["revenue"].iloc[0]}
    if (path_of(table) / "_delta_log").exists():
        days = DeltaTable(str(path_of(table))).to_pandas()
        for name in ("revenue", "orders", "returns", "discounts"):
            said[f"shop_{name}"] = days[name].astype(float).sum()
        (said["shop_currency"],) = set(days["currency"])
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_people_reported_comes_to_what_the_files_hold(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    for step in case["steps"]:
        words = [str(FIELD / word) if (FIELD / word).exists() else word for word in step]
        status = cli.main(["import", *words])
    found = outcome(table) | {"last_rc": status}

    said = capsys.readouterr()
    expected = case["expect"].get("either", [case["expect"]])
    assert any(
        all(
            found.get(name) == (pytest.approx(value) if isinstance(value, float | dict) else value)
            if name != "stderr_not"
            else value not in said.err
            for name, value in each.items()
        )
        for each in expected
    ), (found, said.err, said.out)


META = "Day,Campaign name,Amount spent (EUR),Link clicks,Purchases,Purchases conversion value\n"
SHOP = "Day,Orders,Total sales\n2025-09-01,10,1000\n2025-09-02,8,800\n"
Put = Callable[[str, str], str]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    return tmp_path / "facts"


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_days_without_a_currency_follow_the_figures_that_come_later(
    table: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", put("shop.csv", SHOP)]) == 0
    assert "taken for USD until one does; say --currency" in capsys.readouterr().out
    assert cli.main(["import", put("meta.csv", META + "2025-09-01,A,5,1,1,9\n")]) == 0
    assert "taken for USD and are EUR now, with the same figures" in capsys.readouterr().out
    assert outcome(table)["shop_currency"] == "EUR"
    assert outcome(table)["shop_revenue"] == 1800

    assert cli.main(["import", "--currency", "GBP", put("shop.csv", SHOP)]) == 0  # it was assumed, and is corrected
    assert "The shop's days are in GBP and the platforms' figures in EUR" in capsys.readouterr().out
    assert outcome(table)["shop_currency"] == "GBP"
    assert outcome(table)["shop_revenue"] == 1800
    assert cli.main(["undo"]) == 0
    assert outcome(table)["shop_currency"] == "EUR"
    assert cli.main(["import", "--currency", "GBP", put("shop.csv", SHOP)]) == 0
    assert outcome(table)["shop_currency"] == "GBP"


@pytest.mark.parametrize("said", [(), ("--currency", "GBP")], ids=["nothing said", "said"])
def test_the_order_of_the_files_does_not_matter(table: Path, put: Put, said: tuple[str, ...]) -> None:
    plain = "date,platform,campaign,spend,revenue\n2025-09-01,Google,B,100,200\n"
    files = [put("shop.csv", SHOP), put("meta.csv", META + "2025-09-01,A,5,1,1,9\n")]
    files += [] if said else [put("plain.csv", plain)]
    found = []
    for order in itertools.permutations(files):
        for path in (table, path_of(table)):
            shutil.rmtree(path, ignore_errors=True)
        assert cli.main(["import", *said, *order]) == 0
        found.append(outcome(table))
    assert all(each == found[0] for each in found)
    assert (found[0]["shop_currency"], found[0]["currency"]) == (said[1] if said else "EUR", "EUR")


def test_days_without_a_currency_follow_a_file_that_names_one(table: Path, put: Put) -> None:
    assert cli.main(["import", put("shop.csv", SHOP)]) == 0
    assert cli.main(["import", "--currency", "GBP", put("more.csv", "Day,Orders,Total sales\n2025-09-03,1,5\n")]) == 0
    assert outcome(table)["shop_currency"] == "GBP"
    assert outcome(table)["shop_revenue"] == 1805


def test_days_with_a_currency_of_their_own_are_never_relabeled(table: Path, put: Put) -> None:
    assert (
        cli.main(["import", put("shop.csv", SHOP.replace("Total", "Currency,Total").replace(",10,", ",10,GBP,"))]) == 1
    )
    named = "Day,Orders,Currency,Total sales\n2025-09-01,10,GBP,1000\n"
    assert cli.main(["import", put("shop.csv", named)]) == 0
    assert cli.main(["import", put("meta.csv", META + "2025-09-01,A,5,1,1,9\n")]) == 0
    assert outcome(table)["shop_currency"] == "GBP"


A = META + "2025-09-01,A one,10,10,1,50\n2025-09-02,A two,20,20,2,100\n"
B = META + "2025-09-01,B one,7,7,1,40\n2025-09-02,B one,8,8,0,0\n"


def test_another_accounts_report_is_refused_until_somebody_says_what_it_is(
    table: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = put("a.csv", A), put("b.csv", B)
    assert cli.main(["import", first, second]) == 1
    assert "b.csv has none of the 2 campaigns that are there for Meta on these days" in capsys.readouterr().err
    assert outcome(table)["spend"] == 30

    devices = put("d.csv", B.replace("Day,", "Impression device,Day,").replace("2025-", "iPhone,2025-"))
    assert cli.main(["import", devices]) == 1  # another account's by device would be hidden behind what is there
    assert cli.main(["import", "--account", "B", second]) == 0
    assert outcome(table)["shown_spend"] == 45
    assert cli.main(["import", "--replace", put("c.csv", B.replace("B one", "C one"))]) == 0
    assert outcome(table)["campaigns"] == ["B one", "C one"]


def test_two_accounts_in_one_archive_and_one_upload_are_refused(table: Path, put: Put, tmp_path: Path) -> None:
    first, second = put("a.csv", A), put("b.csv", B)
    imports = [one for path in (first, second) for one in read_file(path)]
    with pytest.raises(ImportProblem, match=r"b\.csv has none of the 2 campaigns"):
        plan(table, imports)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.write(first, "a.csv")
        archive.write(second, "b.csv")
    assert cli.main(["import", str(tmp_path / "both.zip")]) == 1
    assert not table.exists()


def test_a_restatement_and_another_days_campaigns_are_taken_as_they_are(table: Path, put: Put) -> None:
    assert cli.main(["import", put("a.csv", A), put("again.csv", A.replace("A two", "A three"))]) == 0
    assert cli.main(["import", put("next.csv", B.replace("2025-09", "2025-10"))]) == 0
    assert outcome(table)["campaigns"] == ["A one", "A three", "B one"]


def test_a_renamed_campaign_with_its_identifier_is_the_same(table: Path, put: Put) -> None:
    text = META.replace("Campaign name", "Campaign name,Campaign ID") + "2025-09-01,{},77,10,10,1,50\n"
    assert cli.main(["import", put("a.csv", text.format("Old")), put("b.csv", text.format("New"))]) == 0
    assert outcome(table)["campaigns"] == ["New"]


def test_sources_that_are_called_other_add_up_month_by_month(table: Path, put: Put) -> None:
    columns = "date,platform,campaign,device,spend\n"

    def rows(month: int, *campaigns: str) -> str:
        return columns + "".join(f"2025-{month:02}-01,Other,{name},Mobile,10\n" for name in campaigns)

    for name, text in {
        "one.csv": rows(8, "Taboola A"),
        "two.csv": rows(8, "Outbrain A", "Outbrain B").replace("device,", "").replace("Mobile,", ""),
        "three.csv": rows(8, "Podcast"),
        "two again.csv": rows(9, "Outbrain B", "Outbrain C").replace("device,", "").replace("Mobile,", ""),
        "one again.csv": rows(9, "Taboola A"),
        "two once more.csv": rows(9, "Outbrain B", "Outbrain C").replace("device,", "").replace("Mobile,", ""),
    }.items():
        assert cli.main(["import", put(name, text)]) == 0, name
    assert outcome(table)["shown_spend"] == 70


def test_words_for_platforms_are_understood_and_which_became_what_is_said(
    table: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {
        "google-ads": "Google",
        "fb": "Meta",
        "Meta (Facebook)": "Meta",
        "Facebook/Instagram": "Facebook/Instagram",
        "TIKTOK_ADS": "TikTok",
        "Bing Ads": "Microsoft Advertising",
        "pinterest": "Pinterest",
        "Taboola": "Taboola",
        "amazon-ads": "Amazon",
    }
    rows = "".join(f"2025-09-01,{word},C{at},{2**at}\n" for at, word in enumerate(words))
    assert cli.main(["import", put("all.csv", "date,platform,campaign,spend\n" + rows)]) == 0

    expected: dict[str, float] = {}
    for at, name in enumerate(words.values()):
        expected[name] = expected.get(name, 0) + 2**at
    assert outcome(table)["platforms"] == expected
    said = capsys.readouterr().out
    assert "Platforms: " in said
    assert "fb → Meta" in said
    assert "Taboola →" not in said


@pytest.mark.parametrize(
    ("header", "row", "spend"),
    [
        ("segments__date,campaign__name,metrics__cost_micros,metrics__clicks", "2025-09-01,A,1500000,3", 1.5),
        ("segments.date,campaign.name,metrics.costMicros,metrics.clicks", "2025-09-01,A,1500000,3", 1.5),
        ("date,platform,campaign,cost_micros", "2025-09-01,Google,A,2500000", 2.5),
        ("date,platform,campaign,SPEND_IN_MICRO_DOLLAR", "2025-09-01,Pinterest,A,2500000", 2.5),
    ],
)
def test_millionths_are_scaled_whoever_wrote_the_header(
    table: Path, put: Put, header: str, row: str, spend: float
) -> None:
    mapping = put("map.toml", '[columns]\nspend = "{}"\n'.format("SPEND_IN_MICRO_DOLLAR"))
    words = ["--mapping", mapping] if "MICRO_D" in header else []
    assert cli.main(["import", *words, put("x.csv", f"{header}\n{row}\n")]) == 0
    assert outcome(table)["spend"] == spend


@pytest.mark.parametrize(
    ("header", "total"),
    [
        ("Status,Kampagne,Tag,Währungscode,Kosten,Impr.", "Gesamt: Kampagnen,,2025-09-01,EUR,30,9"),
        ("Campaign,Day,Campaign state,Currency code,Cost,Impr.", "Total: Account,2025-09-01, --,EUR,30,9"),
        ("Campaign,Day,Currency code,Cost,Impr.", "Total: Performance Max,2025-09-01,EUR,30,9"),
        ("Day,Campaign,Ad group,Currency code,Cost,Impr.", "2025-09-01,Alpha,Total: Ad groups,EUR,30,9"),
    ],
)
def test_a_row_that_google_calls_a_total_goes_wherever_it_says_so(
    table: Path, put: Put, header: str, total: str
) -> None:
    columns = header.split(",")

    def row(day: int, spend: int) -> str:
        cells = {
            "Day": f"2025-09-0{day}",
            "Tag": f"2025-09-0{day}",
            "Cost": str(spend),
            "Kosten": str(spend),
            "Impr.": "3",
        }
        return ",".join(
            cells.get(name, {"Currency code": "EUR", "Währungscode": "EUR"}.get(name, "Alpha")) for name in columns
        )

    text = "\n".join(["Report", header, row(1, 10), total, row(2, 20), total.replace("-01", "-02")]) + "\n"
    assert cli.main(["import", put("google.csv", text)]) == 0
    assert outcome(table)["spend"] == 30


@pytest.mark.parametrize(
    "days",
    [
        ["1. 9. 2025", "2. 9. 2025"],
        ["2025. 09. 01.", "2025. 09. 02."],
        ["2025年9月1日", "2025年9月2日"],
        ["Wed Sep 03 2025", "Thu Sep 04 2025"],
        ["2025-09-01T00:00:00Z", "2025-09-02T00:00:00Z"],
        ["1756684800", "1756771200"],
        ["1756684800000", "1756771200000"],
        ["1 settembre 2025", "2 settembre 2025"],
        ["1 de setembro de 2025", "2 de setembro de 2025"],
        ["1 września 2025", "2 września 2025"],
        ["1 sep. 2025", "2 sep. 2025"],
        ["1 Eylül 2025", "2 Eylül 2025"],
        ['="2025-09-01"', '="2025-09-02"'],
    ],
    ids=lambda days: days[0],
)
def test_days_are_read_as_people_and_programs_write_them(table: Path, put: Put, days: list[str]) -> None:
    rows = "".join('"{}",Meta,A,{}\n'.format(day.replace('"', '""'), at) for at, day in enumerate(days, 1))
    assert cli.main(["import", put("x.csv", "date,platform,campaign,spend\n" + rows)]) == 0
    found = DeltaTable(str(table)).to_pandas()
    first = 3 if "Wed" in days[0] else 1
    assert [str(day) for day in sorted(found["date"])] == [f"2025-09-0{first}", f"2025-09-0{first + 1}"]


def test_files_that_were_joined_keep_the_days_behind_their_marks(table: Path, tmp_path: Path) -> None:
    text = META + "2025-09-01,A,5,1,1,9\n"
    path = tmp_path / "joined.csv"
    path.write_bytes(f"\ufeff\ufeff{text}\ufeff{text}\ufeff2025-09-02,A,6,1,1,9\n".encode())
    assert cli.main(["import", str(path)]) == 0
    assert outcome(table)["spend"] == 16


def test_microsofts_reporting_api_is_read_under_its_own_name(table: Path, put: Put) -> None:
    text = "TimePeriod,AccountName,CampaignName,CurrencyCode,DeviceType,Impressions,Clicks,Spend,Conversions,Revenue\n"
    assert cli.main(["import", put("m.csv", text + "2025-09-01,Shop,Brand,GBP,Computer,10,2,1.5,1,20\n")]) == 0
    assert outcome(table)["platforms"] == {"Microsoft Advertising": 1.5}


def test_platforms_and_accounts_that_differ_in_case_alone_are_one(table: Path, put: Put) -> None:
    header = "date,platform,account,campaign,spend\n"
    assert (
        cli.main(["import", put("a.csv", header + "2025-09-01,taboola,Acme,A,10\n2025-09-01,Taboola,ACME,B,5\n")]) == 0
    )
    assert outcome(table)["platforms"] == {"taboola": 15}
    assert (
        cli.main(["import", put("b.csv", header + "2025-09-01,TABOOLA,acme,A,11\n2025-09-01,TABOOLA,acme,B,5\n")]) == 0
    )
    assert outcome(table)["platforms"] == {"taboola": 16}
    assert outcome(table)["shown_spend"] == 16
