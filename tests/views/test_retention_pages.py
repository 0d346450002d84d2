"""On the pages: no CAC beside a retention audience, why there is none, and how much spend every CAC leaves out."""

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from app import create_app
from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.engines.choice import engine_of
from facts.memory.frame import FrameFacts
from facts.source import Source, load
from kpi.units import USUAL
from pages import CFO, PAGES
from settings import from_environment
from tests.asking import view
from tests.oracle import Oracle
from views.answers import ask
from views.answers import view as view_of

WHY = "Its ads are for existing customers: this spend buys no first order."


@pytest.fixture(scope="module")
def spent(facts: FrameFacts, oracle: Oracle) -> dict[str, float]:
    """All spend of the last 28 days and what of it is on existing customers, by SQL."""
    selection = ask(facts, Address.of(""), USUAL, ALL_ROWS, RANKS).selection
    (sums,) = oracle.sums(selection).values()
    return {"all": sums["spend"], "existing": sums["spend"] - sums["acquisition_spend"]}


def column(table: dict[str, Any], metrics: tuple[str, ...], metric: str) -> dict[str, float | None]:
    return dict(zip(table["keys"][0], table["values"][metrics.index(metric)], strict=True))


def test_the_audience_table_has_no_cac_of_customers_and_says_why(client: FlaskClient, spent: dict[str, float]) -> None:
    metrics = next(each for each in PAGES[1].visuals if each.name == "segment-table").spec["metrics"]
    visuals = view(client, "cmo").json["visuals"]
    table = visuals["segment-table"]

    cac, roi = column(table, metrics, "cac"), column(table, metrics, "roi")

    assert cac["Loyal customers"] is None
    assert roi["Loyal customers"] > 0.5
    assert cac["Prospecting"] > cac["Retargeting"] > 0
    assert table["why"] == {"cac": ["", "", WHY]}
    amount = f"${spent['existing'] / 1000:.0f}k"
    said = f"CAC (paid) leaves out {amount} of spend on existing customers (Retention, Loyal customers)."
    assert [name for name, visual in visuals.items() if said in (visual.get("line") or "")] == ["banked-cards"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("segment=Prospecting,Retargeting", "(Retention)"),
        ("objective=Awareness,Consideration,Conversion", "(Loyal customers)"),
        ("objective=Conversion&segment=Prospecting", None),
    ],
)
def test_a_line_names_those_who_are_in_the_selection(client: FlaskClient, query: str, names: str | None) -> None:
    seen = view(client, "cfo", query).json["visuals"]
    cards = seen["core-cards"]
    card = cards["cards"][cards["metrics"].index("cac")]
    others = [each for each, metric in zip(cards["cards"], cards["metrics"], strict=True) if metric != "cac"]

    assert card["value"] > 0
    assert card["noted"] == bool(names)
    assert not any(each["noted"] for each in others)
    assert "CAC (paid)" not in (seen["unit-economics"]["line"] or ""), "the cards say it for the page"
    for said in (" ".join(card["notes"]), cards["line"] or ""):
        assert ("leaves out" in said and names in said) if names else "leaves out" not in said
    assert names is None or "LTV : CAC and Payback leave out" in seen["advanced-metrics"]["line"]


@pytest.mark.parametrize("page", [page.key for page in PAGES if page.visuals])
@pytest.mark.parametrize("query", ["segment=Loyal customers", "objective=Retention&rank=cac", "", "rank=cac"])
def test_no_page_says_twice_what_a_metric_leaves_out(client: FlaskClient, page: str, query: str) -> None:
    answer = view(client, page, query).json
    visuals = answer["visuals"].values()
    cards = [card for each in visuals for card in each.get("cards", ()) if card["value"] is None]
    words = " ".join([f"{each.get('text', '')} {each.get('line') or ''}" for each in visuals])
    words = " ".join([words, *(card["notes"][0] for card in cards if card["notes"])])
    said = re.findall(r"[\w :()]+ (?:leaves?|have|has) (?:out|no value)[^.]*\.", words)

    assert len(said) >= 1
    assert len(said) == len(set(said))


