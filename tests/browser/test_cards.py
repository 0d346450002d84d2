"""Cards: every figure fits its card, whatever the locale; what was stands beside what is, in figure, line and hover."""

import random
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from babel.localedata import locale_identifiers
from deltalake import write_deltalake
from playwright.sync_api import Page, expect

from components.locales import NoSuchLocale, formats_of
from facts.source import DEMO_NAME
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.units import brief
from pages import PAGES
from tests.browser.conftest import Visit, served

LOCALES = ("en-US", "de-DE", "fr-FR", "ja-JP", "ar-EG", "hi-IN")
WIDTHS = (1440, 1280, 1024, 768, 390, 360, 320)


def longest_figures(formats: Formats) -> set[str]:
    """The longest that a card can have to show of each unit in a locale, losses and the bound of reach among them."""
    sizes = [8.88 * 10**power for power in range(2, 15)]
    texts = {brief("profit", -size, formats) for size in sizes}
    texts |= {"≤ " + brief("reach", size, formats) for size in sizes}
    rates = {"roi": -8.888, "margin": -0.888, "roas": 88.88, "profit_per_conversion": -8888.88, "cac": 88888.88}
    return texts | {brief(metric, value, formats) for metric, value in rates.items()}


def cldr_figures(locales: list[str], currencies: tuple[str, ...]) -> list[str]:
    texts: set[str] = set()
    for locale in locales:
        try:
            texts.update(*(longest_figures(formats_of(locale, currency)) for currency in currencies))
        except (NoSuchLocale, KeyError):
            continue
    return sorted(texts)


# How wide each figure is drawn, in sizes of its letters, beside what cards.js makes room for.
DRAWN = """(texts) => {
    const sheet = document.querySelector(".card-box").cloneNode(true);
    const value = sheet.querySelector(".card-value");
    value.style.fontSize = "100px";
    value.style.width = "max-content";
    sheet.replaceChildren(...texts.map((text) => {
      const copy = value.cloneNode();
      copy.textContent = text;
      return copy;
    }));
    document.querySelector("main").append(sheet);
    const found = texts.map((text, place) =>
      [text, sheet.children[place].getBoundingClientRect().width / 100, dashboard.cards.ems(text)]);
    sheet.remove();
    return found;
}"""


def test_the_room_made_for_a_figure_holds_it_in_every_locale(visit: Visit) -> None:
    every = [locale.replace("_", "-") for locale in locale_identifiers()]
    check_room(visit, [*LOCALES, *random.Random(14).sample(every, 40)])


@pytest.mark.long
def test_the_room_made_for_a_figure_holds_it_in_all_of_cldr(visit: Visit) -> None:
    check_room(visit, [locale.replace("_", "-") for locale in locale_identifiers()])


def check_room(visit: Visit, locales: list[str]) -> None:
    texts = cldr_figures(locales, ("USD", "EUR", "CHF"))
    page = visit.open("/").page
    page.evaluate("document.fonts.ready")
    drawn = page.evaluate(DRAWN, texts)
    assert len(drawn) > 300
    assert [text for text, wide, room in drawn if wide > room] == []
    assert sorted(wide / room for _, wide, room in drawn)[len(drawn) // 2] > 0.7, (
        "figures would be smaller than need be"
    )


# What is wrong with a page's cards: a part that leaves its card, that is cut, or that lies over another.
FAULTS = """() => {
    const box = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const rects = element.matches("svg") ? [element.getBoundingClientRect()] : [...range.getClientRects()];
      return { left: Math.min(...rects.map((r) => r.left)), right: Math.max(...rects.map((r) => r.right)),
        top: Math.min(...rects.map((r) => r.top)), bottom: Math.max(...rects.map((r) => r.bottom)) };
    };
    const faults = [];
    let parts = 0;
    for (const card of document.querySelectorAll(".card-box")) {
      if (!card.checkVisibility()) continue;
      const edge = card.getBoundingClientRect();
      const found = [...card.querySelectorAll(".term, .card-value, .card-change, .card-since, .spark")]
        .filter((part) => part.checkVisibility() && (part.matches("svg") || part.textContent));
      const boxes = found.map(box);
      parts += found.length;
      found.forEach((part, place) => {
        const { left, right, top, bottom } = boxes[place];
        const name = `${part.getAttribute("class")} ${part.textContent}`;
        const within = left > edge.left && right < edge.right && top >= edge.top && bottom <= edge.bottom;
        if (!within) faults.push(`${name} leaves`);
        if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth) faults.push(`${name} is cut`);
        if (part.matches(".card-value") && part.scrollHeight > 1.5 * parseFloat(getComputedStyle(part).lineHeight)) {
          faults.push(`${name} is broken`);
        }
        boxes.slice(place + 1).forEach((other, next) => {
          const wide = Math.min(right, other.right) - Math.max(left, other.left);
          const high = Math.min(bottom, other.bottom) - Math.max(top, other.top);
          const beside = found[place + 1 + next];
          const inset = [part, beside].some((each) => each.matches(".card-value")) ? 8 : 2; // of large lines
          if (wide > 1 && high > inset) faults.push(`${name} over ${beside.getAttribute("class")}`);
        });
      });
    }
    return { faults, parts };
}"""


