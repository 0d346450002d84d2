"""A chart's table, one key or one menu entry away: the rows of its data address, in its place."""

import pytest
from playwright.sync_api import Locator, expect

from kpi.units import figure
from tests.browser.conftest import Visit

TREND = "cfo.financial-trend"


def chart(visit: Visit, name: str = TREND) -> Locator:
    return visit.page.locator(f'[data-visual="{name}"]')


def cells(table: Locator) -> list[list[str]]:
    return table.evaluate("table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText))")


def test_t_turns_a_chart_into_its_table_and_back(visit: Visit) -> None:
    visit.open("/cfo?last=7d")
    page, root = visit.page, chart(visit)
    summary = root.locator("summary")
    height = root.bounding_box()["height"]
    summary.focus()
    page.keyboard.press("t")
    table = root.get_by_role("table")
    expect(table).to_be_visible()
    expect(root.locator(".chart-rows")).to_be_focused()
    expect(root.get_by_role("img")).to_have_count(0)  # one of the two at a time
    assert root.bounding_box()["height"] == height
    now = ["Day", "Ad revenue", "Spend", "Profit"]
    then = ["Compared with", "Ad revenue, then", "Spend, then", "Profit, then"]
    expect(table.get_by_role("columnheader")).to_have_text(now + then)
    expect(table.locator("caption")).to_contain_text("Sep 22 – 28, 2025: 7 rows.")
    rows = visit.data(TREND)["rows"]
    shown = cells(table)
    assert len(shown) == len(rows) == 7
    for row, (day, *figures) in zip(rows, shown, strict=True):
        assert day.endswith(f" {int(row['date'][-2:])}, {row['date'][:4]}")
        assert figures[:3] == [figure(key, row[key]) for key in ("revenue", "spend", "profit")]
    for key in ("Escape", "t"):
        page.keyboard.press(key)
        expect(root.locator(".chart-rows")).to_have_count(int(key == "t"))
    page.keyboard.press("T")
    expect(summary).to_be_focused()
    expect(root.locator(".chart")).to_be_visible()


def test_the_menu_opens_it_and_it_follows_the_filters(visit: Visit) -> None:
    visit.open("/cfo")
    name = "cfo.profit-heatmap"
    page, root = visit.page, chart(visit, name)
    root.locator("summary").click()
    root.get_by_role("button", name="Show as table").click()
    table = root.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(17)
    assert cells(table)[0][:2] == ["Meta", "North America"]
    visit.box("platform", "TikTok").click()
    expect(table.get_by_role("row")).to_have_count(13)
    assert [row[2] for row in cells(table)] == page.evaluate(
        "rows => rows.map(row => dashboard.format.full(dashboard.metric('profit'), row.profit))",
        visit.data(name)["rows"],
    )
    page.locator('#chips [data-do="clear"]').click()
    expect(table.get_by_role("row")).to_have_count(17)
    root.locator("summary").click()
    root.get_by_role("button", name="Show as chart").click()
    expect(table).to_have_count(0)
    expect(root.locator(".chart")).to_be_visible()


def test_where_the_rows_cannot_be_had_it_says_so(visit: Visit) -> None:
    visit.open("/cfo")
    page, root = visit.page, chart(visit)
    page.route("**/data/**", lambda route: route.fulfill(status=200, body="<html>"))
    root.locator("summary").focus()
    page.keyboard.press("t")
    expect(root.get_by_role("alert")).to_have_text("The rows could not be loaded. Check the connection.")
    page.unroute("**/data/**")
    root.get_by_role("button", name="Retry").click()
    expect(root.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize("width", [390])
def test_on_a_phone_it_scrolls_inside_itself(visit_in, server: str, width: int) -> None:
    visit = visit_in(server, viewport={"width": width, "height": 900}).open("/cfo")
    root = chart(visit, "cfo.reconciliation")
    root.locator("summary").click()
    root.get_by_role("button", name="Show as table").click()
    expect(root.get_by_role("table")).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    assert root.locator(".chart-rows").evaluate("each => each.scrollWidth > each.clientWidth")


def test_the_table_of_a_campaign_leaves_its_panel_open(visit: Visit) -> None:
    visit.open("/")
    page = visit.page
    page.locator('[data-visual="executive.top-campaigns"] tbody button').first.click()
    root = chart(visit, "campaign.course")
    expect(root).to_have_attribute("data-state", "ready")
    root.get_by_role("button").first.focus()
    page.keyboard.press("t")
    expect(root.get_by_role("table")).to_be_visible()
    page.keyboard.press("Escape")
    expect(root.get_by_role("table")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_visible()
