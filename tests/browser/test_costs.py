"""Costs by the Import page, in a real browser: profit appears at once on all pages, and the undo takes it back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_overlaps import CUT, OVERLAPS
from tests.companies import company
from tests.own_data import Served, serve


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    with serve(company("ads and shop", tmp_path), tmp_path) as server:
        yield server


@pytest.fixture
def page(own: Served, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{own.port}/?key={own.new_key()}")
    yield page
    context.close()


def test_profit_appears_at_once_and_is_marked_and_undone(own: Served, page: Page) -> None:
    base = f"http://127.0.0.1:{own.port}"
    lacks = page.locator("#banner-lacks")
    expect(lacks).to_contain_text("Add your margin to see profit")
    lacks.get_by_role("link", name="Add it").click()
    expect(page).to_have_url(f"{base}/import#import-costs")
    expect(lacks).to_be_visible()
    expect(lacks.get_by_role("link", name="Add it")).to_have_count(0)
    here = page.locator("#import-here")
    for name in ("Meta", "Google", "The shop’s days"):
        expect(here.get_by_role("row", name=name)).to_contain_text("Jun 1 – Sep 28, 2025")
    expect(page.locator("#import-gaps")).to_contain_text("Add your margin: Profit, ROI, Margin")

    costs = page.locator("#import-costs")
    costs.get_by_label("Gross margin").fill("much")
    costs.get_by_label("Gross margin").press("Enter")
    expect(costs.get_by_role("status")).to_contain_text("“much” is no percentage")
    costs.get_by_label("Gross margin").fill("62")
    costs.get_by_label("Fees, if any").fill("8")
    costs.get_by_role("button", name="Show profit").click()
    expect(costs.get_by_role("status")).to_have_text("Saved: every page shows it now.")
    expect(costs.get_by_role("list", name="Costs")).to_contain_text("62 % margin, 8 % fees")
    expect(page.locator("#import-gaps")).not_to_contain_text("Add your margin")
    expect(lacks).not_to_contain_text(re.compile("Not in your data:[^.]*cost of goods"))

    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert page.evaluate(OVERLAPS) == []
            assert page.evaluate(CUT) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})

    for path, visual in (("", "executive.period-cards"), ("cmo", ""), ("cfo", "cfo.core-cards")):
        page.goto(f"{base}/{path}?last=all")
        expect(page.locator("#period")).to_contain_text("with your margin of 62 % and fees of 8 %")
        if visual:
            cards = page.locator(f'[data-visual="{visual}"]')
            values = {
                name: float(cards.locator(f'[data-metric="{name}"]').get_attribute("data-value") or "nan")
                for name in ("revenue", "spend", "profit")
            }
            assert values["profit"] == pytest.approx(values["revenue"] * 0.54 - values["spend"])
        assert len(re.findall("with your margin of 62 %", page.locator("main").inner_text())) == 1

    page.goto(f"{base}/import")
    history = page.locator("#import-history")
    expect(history.get_by_role("listitem").first).to_contain_text("costs: with your margin of 62 % and fees of 8 %")
    history.get_by_role("button", name="Undo").click()
    expect(history.get_by_role("status")).to_have_text("Saved: every page shows it now.")
    expect(page.locator("#import-gaps")).to_contain_text("Add your margin")
    page.goto(f"{base}/cfo")
    expect(page.locator('[data-visual="cfo.core-cards"]')).not_to_contain_text("Profit")


def test_an_open_page_shows_profit_once_costs_are_stated_elsewhere(own: Served, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{own.port}/cfo")
    cards = page.locator('[data-visual="cfo.core-cards"]')
    expect(cards).to_have_attribute("data-state", "ready")
    expect(cards).not_to_contain_text("Profit")

    assert own.command("costs", "--margin", "60").returncode == 0
    show = page.locator("#banner-newer").get_by_role("button", name="Show")
    expect(show).to_be_visible(timeout=30_000)
    # As after a document that a process sent which had not read the newest data yet.
    page.evaluate("async () => sessionStorage.setItem('renewed', (await (await fetch('version')).json()).version)")
    show.click()

    expect(cards).to_contain_text("Profit", timeout=30_000)
    expect(page.locator("#banner-lacks")).not_to_contain_text(re.compile("Not in your data:[^.]*cost of goods"))


def test_the_first_import_is_undone_on_the_page_which_then_says_how_to_import(own: Served, page: Page) -> None:
    base = f"http://127.0.0.1:{own.port}"
    page.goto(f"{base}/import")
    while page.locator("#import-history").count():  # every change, the first import last
        shown = page.locator("#import-history li").count()
        page.locator("#import-history").get_by_role("button", name="Undo").click()
        page.wait_for_function(
            "before => (n => n !== before)(document.querySelectorAll('#import-history li').length)", arg=shown
        )
        page.wait_for_load_state()

    expect(page.get_by_text("There is no data yet: import your own with")).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    expect(page.locator("#import-here")).to_have_count(0)
    assert own.ask("/data/cfo/core-cards.json?last=all", Cookie=own.cookie()).status == 503
    assert "The dashboard has no data any more." in own.said()
    assert own.command("undo").stderr.endswith("There is nothing to undo: no figures are imported.\n")
