"""Every figure that the browser will draw is a valid plotly figure, for ordinary and for strange selections."""

import re
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from components import theme
from components.address import RANKS, Address
from components.locales import formats_of
from components.page_data import PageData
from components.visuals import Visual
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES, UNKNOWN
from kpi.units import USUAL
from pages import EVERY, PAGES
from views.answers import ask, page_data_of

CHARTS = [(page, visual) for page in PAGES for visual in page.visuals if visual.kind == "chart"]
SELECTIONS = [
    "",
    "last=all&compare=none",
    "last=all&grain=month",
    "from=2025-06-01&to=2025-06-01",
    "platform=TikTok&region=Latin%20America",
]
#: The charts that have nothing to draw, by name and address, and no others.
EMPTY = {("profit-share", "platform=TikTok&region=Latin%20America")}  # of losses there are no shares


def whole(spec: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The complete plotly figure that the browser draws of a chart's spec and an answer."""
    data = []
    for trace in answer["traces"]:
        filled = {key: value for key, value in trace.items() if key not in ("of", "days")}
        if "days" in trace:
            first, count = trace["days"]
            filled["x"] = [(date.fromisoformat(first) + timedelta(days=day)).isoformat() for day in range(count)]
        data.append(merged(spec["traces"][trace["of"]], filled))
    return {"data": data, "layout": merged(spec["layout"], answer.get("layout", {}))}


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    found = deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = merged(found[key], value) if both else value
    return found


def read_for(visual: Visual, facts: FrameFacts, address: str, formats: Formats = USUAL) -> PageData:
    """What a visual reads for an address, for who may see everything."""
    return page_data_of([visual], facts, ask(facts, Address.of(address), formats, ALL_ROWS, RANKS), ALL_ROWS)


def coloured(value: Any) -> Any:
    """The figure with a colour where the browser puts the theme's."""
    if isinstance(value, dict):
        return {key: coloured(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [coloured(each) for each in value]
    return "#123456" if isinstance(value, str) and re.fullmatch(r"--[a-z0-9-]+(/0?\.\d+)?", value) else value


@pytest.mark.parametrize("address", SELECTIONS)
@pytest.mark.parametrize(("of", "visual"), CHARTS, ids=[f"{page.key}.{visual.name}" for page, visual in CHARTS])
def test_a_chart_is_a_figure(facts: FrameFacts, of: object, visual: Any, address: str) -> None:
    page_data = read_for(visual, facts, address)

    answer = visual.draw(page_data)

    assert (answer.get("state") == "empty") == ((visual.name, address) in EMPTY)
    if (visual.name, address) in EMPTY:
        assert answer["text"].endswith(".")
        return
    figure = whole(visual.spec, answer)
    assert bool(go.Figure(coloured(figure)).data) != (visual.of_change and page_data.baseline is None)  # it is left out
    assert not [words for words in _shown(figure) if "_" in words]


@pytest.mark.parametrize("address", SELECTIONS)
@pytest.mark.parametrize(("of", "visual"), CHARTS, ids=[f"{page.key}.{visual.name}" for page, visual in CHARTS])
def test_a_chart_has_a_text_alternative(facts: FrameFacts, of: object, visual: Any, address: str) -> None:
    page_data = read_for(visual, facts, address)

    answer = visual.draw(page_data)

    if (visual.name, address) not in EMPTY:
        assert re.fullmatch(r"[A-Z].{20,}\.", answer["alt"])
        assert not re.search(r"nan|None|\b\w+_\w+\b|  |\.\.", answer["alt"])


def test_text_alternatives_name_the_extremes_of_the_data_address(facts: FrameFacts) -> None:
    charts = {visual.name: visual for _, visual in CHARTS}
    said = {}
    for name in ("regional-roi", "financial-trend", "platform-radar"):
        page_data = read_for(charts[name], facts, "last=28d")
        said[name] = charts[name].draw(page_data)["alt"], charts[name].rows(page_data)

    words, regions = said["regional-roi"]
    order = sorted(regions, key=lambda row: row["roi"])
    assert f"Highest: {order[-1]['region']}, lowest: {order[0]['region']}." in words
    words, days = said["financial-trend"]
    revenue = [row["revenue"] for row in days]
    assert f"Ad revenue: from ${revenue[0]:,.0f} to ${revenue[-1]:,.0f}, lowest ${min(revenue):,.0f} on " in words
    words, platforms = said["platform-radar"]
    best = max(platforms, key=lambda row: row["roas"])
    assert f"ROAS. Highest: {best['platform']} {best['roas']:.2f}×" in words


def test_a_text_alternative_adds_up_a_half_before_it_divides() -> None:
    """A quiet day counts as little as it is; what a day without a click sold counts, too."""
    days = pd.date_range("2025-03-01", periods=8)
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = pd.DataFrame({DATE: days, **texts, **dict.fromkeys(MEASURES, 0.0)})
    rows["impressions"] = [1000.0, 1000.0, 1000.0, 10.0, 1000.0, 1000.0, 2000.0, 0.0]
    rows["clicks"] = [20.0, 20.0, 20.0, 5.0, 30.0, 30.0, 60.0, 0.0]
    rows["conversions"] = [2.0, 2.0, 2.0, 5.0, 3.0, 3.0, 3.0, 3.0]
    rows["revenue"] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0]
    rates, money = (next(each for _, each in CHARTS if each.name == name) for name in ("rate-trend", "financial-trend"))
    facts = FrameFacts(rows, "v")

    of_rates = rates.draw(read_for(rates, facts, "last=8d&compare=none"))["alt"]
    of_money = money.draw(read_for(money, facts, "last=8d&compare=none"))["alt"]

    assert "; rising, 2.16% in the first half and 3.00% in the second." in of_rates  # 65 / 3,010 and 120 / 4,000
    assert "; falling, 16.92% in the first half and 10.00% in the second." in of_rates  # 11 / 65 and 12 / 120
    assert "; rising, on average $25 in the first half and $65 in the second." in of_money


def _shown(figure: dict[str, Any]) -> list[str]:
    """The words a reader sees: names of traces, titles of axes, labels."""
    found = [trace.get("name", "") for trace in figure["data"]]
    axes = [axis for axis in figure["layout"].values() if isinstance(axis, dict) and "title" in axis]
    return found + [axis["title"]["text"] for axis in axes]


def test_a_chart_without_a_value_says_what_it_cannot_divide_by(facts: FrameFacts) -> None:
    address = "platform=Google&region=Latin%20America&objective=Awareness&device=Tablet&from=2025-09-25&to=2025-09-28"
    charts = {visual.name: visual for _, visual in CHARTS}
    page_data = page_data_of(
        list(charts.values()), facts, ask(facts, Address.of(address), Formats(), ALL_ROWS, RANKS), ALL_ROWS
    )
    assert page_data.now[()]["revenue"].iloc[0] == 0

    answer = charts["margin-by-platform"].draw(page_data)

    assert answer == {
        "state": "empty",
        "text": "There is no value of Margin here: what it is made of is not reported, or attributed revenue, by which "
        "it is divided, is zero.",
    }


@pytest.mark.parametrize("objectives", ["Retention", "Retention,Consideration", "Awareness,Conversion", ""])
def test_a_share_of_spend_has_no_tick_beyond_the_whole(facts: FrameFacts, objectives: str) -> None:
    visual = next(visual for _, visual in CHARTS if visual.name == "objective-efficiency")

    answer = visual.draw(read_for(visual, facts, f"objective={objectives}"))

    axis, shares = answer["layout"]["xaxis"], answer["traces"][0]["x"]
    low, high = axis["range"]
    assert 0 <= low <= min(shares)
    assert high > max(shares)
    ticks = axis.get("tickvals", [])
    assert bool(ticks) == (high > 1)
    assert all(low <= tick <= 1 for tick in ticks)


def test_one_day_has_one_tick_and_circles_beside_its_marks(facts: FrameFacts) -> None:
    trend = next(visual for _, visual in CHARTS if visual.name == "financial-trend")

    answer = trend.draw(read_for(trend, facts, "from=2025-09-28&to=2025-09-28"))

    assert answer["layout"]["xaxis"] == {"tickvals": ["2025-09-28"]}
    assert {trace["mode"] for trace in answer["traces"]} == {"lines+markers"}
    assert answer["line"].startswith("Circles: the period before")


@pytest.fixture(scope="module")
def begun() -> FrameFacts:
    """A platform that began on 25 January 2025, and its every other day of March."""
    days = [*pd.date_range("2025-01-25", "2025-02-28"), *pd.date_range("2025-03-01", "2025-03-31", freq="2D")]
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    late = pd.DataFrame({DATE: days, **texts, "platform": "TikTok", **dict.fromkeys(MEASURES, 100.0)})
    always = pd.DataFrame({DATE: pd.date_range("2025-01-01", "2025-03-31"), **texts, **dict.fromkeys(MEASURES, 1.0)})
    return FrameFacts(pd.concat([late, always.assign(platform="Meta")]).sort_values(DATE, ignore_index=True), "v")


@pytest.mark.parametrize(
    ("query", "then"),
    [
        ("from=2025-02-01&to=2025-02-14", {f"2025-02-{day:02}": f"Jan {day + 17}, 2025" for day in range(8, 15)}),
        ("from=2025-03-18&to=2025-03-31", {f"2025-03-{day}": f"Mar {day - 14}, 2025" for day in range(19, 32, 2)}),
        ("from=2025-02-03&to=2025-03-02&grain=week", {"2025-02-17": "Jan 20, 2025", "2025-02-24": "Jan 27, 2025"}),
    ],
)
def test_a_comparison_lies_beside_its_own_day_also_where_days_have_no_row(
    begun: FrameFacts, query: str, then: dict[str, str]
) -> None:
    trend = next(visual for _, visual in CHARTS if visual.name == "financial-trend")

    answer = trend.draw(read_for(trend, begun, f"platform=TikTok&{query}"))

    drawn = zip(answer["traces"], whole(trend.spec, answer)["data"], strict=True)
    dotted = next(trace for told, trace in drawn if told["of"] == 1)
    points = zip(dotted["x"], dotted["customdata"], dotted["y"], strict=True)
    having = {day: earlier for day, earlier, value in points if value is not None}
    assert having.items() >= then.items()
    assert min(having) == min(then)


def test_a_course_leaves_out_the_periods_that_are_cut_short_and_no_others(begun: FrameFacts) -> None:
    trend = next(visual for _, visual in CHARTS if visual.name == "financial-trend")
    address = Address.of("platform=TikTok&from=2025-01-03&to=2025-02-26&grain=week&compare=none")
    asked = ask(begun, address, Formats(), ALL_ROWS, RANKS)

    spark = page_data_of([trend], begun, asked, ALL_ROWS).spark
    course = spark.frame

    # The selection's first week is cut short, and that of 24 February; two whole ones have no row.
    assert [f"{day:%m-%d}" for day in course.index] == ["01-06", "01-13", "01-20", "01-27", "02-03", "02-10", "02-17"]
    assert course["revenue"].isna().tolist() == [True, True, False, False, False, False, False]
    assert spark.days[0] == "Jan 6 – 12, 2025"
    assert spark.days[-1] == "Feb 17 – 23, 2025"


@pytest.mark.parametrize(
    ("count", "locale", "said"),
    [
        (90, "en-US", "with 1% of the spend or more"),
        (90, "de-DE", "with 1\u00a0% of the spend or more"),
        (90, "fr-FR", "with 1\u00a0% of the spend or more"),
        (150, "de-DE", "with the average campaign’s spend or more"),
    ],
)
def test_a_campaigns_place_names_the_spend_from_which_campaigns_are_ranked(count: int, locale: str, said: str) -> None:
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    names = [f"c{number}" for number in range(count)]
    rows = pd.DataFrame(
        {DATE: pd.Timestamp("2025-03-01"), **texts, "campaign": names, **dict.fromkeys(MEASURES, 100.0)}
    )
    facts = FrameFacts(rows.assign(spend=100.0 + np.arange(count)), "v")
    place = next(visual for page in EVERY for visual in page.visuals if visual.name == "place")

    answer = place.draw(read_for(place, facts, f"campaign=c{count - 1}&compare=none", formats_of(locale)))

    assert said in answer["items"][0]["text"]


@pytest.mark.parametrize(("of", "visual"), CHARTS, ids=[f"{page.key}.{visual.name}" for page, visual in CHARTS])
def test_a_hover_has_the_pages_font_and_no_plate_beside_its_box(of: object, visual: Any) -> None:
    """Plotly writes what is in <extra> in the trace's own colour, on a pale plate in either theme."""
    layout = visual.spec["layout"]
    assert layout["hoverlabel"]["font"]["family"] == layout["font"]["family"]
    if layout.get("hovermode") == "x unified":
        return  # one box for all lines
    for trace in visual.spec["traces"]:
        assert trace.get("hoverinfo") == "skip" or trace["hovertemplate"].endswith("<extra></extra>")
        hinted = "<br><i>Click to filter</i><extra>" in trace.get("hovertemplate", "")
        assert hinted == bool(visual.spec.get("pick") and trace.get("hovertemplate"))


def test_a_radar_marks_zero_where_a_platform_loses_and_scales_each_axis_from_its_lowest(facts: FrameFacts) -> None:
    radar = next(visual for _, visual in CHARTS if visual.name == "platform-radar")
    page_data = read_for(radar, facts, "last=28d")
    lowest = page_data.now[("platform",)]["roi"].min()
    assert lowest < 0, "one of the demo's platforms loses"

    drawn = whole(radar.spec, radar.draw(page_data))["data"]

    *lines, zero = drawn
    roi = zero["theta"].index("ROI")
    assert zero["name"] == "Zero"
    assert [min(line["r"][roi] for line in lines), max(line["r"][roi] for line in lines)] == [0, 1]
    for line, value in zip(lines, page_data.now[("platform",)]["roi"], strict=True):
        assert (line["r"][roi] < zero["r"][roi]) == (value < 0)
    earning = whole(radar.spec, radar.draw(read_for(radar, facts, "last=28d&platform=Google,Amazon")))["data"]
    assert [line["name"] for line in earning] == ["Google", "Amazon"]


def test_a_part_of_a_ring_keeps_its_color_whatever_is_shown_beside_it() -> None:
    """By rank or place a value would take another's color with each filter; what is not known is gray."""
    devices = ["Mobile", "Desktop", "Tablet", "Connected car", UNKNOWN]
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    facts = FrameFacts(
        pd.DataFrame({DATE: pd.Timestamp("2025-03-01"), **texts, **dict.fromkeys(MEASURES, 5.0), "device": devices}),
        "v",
    )
    [ring] = [visual for _, visual in CHARTS if visual.name == "device-share"]
    colors: dict[str, set[str]] = {}
    for address in ("", "device=Tablet", "device=Connected%20car,Tablet", f"device=Desktop,{UNKNOWN}"):
        [trace] = ring.draw(read_for(ring, facts, address))["traces"]
        for name, color in zip(trace["labels"], trace["marker"]["colors"], strict=True):
            colors.setdefault(name, set()).add(color)
    assert {name: len(each) for name, each in colors.items()} == dict.fromkeys(devices, 1)
    assert colors[UNKNOWN] == {theme.OTHER}
    assert colors["Tablet"] == {theme.SERIES[2]}
