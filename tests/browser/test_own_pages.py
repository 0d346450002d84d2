"""A page of somebody's own in ordinary Dash, the one that docs/own-pages.md shows: it is dropped in and works."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import CALLBACK, ROOT, Visit, asked_for, served

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


TICKING = """
from dash import Input, Output, callback, dcc, html, register_page

register_page(__name__, path="/ticking", name="Ticking")


def layout():
    return html.Div(["it ticks", dcc.Interval(id="tick", interval=50), html.Div(id="ticks")])


@callback(Output("ticks", "children"), Input("tick", "n_intervals"))
def count(n):
    return f"tick {n}"
"""

FAILING = """
from pathlib import Path

from dash import Input, Output, callback, html, register_page

register_page(__name__, path="/failing", name="Failing")


def layout():
    if Path(__file__).with_suffix(".down").exists():
        raise ValueError("no layout today")
    return html.Div(["it works", html.Div(id="of-query")])


@callback(Output("of-query", "children"), Input("selection", "data"))
def draw(data):
    if "Meta" in data["query"]:
        raise ValueError("no figures today")
    return f"figures of {data['query']}."
"""

TABLE = """
from dash import Input, Output, callback, dash_table, html, register_page

register_page(__name__, path="/table", name="Table")
layout = html.Div(id="table-place")


@callback(Output("table-place", "children"), Input("selection", "data"))
def draw(data):
    return dash_table.DataTable(data=[{"word": "tabular"}])
"""

MANY = """
from dash import html, register_page

register_page(__name__, path="/more-{number}", name="More about {number}")
layout = html.Div("more of {number}")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("own")
    for name, text in {"ticking": TICKING, "failing": FAILING, "table": TABLE}.items():
        (place / f"{name}.py").write_text(text)
    for number in range(12):
        (place / f"more_{number}.py").write_text(MANY.replace("{number}", str(number)))
    return place


@pytest.fixture(scope="module")
def many(facts_path: Path, folder: Path) -> Iterator[str]:
    with served(facts_path, DASHBOARD_PAGES=str(folder)) as address:
        yield address


