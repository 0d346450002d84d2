"""A page on paper: nothing cut, no controls, light; and every figure equal on screen, on paper, in CSV and in XLSX."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import expect

from kpi.metrics import METRICS
from kpi.units import brief, figure
from pages import PAGES
from tests.browser.conftest import Visit

QUERY = "platform=Google,Meta&last=12w"

#: Charts that carry all of their figures.
LABELLED = ("regional-roi", "margin-by-platform", "profit-heatmap")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def squeezed(text: str) -> str:
    """`text` without spaces: of a sheet with few words it is guessed which letters stand together."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [plain(page.get_textpage().get_text_range()) for page in document]


def on_paper(visit: Visit, form: str) -> list[str]:
    return pages_of(visit.page.pdf(format=form))


def written(visit: Visit, page: str, visual: Any) -> tuple[list[str], list[list[str | None]]]:
    """The figures of a visual's CSV as the visual writes them, and its cells as they are."""
    answer = visit.page.request.get(f"{visit.server}/data/{page}/{visual.name}.csv?{QUERY}")
    head, *rows = list(csv.reader(io.StringIO(answer.text())))
    found = []
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        if visual.kind == "cards":
            value = float(cells["value"]) if cells["value"] else None
            found.append(("≤ " if cells["metric"] == "reach" else "") + brief(cells["metric"], value))
        else:
            shorten = brief if "heatmap" in visual.name else figure
            found += [shorten(name, float(text)) for name, text in cells.items() if name in METRICS and text]
    return found, rows


@pytest.mark.parametrize("form", ["A4", pytest.param("Letter", marks=pytest.mark.long)])
def test_every_figure_is_the_same_on_screen_on_paper_and_in_files(visit: Visit, form: str) -> None:
    visit.open(f"/cfo?{QUERY}")
    visit.page.locator("#theme").click()
    for name in LABELLED:
        expect(visit.reveal(f"cfo.{name}").locator(".main-svg").first).to_be_visible()
    of = next(page for page in PAGES if page.key == "cfo")
    screen = plain(visit.said())
    paper = on_paper(visit, form)
    book = openpyxl.load_workbook(
        io.BytesIO(visit.page.request.get(f"{visit.server}/data/cfo.xlsx?{QUERY}").body()), data_only=True
    )
    assert "Data through Sep 28, 2025" in paper[0]
    assert "Filters: Platform: Meta, Google" in paper[0]
    assert "Jul 7 – Sep 28, 2025" in paper[0]
    assert not any(word in text for text in paper for word in ("Reset", "Copy link", "Search campaigns", "Rank by"))
    checked = 0
    for visual, name in zip(of.visuals, book.sheetnames[1:], strict=True):
        drawn = [text for text in paper if visual.title in text]
        if visual.of_change:  # nothing is compared here
            continue
        assert drawn, visual.title
        if visual.kind not in ("cards", "table") and visual.name not in LABELLED:
            continue  # sentences, and charts that say their figures on hover
        figures, rows = written(visit, "cfo", visual)
        assert [text for text in figures if text not in screen] == [], visual.name
        # All on one sheet: nothing is cut.
        assert any(all(text in sheet for text in figures) for sheet in drawn), visual.name
        cells = [cell.value for line in book[name].iter_rows(min_row=2, max_row=len(rows) + 1) for cell in line]
        numbers = [float(text) for row in rows for text in row if re.fullmatch(r"-?[\d.]+(e-?\d+)?", text)]
        assert [cell for cell in cells if isinstance(cell, int | float)] == pytest.approx(numbers)
        checked += len(figures)
    assert checked > 60


def test_printing_by_its_menu_and_by_the_browsers_and_back(visit: Visit) -> None:
    visit.open(f"/?{QUERY}")
    page = visit.page
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.evaluate(
        """() => void (window.print = () => {
            const { dataset } = document.documentElement;
            dataset.printed = Number(dataset.printed ?? 0) + 1;
            dataset.then = dataset.bsTheme + getComputedStyle(document.querySelector(".topbar")).display;
            dispatchEvent(new Event("afterprint"));
        })"""
    )
    page.locator("#take summary").click()
    page.get_by_role("button", name="Print or PDF").click()
    expect(page.locator("html")).to_have_attribute("data-printed", "1")
    expect(page.locator("html")).to_have_attribute("data-then", "lightnone")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("#paper-head")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # as the browser's own menu and its keys do
    expect(page.locator("#paper-head")).to_be_visible()
    expect(page.locator(".topbar")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html:not([data-paper])")).to_have_count(1)
    expect(page.locator(".topbar")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("key", ["", "cmo"])
def test_no_visual_of_the_other_pages_is_cut(visit_in: Callable[..., Visit], server: str, key: str) -> None:
    visit = visit_in(server).open(f"/{key}?{QUERY}")
    for form in ("A4", "Letter"):
        paper = on_paper(visit, form)
        for visual in next(page for page in PAGES if page.path == key).visuals:
            if visual.why_not:
                continue  # a filter hides what is of the whole company alone
            (drawn,) = [text for text in map(squeezed, paper) if squeezed(visual.title) in text]
            if visual.kind == "table":
                texts = visit.page.locator(f'[data-visual$=".{visual.name}"] tbody td:not(.words)').all_inner_texts()
                assert all(squeezed(text) in drawn for text in texts)
