"""No line of a grid goes through words: what is written in a plot has a halo, and a pause its words above the plot."""

from collections.abc import Callable, Iterator

import pandas as pd
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from playwright.sync_api import expect

from facts.source import DEMO_NAME
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from pages import PAGES
from tests.browser.conftest import Visit, served

# Words of charts, each with whether a line of a grid goes through them, and whether a halo covers it there.
CROSSED = """() => [...document.querySelectorAll("main .js-plotly-plot")].filter((each) => each.checkVisibility())
    .flatMap((chart) => {
      const lines = [...chart.querySelectorAll(".gridlayer path")].map((line) => line.getBoundingClientRect());
      const surface = getComputedStyle(chart.closest(".visual")).backgroundColor;
      const words = chart.querySelectorAll(".scatterlayer text, .shapelayer text, .axis-title-note");
      return [...words].filter((each) => each.checkVisibility()).map((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        const through = lines.some((line) => line.left < right - 1 && line.right > left + 1
          && line.top < bottom - 3 && line.bottom > top + 3);
        const { paintOrder, stroke, strokeWidth } = getComputedStyle(each);
        const halo = paintOrder.startsWith("stroke") && stroke === surface && parseFloat(strokeWidth) > 2;
        return { words: each.textContent, through, halo };
      });
    })"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("of", [page for page in PAGES if page.visuals], ids=lambda page: page.key)
def test_a_grid_goes_around_words(visit_in: Callable[..., Visit], server: str, of, theme: str):
    visit = visit_in(server, viewport={"width": 1440, "height": 900}, color_scheme=theme).open(f"/{of.path}").unfold()
    for visual in of.visuals:
        if visual.kind == "chart":
            expect(visit.reveal(f"{of.key}.{visual.name}").locator(".main-svg").first).to_be_visible()
    found = visit.page.evaluate(CROSSED)
    assert [each["words"] for each in found if each["through"] and not each["halo"]] == []
    assert of.key != "cfo" or any(each["through"] for each in found), "there is something to go around"


@pytest.fixture(scope="module")
def paused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of four weeks of one campaign, which does not run in the third."""
    days = pd.date_range("2025-09-01", "2025-09-28")
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = pd.DataFrame({DATE: days.date, **texts, **dict.fromkeys(MEASURES, 100.0)}).assign(platform="Meta")
    path = tmp_path_factory.mktemp("paused") / "facts"
    running = (days < "2025-09-15") | (days > "2025-09-21")
    write_deltalake(path, pa.Table.from_pandas(rows[running], preserve_index=False), name=DEMO_NAME)
    with served(path, DASHBOARD_WORKERS="1") as address:
        yield address


@pytest.mark.parametrize("width", [1440, 390])
def test_the_words_on_a_pause_stand_above_the_plot_over_their_band(
    visit_in: Callable[..., Visit], paused: str, width: int
):
    visit = visit_in(paused, viewport={"width": width, "height": 900})
    visit.page.goto(f"{paused}/cfo?compare=none")
    chart = visit.page.locator('[data-visual="cfo.financial-trend"] .chart')
    note = chart.locator(".axis-title-note")
    expect(note).to_have_text("not running")
    words, band, grid = (
        chart.locator(css).first.bounding_box() for css in (".axis-title-note", ".shapelayer path", ".gridlayer")
    )
    assert words
    assert band
    assert grid
    assert words["y"] + words["height"] <= min(band["y"], grid["y"]) + 1
    middle = words["x"] + words["width"] / 2
    assert abs(middle - (band["x"] + band["width"] / 2)) < 3
