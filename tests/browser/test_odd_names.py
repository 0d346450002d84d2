"""Names that turn the text around them: the page shows them without that, filters and files have them as they are."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake
from playwright.sync_api import expect

from facts.delta.table_names import DEMO_NAME, path_of
from tests.browser.conftest import Visit, served

TURNED = "Alpha\u202egnp.exe\u2066"
STEADY = "Alphagnp.exe"

#: Every text of the page and everything it says of an element, with a mark that turns text around.
TURNING = r"""() => {
    const wrong = /[\u202A-\u202E\u2066-\u2069]/;
    const found = [];
    for (const element of document.querySelectorAll("body :not(script)")) {
        const words = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data);
        const said = ["title", "aria-label", "data-tip", "placeholder"];
        words.push(...said.map((name) => element.getAttribute(name) ?? ""));
        if (words.some((each) => wrong.test(each))) found.push(element.outerHTML.slice(0, 200));
    }
    return found;
}"""


@pytest.fixture(scope="module")
def odd(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo with a region and a campaign whose names turn text around."""
    frame = DeltaTable(str(facts_path)).to_pandas()
    frame["region"] = frame["region"].replace("Europe", TURNED)
    frame["campaign"] = frame["campaign"].replace(frame["campaign"].iloc[0], TURNED)
    path = tmp_path_factory.mktemp("odd") / facts_path.name
    shutil.copytree(path_of(facts_path), path_of(path))
    write_deltalake(str(path), frame, name=DEMO_NAME)
    with served(path) as address:
        yield address


@pytest.mark.parametrize("page", ["", "cmo", "cfo"])
def test_no_text_of_a_page_is_turned_around(visit_in: Callable[..., Visit], odd: str, page: str) -> None:
    visit = visit_in(odd).open(f"/{page}?region={TURNED}&campaign=there%20is%20none%20{TURNED}")

    assert STEADY in visit.page.locator("body").inner_text()
    assert visit.page.evaluate(TURNING) == []


def test_a_filter_and_a_mark_of_a_chart_mean_the_name_as_it_is(visit_in: Callable[..., Visit], odd: str) -> None:
    visit = visit_in(odd).open("/cfo")
    chart = visit.reveal("cfo.regional-roi")
    button = chart.get_by_role("button", name="Filter by this chart")
    button.focus()
    button.press("Enter")
    chart.get_by_role("button", name=STEADY, exact=True).press("Enter")
    visit.settled()

    assert visit.page.evaluate("dashboard.view.shown().chosen.region") == [TURNED]
    assert {row["region"] for row in visit.data("cfo.regional-roi")["rows"]} == {TURNED}, "files have it as it is"
    expect(visit.page.locator("#chips .chip")).to_contain_text(STEADY)
    assert visit.page.evaluate(TURNING) == []
