"""Tables on a telephone: names stay, as many columns as fit beside them, nothing is cut, every value can be reached."""

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


# Names of rows that are broken within a word: a word whose letters stand in two lines.
BROKEN = """(root) => [...root.querySelectorAll("tbody .words:not(.wide) .name")].filter((each) => {
    const text = each.firstChild;
    return [...text.data.matchAll(/[^ -]+/g)].some(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      return range.getClientRects().length > 1;
    });
  }).map((each) => each.textContent)"""


def seen(root: Locator) -> dict[str, list[str]]:
    return root.evaluate(SEEN)


@pytest.mark.parametrize("width", [480, 390, 320])
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_as_many_columns_as_fit_stand_beside_the_names_from_the_chosen_one_on(
    visit_in: Callable[..., Visit], server: str, of: Page, width: int
):
    visit = visit_in(server, viewport={"width": width, "height": 900}).open(f"/{of.path}")
    tables = [visual for visual in of.visuals if visual.kind == "table"]
    assert len(tables) > 1
    for visual in tables:
        root = visit.reveal(f"{of.key}.{visual.name}")
        chosen, metrics = root.locator("[data-do=columns]"), visual.spec["metrics"]
        options = chosen.locator("option").evaluate_all("all => all.map((each) => each.value)")
        assert options == [*metrics, "all"]
        for place, first in enumerate(metrics):
            chosen.select_option(first)
            found = seen(root)
            assert found["cut"] == [], (visual.name, first)
            assert root.evaluate(BROKEN) == [], (visual.name, first)
            mine = [metric for metric in found["metrics"] if metric in metrics]
            order = [*metrics[place:], *metrics[:place]]
            assert mine == order[: len(mine)], "those that follow it, and then the first"
            short = len(visual.spec["keys"]) == 1 and visual.name != "platform-summary"
            assert len(found["metrics"]) >= {480: 3, 390: 2, 320: 1}[width] + short, (visual.name, first)
            assert mine, "the chosen one at least"
        chosen.select_option("all")
        every = root.locator("tbody tr:first-child .figure").evaluate_all(
            "all => all.map((each) => each.dataset.column)"
        )
        expect(root.locator("tbody tr:first-child .figure").filter(visible=True)).to_have_count(len(every))
        assert set(metrics) <= set(every)


def test_turning_the_telephone_shows_more_columns_and_keeps_the_order_of_rows(
    visit_in: Callable[..., Visit], server: str
):
    visit = visit_in(server, viewport={"width": 320, "height": 900}).open("/cmo")
    root = visit.reveal("cmo.region-table")
    root.locator("[data-do=columns]").select_option("roas")
    root.locator('[data-do="sort"][data-column="roas"]').click()
    names = root.locator("tbody tr .name").all_text_contents()
    few = seen(root)["metrics"]
    visit.page.set_viewport_size({"width": 900, "height": 400})
    expect(root.locator("thead [data-do=sort]")).to_have_count(6)
    assert seen(root)["metrics"] == ["conversions", "ctr", "cvr", "cpa", "roas"]
    assert root.locator("tbody tr .name").all_text_contents() == names
    visit.page.set_viewport_size({"width": 320, "height": 900})
    expect(root.locator("thead [data-do=sort]")).to_have_count(len(few) + 1)
    assert seen(root)["metrics"] == few


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


def test_what_is_ranked_by_stands_before_the_chosen_column(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}).open("/?rank=cpc")
    root = visit.reveal("executive.top-campaigns")
    for first in ("roas", "spend", "profit"):
        root.locator("[data-do=columns]").select_option(first)
        assert seen(root)["metrics"][:2] == ["cpc", first]


def test_a_column_of_the_table_that_is_ranked_by_comes_first(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}).open("/?rank=roas")
    root = visit.reveal("executive.top-campaigns")
    assert seen(root)["metrics"][0] == "roas"
    expect(root.locator("[data-do=columns]")).to_have_value("roas")


def test_paper_has_every_column_and_a_telephone_its_own_again(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}).open("/cmo")
    root = visit.reveal("cmo.region-table")
    few = seen(root)["metrics"]
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert root.locator("thead [data-do=sort]").count() == 6 > len(few) + 1
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert seen(root)["metrics"] == few


def test_arrow_keys_go_from_column_to_column(visit_in: Callable[..., Visit], server: str):
    visit = visit_in(server, viewport={"width": 390, "height": 900}).open("/cmo")
    root = visit.reveal("cmo.device-table")
    root.locator("[data-do=columns]").select_option("cpa")
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


def test_the_list_says_what_is_ranked_by_where_nothing_can_be(visit: Visit):
    visit.page.goto(f"{visit.server}/?rank=cac&objective=Retention")
    root = visit.page.locator('[data-visual="executive.top-campaigns"]')
    expect(root).to_contain_text("No campaign can be ranked by CAC (paid) here.")
    expect(root.locator(".rank select")).to_have_value("cac")