def hold_layouts(page: Page) -> list[Route]:
    """From now on requests for own pages' layouts wait in the list until a test lets them go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if asked_for(route.request) == "/callback/own-page.children" else route.fallback()

    page.route(CALLBACK, hold)
    return held


def turn_to(visit: Visit, name: str) -> None:
    visit.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(1500):
        if condition():
            return
        page.wait_for_timeout(10)
    raise AssertionError("what the test waits for did not come within 15 s")


def wait_until_held(page: Page, held: list[Route], count: int) -> None:
    wait_until(page, lambda: len(held) >= count)


def test_a_layout_that_comes_after_its_page_was_left_is_not_put_up(visit_in, many: str):
    visit = visit_in(many).open("/cfo")
    page, holder = visit.page, visit.page.locator("#own-page")
    held = hold_layouts(page)
    turn_to(visit, "Ticking")
    wait_until_held(page, held, 1)
    turn_to(visit, "CFO")
    visit.settled()
    with page.expect_response(CALLBACK) as late:
        held[0].continue_()
    late.value.finished()
    with visit.requests() as asked:
        visit.page.wait_for_timeout(500)  # ten of its ticks
    assert asked == []
    expect(holder).to_be_empty()
    turn_to(visit, "Ticking")
    wait_until_held(page, held, 2)
    held[1].continue_()
    expect(page.locator("#ticks")).to_contain_text("tick 3")


def test_the_page_before_goes_at_once_and_its_successor_is_waited_for(visit_in, many: str):
    visit = visit_in(many).open("/cfo")
    page, holder = visit.page, visit.page.locator("#own-page")
    turn_to(visit, "More about 1")
    expect(holder).to_have_text("more of 1")
    held = hold_layouts(page)
    turn_to(visit, "More about 2")
    wait_until_held(page, held, 1)
    expect(page).to_have_title("More about 2 · Marketing dashboard")
    expect(holder).to_be_empty()
    mark = "getComputedStyle(document.querySelector('#own-page'), '::before').content"
    assert page.evaluate(mark) == '""'
    turn_to(visit, "More about 3")
    wait_until_held(page, held, 2)
    held[1].continue_()
    expect(holder).to_have_text("more of 3")
    held[0].abort()
    wait_until(page, lambda: page.evaluate(mark) == "none")
    expect(holder).to_have_text("more of 3")
    visit.complaints.clear()  # the browser's, of the request that was cut off


def test_a_layout_that_fails_is_said_in_its_place_and_can_be_tried_again(visit_in, many: str, folder: Path):
    visit = visit_in(many).open("/cfo")
    page, holder = visit.page, visit.page.locator("#own-page")
    turn_to(visit, "More about 1")
    expect(holder).to_have_text("more of 1")
    down = folder / "failing.down"
    down.touch()
    turn_to(visit, "Failing")
    said = page.locator('section[data-page="failing"] .said')
    expect(said).to_contain_text(
        "This page could not be shown; whoever runs this dashboard finds the reason in its log."
    )
    expect(holder).to_be_empty()
    room = said.bounding_box()
    assert room is not None
    assert room["width"] > 1000
    down.unlink()
    said.get_by_role("button", name="Retry").click()
    expect(holder).to_contain_text("it works")
    expect(said).to_have_count(0)
    visit.complaints.clear()  # the browser's and Dash's, of the layout that failed


def test_a_callback_that_fails_is_said_until_it_succeeds(visit_in, many: str):
    visit = visit_in(many)
    page, banner = visit.page, visit.page.locator("#banner-own")
    page.goto(f"{many}/failing?platform=Google")
    expect(page.locator("#of-query")).to_have_text("figures of platform=Google.")
    expect(banner).to_be_hidden()
    visit.box("platform", "Meta").click()
    expect(banner).to_contain_text("A part of “Failing” could not be worked out")
    expect(page.locator("#own-page")).to_have_css("opacity", "0.55")
    visit.box("platform", "Meta").click()
    expect(banner).to_be_hidden()
    expect(page.locator("#own-page")).to_have_css("opacity", "1")
    visit.box("platform", "Meta").click()
    expect(banner).to_be_visible()
    turn_to(visit, "CFO")
    expect(banner).to_be_hidden()
    visit.settled()
    visit.complaints.clear()  # the browser's and Dash's, of the callback that failed


def test_a_component_library_is_loaded_for_the_page_that_uses_it(visit_in, many: str):
    visit = visit_in(many).open("/cfo")
    suites = "/_dash-component-suites/"
    turn_to(visit, "More about 1")
    expect(visit.page.locator("#own-page")).to_have_text("more of 1")
    assert [path for path in visit.asked if path.startswith(suites)] == []
    turn_to(visit, "Table")
    expect(visit.page.locator("#table-place")).to_contain_text("tabular")
    assert [path for path in visit.asked if path.startswith(suites)] != []
    turn_to(visit, "More about 2")
    expect(visit.page.locator("#own-page")).to_have_text("more of 2")


@pytest.mark.parametrize("width", [320, 390, 700, 1024, 1440])
def test_many_tabs_scroll_within_the_header(visit_in, many: str, width: int):
    visit = visit_in(many, viewport={"width": width, "height": 800})
    page = visit.page
    page.goto(f"{many}/more-11")
    expect(page.locator("#own-page")).to_have_text("more of 11")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.get_by_role("navigation").get_by_role("link", name="More about 11")).to_be_in_viewport(ratio=0.9)
    theme = page.locator("#theme")
    expect(theme).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize(
    "written",
    [{"page": "__proto__", "query": ""}, {"page": "constructor", "query": ""}, {"page": "cfo", "query": "x" * 40_000}],
    ids=["__proto__", "constructor", "40,000 characters"],
)
def test_what_is_no_page_or_no_query_in_the_store_changes_nothing(visit_in, extended: str, written: dict[str, str]):
    visit = visit_in(extended).open("/cfo")
    visit.page.evaluate("data => dash_clientside.set_props('selection', { data })", written)
    store = "window.store.getState().layout.components.props.children[0].props.data"
    wait_until(visit.page, lambda: visit.page.evaluate(f"{store}.page === 'cfo' && {store}.query === ''"))
    visit.settled()
    expect(visit.page).to_have_url(f"{extended}/cfo")
