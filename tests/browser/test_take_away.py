"""A visual's menu: its data, a picture of it, a link to it; by mouse and by keyboard."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit

ONE_OF_A_KIND = ["core-cards", "financial-trend", "platform-summary", "advanced-insight"]
PIXELS = """async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const { width, height } = await createImageBitmap(new Blob([bytes]));
    const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
    pen.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    const off = (at) => Math.abs(data[at] - data[0]) + Math.abs(data[at + 1] - data[1]) > 60;
    let ink = 0;
    for (let at = 0; at < data.length; at += 4) ink += off(at);
    return { width, height, corner: data[0], opaque: data[3] === 255, ink: ink / (width * height) };
}"""


def menu(visit: Visit, visual: str) -> Locator:
    return visit.page.locator(f'[data-visual$=".{visual}"] .visual-head .menu')


def picture(visit: Visit, visual: str, tmp_path: Path) -> dict[str, float]:
    visit.reveal(f"cfo.{visual}")
    opened = menu(visit, visual)
    opened.locator("summary").click()
    with visit.page.expect_download() as saved:
        opened.get_by_role("button", name="Picture (PNG)").click()
    assert saved.value.suggested_filename == f"cfo-{visual}.png"
    saved.value.save_as(path := tmp_path / f"{visual}.png")
    return visit.page.evaluate(PIXELS, base64.b64encode(path.read_bytes()).decode())


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_a_picture_of_every_kind_of_visual(visit: Visit, tmp_path: Path, theme: str) -> None:
    visit.open("/cfo?platform=Google,Meta&last=12w")
    if theme == "dark":
        visit.page.locator("#theme").click()
        expect(visit.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    for visual in ONE_OF_A_KIND:
        found = picture(visit, visual, tmp_path)
        assert found["width"] > 800
        assert found["height"] > 300
        assert found["opaque"]
        assert (found["corner"] == 255) is (theme == "light")
        assert 0.005 < found["ink"] < 0.5, visual  # neither empty nor one blot
    expect(visit.page.locator("#banner-error")).to_be_hidden()


def test_a_picture_has_the_words_of_the_figure_and_none_of_its_controls(visit: Visit, tmp_path: Path) -> None:
    visit.open("/cfo?last=12w")
    visit.page.evaluate(
        """() => {
            const look = (sheet) => {
                const controls = sheet.querySelectorAll("button, select, summary").length;
                window.sheet = { text: sheet.innerText, controls };
                const marks = [...sheet.querySelectorAll(".legend-mark")];
                window.turned = marks.filter((mark) => getComputedStyle(mark).transform !== "none").length;
            };
            const nodes = (records) => records.flatMap((each) => [...each.addedNodes]);
            const seen = (records) => nodes(records).filter((each) => each.matches?.(".picture")).forEach(look);
            new MutationObserver(seen).observe(document.body, { childList: true });
        }"""
    )
    picture(visit, "margin-by-platform", tmp_path)
    sheet = visit.page.evaluate("sheet")
    title, period, filters, *rest = [line for line in sheet["text"].splitlines() if line.strip()]
    assert title == "Profit margin by platform"
    assert period.startswith("Jul 7 – Sep 28, 2025, 84 days")
    assert filters.startswith("All platforms")
    assert "Profit margin, %" in rest
    assert rest[-1].endswith("Marketing dashboard, CFO dashboard")
    assert sheet["controls"] == 0
    picture(visit, "reconciliation", tmp_path)
    assert visit.page.evaluate("turned") == 1
    expect(visit.page.locator(".picture")).to_have_count(0)


def test_a_menu_by_keyboard_and_a_link_that_leads_to_its_visual(visit: Visit) -> None:
    visit.open("/cfo?last=12w")
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.reveal("cfo.platform-summary")
    summary = menu(visit, "platform-summary").locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    entries = menu(visit, "platform-summary").locator("a, button")
    assert entries.all_inner_texts() == ["CSV", "Excel", "JSON", "Picture (PNG)", "Copy link"]
    for place in range(5):
        page.keyboard.press("Tab")
        expect(entries.nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("Link to “Platform summary” copied.")
    expect(summary).to_be_focused()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{visit.server}/cfo?last=12w#platform-summary"

    page.goto("about:blank")
    held = []
    page.route("**/bundles/plotly*", lambda route: held.append(route))  # the charts above it come late
    page.goto(link, wait_until="domcontentloaded")
    marked = page.locator(".pointed")
    expect(marked).to_have_attribute("data-visual", "cfo.platform-summary")
    expect(marked).to_be_focused()
    for route in held:
        route.continue_()
    visit.settled()
    expect(marked).to_be_in_viewport(ratio=0.9)
    visit.box("platform", "Google").click()
    expect(page).to_have_url(f"{visit.server}/cfo?platform=Amazon,Meta,TikTok&last=12w#platform-summary")
    expect(page.locator(".pointed")).to_have_count(1)


def act(visit: Visit, control: Locator, how: str) -> None:
    if how == "mouse":
        control.click()
    else:
        control.focus()
        visit.page.keyboard.press("Enter")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_all_that_can_be_taken_is_by_mouse_and_by_keyboard(visit: Visit, how: str) -> None:
    visit.open("/cfo?last=12w")
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = menu(visit, "unit-economics")
    for entry, end in (("CSV", "csv"), ("Excel", "xlsx"), ("Picture (PNG)", "png")):
        act(visit, opened.locator("summary"), how)
        with page.expect_download() as saved:
            act(visit, opened.get_by_text(entry, exact=True), how)
        assert saved.value.suggested_filename.endswith(f"unit-economics.{end}")
        if opened.get_attribute("open") is not None:
            page.keyboard.press("Escape")
    act(visit, page.locator("#take summary"), how)
    with page.expect_download() as saved:
        act(visit, page.locator("#workbook"), how)
    assert saved.value.suggested_filename == "cfo.xlsx"
    page.keyboard.press("Escape")
    act(visit, page.locator("#copy-link"), how)
    expect(page.locator("#announcer")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    act(visit, page.locator("#theme"), how)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    act(visit, page.locator('[data-visual="cfo.unit-economics"]').get_by_role("button", name="CPA"), how)
    head = page.locator('[data-visual="cfo.unit-economics"] th[aria-sort]')
    expect(head).to_have_attribute("aria-sort", "descending")
    act(visit, page.locator("#reset"), how)
    expect(page).to_have_url(f"{visit.server}/cfo")


@pytest.mark.parametrize("name", ["nothing", "%22%5D", "'\"]\\"])
def test_a_mark_that_names_nothing_is_passed_over(visit: Visit, name: str) -> None:
    visit.open(f"/cfo#{name}")
    expect(visit.page.locator(".pointed")).to_have_count(0)
