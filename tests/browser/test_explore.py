"""Exploring by mouse and by keyboard: marks, rows and call-outs filter, chips take it back, Back undoes."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit

#: By page: a visual, the mark to press in it, and what the page is filtered to then.
MARKS = {
    "cfo": [
        ("regional-roi", ".bars .point path", 1, "region=Europe"),
        ("spend-share", ".slice path.surface", 1, "platform=Google"),
        ("profit-heatmap", ".hm", 0, "platform=Meta&region=North%20America"),
        ("objective-efficiency", ".points path.point", 0, "objective=Awareness"),
    ],
    "cmo": [("spend-conversions", ".bars .point path", 2, "platform=Amazon")],
    "": [("platform-radar", ".points path.point", 5, "platform=Google")],
}


def press(visit: Visit, mark: Locator, *, corner: bool = False) -> None:
    """A click as a hand makes it: from elsewhere to there, until the mark tells its value, and then down and up."""
    hover = visit.page.locator(".hoverlayer .hovertext")
    visit.page.mouse.move(1, 1)
    expect(hover).to_have_count(0)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    x, y = (box["x"] + 12, box["y"] + 12) if corner else (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.page.mouse.move(x - 2, y - 2)
    visit.page.mouse.move(x, y)
    expect(hover.first).to_be_attached()
    visit.page.mouse.click(x, y)


@pytest.mark.parametrize("path", MARKS)
def test_a_mark_filters_and_back_undoes_it(visit: Visit, path: str) -> None:
    visit.open(f"/{path}")
    for name, mark, place, query in MARKS[path]:
        root = visit.reveal(f"{path or 'executive'}.{name}")
        press(visit, root.locator(mark).nth(place), corner=mark == ".hm")
        expect(visit.page).to_have_url(f"{visit.server}/{path}?{query}")
        expect(visit.page.locator("#chips .chip")).to_have_count(query.count("="))
        visit.page.go_back()
        expect(visit.page).to_have_url(f"{visit.server}/{path}")
        expect(visit.page.locator("#chips .chip")).to_have_count(0)


def test_a_mark_by_keyboard_and_back(visit: Visit) -> None:
    visit.open("/cfo")
    page = visit.page
    root = visit.reveal("cfo.profit-heatmap")
    root.scroll_into_view_if_needed()
    root.get_by_role("button", name="Filter by this chart").focus()
    page.keyboard.press("Enter")
    marks = root.get_by_role("group", name="Filter by a mark of “Profit by platform and region”")
    expect(marks.get_by_role("button")).to_have_count(16)
    expect(marks.get_by_role("button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visit.server}/cfo?platform=Meta&region=Europe")
    expect(root).to_be_hidden()  # one cell compares nothing: the line that says so takes the focus, and the filter back
    expect(page.locator(":focus")).to_have_text("Remove the platform filter")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visit.server}/cfo?region=Europe")
    expect(root).to_be_visible()
    expect(page.get_by_role("heading", name="Platforms", level=2)).to_be_focused()
    page.go_back()
    expect(page).to_have_url(f"{visit.server}/cfo?platform=Meta&region=Europe")
    page.go_back()
    expect(page).to_have_url(f"{visit.server}/cfo")
    root.get_by_role("button", name="Filter by this chart").focus()
    page.keyboard.press("Enter")
    expect(marks.get_by_role("button")).to_have_count(16)
    page.keyboard.press("Escape")
    expect(marks).to_have_count(0)
    expect(root.get_by_role("button", name="Filter by this chart")).to_be_focused()


#: Every other kind of chart: what stands first in its list of marks.
LISTED = [
    ("cfo.regional-roi", "region=North%20America"),
    ("cfo.spend-share", "platform=Meta"),
    ("cfo.objective-efficiency", "objective=Awareness"),
]


@pytest.mark.long
def test_every_kind_of_mark_by_keyboard(visit: Visit) -> None:
    visit.open("/cfo")
    for name, query in LISTED:
        root = visit.reveal(name)
        root.get_by_role("button", name="Filter by this chart").focus()
        visit.page.keyboard.press("Enter")
        expect(root.get_by_role("group").get_by_role("button").first).to_be_focused()
        visit.page.keyboard.press("Enter")
        expect(visit.page).to_have_url(f"{visit.server}/cfo?{query}")
        visit.page.go_back()
        expect(visit.page).to_have_url(f"{visit.server}/cfo")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_row_filters_to_itself_and_again_to_everything(visit: Visit, how: str) -> None:
    visit.open("/cfo")
    table = visit.reveal("cfo.advanced-metrics").locator("table")
    name = table.get_by_role("row", name=re.compile("Retargeting Europe")).get_by_role("button").first

    def act() -> None:
        if how == "mouse":
            name.click()
        else:
            name.focus()
            visit.page.keyboard.press("Enter")

    act()
    expect(visit.page).to_have_url(f"{visit.server}/cfo?region=Europe&segment=Retargeting")
    expect(table.locator("tbody tr")).to_have_count(1)
    if how == "keyboard":
        expect(table.locator("tbody button").first).to_be_focused()
    act()
    expect(visit.page).to_have_url(f"{visit.server}/cfo")
    expect(table.locator("tbody tr")).not_to_have_count(1)


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_callout_filters_and_its_chip_takes_it_back(visit: Visit, how: str) -> None:
    visit.open("/?region=Europe")
    callout = visit.page.locator('[data-visual="executive.insights"] .callout').first
    link = callout.get_by_role("link")
    there = link.get_attribute("href")
    if how == "mouse":
        callout.locator("p").last.click(force=True)  # anywhere on it
    else:
        link.focus()
        visit.page.keyboard.press("Enter")
    expect(visit.page).to_have_url(f"{visit.server}{there}")
    chips = visit.page.locator("#chips .chip")
    expect(chips).to_have_count(2)
    remove = visit.page.get_by_role("button", name=re.compile("Remove filter Platform"))
    if how == "mouse":
        remove.click()
    else:
        remove.focus()
        visit.page.keyboard.press("Enter")
        expect(chips.get_by_role("button")).to_be_focused()  # the next chip, not the top of the page
    expect(visit.page).to_have_url(f"{visit.server}/?region=Europe")
    expect(chips).to_have_count(1)


def test_a_mark_says_that_it_can_be_clicked(visit: Visit) -> None:
    visit.open("/cfo")
    root = visit.reveal("cfo.regional-roi")
    bar = root.locator(".bars .point path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    visit.page.mouse.move(box["x"] + 4, box["y"] + 4)
    visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(root.locator(".hoverlayer")).to_contain_text("Click to filter")
    expect(root.locator(".nsewdrag").first).to_have_css("cursor", "pointer")
