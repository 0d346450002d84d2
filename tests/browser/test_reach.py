"""For everyone: by keyboard, on a telephone, in the dark."""

from collections.abc import Callable

from playwright.sync_api import expect

from pages import PAGES
from tests.browser.conftest import Visit

TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_filter_is_reached_and_toggled_by_keyboard(visit: Visit):
    visit.open("/")
    page = visit.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.closest('[data-filter=platform]') && document.activeElement.value")
            == "Google"
        ):
            break
    expect(visit.box("platform", "Google")).to_be_focused()
    page.keyboard.press("Space")
    expect(page).to_have_url(f"{visit.server}/?platform=Amazon,Meta,TikTok")
    expect(visit.box("platform", "Google")).to_be_focused()
    page.keyboard.press("Space")
    expect(page).to_have_url(f"{visit.server}/")


def test_a_metric_explains_itself_on_focus(visit: Visit):
    visit.open("/")
    term = visit.page.get_by_role("button", name="ROI", exact=True).first
    visit.page.keyboard.press("Tab")
    term.focus()
    tip = visit.page.get_by_role("tooltip")
    expect(tip).to_contain_text("Not ROAS − 1")
    expect(term).to_have_attribute("aria-describedby", "tip")
    visit.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_a_telephone_shows_everything_and_nothing_beyond_its_edge(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, **TELEPHONE).open("/?last=12w&platform=Meta,Google,TikTok")
    for page in PAGES:
        visit.page.get_by_role("navigation").get_by_role("link").nth(PAGES.index(page)).tap()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text(page.title)
        visit.settled()
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
        beyond = visit.page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 391"
            " && !e.closest('.table-scroll, .jump, svg, [hidden]') && e.offsetParent).map(e => e.className)"
        )
        assert beyond == []


def test_filters_on_a_telephone_are_a_drawer(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, **TELEPHONE).open("/?region=Europe")
    page = visit.page
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#open-filters")).to_contain_text("1")
    page.locator("#open-filters").tap()
    drawer = page.get_by_role("dialog", name="Filters")
    expect(drawer).to_be_visible()
    expect(page.locator("#close-filters")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#apply-filters")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#close-filters")).to_be_focused()
    visit.box("platform", "TikTok").tap()
    expect(page).to_have_url(f"{visit.server}/?platform=Amazon,Google,Meta&region=Europe")
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#open-filters")).to_be_focused()
    expect(page.locator("#open-filters")).to_contain_text("2")


def test_the_dark_is_kept_and_asks_nothing(visit: Visit):
    visit.open("/cfo")
    page = visit.page
    line = '[data-visual="cfo.financial-trend"] .scatterlayer .js-line'
    before = page.locator(line).last.evaluate("e => e.style.stroke")
    with visit.requests() as asked:
        page.locator("#theme").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert asked == []
    assert page.locator(line).last.evaluate("e => e.style.stroke") != before
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
