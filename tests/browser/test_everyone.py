"""WCAG 2.2: axe-core over every page and what opens on it, zoom, size of targets, motion, forced colours."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pages import EVERY
from tests.browser.conftest import Visit

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
# All rules but those that are experimental; plotly's own drawing is one image to a reader and is not looked into.
RUN = """async () => {
    const rules = { "target-size": { enabled: true } };
    const found = await axe.run({ exclude: [[".main-svg"]] }, { resultTypes: ["violations"], rules });
    const said = ({ html }) => html.slice(0, 200);
    return found.violations.map(({ id, impact, nodes }) => [id, impact, nodes.length, nodes.slice(0, 3).map(said)]);
}"""
PATHS = [page.path for page in EVERY if not page.comes_with]
SCREENS = [(width, theme) for width in (1440, 390) for theme in ("light", "dark")]


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE)
    return page.evaluate(RUN)


def opened(visit_in: Callable[..., Visit], server: str, width: int, theme: str, path: str) -> Visit:
    visit = visit_in(server, viewport={"width": width, "height": 900}, color_scheme=theme)
    visit.page.goto(f"{server}/{path}")
    expect(visit.page.locator("h1:visible")).to_have_count(1)
    expect(visit.page.locator('[data-visual][data-state="loading"]')).to_have_count(0)
    return visit


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("width", "theme"), SCREENS)
def test_axe_finds_nothing_on_a_page(visit_in: Callable[..., Visit], server: str, width: int, theme: str, path: str):
    visit = opened(visit_in, server, width, theme, path)
    assert violations(visit.page) == []


@pytest.mark.long
def test_axe_finds_nothing_in_what_opens(visit: Visit):
    """A menu, a tooltip and the drawer; one page for all, because what opens is the same on each."""
    page = visit.open("/cfo?region=Europe").page
    page.locator('[data-visual="cfo.financial-trend"] .menu summary').click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="ROI", exact=True).first.focus()
    page.keyboard.press("Shift")
    page.get_by_role("button", name="ROI", exact=True).first.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#open-filters").click()
    expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
    assert violations(page) == []


def campaign(visit: Visit) -> None:
    visit.page.locator('[data-visual="executive.top-campaigns"] tbody button').first.click()
    expect(visit.page.locator('dialog [data-visual][data-state="ready"]')).to_have_count(6)


def proof(visit: Visit) -> None:
    visit.page.locator(".card-value").first.click()
    expect(visit.page.get_by_role("dialog").locator(".proof-facts")).to_be_visible()


def views(visit: Visit) -> None:
    menu = visit.page.locator("#views")
    menu.locator("summary").click()
    menu.get_by_label("Name of this view").fill("Mine")
    menu.get_by_label("Name of this view").press("Enter")
    expect(menu.get_by_role("link", name="Mine")).to_be_visible()


def save(visit: Visit) -> None:
    visit.page.locator("#take summary").click()
    expect(visit.page.locator("#workbook")).to_be_visible()


def rows(visit: Visit) -> None:
    # The whole page at once: what is scrolled half under the bar of filters would count as too small.
    visit.page.set_viewport_size({"width": 1440, "height": 3000})
    visit.page.locator('[data-visual="executive.platform-radar"] .menu summary').focus()
    visit.page.keyboard.press("t")
    expect(visit.page.locator(".chart-rows table")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("opens", [campaign, proof, views, save, rows])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_lies_over_a_page(
    visit_in: Callable[..., Visit], server: str, theme: str, opens: Callable[[Visit], None]
):
    visit = opened(visit_in, server, 1440, theme, "")
    opens(visit)
    assert violations(visit.page) == []


def test_a_change_is_said_once_and_politely(visit: Visit):
    visit.open("/cfo")
    page = visit.page
    announcer = page.locator("#announcer")
    expect(announcer).to_have_attribute("aria-live", "polite")
    page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(document.getElementById('announcer').textContent))"
        ".observe(document.getElementById('announcer'), { childList: true, characterData: true, subtree: true })"
    )
    with visit.requests() as asked:
        visit.box("region", "Europe").click()
        expect(announcer).to_contain_text("Region")
        visit.settled()
    assert len([path for path in asked if path.startswith("/view/")]) == 1
    said = [each for each in page.evaluate("said") if not each.startswith("Still waiting")]
    assert said == [announcer.inner_text()]


def test_tab_goes_down_the_page(visit: Visit):
    """First the skip link, then the header, the filters, the toolbar, the figures: each in its turn, none before."""
    visit.open("/")
    parts = [".skip", ".topbar", "#filters", ".toolbar", "[data-visual]"]
    found = []
    for _ in range(90):
        visit.page.keyboard.press("Tab")
        found.append(visit.page.evaluate("parts => parts.findIndex(p => document.activeElement.closest(p))", parts))
        if found[-1] == len(parts) - 1:
            break
    assert list(dict.fromkeys(found)) == list(range(len(parts)))
    assert found == sorted(found)


@pytest.mark.parametrize("width", [320, 720])
def test_zoomed_in_nothing_is_beyond_the_edge(visit_in: Callable[..., Visit], server: str, width: int):
    """1440 px at 200 % are 720 px (WCAG 1.4.4), 1280 px at 400 % are 320 px (1.4.10); also of what has no visuals."""
    visit = visit_in(server, viewport={"width": width, "height": 450}).open("/cfo?region=Europe")
    for path in PATHS:
        visit.page.evaluate("path => dashboard.view.go(dashboard.address.pageAt(path), '')", path)
        expect(visit.page).to_have_url(f"{visit.server}/{path}")
        expect(
            visit.page.locator("section[data-page]:not([hidden])").locator(".body > *, [data-term], .import-zone").first
        ).to_be_visible()
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width, path


def test_with_colours_of_their_own_what_is_chosen_is_still_seen(visit_in: Callable[..., Visit], server: str):
    """In forced colours backgrounds go: boxes are the system's, pictures and platforms' dots stay."""
    page = visit_in(server, forced_colors="active").open("/cfo").page
    styles = "element => [getComputedStyle(element).appearance, getComputedStyle(element).backgroundColor]"
    box = page.locator('[data-filter="platform"] input').first
    assert box.evaluate(styles)[0] == "auto"
    grounds = {name: page.locator(name).first.evaluate(styles)[1] for name in ("main", ".icon", ".dot", ".legend-mark")}
    assert len(set(grounds.values())) > 2, grounds
    assert [
        name for name, ground in grounds.items() if name != "main" and ground in (grounds["main"], "rgba(0, 0, 0, 0)")
    ] == []
    expect(page.locator(".segments input:checked + label").first).to_have_css("outline-style", "solid")


def test_who_wants_no_motion_gets_none(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, reduced_motion="reduce").open("/")
    moving = "document.getAnimations().filter((each) => each.playState === 'running').length"
    visit.page.locator(".card-box").first.hover()
    assert visit.page.evaluate(moving) == 0
    durations = "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e).transitionDuration)"
    assert set(visit.page.evaluate(durations)) == {"0s"}
