"""What a reader does: filter, turn pages, go back, sort, rank, share. One change is one request; plots stay mounted."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CALLBACK, Visit

PLOTS = "[data-visual] .js-plotly-plot .main-svg"


def test_a_trend_of_days_can_be_drawn_as_seven_day_means(visit: Visit):
    page = visit.open("/cfo").page
    chart = page.locator('[data-visual="cfo.financial-trend"]')
    switch = chart.get_by_role("button", name="7-day mean")
    expect(switch).to_have_attribute("aria-pressed", "false")
    with visit.requests() as asked:
        switch.click()
        visit.settled()
    assert visit.address() == "/cfo?rolling=7d"
    assert len([path for path in asked if path.startswith("/view/")]) == 1
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(chart.locator(".line")).to_contain_text("the mean of the seven days that end with it")
    expect(chart.locator(".axis-title").first).to_contain_text("7-day mean")
    means = [row["profit_mean_7d"] for row in visit.data("cfo.financial-trend")["rows"]]
    drawn = chart.locator(".js-plotly-plot").evaluate("plot => plot.data.find(({ name }) => name === 'Profit').y")
    assert drawn == [round(value) for value in means]
    visit.page.locator("label", has_text="Week").click()
    visit.settled()
    expect(switch).to_be_hidden()
    expect(page.locator("#notes")).to_contain_text("Seven-day means are of days")


def test_a_filter_is_one_request_and_mounts_nothing_anew(visit: Visit):
    visit.open("/cfo")
    page = visit.page
    page.eval_on_selector_all(PLOTS, "found => found.forEach(e => (e.mark = 1))")
    before = {name: page.locator(f'[data-visual="{name}"] .body').inner_html() for name in names(visit)}
    with visit.requests() as asked:
        visit.box("platform", "TikTok").click()
        expect(page).to_have_url(f"{visit.server}/cfo?platform=Amazon,Google,Meta")
        visit.settled()
    assert asked == ["/view/cfo?platform=Amazon,Google,Meta"]
    assert page.eval_on_selector_all(PLOTS, "found => found.length && found.every(e => e.mark)")
    gone = page.locator("[data-visual][data-left-out]").evaluate_all("all => all.map((each) => each.dataset.visual)")
    assert gone == ["cfo.banked-cards"], "the shop's figures are of the whole company"
    for name, old in before.items():
        if name in gone:
            continue
        visit.reveal(name).scroll_into_view_if_needed()
        expect(page.locator(f'[data-visual="{name}"] .body')).not_to_have_js_property("innerHTML", old)
    revenue = next(row for row in visit.data("cfo.core-cards")["rows"] if row["metric"] == "revenue")
    assert float(visit.cards()["revenue"]) == revenue["value"]


def test_a_click_on_a_filter_renders_nothing_of_dash(visit: Visit):
    """What listens for React is rendered by Dash at each click within it: of a page's holders that would be all."""
    listening = visit.open("/").page.evaluate(
        """() => [...document.querySelectorAll("#react-entry-point *")].filter((element) => {
            const props = element[Object.keys(element).find((key) => key.startsWith("__reactProps"))];
            return props && Object.keys(props).some((name) => name.startsWith("on"));
        }).map((element) => element.tagName)"""
    )
    assert set(listening) == {"INPUT", "SELECT"}


def test_dash_has_few_components_however_many_pages_were_opened(visit: Visit):
    """Each of them takes part in each of Dash's updates (docs/decisions/0024)."""
    visit.open("/")
    for name in ("CMO", "CFO"):
        visit.page.get_by_role("navigation").get_by_role("link", name=name).click()
        visit.settled()
    count = visit.page.evaluate(
        """() => {
            const count = (part) => Array.isArray(part) ? part.reduce((sum, each) => sum + count(each), 0)
                : part?.props ? 1 + count(part.props.children) : 0;
            return count(window.store.getState().layout.components);
        }"""
    )
    assert 20 < count <= 100


def names(visit: Visit) -> list[str]:
    return visit.page.eval_on_selector_all("[data-visual]", "found => found.map(e => e.dataset.visual)")


def test_a_copied_link_shows_the_same_figures(visit: Visit, visit_in: Callable[..., Visit]):
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open("/cmo")
    visit.box("region", "Europe").click()
    visit.page.locator('[data-filter="dates"] select').select_option("12w")
    visit.page.locator('[data-filter="grain"] label', has_text="Week").click()
    expect(visit.page).to_have_url(
        f"{visit.server}/cmo?region=Asia%20Pacific,Latin%20America,North%20America&last=12w&grain=week"
    )
    visit.settled()
    visit.page.locator("[data-visual]").last.scroll_into_view_if_needed()
    visit.page.locator("#copy-link").click()
    expect(visit.page.locator("#announcer")).to_have_text("Link copied.")
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert link == visit.page.url
    other = visit_in(visit.server, locale="en-GB").open(link.removeprefix(visit.server))  # a context of its own
    other.page.locator("[data-visual]").last.scroll_into_view_if_needed()
    assert other.cards() == visit.cards()
    assert other.said() == visit.said()
    expect(other.box("region", "Europe")).not_to_be_checked()


