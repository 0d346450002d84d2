"""The shop's days beside the facts: taken together with them, never the demo's with one's own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable
from flask.testing import FlaskClient

from app import create_app, only_the_demo
from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.delta.table_names import path_of, under_way_note
from facts.source import Source, load
from ingest.one_file import How, import_file
from kpi.units import USUAL
from pages import CFO, EXECUTIVE
from settings import from_environment
from tests import asking
from views.answers import ask, view

ADS = "Date,Platform,Account,Campaign,Currency,Spend,Impressions,Clicks,Conversions,Revenue\n"


def ads(file: Path, *days: str) -> Path:
    """A table in the dashboard's own columns: each day Meta claims 300 and Google 200 on 100 spend each."""
    lines = [f"{day},{name},Acme,A,USD,100,1000,10,5,{claim}\n" for day in days for name, claim in
             (("Meta", 300), ("Google", 200))]  # fmt: skip
    file.write_text(ADS.lower() + "".join(lines))
    return file


def shop(file: Path, **sold: float) -> Path:
    file.write_text("date,orders,total_revenue,cogs,currency\n" + "".join(
        f"{day.replace('_', '-')[1:]},4,{revenue},{revenue * 0.4},USD\n" for day, revenue in sold.items()
    ))  # fmt: skip
    return file


@pytest.fixture
def demo(facts_path: Path, tmp_path: Path) -> Path:
    """A copy of the demo and its shop."""
    for path in (facts_path, path_of(facts_path)):
        shutil.copytree(path, tmp_path / path.name)
    return tmp_path / facts_path.name


def bring(file: Path, table: Path) -> list[str]:
    said: list[str] = []
    import_file(file, How(table, by="Ann"), said.append)
    return said


def drawn(table: Path, address: str = "last=all", page=CFO) -> dict:
    facts = load(table)
    return view(page, facts, ask(facts, Address.of(address), USUAL, ALL_ROWS, RANKS), ALL_ROWS)["visuals"]


def test_quotients_are_over_the_days_that_both_tell_of(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    bring(ads(tmp_path / "ads.csv", "2025-08-31", "2025-09-01", "2025-09-02", "2025-09-03"), table)
    bring(shop(tmp_path / "shop.csv", _2025_09_01=400, _2025_09_03=300, _2025_09_09=999), table)

    visuals = drawn(table)

    summary = drawn(table, page=EXECUTIVE)["efficiency-cards"]
    card = summary["cards"][-1]
    assert summary["metrics"][-1] == "mer"
    assert card["value"] == pytest.approx((400 + 300) / (2 * 200))
    line = visuals["reconciliation"]["line"]
    assert "claim $1,000, the shop sold $700" in line
    assert "1.43× claimed for each sold" in line
    assert "2 days of the 4 chosen" in line
    assert "Sep 2025 holds 3 of its 30 days." in line
    bars = [(trace["y"], trace["x"]) for trace in visuals["reconciliation"]["traces"]]
    assert bars[:3] == [(["Claimed, Sep 2025"], [600]), (["Claimed, Sep 2025"], [400]), (["Sold, Sep 2025"], [700])]
    assert "2 days of the 4 chosen" in summary["line"]
    filtered = drawn(table, "last=all&platform=Meta", EXECUTIVE)["efficiency-cards"]
    assert filtered["cards"][-1]["value"] == card["value"]
    assert filtered["line"].startswith("MER: the whole company’s")


def test_without_the_shops_days_the_card_is_left_out_and_the_visual_says_what_to_import(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    bring(ads(tmp_path / "ads.csv", "2025-09-01"), table)
    visuals = drawn(table)
    assert visuals["banked-cards"]["state"] == "empty"
    assert "mer" not in drawn(table, page=EXECUTIVE)["efficiency-cards"]["metrics"]
    assert visuals["reconciliation"]["state"] == "empty"
    assert "Import the shop's own days" in visuals["reconciliation"]["text"]

    bring(shop(tmp_path / "shop.csv", _2024_01_01=400), table)
    assert "cover Jan 1, 2024, none of those chosen" in drawn(table)["reconciliation"]["text"]


def test_a_reader_of_some_rows_gets_no_company(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    bring(ads(tmp_path / "ads.csv", "2025-09-01"), table)
    bring(shop(tmp_path / "shop.csv", _2025_09_01=400), table)
    facts, scope = load(table), (("platform", ("Meta",)),)
    visuals = view(CFO, facts, ask(facts, Address.of(""), USUAL, scope, RANKS), scope)["visuals"]
    assert visuals["reconciliation"]["state"] == "empty"
    assert visuals["banked-cards"]["state"] == "empty"


def test_a_newer_version_of_either_table_is_taken(demo: Path) -> None:
    source = Source(demo)
    before = source.current().version
    table = DeltaTable(str(path_of(demo)))
    table.delete("date = '2025-09-28'")

    assert source.refresh()
    assert source.current().version == f"{before.split('+')[0]}+{table.version()}"
    assert source.current().side.store.index.max().day == 27
    assert not source.refresh()


def test_while_an_import_changes_both_the_shops_new_half_waits_for_the_facts(demo: Path) -> None:
    under_way_note(demo).write_text('{"facts": 0, "shop": 0}')
    DeltaTable(str(path_of(demo))).delete("date > '2025-06-03'")
    assert len(load(demo).side.store) == 120
    under_way_note(demo).unlink()
    assert len(load(demo).side.store) == 3


def test_a_broken_shop_is_said_and_the_platforms_figures_stay(demo: Path) -> None:
    for file in path_of(demo).glob("*.parquet"):
        file.write_bytes(b"no parquet")
    facts = load(demo)
    assert facts.side.store is None
    assert "cannot be read" in facts.side.no_store


@pytest.fixture
def running(demo: Path) -> Iterator[tuple[Source, FlaskClient]]:
    """The demo, shown to everybody."""
    source = Source(demo)
    yield (
        source,
        create_app(
            from_environment({"DASHBOARD_FACTS": str(demo), "DASHBOARD_AUTH": "demo"}), source
        ).server.test_client(),
    )
    source.close()


def test_the_first_import_into_the_demos_folder_starts_afresh(
    demo: Path, tmp_path: Path, running: tuple[Source, FlaskClient]
) -> None:
    source, client = running
    said = bring(ads(tmp_path / "ads.csv", "2025-09-27", "2025-09-28"), demo)

    assert any("make room for your own" in line for line in said)
    facts = load(demo)
    assert not facts.demo
    assert facts.options(ALL_ROWS)["platform"] == ("Meta", "Google")
    assert facts.extent().first.isoformat() == "2025-09-27"
    assert facts.side.store is None, "the demo's shop beside one's own platforms"
    assert not source.refresh()
    answer = asking.view(client, "cfo").json
    assert "Set DASHBOARD_AUTH=jwt" in answer["data"]["notice"]
    assert "Acme" not in str(answer)

    bring(shop(tmp_path / "shop.csv", _2025_09_28=450), demo)
    assert len(load(demo).side.store) == 1


def test_the_shops_own_days_are_never_shown_beside_the_demo(
    demo: Path, tmp_path: Path, running: tuple[Source, FlaskClient]
) -> None:
    """Nobody signs in to the demo."""
    said = bring(shop(tmp_path / "shop.csv", _2025_09_28=123_456), demo)
    assert any("goes on showing the demo" in line for line in said)
    source, client = running
    source.refresh()
    only_the_demo(source.current())
    answer = asking.view(client, "cfo")
    assert b"123,456" not in answer.data
    assert "reconciliation" not in answer.json["visuals"]
