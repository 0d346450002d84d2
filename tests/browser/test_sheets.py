"""Every sheet that is printed: figures whole, no box over another, none beyond the paper, no heading left behind.

Each page, A4 and Letter, in five locales, of three companies: the demo, one of 300 campaigns with long names, one of
two platforms. One of them, drawn by lot, in `make test`; all of them take long.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pypdfium2
import pytest
from deltalake import DeltaTable, write_deltalake
from playwright.sync_api import expect

from components.locales import formats_of
from components.visuals import Visual
from facts.source import DEMO_NAME
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.units import NOTHING, brief, figure
from pages import PAGES
from tests.browser.conftest import Visit, served
from tests.browser.test_cards import FAULTS
from tests.browser.test_overlaps import CUT, OVERLAPS

LOCALES = {"en-US": "USD", "de-DE": "EUR", "fr-FR": "EUR", "ja-JP": "JPY", "ar-EG": "EGP"}
COMPANIES = ("demo", "300 campaigns", "two platforms")
#: The pixels between a paper's margins, across.
PAPERS = {"A4": (1047, 714), "Letter": (980, 736)}
QUERIES = ("", "last=12w", "last=all")


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a PDF: its size and letters with their boxes in points, and its words as they stand on it."""

    size: tuple[float, float]
    letters: list[tuple[str, Box]]
    text: str


