"""Tables on a telephone: names stay, two columns stand beside them, no figure is cut, every value can be reached."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from components.visuals import Page
from pages import PAGES
from tests.browser.conftest import Visit

# The metrics whose figures are seen whole, and words or figures of the table that an edge cuts.
SEEN = """(root) => {
    const edge = root.querySelector(".table-scroll").getBoundingClientRect();
    const cells = [...root.querySelectorAll("th, td")].filter((each) => each.checkVisibility());
    const cut = cells.filter((each) => {
      const range = document.createRange();
      range.selectNodeContents(each);
      const box = range.getBoundingClientRect();
      const inner = each.querySelector(".name");
      return box.left < edge.left - 1 || box.right > edge.right + 1 || (inner
        && inner.scrollWidth > inner.clientWidth + 1 && getComputedStyle(inner).overflowX !== "visible");
    });
    const keys = cells.flatMap((each) => each.querySelector("[data-do=prove]")?.dataset.column ?? []);
    return { metrics: [...new Set(keys)], cut: cut.map((each) => each.textContent) };
}"""


def seen(root: Locator) -> dict[str, list[str]]:
    return root.evaluate(SEEN)


@pytest.mark.parametrize("width", [480, 390, 320])
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_every_value_stands_beside_its_name(visit_in: Callable[..., Visit], server: str, of: Page, width: int):
    visit = visit_in(server, viewport={"width": width, "height": 900}).open(f"/{of.path}")
    tables = [visual for visual in of.visuals if visual.kind == "table"]
    assert len(tables) > 1
    for visual in tables:
        root = visit.reveal(f"{of.key}.{visual.name}")
        chosen = root.locator("[data-do=columns]")
        pairs = chosen.locator("option").evaluate_all("all => all.map((each) => each.value)")
        assert len(pairs) == -(-len(visual.spec["metrics"]) // 2) + 1
        met: list[str] = []
        for pair in pairs[:-1]:
            chosen.select_option(pair)
            found = seen(root)
            assert found["cut"] == [], (visual.name, pair)
            mine = [metric for metric in found["metrics"] if metric in visual.spec["metrics"]]
            assert 1 <= len(mine) <= 2
            met += mine
        assert met == list(visual.spec["metrics"])
        chosen.select_option("all")
        every = root.locator("tbody tr:first-child .figure").evaluate_all(
            "all => all.map((each) => each.dataset.column)"
        )
        expect(root.locator("tbody tr:first-child .figure").filter(visible=True)).to_have_count(len(every))
        assert set(met) <= set(every)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_stay_where_all_columns_are_scrolled(visit_in: Callable[..., Visit], server: str, theme: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}, color_scheme=theme).open("/cmo")
    root = visit.reveal("cmo.top-campaigns")
    root.locator("[data-do=columns]").select_option("all")
    name = root.locator("tbody tr:first-child .words")
    name.scroll_into_view_if_needed()
    before = name.bounding_box()
    root.locator(".table-scroll").evaluate("each => (each.scrollLeft = each.scrollWidth)")
    last = root.locator('tbody tr:first-child [data-column="conversions"]')
    expect(last).to_be_in_viewport()
    after = name.bounding_box()
    assert before
    assert after
    assert before["x"] == after["x"]
    colors = [
        name.evaluate("each => getComputedStyle(each).backgroundColor"),
        root.evaluate("each => getComputedStyle(each).backgroundColor"),
    ]
    assert colors[0] == colors[1], "what goes under it does not shine through"
    assert colors[0].startswith("rgb(")


def test_what_is_ranked_by_is_seen_beside_every_pair(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}).open("/?rank=cpc")
    root = visit.reveal("executive.top-campaigns")
    for pair in ("3", "2", "1"):
        root.locator("[data-do=columns]").select_option(pair)
        assert seen(root)["metrics"][0] == "cpc"


def test_arrow_keys_pass_over_columns_that_are_not_shown(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}).open("/cmo")
    root = visit.reveal("cmo.device-table")
    root.locator("[data-do=columns]").select_option("1")
    root.locator("tbody button.name").first.focus()
    for column in ("cpa", "roas"):
        visit.page.keyboard.press("ArrowRight")
        expect(root.locator(f'tbody tr:first-child [data-column="{column}"]')).to_be_focused()


def test_a_wide_screen_shows_every_column_and_no_list(visit: Visit):
    root = visit.open("/cmo").reveal("cmo.top-campaigns")
    expect(root.locator("[data-do=columns]")).to_be_hidden()
    expect(root.locator("tbody tr:first-child .figure").filter(visible=True)).to_have_count(
        7
    )  # with what they are ranked by
