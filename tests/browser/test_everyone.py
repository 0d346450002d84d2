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
PATHS = [page.path for page in EVERY if not page.beside]
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


def test_at_200_percent_nothing_is_beyond_the_edge(visit_in: Callable[..., Visit], server: str):
    """1440 px at 200 % are 720 px (WCAG 1.4.4)."""
    visit = visit_in(server, viewport={"width": 720, "height": 450}).open("/cfo")
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 720


def test_who_wants_no_motion_gets_none(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, reduced_motion="reduce").open("/")
    moving = "document.getAnimations().filter((each) => each.playState === 'running').length"
    visit.page.locator(".card-box").first.hover()
    assert visit.page.evaluate(moving) == 0
    durations = "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e).transitionDuration)"
    assert set(visit.page.evaluate(durations)) == {"0s"}