def squeezed(text: str) -> str:
    """`text` without what has no width of its own: of figures in a row nobody can tell which spaces part them."""
    return "".join(letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf")


def sheets_of(pdf: bytes) -> list[Sheet]:
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            letters = [
                (text.get_text_range(at, 1), text.get_charbox(at, loose=True)) for at in range(text.count_chars())
            ]
            width, height = page.get_size()
            visible = [
                (letter, box)
                for letter, box in letters
                if squeezed(letter) and 0 < (box[0] + box[2]) / 2 < width and 0 < (box[1] + box[3]) / 2 < height
            ]
            found.append(Sheet((width, height), visible, as_it_stands(visible)))
    return found


def as_it_stands(letters: list[tuple[str, Box]]) -> str:
    """What is read from left to right: from each letter to the one that follows closely, in whatever order they are."""
    left, low, right, high = np.array([box for _, box in letters]).T
    following, begins = {}, set(range(len(letters)))
    for at in range(len(letters)):
        size = high[at] - low[at]
        near = (left > left[at] + 0.01) & (left < right[at] + 0.8 * size)
        level = np.minimum(high, high[at]) - np.maximum(low, low[at]) > 0.4 * np.minimum(high - low, size)
        if len(beside := np.flatnonzero(near & level)):
            following[at] = beside[np.argmin(left[beside])]
            begins.discard(following[at])
    words = []
    for at in begins:
        word = [at]
        while word[-1] in following:
            word.append(following[word[-1]])
        words.append("".join(letters[each][0] for each in word))
    return "\n".join(words)


#: What a machine may have no font for: it is neither drawn nor in the file, the digits beside it are.
WITHOUT_FONT = re.compile("(?:−?[\u3000-\uffef]|[\u0590-\u06ff][.\u200f]*)+")


def digits(text: str) -> str:
    """A figure as it can be looked for; beside Arabic words its sign stands on their other side."""
    kept = squeezed(WITHOUT_FONT.sub("", text))
    return kept.lstrip("−≤") if re.search("[\u0590-\u06ff]", text) else kept


# What lies beyond the paper, what is cut, charts that were not drawn at the width of their place, crowded cards.
BEYOND = """() => {
    const { clientWidth } = document.documentElement;
    const found = [];
    let seen = 0;
    for (const each of document.querySelectorAll(".heading *, #figures > :not([hidden]) *")) {
        const words = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!each.checkVisibility() || !(words || each.matches(".visual, .card-box, table, .main-svg"))) continue;
        const { left, right, width } = each.getBoundingClientRect();
        if (!width || each.closest(".visually-hidden")) continue;
        seen += 1;
        const say = (what) => found.push(`${each.textContent.trim().slice(0, 60)} ${what}`);
        if (left < -0.5 || right > clientWidth + 0.5) say("leaves the paper");
        if (each.scrollWidth > each.clientWidth + 1 && each.clientWidth && !each.closest("svg")) say("is cut");
        for (const place of ["td, th", ".table-scroll", ".card-box", ".visual"]) {
            const edge = each.closest(place)?.getBoundingClientRect();
            if (edge && (left < edge.left - 1 || right > edge.right + 1)) say(`leaves its ${place}`);
        }
    }
    for (const chart of document.querySelectorAll("#figures > :not([hidden]) .chart")) {
        if (!chart.checkVisibility()) continue;
        const drawn = Number(chart.querySelector(".main-svg")?.getAttribute("width"));
        if (Math.abs(drawn - chart.clientWidth) > 3) found.push(`a chart of ${drawn} px in ${chart.clientWidth}`);
    }
    for (const cards of document.querySelectorAll("#figures > :not([hidden]) .cards")) {
        const tops = [...cards.children].map((card) => Math.round(card.getBoundingClientRect().top));
        const most = Math.max(...tops.map((top) => tops.filter((other) => other === top).length));
        if (most > 5) found.push(`${most} cards in one row`);
    }
    return { found, seen };
}"""


def boxes_on_paper(visit: Visit) -> dict[str, list[Any]]:
    """What is wrong with the boxes of the open page, by paper, as the browser's own menu prints it."""
    page = visit.page
    screen = page.viewport_size
    assert screen
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    wrong = {}
    for form, (width, height) in PAPERS.items():
        page.set_viewport_size({"width": width, "height": height})
        beyond, cards = page.evaluate(BEYOND), page.evaluate(FAULTS)
        assert beyond["seen"] > 100
        assert cards["parts"] > 20
        if found := [*beyond["found"], *cards["faults"], *page.evaluate(OVERLAPS), *page.evaluate(CUT)]:
            wrong[form] = found
    page.emulate_media(media="null")
    page.set_viewport_size(screen)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    return wrong


def written(visit: Visit, of: str, visual: Visual, query: str, formats: Formats) -> list[str]:
    """The figures of a visual's data address as cards and tables write them."""
    answer = visit.page.request.get(f"{visit.server}/data/{of}/{visual.name}.json?{query}").json()
    cards = visit.page.locator(f'[data-visual="{of}.{visual.name}"] .card-value')
    shown = cards.evaluate_all("all => all.map((each) => each.dataset.metric)")
    assert shown or visual.kind != "cards"
    found = []
    for row in answer["rows"]:
        if visual.kind == "cards" and row["metric"] not in shown:
            continue  # files also have the parts that a card is made of
        if visual.kind == "cards":
            bound = "≤ " if row["metric"] == "reach" and row["value"] is not None else ""
            found.append(bound + brief(row["metric"], row["value"], formats))
        else:  # a sum may come out of another order of the same rows
            values = {name: value and float(f"{value:.12g}") for name, value in row.items() if name in METRICS}
            found += [figure(name, value, formats) for name, value in values.items()]
    return [digits(text) for text in found if text != NOTHING]


def faults_of_sheets(sheets: list[Sheet]) -> list[str]:
    """Sheets with nearly nothing on them, letters beyond the margins, headings that end a sheet."""
    faults = []
    for number, sheet in enumerate(sheets, 1):
        width, height = sheet.size
        if len(sheet.letters) < 150:
            faults.append(f"sheet {number} is nearly empty")
        read = [(letter, box) for letter, box in sheet.letters if not WITHOUT_FONT.match(letter)]
        out = [
            letter
            for letter, (left, low, right, top) in read
            if right > left and (left < 27 or right > width - 27 or low < 8 or top > height - 22)
        ]
        if out:
            faults.append(f"sheet {number}: {''.join(out)[:60]} beyond the margins")
        if f"{number}/{len(sheets)}" not in sheet.text:
            faults.append(f"sheet {number} has no number")
    return faults


def faults_of_figures(visit: Visit, of: Any, query: str, sheets: list[Sheet], formats: Formats) -> list[str]:
    faults, checked = [], 0
    chapters = {visual.chapter for visual in of.visuals} - {""}
    for visual in of.visuals:
        title = squeezed(visual.title)
        drawn = [sheet.text for sheet in sheets if title in sheet.text]
        if not drawn and visual.of_change:
            continue  # nothing is compared; the chapter says so
        if not drawn:
            faults.append(f"{visual.title} is nowhere")
        if visual.kind not in ("cards", "table"):
            continue
        figures = written(visit, of.key, visual, query, formats)
        checked += len(figures)
        missing = min(([text for text in figures if text not in sheet] for sheet in drawn), key=len, default=figures)
        if missing:
            faults.append(f"{visual.title}: {missing} not on its sheet")
    assert checked > 25
    for chapter in chapters:
        first = next(visual for visual in of.visuals if visual.chapter == chapter)
        if not any(squeezed(chapter) in sheet.text and squeezed(first.title) in sheet.text for sheet in sheets):
            faults.append(f"{chapter} is left behind")
    return faults


def faults_on_paper(visit: Visit, of: Any, query: str, formats: Formats) -> list[Any]:
    visit.page.goto(f"{visit.server}/{of.path}?{query}")
    visit.page.wait_for_function("() => dashboard.view.shown()")
    names = visit.page.evaluate("page => Object.keys(dashboard.spec.pages[page].visuals)", of.key)
    # A company without the shop's days has no chapter of them.
    assert {visual.name for visual in of.visuals} - set(names) <= {"reconciliation", "banked-cards"}
    of = replace(of, visuals=tuple(visual for visual in of.visuals if visual.name in names))
    assert len(names) >= 8
    visit.page.evaluate("dashboard.paper.ready()")
    faults: list[Any] = [*boxes_on_paper(visit).items()]
    for form in ("A4", "Letter"):
        sheets = sheets_of(visit.page.pdf(format=form))
        faults += [(form, fault) for fault in faults_of_sheets(sheets)]
        faults += [(form, fault) for fault in faults_of_figures(visit, of, query, sheets, formats)]
    return faults


def make_company(kind: str, facts_path: Path, folder: Path) -> Path:
    """The facts of a company like the demo, which has more campaigns, or fewer platforms."""
    if kind == "demo":
        return facts_path
    table = pa.table(DeltaTable(facts_path).to_pyarrow_table())
    if kind == "two platforms":
        table = table.filter(pc.is_in(table["platform"], pa.array(["Google", "Meta"])))
    else:
        long = "Always on | Prospecting + Retargeting | Décor, Kitchen & Garden | Lookalike 1–3 % | EN-DE-FR | v"
        names = pa.array([f"{long}{number % 300:03d}" for number in range(len(table))])
        table = table.set_column(table.column_names.index("campaign"), "campaign", names)
    write_deltalake(folder / "facts", table, name=DEMO_NAME)
    return folder / "facts"


@pytest.fixture(scope="module")
def server_of(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], str]]:
    """The address of a company's dashboard in a locale; each is started once."""
    made: dict[str, Path] = {}
    running: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:

        def address(company: str, locale: str) -> str:
            if company not in made:
                made[company] = make_company(company, facts_path, tmp_path_factory.mktemp("company"))
            if (company, locale) not in running:
                look = {"DASHBOARD_LOCALE": locale, "DASHBOARD_CURRENCY": LOCALES[locale], "DASHBOARD_WORKERS": "1"}
                running[company, locale] = stack.enter_context(served(made[company], **look))
            return running[company, locale]

        yield address


