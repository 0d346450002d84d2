"""No two pieces of text lie over each other: boxes of words compared, whatever the fonts and the figures."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from pages import PAGES
from tests.browser.conftest import Visit, served


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of two years: what stands apart over 120 days may not over 25 months."""
    from datagen.__main__ import main

    path = tmp_path_factory.mktemp("years") / "facts"
    assert main(["--start", "2023-09-29", "--end", "2025-09-28", "--out", str(path)]) == 0
    with served(path) as address:
        yield address


# Boxes of what is read in the page's main part: lines of HTML with words, and the words of charts. What scrolls inside
# itself is cut by its frame, what goes under the chapters' bar is meant to. Two that share more than 3 px overlap.
OVERLAPS = """() => {
    const boxes = [];
    for (const element of document.querySelectorAll("main *")) {
      const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (!words || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (element.closest(".visually-hidden, .menu-list, select, #tip, .marks-button, .jump, tspan, thead")) continue;
      const range = document.createRange();
      range.selectNodeContents(element);
      const drawn = element.closest("svg");
      for (let { left, top, right, bottom } of drawn ? [element.getBoundingClientRect()] : range.getClientRects()) {
        for (let frame = element; frame && frame.tagName !== "MAIN"; frame = frame.parentElement) {
          if (getComputedStyle(frame).overflowX === "visible") continue;
          const edge = frame.getBoundingClientRect();
          [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
          [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
        }
        if (right - left > 4 && bottom - top > 4) boxes.push({ element, left, top, right, bottom });
      }
    }
    boxes.sort((a, b) => a.top - b.top);
    const found = [];
    boxes.forEach((one, place) => {
      for (const other of boxes.slice(place + 1)) {
        if (other.top > one.bottom - 3) break;
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - other.top;
        const apart = !one.element.contains(other.element) && !other.element.contains(one.element);
        if (apart && wide > 3 && high > 3) {
          found.push([one.element.textContent, other.element.textContent, Math.round(wide), Math.round(high)]);
        }
      }
    });
    return found;
}"""

# Words of charts that an edge of their chart cuts.
CUT = """() => [...document.querySelectorAll("main .js-plotly-plot")].flatMap((chart) => {
    const edge = chart.getBoundingClientRect();
    return [...chart.querySelectorAll("text, .axis-title")].filter((word) => {
      const { left, top, right, bottom, width } = word.getBoundingClientRect();
      const within = left > edge.left - 1 && right < edge.right + 1 && top > edge.top - 1 && bottom < edge.bottom + 1;
      return width && !within;
    }).map((word) => word.textContent);
})"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_no_words_lie_over_others(visit_in: Callable[..., Visit], server: str, of, width: int):
    visit = visit_in(server, viewport={"width": width, "height": 900}).open(f"/{of.path}")
    page = visit.page
    assert page.evaluate(OVERLAPS) == []
    visit.unfold()
    for visual in of.visuals:
        if visual.kind == "chart":
            expect(visit.reveal(f"{of.key}.{visual.name}").locator(".main-svg").first).to_be_visible()
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_names_of_near_markers_stand_apart_and_ticks_differ(visit_in: Callable[..., Visit], server: str, width: int):
    """Of one platform's week two objectives lie over each other, and margins of two percent have ticks between."""
    visit = visit_in(server, viewport={"width": width, "height": 900})
    page = visit.page
    page.goto(f"{server}/cfo?platform=TikTok&last=7d")
    empty = page.locator('[data-visual]:not([data-left-out], [data-state="ready"])')
    expect(empty).to_have_count(0)
    expect(visit.reveal("cfo.objective-efficiency").locator(".main-svg").first).to_be_visible()
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(CUT) == []
    visit.open("/cfo?platform=Google,TikTok&last=7d")
    expect(visit.reveal("cfo.margin-by-platform").locator(".main-svg").first).to_be_visible()
    ticks = page.locator('[data-visual="cfo.margin-by-platform"] .ytick text').all_text_contents()
    assert len(ticks) >= 3
    assert len(set(ticks)) == len(ticks)


# Factors of "Claimed and banked" with what lies over or under them: bars, marks, other factors.
HIDDEN = """() => {
    const chart = document.querySelector('[data-visual="cfo.reconciliation"] .chart');
    const box = (element) => element.getBoundingClientRect();
    const texts = [...chart.querySelectorAll(".textpoint text")].filter((text) => text.textContent);
    const marks = [...chart.querySelectorAll(".barlayer .point path, .scatterlayer path.point")];
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    const over = (text) => [...marks, ...texts].some((each) => each !== text && meet(box(text), box(each)));
    return { factors: texts.map((text) => text.textContent), over: texts.filter(over).map((text) => text.textContent) };
}"""