def faults_of_cards(visit: Visit, widths: tuple[int, ...], queries: tuple[str, ...]) -> dict[str, list[str]]:
    wrong = {}
    for of in PAGES:
        for query in queries:
            visit.open(f"/{of.path}?{query}")
            for width in widths:
                visit.page.set_viewport_size({"width": width, "height": 900})
                found = visit.page.evaluate(FAULTS)
                assert found["parts"] > 20
                if found["faults"]:
                    wrong[f"{of.key} {query} {width}"] = found["faults"]
    return wrong


@pytest.fixture
def localized(request: pytest.FixtureRequest, facts_path: Any) -> Iterator[str]:
    """A server that writes figures as a locale does."""
    with served(facts_path, DASHBOARD_LOCALE=request.param, DASHBOARD_WORKERS="1") as address:
        yield address


@pytest.mark.parametrize(
    ("localized", "widths"),
    [
        ("ar-EG", (1440, 1024, 360)),
        ("de-DE", (768, 390, 320)),
        *(pytest.param(locale, WIDTHS, marks=pytest.mark.long) for locale in LOCALES),
    ],
    indirect=["localized"],
)
def test_no_part_of_a_card_is_cut_or_lies_over_another(
    localized: str, visit_in: Callable[..., Visit], widths: tuple[int, ...]
) -> None:
    assert faults_of_cards(visit_in(localized), widths, ("", "last=all")) == {}


def test_the_boxes_see_a_figure_that_is_too_wide_and_one_that_is_moved(visit: Visit) -> None:
    page = visit.open("/cmo").page
    assert page.evaluate(FAULTS)["faults"] == []
    page.add_style_tag(content=".card-value { font-size: 5rem !important }")
    assert any("leaves" in fault for fault in page.evaluate(FAULTS)["faults"])
    page.add_style_tag(content=".card-value { font-size: 1rem !important } .spark { translate: -6rem -1rem }")
    assert any("over spark" in fault for fault in page.evaluate(FAULTS)["faults"])


@pytest.mark.parametrize(("width", "height", "most"), [(390, 844, 200), (1440, 900, 220)])
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_the_first_figure_is_near_the_top(
    visit_in: Callable[..., Visit], server: str, of: Any, width: int, height: int, most: int
) -> None:
    """Its lower edge, banners aside; on a telephone the sentence follows the first cards."""
    page = visit_in(server, viewport={"width": width, "height": height}).open(f"/{of.path}").page
    page.evaluate("for (const banner of document.querySelectorAll('#banners > *')) banner.hidden = true")
    value = page.locator(".card-value:visible").first.bounding_box()
    sentence = page.get_by_text(page.evaluate("dashboard.view.shown().headline")).locator("visible=true")
    expect(sentence).to_have_count(1)
    above = sentence.bounding_box()
    assert value
    assert above
    assert value["y"] + value["height"] <= most
    assert (above["y"] < value["y"]) == (width > 700)


