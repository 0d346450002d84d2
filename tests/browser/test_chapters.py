"""Chapters: a bar that leads to them and follows, sets of columns, folds, and what a sparse selection leaves out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from pages import PAGES
from tests.browser.conftest import Visit
from tests.browser.test_paper import pages_of

CFO = next(page for page in PAGES if page.key == "cfo")
SETS = ("unit-economics", "cost-efficiency", "platform-summary")


def visual(page: Page, name: str) -> Locator:
    return page.locator(f'[data-visual$=".{name}"]')


def current(page: Page) -> Locator:
    return page.locator("section:not([hidden]) .jump [aria-current]")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_bar_leads_to_each_chapter_stays_below_the_header_and_marks_what_is_read(
    visit_in: Callable[..., Visit], server: str, width: int
) -> None:
    visit = visit_in(server, viewport={"width": width, "height": 844}).open("/cfo")
    page = visit.page
    bar = page.get_by_role("navigation", name="Parts of this page")
    titles = ["The shop’s own figures", "Result", "Claimed and banked", "Platforms", "Customers"]
    assert bar.get_by_role("link").all_inner_texts() == titles
    expect(current(page)).to_have_text(titles[0])

    for title in ("Claimed and banked", "Platforms", "Customers"):
        bar.get_by_role("link", name=title).click()
        heading = page.get_by_role("heading", name=title, level=2)
        expect(heading).to_be_focused()
        expect(heading).to_be_in_viewport()
        expect(current(page)).to_have_text(title)
        expect(current(page)).to_be_in_viewport(ratio=0.95)
        header, stays = page.locator(".topbar").bounding_box(), bar.bounding_box()
        assert header
        assert stays
        assert stays["y"] == pytest.approx(header["y"] + header["height"], abs=1)
        placed = heading.bounding_box()
        assert placed
        assert placed["y"] >= stays["y"] + stays["height"]
    assert visit.address() == "/cfo"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    top = page.evaluate(
        "() => scrollY + document.querySelector('[data-visual$=\".reconciliation\"]').getBoundingClientRect().top"
    )
    page.evaluate("top => scrollTo(0, top - 150)", top)
    expect(current(page)).to_have_text("Claimed and banked")
    page.evaluate("scrollTo(0, 0)")
    expect(current(page)).to_have_text(titles[0])


def test_on_a_narrow_phone_the_bar_scrolls_within_itself(visit_in: Callable[..., Visit], server: str) -> None:
    page = visit_in(server, viewport={"width": 320, "height": 700}).open("/cfo").page
    bar = page.locator(".jump")
    assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth")
    bar.get_by_role("link", name="Customers").focus()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("link", name="Customers")).to_be_in_viewport(ratio=0.95)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_address_leads_to_a_chapter(visit: Visit) -> None:
    visit.open("/cfo#customers")
    expect(visit.page.get_by_role("heading", name="Customers", level=2)).to_be_focused()
    expect(visit.page.get_by_role("heading", name="Customers", level=2)).to_be_in_viewport()
    expect(visit.page.locator(".pointed")).to_have_count(0)


def test_a_set_of_columns_is_chosen_by_keys_and_the_address_says_which(visit: Visit) -> None:
    visit.open("/cfo?region=Europe")
    page = visit.page
    switch = page.get_by_role("radiogroup", name="Columns")
    expect(switch.get_by_role("radio", name="Unit economics")).to_be_checked()
    expect(visual(page, "unit-economics")).to_be_visible()
    expect(visual(page, "cost-efficiency")).to_be_hidden()
    expect(visual(page, "platform-summary")).to_be_hidden()

    switch.get_by_role("radio", name="Unit economics").focus()
    entries = page.evaluate("history.length")
    page.keyboard.press("ArrowRight")
    expect(visual(page, "cost-efficiency")).to_be_visible()
    expect(visual(page, "unit-economics")).to_be_hidden()
    expect(switch.get_by_role("radio", name="Cost efficiency")).to_be_focused()
    assert visit.address() == "/cfo?region=Europe#cost-efficiency"
    assert page.evaluate("history.length") == entries
    rows = {row["platform"]: row for row in visit.data("cfo.cost-efficiency")["rows"]}
    google = visual(page, "cost-efficiency").locator("tbody tr", has_text="Google")
    assert google.locator("td").first.inner_text() == f"${rows['Google']['cpc']:,.2f}"

    visit.box("platform", "Meta").click()  # stays chosen, where the reader is
    expect(page).to_have_url(f"{visit.server}/cfo?platform=Amazon,Google,TikTok&region=Europe#cost-efficiency")
    expect(visual(page, "cost-efficiency")).to_be_visible()
    expect(page.locator(".pointed")).to_have_count(0)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#copy-link").click()
    expect(page.locator("#announcer")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url

    page.locator(".tabs").get_by_role("link", name="CMO").click()
    visit.settled()
    page.go_back()
    visit.settled()
    expect(visual(page, "cost-efficiency")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{visit.server}/cfo?region=Europe#cost-efficiency")
    expect(switch.get_by_role("radio", name="Cost efficiency")).to_be_checked()


def test_an_address_chooses_a_set_and_another_one_takes_it_back(visit: Visit) -> None:
    visit.open("/cfo#platform-summary")
    page = visit.page
    expect(visual(page, "platform-summary")).to_be_visible()
    expect(visual(page, "platform-summary")).to_be_focused()
    expect(page.get_by_role("radio", name="Summary")).to_be_checked()
    page.evaluate("location.hash = '#unit-economics'")
    expect(visual(page, "unit-economics")).to_be_focused()
    expect(visual(page, "platform-summary")).to_be_hidden()
    page.go_back()
    expect(visual(page, "platform-summary")).to_be_visible()


def test_the_radars_figures_as_dots(visit: Visit) -> None:
    visit.open("/")
    page = visit.page
    page.get_by_role("radio", name="Radar").focus()
    page.keyboard.press("ArrowRight")
    expect(visual(page, "platform-radar")).to_be_hidden()
    dots = visual(page, "platform-dots")
    expect(dots.locator(".points path.point")).to_have_count(12)
    rows = {row["platform"]: row for row in visit.data("executive.platform-radar")["rows"]}
    assert visit.data("executive.platform-dots")["rows"] == list(rows.values())
    said = dots.locator(".textpoint").all_text_contents()
    assert said[:4] == [f"{row['roas']:.2f}×" for row in rows.values()]
    assert visit.address() == "/#platform-dots"
    page.keyboard.press("ArrowLeft")
    expect(visual(page, "platform-radar").locator(".main-svg").first).to_be_visible()


def test_the_page_is_at_most_half_as_long_before_anything_is_opened(visit: Visit) -> None:
    visit.open("/cfo")
    high = "() => document.documentElement.scrollHeight"
    folded = visit.page.evaluate(high)
    assert folded <= 2029 + 200  # half of the 4058 that it was, and the shop's own figures
    visit.unfold()
    assert visit.page.evaluate(high) > folded + 1000


def test_a_fold_is_opened_and_closed_by_keys_and_its_chart_is_drawn_then(visit: Visit) -> None:
    visit.open("/cfo")
    page = visit.page
    root = visual(page, "profit-heatmap")
    button = root.get_by_role("button", name="Profit by platform and region", exact=True)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(root.locator(".body")).to_be_hidden()
    expect(root.locator(".main-svg")).to_have_count(0)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(root.locator(".hm")).to_be_visible()
    assert page.evaluate("id => Boolean(document.getElementById(id))", button.get_attribute("aria-controls"))

    page.keyboard.press("Space")
    expect(root.locator(".body")).to_be_hidden()
    visit.box("platform", "Meta").click()  # not drawn while it is folded: it has no size
    visit.settled()
    page.locator("#theme").click()
    button.click()
    expect(root.locator(".heatmaplayer + *, .ytick text")).not_to_have_count(0)
    assert root.locator(".ytick text").all_text_contents() == ["Google", "Amazon", "TikTok"]
    width = root.locator(".chart").evaluate("chart => chart.clientWidth")
    assert int(root.locator(".main-svg").first.get_attribute("width") or 0) == width


def test_an_address_a_table_and_a_picture_open_a_fold(visit: Visit) -> None:
    visit.open("/cfo#spend-share")
    page = visit.page
    expect(visual(page, "spend-share").locator(".slice")).not_to_have_count(0)
    expect(visual(page, "spend-share")).to_be_focused()

    for name, entry in (("regional-roi", "Show as table"), ("profit-share", "Picture (PNG)")):
        root = visual(page, name)
        root.locator(".menu summary").click()
        if "Picture" in entry:
            with page.expect_download():
                root.get_by_role("button", name=entry).click()
        else:
            root.get_by_role("button", name=entry).click()
            expect(root.get_by_role("region", name="as a table")).to_be_visible()
        expect(root.locator(".fold")).to_have_attribute("aria-expanded", "true")
    visual(page, "margin-by-platform").locator(".fold").focus()
    page.keyboard.press("t")
    expect(visual(page, "margin-by-platform").get_by_role("region", name="as a table")).to_be_visible()


@pytest.mark.parametrize("how", ["by its own button", "by the browser's menu"])
def test_everything_is_printed_and_folded_again(visit: Visit, how: str) -> None:
    visit.open("/cfo")
    page = visit.page
    if how == "by its own button":
        page.evaluate("dashboard.paper.ready().then(dashboard.paper.on)")
    paper = " ".join(pages_of(page.pdf(format="A4")))
    for each in CFO.visuals:
        if each.title != each.chapter:
            assert each.title in paper, each.name
    words = {"Customers", "Cost efficiency by platform", "Latin America", "86.3%", "Retention"}
    assert {word for word in words if word not in paper} == set()
    assert "Parts of this page" not in paper
    if how == "by its own button":
        page.evaluate("dashboard.paper.off()")
    expect(visual(page, "cost-efficiency")).to_be_hidden()
    expect(visual(page, "profit-share").locator(".body")).to_be_hidden()
    visit.unfold()
    chart = visual(page, "profit-share").locator(".chart")
    expect(chart.locator(".main-svg").first).to_have_attribute("width", str(chart.evaluate("each => each.clientWidth")))


#: By page, for one platform: what is left out.
SPARSE = {
    "cfo": ["margin-by-platform", "spend-share", "profit-share"],
    "": ["platform-radar", "platform-dots"],
    "cmo": ["spend-conversions"],
}


@pytest.mark.parametrize("path", SPARSE)
def test_what_compares_fewer_than_two_things_takes_no_room_and_is_named_once(visit: Visit, path: str) -> None:
    visit.open(f"/{path}")
    page = visit.page
    line = page.locator("section:not([hidden]) .left-out:visible:not([data-of=banked-cards])")
    expect(line).to_have_count(0)
    visit.unfold()
    long = page.evaluate("document.documentElement.scrollHeight")
    for value in ("Meta", "Amazon", "TikTok"):
        visit.box("platform", value).click()
    expect(page).to_have_url(f"{visit.server}/{path}?platform=Google")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("As Google is the only platform, there is nothing to compare in “")
    of = next(each for each in PAGES if each.path == path)
    for each in of.visuals:
        root = visual(page, each.name)
        if each.name in SPARSE[path]:
            expect(root).to_be_hidden()
            expect(line).to_contain_text(f"“{each.title}”")
        elif each.why_not:
            expect(root).to_be_hidden()
        elif not each.choice:
            expect(root).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < long
    # No hole beside what is left: each row is as wide as the page.
    rows = page.evaluate("""() => {
        const grid = document.querySelector("section:not([hidden]).grid-page");
        const edge = grid.getBoundingClientRect().right;
        const rows = new Map();
        for (const each of grid.children) {
            const { top, right, width } = each.getBoundingClientRect();
            if (width && !each.matches(".jump, h2, p")) rows.set(top, Math.max(rows.get(top) ?? 0, right));
        }
        return [...rows.values()].map((right) => edge - right);
    }""")
    assert max(rows) < 2
    paper = " ".join(pages_of(page.pdf(format="A4")))
    assert "there is nothing to compare" in paper

    page.locator("#chips").get_by_role("button", name="Remove filter").click()
    visit.settled()
    expect(line).to_have_count(0)
    for name in SPARSE[path][:1]:
        expect(visual(page, name).locator(".main-svg").first).to_be_visible()


def test_a_mark_that_leaves_its_own_chart_nothing_to_compare_keeps_the_focus_on_the_page(visit: Visit) -> None:
    visit.open("/cfo")
    page = visit.page
    visit.unfold()
    root = visual(page, "spend-share")
    root.get_by_role("button", name="Filter by this chart").focus()
    page.keyboard.press("Enter")
    expect(root.get_by_role("group").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visit.server}/cfo?platform=Meta")
    expect(root).to_be_hidden()
    removes = page.locator('.left-out[data-of="Platforms"]').get_by_role("button", name="Remove the platform filter")
    expect(removes).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visit.server}/cfo")
    expect(root.locator(".slice")).to_have_count(4)
