"""Saved views: named, opened, renamed, deleted, undone, taken to another browser; by mouse and by keyboard."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit

GERMAN = "Q3 Europa"


def opened(visit: Visit) -> Locator:
    menu = visit.page.locator("#views")
    menu.locator("summary").click()
    expect(menu.get_by_label("Name of this view")).to_be_focused()
    return menu


def stored(visit: Visit) -> dict[str, list[dict[str, str]]]:
    return visit.page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('dashboard-views'))"
        ".map(([key, text]) => [key, JSON.parse(text)]))"
    )


def test_a_view_is_saved_opened_renamed_and_deleted_by_mouse(visit: Visit) -> None:
    visit.open("/cfo?platform=Google&last=12w")
    page = visit.page
    menu = opened(visit)
    expect(menu).to_contain_text("No saved views yet")
    menu.get_by_label("Name of this view").fill("  Google,   a quarter ")
    with visit.requests() as asked:
        menu.get_by_role("button", name="Save", exact=True).click()
        expect(menu.get_by_role("status")).to_have_text("“Google, a quarter” saved.")
    assert asked == []
    assert stored(visit) == {
        "dashboard-views": [{"name": "Google, a quarter", "address": "cfo?platform=Google&last=12w"}]
    }
    visit.open("/")
    held = []
    visit.on_view("/view/cfo?*", lambda route: held.append(route))
    menu = opened(visit)
    menu.get_by_role("link", name="Google, a quarter").click()
    expect(page).to_have_url(f"{visit.server}/cfo?platform=Google&last=12w")
    expect(menu).not_to_have_attribute("open", "")
    menu = opened(visit)
    expect(menu.get_by_role("link")).to_have_attribute("aria-current", "page")  # its answer is on its way
    for route in held:
        route.continue_()
    expect(page.locator("h1:visible")).to_have_text("CFO dashboard")
    visit.settled()
    expect(menu.get_by_role("link")).to_have_attribute("aria-current", "page")
    expect(menu.get_by_label("Name of this view")).to_be_focused()  # the turned page took nothing from who writes
    menu.get_by_role("button", name="Rename “Google, a quarter”").click()
    menu.get_by_label("New name of").fill(GERMAN)
    menu.get_by_label("New name of").press("Enter")
    expect(menu.get_by_role("link")).to_have_text(GERMAN)
    menu.get_by_role("button", name=f"Delete “{GERMAN}”").click()
    expect(menu.get_by_role("link")).to_have_count(0)
    menu.get_by_role("button", name="Undo").click()
    expect(menu.get_by_role("link")).to_have_text(GERMAN)


def test_all_of_it_by_keyboard(visit: Visit) -> None:
    visit.open("/cmo?last=7d")
    page, menu = visit.page, visit.page.locator("#views")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_label("Name of this view")).to_be_focused()
    page.keyboard.type("A week")
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link")).to_have_text("A week")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(menu.get_by_role("button", name="Rename “A week”")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Seven days")
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link")).to_have_text("A week")
    expect(menu.get_by_role("button", name="Rename “A week”")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(menu.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link")).to_have_text("A week")
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()


def test_export_and_import_by_keyboard(visit: Visit, tmp_path: Path) -> None:
    visit.open("/cfo?last=12w")
    page, menu = visit.page, opened(visit)
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    menu.get_by_role("button", name="Export").focus()
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    saved.value.save_as(path := tmp_path / "views.json")
    menu.get_by_role("button", name="Delete “Mine”").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link")).to_have_count(0)
    # Not page.keyboard, which may be quicker than what listens for the chooser.
    with page.expect_file_chooser() as chooser:
        menu.get_by_role("button", name="Import").press("Enter")
    chooser.value.set_files(path)
    expect(menu.get_by_role("link")).to_have_text("Mine")


def test_a_file_takes_views_to_another_browser_and_only_views(visit: Visit, tmp_path: Path) -> None:
    visit.open("/cfo?platform=Google&last=12w")
    menu = opened(visit)
    menu.get_by_label("Name of this view").fill("Mine")
    menu.get_by_label("Name of this view").press("Enter")
    with visit.page.expect_download() as saved:
        menu.get_by_role("button", name="Export").click()
    saved.value.save_as(path := tmp_path / "views.json")
    written = json.loads(path.read_text())
    assert written == {"dashboard-views": 1, "views": [{"name": "Mine", "address": "cfo?platform=Google&last=12w"}]}

    strange = ["https://example.com/cfo", "//example.com/", "/cfo", "\\\\x", "javascript:alert(1)", "nowhere", "cfo#x"]
    strange += ["../cfo", "data/cfo.xlsx", 7, None, "view/cfo"]
    views = [{"name": f"bad {place}", "address": address} for place, address in enumerate(strange)]
    views += [{"name": "", "address": "cmo"}, {"name": "<b>Board</b>", "address": "?platform=Nope,Meta"}]
    path.write_text(json.dumps(written | {"views": [*written["views"], *views]}))
    menu.locator("input[type=file]").set_input_files(path)
    expect(menu.get_by_role("status")).to_have_text(
        "2 views imported. 13 left out: they are no view that this dashboard has."
    )
    assert menu.get_by_role("link").all_inner_texts() == ["Mine", "<b>Board</b>"]
    menu.get_by_role("link", name="Board").click()
    expect(visit.page).to_have_url(f"{visit.server}/?platform=Meta")  # the server says what is canonical
    expect(visit.page.locator("#notes")).to_contain_text("There is no platform “Nope”")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"dashboard-views": 2, "views": []}', '{"dashboard-views": 1}'])
def test_another_file_is_refused_in_a_sentence(visit: Visit, tmp_path: Path, text: str) -> None:
    visit.open("/")
    menu = opened(visit)
    (tmp_path / "other.json").write_text(text)
    menu.locator("input[type=file]").set_input_files(tmp_path / "other.json")
    expect(menu.get_by_role("status")).to_have_text("This is no file of saved views: choose one that Export wrote.")
    assert stored(visit) in ({}, {"dashboard-views": []})


def test_what_is_stored_and_is_no_list_of_views_is_begun_anew(visit: Visit) -> None:
    visit.open("/")
    visit.page.evaluate("localStorage.setItem('dashboard-views', '{\"a\": 1}')")
    expect(opened(visit)).to_contain_text("No saved views yet")
