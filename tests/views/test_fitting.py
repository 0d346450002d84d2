"""Pages fit what data can tell: what they cannot takes no room, is said once, and answers by its address."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from access.rights import Rights
from app import create_app
from components.visuals import Page
from facts import Facts
from facts.source import Source, load
from kpi.schema import DATE
from pages import CFO, CMO, EXECUTIVE
from settings import from_environment
from tests.asking import view
from tests.companies import COMPANIES, company
from views.visible import fitting_page, unknown_to, what_is_unknown

PAGES = (EXECUTIVE, CMO, CFO)
EVERYTHING = Rights(tuple(page.key for page in PAGES))


@pytest.fixture(scope="module", params=COMPANIES)
def table(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company(request.param, tmp_path_factory.mktemp("company"), unguarded=True)


@pytest.fixture(scope="module")
def facts(table: Path) -> Facts:
    return load(table)


def fitted(facts: Facts) -> tuple[Page, ...]:
    return tuple(fitting_page(page, EVERYTHING, facts) for page in PAGES)


def test_no_page_has_a_metric_that_the_data_can_never_tell(facts: Facts) -> None:
    unknown = unknown_to(EVERYTHING, facts)
    assert {"profit", "roi", "margin", "cac"} <= unknown
    for page in fitted(facts):
        assert len(page.visuals) >= 4, page.key
        assert page.visuals[0].kind == "cards"
        assert len(page.visuals[0].metrics) >= 3
        for visual in page.visuals:
            if visual.kind != "callouts":
                assert unknown.isdisjoint(visual.metrics), visual.name


def test_no_page_breaks_down_by_what_has_one_value(facts: Facts) -> None:
    single = {name for name, values in facts.options(EVERYTHING.rows).items() if len(values) == 1}
    assert {"region", "device", "segment"} <= single
    for page in fitted(facts):
        for visual in page.visuals:
            by = {name for grouping in visual.needs for name in grouping} - {DATE, "platform", "campaign"}
            assert not by or by - single, visual.name


def test_what_is_missing_is_said_in_one_sentence_with_what_brings_it(facts: Facts) -> None:
    said = what_is_unknown(PAGES, EVERYTHING, facts)
    assert said.startswith("Not in your data: cost of goods, variable costs")
    assert re.search("Left out: .*Profit", said)
    assert said.count("Add ") == 1
    assert "Add your margin to see profit" in said


def test_the_demo_is_whole(facts_path: Path) -> None:
    facts = load(facts_path)
    for page in PAGES:
        assert [visual.name for visual in fitting_page(page, EVERYTHING, facts).visuals] == [
            visual.name for visual in page.visuals
        ]
    assert what_is_unknown(PAGES, EVERYTHING, facts) == ""


@pytest.fixture(scope="module")
def client(table: Path) -> Iterator[FlaskClient]:
    source = Source(table)
    yield create_app(from_environment({"DASHBOARD_FACTS": str(table)}), source).server.test_client()
    source.close()


def test_every_visual_of_a_page_has_figures_and_no_sentence_is_said_twice(client: FlaskClient) -> None:
    for page in PAGES:
        answer = view(client, page.key).json
        visuals = answer["visuals"]
        assert {name: each["state"] for name, each in visuals.items() if each["state"] != "ready"} == {}
        values = [card["value"] for each in visuals.values() for card in each.get("cards", ())]
        assert values
        assert None not in values
        lines = [each["line"] for each in visuals.values() if each.get("line") and "Dotted" not in each["line"]]
        assert not any("no report tells it" in line for line in lines)
        assert answer["left_out"] == []


def test_what_takes_no_room_still_answers_by_its_address(client: FlaskClient) -> None:
    for page, name in (("cfo", "profit-heatmap"), ("cmo", "device-table"), ("executive", "top-campaigns")):
        answer = client.get(f"/data/{page}/{name}.csv")
        assert answer.status_code == 200
        assert answer.text.splitlines()[0]


def test_a_metric_that_is_unknown_cannot_rank_and_another_does(client: FlaskClient) -> None:
    answer = view(client, "executive", "rank=profit").json
    assert answer["chosen"]["rank"] != "profit"
    assert any("rank" in note for note in answer["notes"])
    assert len(answer["visuals"]["top-campaigns"]["keys"][0]) >= 1
