"""By touch on a telephone: a tap shows a mark's values in a strip, its button filters, and nothing covers the plot."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from pages import PAGES
from tests.browser.conftest import Visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

#: Where the marks of a chart lie on the screen, and which names of plotly's data each stands for.
MARKS = """(root) => {
    const chart = root.querySelector(".js-plotly-plot");
    const { left, top } = chart.getBoundingClientRect();
    const full = chart._fullLayout;
    const elements = (selector) => [...chart.querySelectorAll(selector)];
    const found = [];
    const add = (at, ...names) => found.push({ at, names: names.map(dashboard.legend.plain) });
    const centre = (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x + width / 2, y + height / 2];
    };
    /** A place well on a part of a ring, whose centre is not on it. */
    const within = (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        for (let across = 1; across < 40; across += 1) {
            for (let down = 1; down < 40; down += 1) {
                const at = [x + (width * across) / 40, y + (height * down) / 40];
                const around = [[0, 0], [-4, -4], [4, 4], [-4, 4], [4, -4]].map(([dx, dy]) => [at[0] + dx, at[1] + dy]);
                if (around.every((place) => document.elementFromPoint(...place) === element)) return at;
            }
        }
    };
    for (const [number, trace] of chart._fullData.entries()) {
        const { type, visible, hoverinfo, orientation } = trace;
        const along = full[trace.xaxis?.replace("x", "xaxis")];
        const up = full[trace.yaxis?.replace("y", "yaxis")];
        const at = (x, y) => [left + along._offset + along.c2p(x), top + up._offset + up.c2p(y)];
        if (hoverinfo === "skip" || visible !== true) continue;
        if (type === "pie") {
            elements(".slice path.surface").forEach((slice, place) => add(within(slice), trace.labels[place]));
        } else if (type === "heatmap") {
            trace.y.forEach((y, row) => trace.x.forEach((x, column) => add(at(column, row), y, x)));
        } else if (type === "bar" || type === "funnel") {
            elements(".trace.bars")[number].querySelectorAll(".point path").forEach((bar, place) =>
                add(centre(bar), trace[orientation === "h" ? "y" : "x"][place]));
        } else if (type === "scatterpolar") {
            const points = elements(".polarlayer .trace")[number].querySelectorAll("path.point");
            points.forEach((point) => add(centre(point), trace.name));
        } else {
            const names = trace.mode.includes("text") ? trace.text : trace.mode === "markers" ? trace.x : null;
            chart.calcdata[number].forEach(({ x, y }, place) => add(at(x, y), ...(names ? [names[place]] : [])));
        }
    }
    return found;
}"""


@pytest.fixture
def phone(visit_in: Callable[..., Visit], server: str) -> Visit:
    return visit_in(server, **PHONE)


def charts(visit: Visit, path: str) -> list[Locator]:
    page = visit.open(f"/{path}").unfold().page
    roots = [root for root in page.locator("[data-visual].visual-chart").all() if root.is_visible()]
    for root in roots:
        root.scroll_into_view_if_needed()
        expect(root.locator(".main-svg").first).to_be_visible()
    return roots


def tap(page: Page, root: Locator, place: int) -> dict[str, Any]:
    """A finger on the mark at `place`; what it stands for."""
    root.evaluate("root => root.querySelector('.strip')?.remove()")  # that of the mark before
    root.locator(".chart").evaluate("chart => chart.scrollIntoView({ block: 'center', behavior: 'instant' })")
    mark: dict[str, Any] = root.evaluate(MARKS)[place]
    page.touchscreen.tap(*mark["at"])
    return mark


@pytest.mark.parametrize("of", [page for page in PAGES if page.visuals and not page.panel], ids=lambda page: page.key)
def test_a_tap_shows_the_values_of_every_mark_and_its_button_filters(phone: Visit, of: Any) -> None:
    page, filters = phone.page, 0
    for root in charts(phone, of.path):
        name = root.get_attribute("data-visual")
        pick = next(each for each in of.visuals if f"{of.key}.{each.name}" == name).spec.get("pick")
        strip = root.locator(".strip")
        marks = root.evaluate(MARKS)
        assert marks, name
        named = [place for place, mark in enumerate(marks) if mark["names"]] or range(0, len(marks), 9)
        reached: dict[str, str] = {}  # what a tap filters to, by the name of the mark
        for place in named:
            mark = tap(page, root, place)
            expect(strip).to_contain_text(re.compile(r"\d"))
            for each in mark["names"]:
                expect(strip).to_contain_text(each if pick else "")
            box = strip.bounding_box()
            assert box
            assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["viewport"]["width"]
            cut = "strip => [...strip.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
            assert strip.evaluate(cut) == 0
            boxes = root.locator(".hoverlayer :is(.hovertext, .legend)")
            assert all(not each.is_visible() for each in boxes.all())
            assert phone.address() == f"/{of.path}", "a tap alone changes nothing"
            if pick:
                button = strip.get_by_role("button")
                expect(button).to_have_text(re.compile("^Filter to "))
                reached[button.inner_text().removeprefix("Filter to ")] = name or ""
        assert {", ".join(marks[place]["names"]) for place in named if pick} == set(reached), name
        if pick:
            filters += 1
            strip.get_by_role("button").tap()
            expect(page).not_to_have_url(f"{phone.server}/{of.path}")
            expect(page.locator("#chips .chip")).to_have_count(len(pick))
            page.go_back()
            expect(page).to_have_url(f"{phone.server}/{of.path}")
            expect(page.locator("#chips .chip")).to_have_count(0)
            phone.settled()
    assert filters > 0


def test_a_tap_on_a_cell_filters_to_both_of_its_names(phone: Visit) -> None:
    page = phone.page
    phone.open("/cfo")
    root = phone.reveal("cfo.profit-heatmap")
    root.scroll_into_view_if_needed()
    expect(root.locator(".hm").first).to_be_visible()
    rows = {(row["platform"], row["region"]): row["profit"] for row in phone.data("cfo.profit-heatmap")["rows"]}
    tap(page, root, 1)
    strip = root.locator(".strip")
    expect(strip).to_contain_text("Meta, Europe")
    expect(strip).to_contain_text(f"{abs(round(rows['Meta', 'Europe'])):,}")
    strip.get_by_role("button", name="Filter to Meta, Europe").tap()
    expect(page).to_have_url(f"{phone.server}/cfo?platform=Meta&region=Europe")
    expect(page.locator("#chips .chip")).to_have_count(2)
    expect(root).to_be_hidden()  # one cell compares nothing


def test_a_day_of_a_trend_says_all_its_values_below_the_chart(phone: Visit) -> None:
    phone.open("/cfo")
    root = phone.page.locator('[data-visual="cfo.financial-trend"]')
    expect(root.locator(".main-svg").first).to_be_visible()
    tap(phone.page, root, 14)
    strip = root.locator(".strip")
    expect(strip.locator("strong")).to_have_text("Sep 15")
    lines = strip.locator("[role=status] span").all_inner_texts()
    assert [line.split(":")[0] for line in lines] == [
        *("Ad revenue", "Ad revenue, before", "Spend", "Spend, before", "Profit", "Profit, before")
    ]
    assert all("$" in line for line in lines)