def test_turning_pages_and_coming_back(visit: Visit):
    visit.open("/?platform=Google")
    first = visit.cards()
    with visit.requests() as asked:
        visit.page.get_by_role("navigation").get_by_role("link", name="CFO").click()
        expect(visit.page).to_have_url(f"{visit.server}/cfo?platform=Google")
        visit.settled()
    assert asked == ["/view/cfo?platform=Google"]
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("CFO dashboard")
    second = visit.cards()
    with visit.requests() as asked:
        visit.page.go_back()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Executive summary")
        visit.settled()
        assert visit.cards() == first
        visit.page.go_forward()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("CFO dashboard")
        visit.settled()
        assert visit.cards() == second
    assert asked == []
    visit.page.reload()
    visit.settled()
    assert visit.address() == "/cfo?platform=Google"
    assert visit.cards() == second


def test_the_last_of_two_quick_changes_is_shown(visit: Visit):
    visit.open("/")
    held = []
    visit.on_view("/view/executive?platform=Amazon,Google,Meta", lambda route: held.append(route))
    visit.box("platform", "TikTok").click()
    visit.box("platform", "Amazon").click()
    expect(visit.page).to_have_url(f"{visit.server}/?platform=Google,Meta")
    expect(visit.page.locator("#chips .chip")).to_contain_text("Meta, Google")
    after = visit.cards()
    for route in held:
        route.continue_()
    visit.page.wait_for_timeout(300)
    assert visit.cards() == after
    assert visit.address() == "/?platform=Google,Meta"


@pytest.mark.parametrize("seconds", [0, 0.4], ids=["at once", "after the answer"])
def test_a_reload_before_the_address_tells_of_a_change_keeps_it(visit: Visit, seconds: float):
    def document(route):
        if route.request.is_navigation_request():
            time.sleep(seconds)
        route.continue_()

    visit.open("/cfo?region=Europe")
    before = visit.cards()
    visit.page.route("**/cfo*", document)
    with visit.page.expect_navigation():
        visit.box("platform", "TikTok").evaluate("box => { box.click(); location.reload(); }")
    visit.settled()
    assert visit.address() == "/cfo?platform=Amazon,Google,Meta&region=Europe"
    expect(visit.box("platform", "TikTok")).not_to_be_checked()
    assert visit.cards() != before
    visit.page.reload()
    visit.settled()
    assert visit.address() == "/cfo?platform=Amazon,Google,Meta&region=Europe"
    visit.page.go_back()
    expect(visit.page).to_have_url(f"{visit.server}/cfo?region=Europe")
    visit.settled()
    assert visit.cards() == before
    visit.page.reload()
    visit.settled()
    assert visit.address() == "/cfo?region=Europe"


def test_a_reload_while_the_address_is_being_written_leads_to_it(visit: Visit):
    visit.open("/cfo?region=Europe")
    with visit.page.expect_navigation():
        visit.page.evaluate("() => { location.reload(); history.pushState(null, '', '/cfo?platform=Google'); }")
    visit.settled()
    assert visit.address() == "/cfo?platform=Google"
    expect(visit.box("platform", "TikTok")).not_to_be_checked()


def test_a_pressed_mouse_asks_ahead_and_letting_go_asks_nothing(visit: Visit):
    visit.open("/cfo")
    mouse = visit.page.mouse
    visit.box("platform", "TikTok").hover()
    with visit.requests() as pressed, visit.page.expect_request(CALLBACK):
        mouse.down()
    assert pressed == ["/view/cfo?platform=Amazon,Google,Meta"]
    assert visit.address() == "/cfo"
    with visit.requests() as let_go:
        mouse.up()
        visit.settled()
    assert let_go == []
    assert visit.address() == "/cfo?platform=Amazon,Google,Meta"
    revenue = next(row for row in visit.data("cfo.core-cards")["rows"] if row["metric"] == "revenue")
    assert float(visit.cards()["revenue"]) == revenue["value"]


def test_a_press_that_comes_to_nothing_changes_nothing(visit: Visit):
    visit.open("/")
    before, mouse = visit.cards(), visit.page.mouse
    visit.box("platform", "TikTok").hover()
    mouse.down()
    mouse.move(700, 300)
    with visit.requests() as asked:
        mouse.up()
    assert asked == []
    assert (visit.cards(), visit.address()) == (before, "/")
    expect(visit.box("platform", "TikTok")).to_be_checked()
    with visit.requests() as asked:
        visit.box("device", "Tablet").click()
        visit.settled()
    assert asked == ["/view/executive?device=Desktop,Mobile"]
    assert visit.address() == "/?device=Desktop,Mobile"


def test_a_press_asks_nothing_ahead_while_an_answer_is_waited_for(visit: Visit):
    visit.open("/")
    held = []
    visit.on_view("/view/executive", lambda route: held.append(route))
    visit.page.evaluate("() => { dashboard.view.again(); }")  # newer data is taken: the same view, asked for anew
    visit.box("platform", "TikTok").hover()
    with visit.requests() as asked:
        visit.page.mouse.down()
    assert asked == []
    visit.page.mouse.move(700, 300)
    visit.page.mouse.up()
    held[0].continue_()
    visit.page.unroute_all()
    with visit.requests() as asked:
        visit.box("platform", "TikTok").click()
        visit.settled()
    assert asked == ["/view/executive?platform=Amazon,Google,Meta"]


