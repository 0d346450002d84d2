"""What is shown is what is chosen, or it is dimmed and the page says whose figures they are, until they agree."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.agreement import Report, World, append_day, world


@pytest.fixture
def here(browser: Browser, facts_path: Path) -> Iterator[World]:
    with world(browser, facts_path, seed=7) as found:
        yield found


def box(page: Page, value: str) -> None:
    page.locator(f'[data-filter="platform"] input[value="{value}"]').click()


def test_an_outage_over_newer_data_ends_with_the_figures_of_what_is_ticked(here: World) -> None:
    page, pill = here.page, here.page.locator("#agreement")
    page.locator("#reset").click()
    here.settle()
    append_day(here.table)
    expect(page.locator("#banner-newer")).to_contain_text("Newer data", timeout=20_000)
    here.change_line("restart")  # it is stopped
    box(page, "Meta")
    expect(pill.locator("span")).to_have_text("Figures are still for all platforms.")
    expect(page.locator("#banner-lost")).to_contain_text("Connection lost")
    assert not here.honest()["agrees"]
    for part in ("#figures .body", "#figures .headline"):
        expect(page.locator(part).first).not_to_have_css("opacity", "1")  # it takes a moment to fade
    here.change_line("restart")
    state = here.settle()
    assert state["query"] == "platform=Amazon,Google,TikTok"
    assert here.figures_are_those_of(state)
    expect(pill).to_be_hidden()
    expect(page.locator("#banner-lost")).to_be_hidden()


@pytest.mark.parametrize("mode", ["busy", "signed out"])
def test_figures_that_the_server_refuses_come_when_it_answers(here: World, mode: str) -> None:
    page, pill = here.page, here.page.locator("#agreement")
    page.goto(f"{here.line.address}/cfo?platform=Google")
    expect(page.locator("#chips .chip")).to_have_count(1)
    here.change_line(mode)
    page.locator('[data-filter="dates"] select').select_option("7d")
    page.get_by_role("button", name="Reset Platform").click()
    expect(pill.locator("span")).to_have_text("Figures are still for Google, Sep 1 – 28, 2025.")
    expect(page.locator("#banner-error")).to_be_visible()
    here.change_line("up")
    expect(pill).to_be_hidden(timeout=20_000)
    expect(page.locator("#banner-error")).to_be_hidden()
    expect(page.locator("#chips .chip")).to_have_count(0)
    expect(page.locator("#period")).to_contain_text("Sep 22 – 28, 2025")


def test_a_page_turned_to_in_an_outage_does_not_show_its_old_figures_as_chosen(here: World) -> None:
    page, tabs = here.page, here.page.get_by_role("navigation")
    page.locator("#reset").click()
    here.settle()
    for name in ("CFO", "Executive"):
        tabs.get_by_role("link", name=name).click()
        here.settle()
    box(page, "Meta")
    here.settle()
    here.change_line("down")
    tabs.get_by_role("link", name="CFO").click()
    expect(page.locator("h1:visible")).to_have_text("CFO dashboard")
    expect(page.locator("#agreement span")).to_have_text("Figures are still for all platforms.")
    tabs.get_by_role("link", name="CMO").click()
    expect(page.locator("#agreement span")).to_have_text("The figures of this page have not come yet.")
    here.change_line("up")
    assert here.figures_are_those_of(here.settle())


def test_figures_that_are_there_already_have_their_ticks_when_no_answer_comes(here: World) -> None:
    page, tabs = here.page, here.page.get_by_role("navigation")
    page.locator("#reset").click()
    here.settle()
    tabs.get_by_role("link", name="CFO").click()
    here.settle()
    box(page, "Meta")
    here.settle()
    append_day(here.table)  # no answer from before is kept once newer ones are shown
    page.locator("#show-newer").click(timeout=20_000)
    expect(page.locator("#period")).to_contain_text("Sep 2 – 29, 2025")
    here.change_line("down")
    tabs.get_by_role("link", name="Executive").click()
    expect(page.locator("#agreement span")).to_have_text("Figures are still for all platforms.")
    page.locator("#reset").click()
    expect(page.locator("#agreement")).to_be_hidden()
    expect(page.locator("h1:visible")).to_have_text("Executive summary")
    expect(page.locator('[data-filter="platform"] input[value="Meta"]')).to_be_checked()
    box(page, "Google")
    expect(page.locator("#agreement span")).to_have_text("Figures are still for all platforms.")
    page.go_back()
    expect(page.locator("#agreement")).to_be_hidden()
    expect(page.locator('[data-filter="platform"] input[value="Google"]')).to_be_checked()


def test_a_step_back_in_an_outage_takes_the_ticks_along(here: World) -> None:
    page = here.page
    page.locator("#reset").click()
    here.settle()
    here.change_line("down")
    box(page, "Meta")
    expect(page).to_have_url(f"{here.line.address}/?platform=Amazon,Google,TikTok")
    page.locator('[data-filter="region"] input[value="Europe"]').click()
    expect(page).to_have_url(re.compile("region="))
    page.go_back()
    expect(page).to_have_url(f"{here.line.address}/?platform=Amazon,Google,TikTok")
    expect(page.locator('[data-filter="region"] input[value="Europe"]')).to_be_checked()
    expect(page.locator('[data-filter="platform"] input[value="Meta"]')).not_to_be_checked()
    expect(page.locator("#agreement span")).to_have_text("Figures are still for all platforms.")


def test_random_changes_and_faults(here: World) -> None:
    report = Report()
    here.play(11, 40, report)
    assert report.done["changes"] > 25
    assert report.wrong == [], json.dumps(report.wrong, indent=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(21, 24))
def test_many_random_changes_and_faults(browser: Browser, facts_path: Path, seed: int) -> None:
    report = Report()
    with world(browser, facts_path, seed) as found:
        found.play(seed, 200, report)
    assert report.done["changes"] > 150
    assert report.wrong == [], json.dumps(report.wrong, indent=1)
