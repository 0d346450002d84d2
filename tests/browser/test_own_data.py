"""Companies that know less than the demo, looked at in a browser: nothing empty, said twice, laid over or cut."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, served
from tests.browser.test_overlaps import CUT, OVERLAPS
from tests.companies import COMPANIES, company

WIDTHS = (1440, 1024, 390)
SCHEMES = ("light", "dark")
#: Those whose pages differ most: the shop's days beside platforms, a column less, names that are long and many.
FEW = ("ads and shop", "no conversions", "300 long names")


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=() if name in FEW else pytest.mark.long) for name in COMPANIES]
)
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("company")
    with served(company(request.param, folder, unguarded=True), DASHBOARD_WORKERS="1") as address:
        yield address


def sentences(page: Page) -> Counter[str]:
    """What is said on the page, more than a few words long, with how often."""
    texts = page.evaluate(
        """() => [...document.querySelectorAll("main :is(p, .banner-text, .note, small)")]
            .filter((each) => each.checkVisibility()).map((each) => each.innerText)"""
    )
    said = (part.strip() for text in texts for part in re.split(r"(?<=[.!?])\\s", text))
    return Counter(part for part in said if len(part) > 40 and not part.startswith(("Teal", "Dotted")))


@pytest.mark.parametrize("path", ["", "cmo", "cfo"])
def test_a_page_of_ones_own_data_is_whole(visit_in: Callable[..., Visit], own: str, path: str) -> None:
    visit = visit_in(own, viewport={"width": 1440, "height": 900}).open(f"/{path}")
    page = visit.page
    expect(page.locator("#banner-lacks")).to_contain_text("Not in your data: cost of goods")
    expect(page.locator('#banner-lacks a:text("Add it")')).to_be_visible()
    visit.unfold()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            visit.settled()
            shown = page.locator("section:not([hidden]) [data-visual]:visible")
            expect(shown).not_to_have_count(0)
            expect(page.locator('section:not([hidden]) [data-visual][data-state="loading"]:visible')).to_have_count(0)
            assert page.locator('[data-visual]:is([data-state="empty"], [data-state="error"]):visible').count() == 0
            assert page.locator(".card-value:visible", has_text=re.compile("^–$")).count() == 0
            assert page.locator(".filter:visible:has(.form-check:only-child)").count() == 0
            assert page.evaluate(OVERLAPS) == []
            assert page.evaluate(CUT) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert {text: many for text, many in sentences(page).items() if many > 1} == {}


def test_newer_data_that_tell_more_bring_a_page_that_shows_it(visit_in: Callable[..., Visit], tmp_path: Path) -> None:
    from deltalake import DeltaTable, write_deltalake

    table = company("ads only", tmp_path, unguarded=True)
    with served(table, DASHBOARD_WORKERS="1") as server:
        visit = visit_in(server).open("/cfo?platform=Meta")
        page = visit.page
        expect(page.locator('[data-visual="cfo.core-cards"]')).not_to_contain_text("Profit")
        rows = DeltaTable(str(table)).to_pandas()
        known = rows.assign(cogs=rows["revenue"] * 0.4, variable_costs=0.0)
        write_deltalake(str(table), known, mode="overwrite", name="marketing-dashboard demo", schema_mode="overwrite")

        newer = page.locator("#banner-newer")
        expect(newer).to_be_visible(timeout=60_000)
        newer.get_by_role("button", name="Show").first.click()
        expect(page.locator('[data-visual="cfo.core-cards"]')).to_contain_text("Profit", timeout=30_000)
        expect(page.locator("#banner-lacks")).not_to_contain_text("cost of goods")
        assert visit.address() == "/cfo?platform=Meta"
