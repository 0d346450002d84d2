"""The proof of a number, one click away, by mouse and by keyboard."""

from playwright.sync_api import expect

from kpi.metrics import METRICS
from tests.browser.conftest import Visit


def test_a_card_proves_its_figure(visit: Visit) -> None:
    visit.open("/cfo?region=Europe")
    page = visit.page
    card = page.locator('[data-visual="cfo.core-cards"] .card-value[data-metric="roi"]')
    with visit.requests() as asked:
        card.click()
        dialog = page.get_by_role("dialog", name="ROI")
        expect(dialog.locator(".proof-value")).to_have_text(card.inner_text())
    assert [path for path in asked if path.startswith("/proof/")] == ["/proof/cfo/core-cards?metric=roi&region=Europe"]
    expect(dialog).to_contain_text("variable costs")
    expect(dialog).to_contain_text("Region: Europe")
    expect(dialog).to_contain_text("percentage points = ")
    expect(dialog).to_contain_text(METRICS["roi"].definition)
    facts = dialog.locator(".proof-facts > div")
    expect(facts.locator("dt")).to_have_text(["Days", "Filters", "Rows added up", "Data", "Address"])
    expect(dialog.locator(".proof-side").first.locator(".proof-sign")).to_have_text(["", "−", "−", "−"])
    with page.expect_popup() as popup:
        dialog.get_by_role("link", name="/data/cfo/core-cards.json?region=Europe").click()
    popup.value.close()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card).to_be_focused()
    assert visit.address() == "/cfo?region=Europe"


def test_a_link_in_a_mail_opens_the_proof_of_its_figure_once(visit: Visit) -> None:
    visit.open("/?region=Europe#period-cards.spend")
    page = visit.page
    dialog = page.get_by_role("dialog", name="Spend")
    card = page.locator('[data-visual="executive.period-cards"] .card-value[data-metric="spend"]')
    expect(dialog.locator(".proof-value")).to_contain_text("$")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    before = card.inner_text()
    visit.box("platform", "Meta").uncheck()
    expect(card).not_to_have_text(before)
    expect(dialog).to_be_hidden()
    assert "." not in page.evaluate("location.hash")


def test_a_cell_proves_its_figure_by_keyboard(visit: Visit) -> None:
    visit.open("/cfo")
    page = visit.page
    table = page.locator('[data-visual="cfo.unit-economics"] table')
    table.locator("tbody button.name").nth(1).focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    cell = table.locator("tbody tr").nth(1).locator("td").nth(1).get_by_role("button")
    expect(cell).to_be_focused()
    shown = cell.inner_text()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Customer acquisition cost (paid): Google")
    expect(dialog.locator(".proof-value")).to_have_text(shown)
    expect(dialog).to_contain_text("new customers")
    page.keyboard.press("Escape")
    expect(cell).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # the totals row
    expect(page.get_by_role("dialog", name="Customer acquisition cost (paid)", exact=True)).to_be_visible()
    page.get_by_role("link", name="In the glossary").click()
    expect(page.locator('[data-term="cac"]')).to_be_focused()


def test_a_proof_that_does_not_come_is_said_and_tried_again(visit: Visit) -> None:
    visit.open("/cfo")
    page = visit.page
    page.route("**/proof/**", lambda route: route.abort())
    page.locator('[data-visual="cfo.core-cards"] .card-value[data-metric="roi"]').click()
    dialog = page.get_by_role("dialog", name="ROI")
    expect(dialog.get_by_role("alert")).to_have_text("This could not be loaded. Check the connection.")
    page.unroute("**/proof/**")
    dialog.get_by_role("button", name="Retry").press("Enter")
    expect(dialog.locator(".proof-value")).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    visit.complaints.clear()  # the browser's, about the requests that failed
