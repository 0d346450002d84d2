"""A page of somebody's own in ordinary Dash, the one that docs/own-pages.md shows: it is dropped in and works."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, served

EXAMPLE = ROOT / "docs" / "examples"


@pytest.fixture(scope="module")
def extended(facts_path: Path) -> Iterator[str]:
    with served(facts_path, DASHBOARD_PAGES=str(EXAMPLE)) as address:
        yield address


def test_an_own_page_is_in_the_navigation_and_follows_the_filters(visit_in, extended: str):
    visit = visit_in(extended).open("/?region=Europe,North%20America")
    page = visit.page
    graph = page.locator("#channel-mix .js-plotly-plot")
    with visit.requests() as asked:
        page.get_by_role("navigation").get_by_role("link", name="Channel mix").click()
        expect(graph).to_contain_text("Europe")
    assert sorted(path for path in asked if path.startswith(("/view", "/callback"))) == [
        "/callback/channel-mix.figure",
        "/callback/own-page.children",
    ]
    expect(page).to_have_url(f"{extended}/channel-mix?region=Europe,North%20America")
    expect(page).to_have_title("Channel mix · Marketing dashboard")
    expect(graph).not_to_contain_text("Latin America")
    visit.box("region", "Europe").click()
    expect(graph).not_to_contain_text("Europe")
    expect(page).to_have_url(f"{extended}/channel-mix?region=North%20America")
    page.go_back()
    expect(graph).to_contain_text("Europe")
    page.get_by_role("navigation").get_by_role("link", name="CFO").click()
    expect(graph).to_have_count(0)
    visit.settled()
    page.go_back()
    expect(graph).to_contain_text("Europe")


def test_an_own_page_opens_by_its_address(visit_in, extended: str):
    visit = visit_in(extended)
    page = visit.page
    page.goto(f"{extended}/channel-mix?platform=Google,Meta")
    graph = page.locator("#channel-mix .js-plotly-plot")
    expect(graph).to_contain_text("Meta")
    expect(graph).not_to_contain_text("Amazon")
    expect(visit.box("platform", "Amazon")).not_to_be_checked()
    visit.box("platform", "Amazon").click()
    expect(graph).to_contain_text("Amazon")
    assert [path for path in visit.asked if path == "/callback/own-page.children"] == ["/callback/own-page.children"]


def test_an_own_page_knows_what_is_looked_at_where_the_first_answer_is_slow(visit_in, extended: str):
    visit = visit_in(extended)
    visit.without_first()
    visit.page.goto(f"{extended}/channel-mix?platform=Google,Meta")
    graph = visit.page.locator("#channel-mix .js-plotly-plot")
    expect(graph).to_contain_text("Meta")
    expect(graph).not_to_contain_text("Amazon")


def test_what_an_own_callback_writes_into_the_store_is_looked_at(visit_in, extended: str):
    visit = visit_in(extended).open("/cfo")
    with visit.requests() as asked:
        visit.page.evaluate(
            "dash_clientside.set_props('selection', { data: { page: 'cmo', query: 'device=Tablet,Nokia' } })"
        )
        expect(visit.page).to_have_url(f"{extended}/cmo?device=Tablet")
        visit.settled()
    assert len([path for path in asked if path.startswith("/view/cmo")]) == 1
    expect(visit.page.locator("#notes")).to_contain_text("Nokia")
    store = "window.store.getState().layout.components.props.children[0].props.data"
    visit.page.wait_for_function(f"{store}.page === 'cmo' && {store}.query === 'device=Tablet'")
    expect(visit.box("device", "Mobile")).not_to_be_checked()
    visit.page.go_back()
    expect(visit.page).to_have_url(f"{extended}/cfo")