@pytest.mark.long
@pytest.mark.parametrize(("width", "factors"), [(390, 3), (480, 4), (1440, 7)])
def test_each_factor_that_is_shown_can_be_read(
    visit_in: Callable[..., Visit], two_years: str, width: int, factors: int
):
    visit = visit_in(two_years, viewport={"width": width, "height": 900})
    for query in ("last=all", "last=1y&grain=month"):
        page = visit.open(f"/cfo?{query}").page
        page.locator('[data-visual="cfo.reconciliation"] .textpoint').first.wait_for()
        found = page.evaluate(HIDDEN)
        assert found["over"] == [], query
        assert len(found["factors"]) >= factors, query


# Figures at bars that the line of the whole portfolio goes through, or that reach over what is written beside them.
CROSSED = """() => {
    const chart = document.querySelector('[data-visual="cfo.regional-roi"]');
    const line = chart.querySelector(".shapelayer path").getBoundingClientRect();
    return [...chart.querySelectorAll(".textpoint text")]
        .map((text) => ({ words: text.textContent, ...text.getBoundingClientRect().toJSON() }))
        .filter(({ left, right }) => left < line.right && right > line.left)
        .map(({ words }) => words);
}"""


@pytest.mark.parametrize("query", ["platform=Meta", "platform=Google&last=all", "platform=Meta,TikTok&last=7d"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_line_of_the_portfolio_goes_through_no_figure(
    visit_in: Callable[..., Visit], server: str, width: int, query: str
):
    visit = visit_in(server, viewport={"width": width, "height": 900})
    page = visit.page
    page.goto(f"{server}/cfo?{query}")
    expect(page.locator('[data-visual="cfo.regional-roi"]')).to_have_attribute("data-state", "ready")
    chart = visit.unfold().reveal("cfo.regional-roi")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".textpoint")).to_have_count(4)
    assert page.evaluate(CROSSED) == []
    assert page.evaluate(OVERLAPS) == []
    page.evaluate("""() => {
        const drawing = document.querySelector('[data-visual="cfo.regional-roi"] .chart');
        const texts = drawing.data.at(-1);
        Object.assign(texts, { x: texts.x.map(() => drawing.layout.shapes[0].x0), textposition: "middle center" });
        return Plotly.redraw(drawing).then(() => null);
    }""")
    assert len(page.evaluate(CROSSED)) == 4  # and would be seen


@pytest.mark.long
def test_labels_of_days_are_not_cut(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900})
    for period in ("last=7d", "last=12w", "last=6m&grain=month", "from=2025-09-25&to=2025-09-28"):
        page = visit.open(f"/cfo?{period}").page
        assert page.evaluate(CUT) == [], period
        assert page.locator('[data-visual="cfo.financial-trend"] .xtick text').count() >= 2, period


TICKS = (
    """() => [...document.querySelectorAll('[data-visual$="-trend"] .xtick text')].map((text) => text.textContent)"""
)


@pytest.mark.long
@pytest.mark.parametrize("width", [390, 480, 1440])
def test_labels_of_weeks_and_months_stand_apart(visit_in: Callable[..., Visit], two_years: str, width: int):
    visit = visit_in(two_years, viewport={"width": width, "height": 900})
    for query in ("cmo?last=1y&grain=month", "cfo?last=1y&grain=month", "cfo?last=ytd&grain=week"):
        page = visit.open(f"/{query}").page
        assert page.evaluate(OVERLAPS) == [], query
        assert len(page.evaluate(TICKS)) >= (6 if width == 1440 else 3), query
    page = visit.open("/cfo?last=all&grain=month").page
    assert page.evaluate(OVERLAPS) == []
    wide = ["Sep 2023", "Jan 2024", "May 2024", "Sep 2024", "Jan 2025", "May 2025", "Sep 2025"]
    assert page.evaluate(TICKS) == (wide if width == 1440 else wide[::2])


def test_an_overlap_would_be_seen(visit: Visit):
    page = visit.open("/").page
    for what, how in ((".card-value", "translateY(1.5rem)"), ("tbody td:nth-child(3) .figure", "translateX(-7rem)")):
        page.evaluate("([what, how]) => (document.querySelector(what).style.transform = how)", [what, how])
        assert page.evaluate(OVERLAPS) != []
        page.evaluate("what => (document.querySelector(what).style.transform = '')", what)
    assert page.evaluate(CUT) == []
    page.evaluate("(document.querySelector('.js-plotly-plot text').style.transform = 'translateX(-40rem)')")
    assert page.evaluate(CUT) != []
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_long_comparison_has_its_line_to_itself(visit_in: Callable[..., Visit], server: str, width: int):
    """The head of the first cards stands beside the period, which says which days and feasts differ."""
    page = visit_in(server, viewport={"width": width, "height": 900}).open("/cfo?last=month-1").page
    expect(page.locator("#period")).to_contain_text("than then")
    assert page.evaluate(OVERLAPS) == []
