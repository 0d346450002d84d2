"""A company of six platforms, one of a long name: names, ranks and notices are whole on a telephone and on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.companies import company

TELEPHONE = {"width": 390, "height": 900}
SCREEN = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("six")
    with served(company("six platforms", folder, unguarded=True), DASHBOARD_WORKERS="1") as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/cmo"])
def test_names_below_a_plot_are_whole(visit_in: Callable[..., Visit], six: str, path: str) -> None:
    visit = visit_in(six, viewport=TELEPHONE).open(path)
    visit.unfold()
    chart = visit.page.locator("section:not([hidden]) [data-visual]:visible", has_text="Microsoft Advertising")
    chart = chart.filter(has=visit.page.locator(".xtick")).first
    chart.scroll_into_view_if_needed()
    ticks = chart.locator(".xtick text")
    expect(ticks).to_have_count(6)
    names = [text.replace(" ", "") for text in ticks.all_text_contents()]  # one in lines has no spaces between them
    assert "MicrosoftAdvertising" in names
    assert not any("…" in name for name in names)
    cut = chart.evaluate(
        """(root) => {
            const plot = root.querySelector(".main-svg").getBoundingClientRect();
            return [...root.querySelectorAll(".xtick text")].map((each) => each.getBoundingClientRect())
                .filter((each) => each.left < plot.left || each.right > plot.right || each.bottom > plot.bottom).length;
        }"""
    )
    assert cut == 0


def test_what_campaigns_are_ranked_by_is_seen_on_a_telephone(visit_in: Callable[..., Visit], six: str) -> None:
    visit = visit_in(six, viewport=TELEPHONE).open("/")
    root = visit.reveal("executive.top-campaigns")
    expect(root.locator(".rank select")).to_have_value("roas")
    expect(root.locator("thead th[aria-sort]")).to_be_visible()
    assert all(cell.is_visible() for cell in root.locator('tbody [data-column="roas"]').all())
    root.locator(".rank select").select_option("spend")
    expect(root.locator("thead th[aria-sort]")).to_contain_text("Spend")
    expect(root.locator("thead th[aria-sort]")).to_be_visible()


def test_paper_has_every_call_out_and_the_notice(visit_in: Callable[..., Visit], six: str) -> None:
    visit = visit_in(six, viewport=SCREEN).open("/")
    page = visit.page
    callouts = page.locator('[data-visual="executive.insights"] .callout')
    expect(callouts).to_have_count(2)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for place in range(2):
        expect(callouts.nth(place)).to_be_visible()
    expect(page.locator("#paper-head")).to_contain_text("Not in your data: cost of goods")


@pytest.mark.parametrize("viewport", [SCREEN, TELEPHONE], ids=["screen", "telephone"])
def test_the_way_on_stands_behind_its_sentence(
    visit_in: Callable[..., Visit], six: str, viewport: dict[str, int]
) -> None:
    page = visit_in(six, viewport=viewport).open("/").page
    below, room = page.evaluate(
        """() => {
            const banner = document.querySelector("#banner-lacks .banner");
            const words = document.createRange();
            const text = banner.querySelector(".banner-text").firstChild;
            words.setStart(text, text.length - 1);
            words.setEnd(text, text.length);
            const [last, link] = [words, banner.querySelector("a")].map((each) => each.getBoundingClientRect());
            return [link.top - last.top, banner.getBoundingClientRect().right - last.right];
        }"""
    )
    assert below < 8 or room < 80, "it has a line of its own only where there is no room behind the last word"


def test_no_word_of_dollars_where_money_is_euros(visit_in: Callable[..., Visit], six: str) -> None:
    page = visit_in(six, viewport=SCREEN).open("/").page
    assert "dollar" not in page.content().lower()