def test_of_customers_alone_there_is_no_cac_and_the_page_says_why(client: FlaskClient) -> None:
    seen = view(client, "cfo", "segment=Loyal customers").json["visuals"]
    cards = seen["core-cards"]
    sentence = "CAC (paid) has no value: all spend here is on existing customers (Retention, Loyal customers)."

    assert cards["cards"][cards["metrics"].index("cac")]["value"] is None
    assert cards["cards"][cards["metrics"].index("cac")]["notes"][0] == sentence, (
        "the card says it in the value's place"
    )
    assert sentence not in (cards["line"] or "")
    assert seen["unit-economics"]["why"]["cac"] == [WHY] * len(seen["unit-economics"]["keys"][0])
    kinds = [each["title"] for each in seen["advanced-insight"]["items"]]
    assert kinds == ["Strongest retention pocket"]


def test_the_weakest_pocket_is_none_of_customers(client: FlaskClient) -> None:
    items = view(client, "cfo", "last=all").json["visuals"]["advanced-insight"]["items"]

    assert [each["title"] for each in items] == [
        "Strongest acquisition pocket",
        "Weakest acquisition pocket",
        "Strongest retention pocket",
    ]
    assert [each["text"].startswith("Loyal customers") for each in items] == [False, False, True]


def test_a_ranking_by_cac_leaves_retention_campaigns_out(client: FlaskClient) -> None:
    every = view(client, "executive", "rank=cac&last=all").json["visuals"]["top-campaigns"]
    none = view(client, "executive", "rank=cac&objective=Retention").json["visuals"]["top-campaigns"]
    retention = client.get("/data/executive/top-campaigns.json?objective=Retention&last=all").json["rows"]

    assert "CAC (paid) leaves out" not in (every["line"] or ""), "the cards say it for the page"
    names = {each["campaign"] for each in retention}
    assert names
    assert names.isdisjoint(every["keys"][1])
    assert none["state"] == "empty"
    assert none["text"] == "No campaign can be ranked by CAC (paid) here.", "the cards say why"


def test_a_proof_shows_acquisition_spend_and_what_is_no_part_of_it(
    client: FlaskClient, spent: dict[str, float]
) -> None:
    whole = client.get("/proof/cfo/core-cards?metric=cac").json
    loyal = client.get("/proof/cmo/segment-table?metric=cac&key=Loyal customers").json
    prospecting = client.get("/proof/cmo/segment-table?metric=cac&key=Prospecting").json

    (part,) = whole["over"]
    assert part["label"] == "acquisition spend"
    assert part["value"] == pytest.approx(spent["all"] - spent["existing"])
    assert "acquisition spend / " in whole["sentence"]
    assert whole["note"].startswith("CAC (paid) leaves out $")
    assert loyal["note"] == (
        "CAC (paid) has no value: all spend here is on existing customers (Retention, Loyal customers)."
    )
    assert prospecting["note"].endswith("of spend on existing customers (Retention).")


def test_a_reader_without_spend_is_told_no_amount(facts_path: Path) -> None:
    facts = load(facts_path)
    asked = ask(facts, Address.of(""), USUAL, ALL_ROWS, tuple(rank for rank in RANKS if rank != "spend"))

    line = view_of(CFO, facts, asked, ALL_ROWS)["visuals"]["core-cards"]["line"]

    assert line == "CAC (paid) leaves out spend on existing customers (Retention, Loyal customers)."


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_the_setting_reaches_the_pages_and_what_is_kept_of_them(facts_path: Path, engine: str) -> None:
    cac, rules = {}, set()
    for segments in ("Loyal customers", "", "loyal customers,RETARGETING"):
        settings = {
            "DASHBOARD_FACTS": str(facts_path),
            "DASHBOARD_ENGINE": engine,
            "DASHBOARD_EXISTING_SEGMENTS": segments,
        }
        chosen = from_environment(settings)
        source = Source(facts_path, engine=engine_of(chosen))
        seen = view(create_app(chosen, source).server.test_client(), "cmo").json
        source.close()
        table = seen["visuals"]["segment-table"]
        cac[segments] = [value is not None for value in table["values"][3]]
        rules.add(seen["data"]["rule"])

    assert list(cac.values()) == [[True, True, False], [True, True, True], [True, False, False]]
    assert len(rules) == 3


def test_a_workbook_says_what_its_cac_leaves_out(client: FlaskClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/data/cmo.xlsx").data))

    notes = [row[1].value for row in book.worksheets[0].iter_rows() if row[0].value == "Note"]

    assert len(notes) == 1
    assert "CAC (paid)" in notes[0]
    assert notes[0].endswith("of spend on existing customers (Retention, Loyal customers).")
