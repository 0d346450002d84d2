"""The dates: what their list and boxes say is what is shown."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, asked_for


def box(visit: Visit, name: str) -> Locator:
    return visit.page.get_by_label(name, exact=True)


def test_back_fills_the_box_that_was_written_in(visit: Visit) -> None:
    visit.open("/cfo?from=2025-08-01&to=2025-08-31")
    page = visit.page
    box(visit, "From").fill("2025-08-15")
    expect(page).to_have_url(f"{visit.server}/cfo?from=2025-08-15&to=2025-08-31")
    expect(box(visit, "From")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(f"{visit.server}/cfo?from=2025-08-01&to=2025-08-31")
    expect(box(visit, "From")).to_have_value("2025-08-01")


def test_an_answer_disturbs_nobody_who_writes_on(visit: Visit) -> None:
    visit.open("/cfo?from=2025-08-01&to=2025-08-31")
    page = visit.page
    held = []
    visit.on_view("/view/cfo?from=2025-08-02&*", lambda route: held.append(route))
    with page.expect_request(lambda request: asked_for(request).startswith("/view/cfo?from=2025-08-02&")):
        box(visit, "From").fill("2025-08-02")
    box(visit, "From").evaluate("each => (each.value = '')")  # the next figure is not whole yet
    held[0].continue_()
    visit.settled()
    expect(page.locator("#period strong")).to_contain_text("Aug 2 ")
    expect(box(visit, "From")).to_have_value("")


def test_choosing_what_is_chosen_closes_the_boxes(visit: Visit) -> None:
    visit.open("/cfo?region=Europe")
    dates = visit.page.get_by_role("combobox", name="Dates")
    with visit.requests() as asked:
        dates.select_option("custom")
        box(visit, "From").fill("")
        dates.select_option("28d")
        expect(box(visit, "To")).to_be_hidden()
    assert asked == []
    expect(box(visit, "From")).to_have_value("2025-09-01")


def test_reset_closes_the_boxes_where_nothing_is_chosen(visit: Visit) -> None:
    visit.open("/cfo")
    dates = visit.page.get_by_role("combobox", name="Dates")
    dates.select_option("custom")
    visit.page.get_by_role("button", name="Reset", exact=True).click()
    expect(box(visit, "To")).to_be_hidden()
    expect(dates).to_have_value("28d")
