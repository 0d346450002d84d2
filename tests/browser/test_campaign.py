"""A campaign's panel: one request, by mouse and keyboard, closed by Escape and by Back, found by its address."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit


def opened(visit: Visit, how: str) -> tuple[Locator, Locator, str]:
    """The panel, the button that opened it, and the campaign's name."""
    button = visit.page.locator('[data-visual="executive.top-campaigns"] tbody button').first
    name = button.inner_text()
    if how == "mouse":
        button.click()
    else:
        button.focus()
        visit.page.keyboard.press("Enter")
    panel = visit.page.get_by_role("dialog", name=name)
    expect(panel.locator('[data-visual]:not([data-state="ready"])')).to_have_count(0)
    expect(panel.locator("[data-visual]")).to_have_count(6)
    return panel, button, name


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_campaign_opens_over_the_page(visit: Visit, how: str) -> None:
    visit.open("/?region=Europe")
    page = visit.page
    before = visit.address()
    with visit.requests() as asked:
        panel, button, name = opened(visit, how)
    assert len([path for path in asked if path.startswith("/view/")]) == 1
    expect(panel.locator(".callout-title")).to_contain_text("1st of ")
    profit = page.locator('[data-visual="executive.top-campaigns"] tbody td').first.inner_text()
    expect(panel.locator('[data-visual="campaign.segments"] tfoot')).to_contain_text(profit)
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    if how == "keyboard":
        page.keyboard.press("Escape")
    else:
        page.go_back()
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    assert visit.address() == before
    page.go_forward()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    page.reload()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    page.get_by_role("button", name="Filter the page to it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#chips .chip", has_text=name)).to_be_visible()


def test_a_campaign_that_does_not_exist_is_said(visit: Visit) -> None:
    visit.open("/#campaign=Nothing%20%3Cb%3E&platform=Meta")
    panel = visit.page.get_by_role("dialog")
    expect(panel.get_by_role("status")).to_contain_text("There is no campaign “Nothing <b>”")
    expect(panel.locator("[data-visual]:visible")).to_have_count(0)
    visit.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert visit.address() == "/"


@pytest.mark.parametrize(("metric", "how"), [("cpm", "chosen"), ("payback_months", "by keyboard")])
def test_campaigns_are_ranked_by_any_metric(visit: Visit, metric: str, how: str) -> None:
    visit.open("/")
    root = visit.page.locator('[data-visual="executive.top-campaigns"]')
    by = root.get_by_label("Rank by")
    if how == "chosen":
        by.select_option(metric)
    else:
        by.press("End")
    expect(visit.page).to_have_url(f"{visit.server}/?rank={metric}")
    head = root.locator("thead th[aria-sort]")
    expect(head).to_have_attribute("aria-sort", "ascending")
    values = [row[metric] for row in visit.data("executive.top-campaigns")["rows"]]
    assert values == sorted(values)
    assert len(values) == 5


@pytest.mark.parametrize("metric", ["cac", "margin", "payback_months"])
def test_a_seventh_column_has_room(visit: Visit, metric: str) -> None:
    visit.open(f"/?rank={metric}")
    cut = visit.page.locator(".ranking .table-scroll").evaluate_all(
        "found => found.filter(each => each.offsetParent && each.scrollWidth > each.clientWidth).length"
    )
    assert cut == 0


def test_filtering_to_a_campaign_is_one_step_back(visit: Visit) -> None:
    visit.open("/cfo")
    page = visit.page
    page.get_by_role("navigation").get_by_role("link").first.click()
    expect(page).to_have_url(f"{visit.server}/")
    visit.settled()
    opened(visit, "mouse")
    page.get_by_role("button", name="Filter the page to it").click()
    expect(page).to_have_url(re.compile("campaign="))
    visit.settled()
    for address in ("/", "/cfo"):
        page.go_back()
        expect(page).to_have_url(visit.server + address)
        visit.settled()