def test_a_card_says_what_was(visit: Visit) -> None:
    visit.open("/cfo?compare=previous")
    rows = {row["metric"]: row for row in visit.data("cfo.core-cards")["rows"]}
    said = cards_by_metric(visit.page)
    assert len(said) == len(rows) + 6 == 13, "those of the shop, too"
    for metric, row in rows.items():
        assert said[metric].endswith(f"from {brief(metric, row['baseline'])}")
        assert said[metric][0] == ("▲" if row["change"] > 0 else "▼")
    step = abs(rows["revenue"]["change"])
    assert said["revenue"].startswith(f"{said['revenue'][0]}{step:.1%} ")
    assert "2025" not in " ".join(said.values()), "the days stand once, in the head"
    assert "compared with" in visit.page.locator("#period").inner_text()
    visit.open("/cfo?compare=none")
    assert set(cards_by_metric(visit.page).values()) == {"not compared"}


def cards_by_metric(page: Page) -> dict[str, str]:
    """Metric -> what its card says below the figure."""
    found: dict[str, str] = page.eval_on_selector_all(
        ".card-box",
        """cards => Object.fromEntries(cards.filter((card) => card.checkVisibility()).map((card) =>
            [card.querySelector(".card-value").dataset.metric, card.querySelector(".card-against").innerText]))""",
    )
    return {metric: " ".join(words.split()) for metric, words in found.items()}


@pytest.fixture(scope="module")
def turning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of two weeks: a loss and no order in the first, a profit and orders in the second, without a Tuesday."""
    days = pd.date_range("2025-09-01", "2025-09-14")
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = pd.DataFrame({DATE: days.date, **texts, **dict.fromkeys(MEASURES, 100.0)})
    late = days >= "2025-09-08"
    rows = rows.assign(platform="Meta", revenue=np.where(late, 900.0, 0.0), conversions=np.where(late, 10, 0))
    path = tmp_path_factory.mktemp("turning") / "facts"
    write_deltalake(path, pa.Table.from_pandas(rows[days != "2025-09-09"], preserve_index=False), name=DEMO_NAME)
    with served(path, DASHBOARD_WORKERS="1") as address:
        yield address


def test_a_sign_that_turned_and_a_baseline_of_nothing_say_so(visit_in: Callable[..., Visit], turning: str) -> None:
    visit = visit_in(turning)
    visit.page.goto(f"{turning}/cfo?last=7d")
    expect(visit.page.locator(".card-value").first).to_be_visible()
    said = cards_by_metric(visit.page)
    assert said["profit"] == "▲$5.70k turned from −$2.10k"
    assert said["revenue"] == "▲$5.40k from $0"
    assert said["profit_per_conversion"] == "no value before"


def test_a_small_line_tells_its_figures_and_has_the_comparison_behind_it(visit: Visit) -> None:
    page = visit.open("/cfo?last=7d").page
    spark = page.locator('.card-box:has([data-metric="spend"]) .spark')
    rows = {row["date"]: row["spend"] for row in visit.data("cfo.financial-trend")["rows"]}
    before = page.request.get(f"{visit.server}/data/cfo/financial-trend.json?from=2025-09-15&to=2025-09-21").json()[
        "rows"
    ]
    assert len(rows) == len(before) == 7
    box = spark.bounding_box()
    assert box
    for place, (day, value) in enumerate(rows.items()):
        page.mouse.move(box["x"] + box["width"] * place / 6, box["y"] + 10)
        now, then = date.fromisoformat(day), date.fromisoformat(before[place]["date"])
        expect(page.locator("#tip p")).to_have_text(
            [
                f"{Formats().days(now, now)}: {brief('spend', value)}",
                f"{Formats().days(then, then)}: {brief('spend', before[place]['spend'])}",
            ]
        )
    assert spark.locator(".spark-before").get_attribute("d").count("L") == 6
    visit.open("/cfo?last=7d&compare=none")
    expect(spark.locator(".spark-before")).to_have_attribute("d", "")
    expect(spark.locator(".spark-line")).not_to_have_attribute("d", "")


def test_a_day_without_rows_is_a_gap_of_the_small_line(visit_in: Callable[..., Visit], turning: str) -> None:
    visit = visit_in(turning)
    visit.page.goto(f"{turning}/cfo?last=7d")
    spark = visit.page.locator('.card-box:has([data-metric="spend"]) .spark')
    expect(spark).to_be_visible()
    path = spark.locator(".spark-line").get_attribute("d")
    assert (path.count("M"), path.count("L")) == (2, 4)
    spark.hover(position={"x": (spark.bounding_box() or {"width": 0})["width"] / 6, "y": 5})
    expect(visit.page.locator("#tip p").first).to_have_text("Sep 9, 2025: no value")