def test_a_press_that_failed_and_came_to_nothing_is_not_held_against_the_next_choice(visit: Visit):
    visit.open("/")
    box = visit.box("platform", "TikTok")
    box.hover()
    visit.on_view("/view/*", lambda route: route.abort("internetdisconnected"))
    with visit.page.expect_event("requestfailed"):  # of the press alone, and before the next choice
        visit.page.mouse.down()
    visit.page.mouse.move(700, 300)
    visit.page.mouse.up()
    visit.page.unroute(CALLBACK)
    box.press("Space")
    visit.settled()
    assert visit.address() == "/?platform=Amazon,Google,Meta"
    expect(visit.page.get_by_text("Connection lost")).to_have_count(0)
    visit.complaints.clear()  # the browser's, of the request that failed


def test_a_finger_asks_when_it_taps_not_when_it_may_scroll(visit: Visit):
    visit.open("/")
    with visit.requests() as asked:
        visit.box("platform", "TikTok").dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    assert asked == []


def test_a_view_that_was_never_shown_leaves_no_trace_in_the_history(visit: Visit):
    visit.open("/")
    visit.on_view("/view/executive?platform=Amazon,Google,Meta", lambda route: None)
    visit.page.evaluate(
        """() => {
            document.querySelector('[data-filter="platform"] input[value="TikTok"]').click();
            document.querySelector('[data-filter="platform"] input[value="Amazon"]').click();
        }"""
    )
    visit.settled()
    assert visit.address() == "/?platform=Google,Meta"
    visit.page.go_back()
    visit.settled()
    assert visit.address() == "/"
    visit.page.go_forward()
    visit.settled()
    assert visit.address() == "/?platform=Google,Meta"


def test_only_reset_and_the_last_box(visit: Visit):
    visit.open("/")
    row = visit.page.locator('[data-filter="device"] .option', has_text="Tablet")
    row.hover()
    row.get_by_role("button", name="Only Tablet").click()
    expect(visit.page).to_have_url(f"{visit.server}/?device=Tablet")
    expect(visit.box("device", "Mobile")).not_to_be_checked()
    visit.box("device", "Tablet").click()
    expect(visit.page).to_have_url(f"{visit.server}/")
    expect(visit.box("device", "Mobile")).to_be_checked()
    visit.box("device", "Tablet").click()
    visit.page.locator('[data-filter="compare"] select').select_option("none")
    expect(visit.page).to_have_url(f"{visit.server}/?device=Desktop,Mobile&compare=none")
    visit.page.get_by_role("button", name="Remove filter Device").click()
    expect(visit.page).to_have_url(f"{visit.server}/?compare=none")
    visit.page.locator("#reset").click()
    expect(visit.page).to_have_url(f"{visit.server}/")


def test_campaigns_are_searched(visit: Visit):
    visit.open("/")
    field = visit.page.locator('[data-filter="campaign"]')
    field.get_by_role("searchbox").fill("retargeting cart")
    with visit.requests() as asked:
        field.locator("input[type=checkbox]").click()
        expect(field.locator(".picked .chip")).to_have_count(1)
    assert len(asked) == 1
    expect(visit.page).to_have_url(re.compile("campaign=Retargeting"))
    field.get_by_role("button", name="Remove Retargeting").click()
    expect(visit.page).to_have_url(f"{visit.server}/")


def test_sorting_asks_nothing_and_survives_a_filter(visit: Visit):
    visit.open("/cfo")
    table = visit.page.locator('[data-visual="cfo.unit-economics"] table')
    head = table.get_by_role("columnheader", name="CPA")
    with visit.requests() as asked:
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "descending")
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "ascending")
    assert asked == []
    assert column(table) == sorted(column(table))
    visit.box("platform", "Amazon").click()
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert column(table) == sorted(column(table))
    expect(table.locator("tfoot tr th")).to_have_text("Total")


def column(table) -> list[float]:
    texts = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
    return [float(text.replace("$", "").replace(",", "").replace("−", "-")) for text in texts]


def test_ranking_by_another_metric(visit: Visit):
    visit.open("/")
    root = visit.page.locator('[data-visual="executive.top-campaigns"]')
    with visit.requests() as asked:
        root.get_by_label("Rank by").select_option("spend")
        expect(root.get_by_role("columnheader", name="Spend")).to_have_attribute("aria-sort", "descending")
    assert asked == ["/view/executive?rank=spend"]
    expect(visit.page).to_have_url(f"{visit.server}/?rank=spend")


def test_a_callout_filters_to_what_it_says(visit: Visit):
    visit.open("/")
    link = visit.page.locator('[data-visual="executive.insights"] .callout-link').first
    there = link.get_attribute("href")
    link.click()
    expect(visit.page).to_have_url(f"{visit.server}{there}")
    visit.settled()
    expect(visit.page.locator("#chips .chip")).to_have_count(1)