EVERY = [(company, locale, page.key) for company in COMPANIES for locale in LOCALES for page in PAGES]
LOT = random.Random(14).sample(EVERY, 1)


@pytest.mark.parametrize(
    ("company", "locale", "key"),
    [pytest.param(*each, marks=() if each in LOT else pytest.mark.long) for each in EVERY],
)
def test_every_sheet_can_be_shown(
    visit_in: Callable[..., Visit], server_of: Callable[[str, str], str], company: str, locale: str, key: str
) -> None:
    of = next(page for page in PAGES if page.key == key)
    width = 390 if EVERY.index((company, locale, key)) % 4 == 0 else 1440
    visit = visit_in(server_of(company, locale), viewport={"width": width, "height": 844})
    wrong = {
        query: faults
        for query in QUERIES
        if (faults := faults_on_paper(visit, of, query, formats_of(locale, LOCALES[locale])))
    }
    assert not wrong, "\n".join(f"{query}: {fault}" for query, faults in wrong.items() for fault in faults)


def test_cards_in_one_row_and_what_is_cut_would_be_seen(visit: Visit) -> None:
    visit.open("/cfo?last=12w")
    assert boxes_on_paper(visit) == {}
    for layout in (
        "[data-paper] .cards.cards.cards { grid-template-columns: repeat(8, minmax(0, 1fr)) }",  # as it was
        "[data-paper] .figures td { padding-inline: 2rem !important }",
        "[data-paper] .heading { width: 1400px !important }",
        "[data-paper] .card-value { --size: 5rem !important; --ems: 1 !important }",
    ):
        style = visit.page.add_style_tag(content=layout)
        assert set(boxes_on_paper(visit)) == set(PAPERS), layout
        style.evaluate("style => style.remove()")


def pictures_of(pdf: bytes) -> list[Any]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=1).to_pil().convert("RGB") for page in document]


@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_marks_and_shades_are_printed_without_background_graphics(visit: Visit, of: Any) -> None:
    visit.open(f"/{of.path}")
    visit.page.emulate_media(color_scheme="dark")
    bare, whole = (pictures_of(visit.page.pdf(format="A4", print_background=each)) for each in (False, True))
    assert len(bare) == len(whole) >= 2
    high = bare[0].height - 40  # without the foot, which says when it was printed
    for one, other in zip(bare, whole, strict=True):
        assert one.crop((0, 0, one.width, high)).tobytes() == other.crop((0, 0, one.width, high)).tobytes()
        assert one.getpixel((2, 2)) == (255, 255, 255)
    expect(visit.page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_every_call_out_is_printed_and_no_switch(visit: Visit) -> None:
    page = visit.open("/cfo").page
    page.evaluate("dashboard.paper.on()")
    shown = page.locator("[data-page=cfo] .callout").evaluate_all("all => all.map((each) => each.checkVisibility())")
    assert shown
    assert all(shown)
    assert page.locator("[data-page=cfo] .callout.info").count()
    expect(page.locator("[data-page=cfo] .mean").first).to_be_hidden()


def test_paper_is_across_however_it_is_asked_for(visit: Visit) -> None:
    visit.open("/cfo")
    for form, size in (("A4", (842, 595)), ("Letter", (792, 612))):
        upright, across = (sheets_of(visit.page.pdf(format=form, landscape=each)) for each in (False, True))
        assert upright[0].size == pytest.approx(size, abs=1.5)
        assert [len(sheet.letters) for sheet in upright] == [len(sheet.letters) for sheet in across]
        lefts = [[box[0] for _, box in sheets[0].letters] for sheets in (upright, across)]
        assert lefts[0] == pytest.approx(lefts[1], abs=1)  # nothing was made smaller to fit
