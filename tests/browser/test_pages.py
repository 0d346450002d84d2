"""Every page as it opens: figures in every visual, the same as in the data addresses, in the text and in the files."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from pages import PAGES
from tests.browser.conftest import Visit


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_page_opens_with_every_visual(visit: Visit, page):
    visit.open(f"/{page.path}?platform=Google,Meta&last=12w")
    shown = visit.page.eval_on_selector_all("[data-visual]", "found => found.map(e => e.dataset.visual)")
    assert shown == [f"{page.key}.{visual.name}" for visual in page.visuals]
    for visual in page.visuals:
        root = visit.reveal(f"{page.key}.{visual.name}")
        expect(root.locator("h2, h3")).to_have_text(visual.title)
        if visual.kind == "chart" and not visual.of_change:  # the days before are no data here
            expect(root.locator(".main-svg").first).to_be_attached()
    assert "NaN" not in visit.said()
    assert "undefined" not in visit.said()
    assert visit.page.title().startswith(page.title)
    cards = visit.cards()
    assert len(cards) > 3
    for visual in page.visuals:
        if visual.kind == "cards":
            for row in visit.data(f"{page.key}.{visual.name}")["rows"]:
                value = cards.pop(row["metric"])
                assert (float(value) if value else None) == pytest.approx(row["value"], rel=1e-12)
    assert cards == {}


def test_table_shows_what_the_data_address_says(visit: Visit):
    visit.open("/cfo?region=Europe")
    root = visit.reveal("cfo.platform-summary")
    rows = {row["platform"]: row for row in visit.data("cfo.platform-summary")["rows"]}
    assert rows
    for name, row in rows.items():
        cells = root.locator("tbody tr", has_text=name).locator("td").all_inner_texts()
        assert cells[0] == f"{row['impressions']:,.0f}"
        assert cells[3] == f"${row['spend']:,.0f}"
        assert cells[6] == f"{row['ctr']:.2%}"
        assert cells[9] == f"{row['roas']:.2f}×"


def test_data_links_follow_the_address(visit: Visit):
    visit.open("/?device=Mobile")
    menu = visit.page.locator('[data-visual="executive.period-cards"] details')
    menu.locator("summary").click()
    with visit.page.expect_download() as download:
        menu.get_by_text("CSV").click()
    assert download.value.url.endswith("/data/executive/period-cards.csv?device=Mobile&for=excel")


def test_bad_address_says_what_was_left_out(visit: Visit):
    visit.open("/cmo?platform=Meta,Myspace&from=2025-13-40&colour=red")
    assert visit.address() == "/cmo?platform=Meta"
    expect(visit.page.locator("#notes")).to_contain_text("no platform “Myspace”")
    expect(visit.page.locator("#notes")).to_contain_text("“2025-13-40”")
    expect(visit.page.locator("#notes")).to_contain_text("“colour”")
    expect(visit.box("platform", "Meta")).to_be_checked()
    expect(visit.box("platform", "Google")).not_to_be_checked()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/", "/cmo", "/cfo"])
def test_nothing_left_says_so_once_with_a_button_that_loosens_the_filter(
    visit_in: Callable[..., Visit], server: str, path: str, width: int
):
    """No visual takes any room; a screen reader hears the sentence, and the keyboard reaches the way out."""
    visit = visit_in(server, viewport={"width": width, "height": 900})
    page = visit.open(f"{path}?platform=Google").page
    sentence = "Loosen the platform or the campaign filter"
    page.evaluate(
        """dashboard.view.change({ campaign: dashboard.view.shown().options.campaign
            .filter((each) => each.startsWith("Prospecting – Broad")) })"""
    )
    said = page.locator("main").get_by_text(sentence).filter(visible=True)
    expect(said).to_have_count(1)
    expect(page.locator("#announcer")).to_contain_text(sentence)
    expect(page.locator("[data-visual]").filter(visible=True)).to_have_count(0)
    assert page.evaluate("document.querySelector('#empty').getBoundingClientRect().top") < 500
    expect(page.get_by_role("button", name="Remove the campaign filter")).to_be_visible()
    page.get_by_role("button", name="Remove the platform filter").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#empty")).to_be_hidden()
    expect(page.locator('[data-visual][data-state="ready"]').first).to_be_visible()
    expect(page).not_to_have_url(re.compile("platform="))
    assert "campaign=Prospecting" in visit.address()
    assert page.evaluate("document.activeElement.tagName") == "H1", "the focus is not lost with the button"
    page.go_back()
    expect(said).to_have_count(1)


def test_a_page_that_is_opened_without_rows_says_so(visit: Visit):
    page = visit.page
    page.goto(f"{visit.server}/cfo?platform=TikTok&campaign=Search%20%E2%80%93%20Brand%20%26%20Competitors")
    expect(page.locator("#empty")).to_contain_text("Loosen the platform or the campaign filter")
    expect(page.locator("[data-visual]").filter(visible=True)).to_have_count(0)
    page.get_by_role("link", name="Glossary").click()
    expect(page.locator("#empty")).to_be_hidden()
    expect(page.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()
