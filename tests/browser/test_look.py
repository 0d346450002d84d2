"""What an eye would notice: nothing moves while figures come, no flash of white, one redraw for another theme."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from pages import PAGES
from tests.browser.conftest import Visit

# Shifts right after an input count here too: a filter change is one.
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        window.shifts.push([value, sources.map(({ node }) => node?.className ?? "").join(" | ")]);
      }
    }).observe({ type: "layout-shift", buffered: true });
"""


def moved(page: Page) -> float:
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))")
    return sum(value for value, _ in page.evaluate("window.shifts"))


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_nothing_moves_when_a_slow_answer_comes(visit_in: Callable[..., Visit], server: str, of, width: int):
    visit = visit_in(server, viewport={"width": width, "height": 900})
    page = visit.page
    page.add_init_script(SHIFTS)
    held: list[Route] = []
    visit.without_first()
    visit.on_view("/view/*", lambda route: held.append(route))
    page.goto(f"{server}/{of.path}")
    expect(page.locator("html[data-busy]")).to_be_attached()  # by now whatever is shown without figures stands
    for route in held:
        route.continue_()
    visit.settled()
    assert moved(page) < 0.02, page.evaluate("window.shifts")


@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_a_filter_change_moves_nothing(visit: Visit, of):
    """The first filter takes away what is of the whole company alone; nothing else moves anything."""
    visit.page.add_init_script(SHIFTS)
    visit.open(f"/{of.path}")
    page = visit.page
    visit.box("platform", "TikTok").click()
    expect(page).to_have_url(f"{visit.server}/{of.path}?platform=Amazon,Google,Meta")
    visit.settled()
    moved(page)
    page.evaluate("window.shifts = []")
    visit.box("region", "Europe").click()
    expect(page.locator(".chip")).to_have_count(2)
    visit.settled()
    assert moved(page) == 0, page.evaluate("window.shifts")


@pytest.mark.parametrize(("system", "stored"), [("dark", None), ("light", "dark")])
def test_the_dark_begins_dark(visit_in: Callable[..., Visit], server: str, system: str, stored: str | None):
    """Before the styles have come the browser paints its own ground, and before Dash has drawn the styles' own."""
    visit = visit_in(server, color_scheme=system)
    page = visit.page
    if stored:
        page.add_init_script(f"localStorage.setItem('dashboard-theme', '{stored}')")
    held: list[Route] = []
    holding = [True]
    page.route("**/bundles/*.js", lambda route: held.append(route) if holding else route.continue_())
    page.goto(server, wait_until="commit")
    page.wait_for_function("() => document.documentElement?.style.colorScheme === 'dark'")
    page.wait_for_selector("#before", state="attached")
    assert brightest(page) < 48
    holding.clear()
    for route in held:
        route.continue_()
    visit.settled()


def brightest(page: Page) -> int:
    """The brightest ground at corners, edges' middles and centre, from 0 to 255; the words on it do not count."""
    glass = Image.open(io.BytesIO(page.screenshot())).convert("L")
    side = 32
    right, bottom = glass.width - side, glass.height - side
    patches = [glass.crop((x, y, x + side, y + side)) for x in (0, right // 2, right) for y in (0, bottom // 2, bottom)]
    return max(sorted(patch.tobytes())[side * side // 2] for patch in patches)


def test_another_theme_is_one_redraw_of_what_is_in_sight(visit: Visit):
    visit.page.add_init_script(SHIFTS)
    visit.open("/cfo")
    page = visit.page
    page.evaluate("""() => {
        window.drawn = [];
        for (const name of ["newPlot", "purge", "react", "redraw", "relayout", "restyle", "update"]) {
            const real = Plotly[name];
            Plotly[name] = (...given) => { window.drawn.push(name); return real(...given); };
        }
    }""")
    moved(page)
    page.evaluate("window.shifts = []")
    near = page.evaluate("dashboard.visuals.all().filter((item) => item.spec.kind === 'chart' && item.near).length")
    with visit.requests() as asked:
        page.locator("#theme").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert asked == []
    assert near > 0
    assert page.evaluate("window.drawn") == ["redraw"] * near
    assert moved(page) == 0
