"""The glossary: the whole catalogue that a reader may see, searched, and reached from where a figure stands."""

from collections.abc import Callable

from playwright.sync_api import expect

from kpi.glossary import WHY
from kpi.metrics import METRICS
from pages import PAGES
from tests.browser.conftest import Visit

SHOWN = {metric for page in PAGES for visual in page.visuals for metric in visual.metrics}


def test_the_glossary_lists_the_catalogue_and_is_searched(visit: Visit):
    page = visit.page
    page.goto(f"{visit.server}/glossary?region=Europe")
    entries = page.locator("[data-term]")
    expect(entries.first).to_be_visible()
    found = {each.get_attribute("data-term"): each.inner_text() for each in entries.all()}
    assert set(found) >= SHOWN
    for key, words in found.items():
        assert METRICS[key].label in words
        assert METRICS[key].definition in words
        assert METRICS[key].formula in words
        assert WHY.get(key, "") in words
    page.get_by_role("searchbox", name="Search the glossary").fill("break-even roas")
    expect(page.locator("[data-term]:visible")).to_have_count(1)
    expect(page.locator("#figures h2:visible")).to_have_text(["Returns"])
    expect(page.get_by_text(f"1 of {len(found)}")).to_be_visible()
    page.get_by_role("searchbox").fill("nothing such")
    expect(page.get_by_text("Nothing here is called “nothing such”.")).to_be_visible()
    with visit.requests() as asked:
        page.get_by_role("link", name="CFO").click()
        expect(page).to_have_url(f"{visit.server}/cfo?region=Europe")
        visit.settled()
    assert asked == ["/view/cfo?region=Europe"]


def test_a_tooltip_leads_to_its_entry_and_back(visit: Visit):
    visit.open("/?region=Europe")
    page = visit.page
    page.get_by_role("button", name="ROAS", exact=True).first.hover()
    page.get_by_role("tooltip").get_by_role("link", name="In the glossary").click()
    expect(page).to_have_url(f"{visit.server}/glossary?region=Europe#roas")
    expect(page.locator('[data-term="roas"]')).to_be_focused()
    expect(page.locator('[data-term="roas"]')).to_be_in_viewport()
    expect(page.locator("#filters")).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(f"{visit.server}/?region=Europe")
    visit.settled()
    expect(page.locator("#filters")).to_be_visible()


def test_an_address_that_names_no_metric_shows_the_whole_glossary(visit: Visit):
    for odd in ("campaign=%", "%E0%A4%A", "%", "no-metric"):
        visit.page.goto(f"{visit.server}/glossary#{odd}")
        expect(visit.page.locator("[data-term]").first).to_be_visible()
        assert visit.complaints == []


def test_without_a_script_the_glossary_can_be_read(visit_in: Callable[..., Visit], server: str):
    page = visit_in(server, java_script_enabled=False).page
    page.goto(f"{server}/glossary")
    expect(page.locator('[data-term="roas"]')).to_contain_text(METRICS["roas"].definition)


def test_a_glossary_that_does_not_come_is_said_and_tried_again(visit: Visit):
    visit.open("/cmo")
    page = visit.page
    page.route("**/glossary*", lambda route: route.abort())
    page.get_by_role("link", name="Glossary").click()
    expect(page.get_by_text("This page could not be loaded. Check the connection.")).to_be_visible()
    page.unroute("**/glossary*")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator('[data-term="roas"]')).to_be_visible()
    expect(page.get_by_text("This page could not be loaded.")).to_have_count(0)
    visit.complaints.clear()  # the browser's, about the requests that failed


def test_the_glossary_by_keyboard(visit: Visit):
    visit.open("/cmo")
    link = visit.page.get_by_role("link", name="Glossary")
    link.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Glossary")
    expect(link).to_have_attribute("aria-current", "page")
    expect(visit.page.locator("[data-term]").first).to_be_visible()
