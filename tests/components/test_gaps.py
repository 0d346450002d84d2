"""A calendar is whole: what did not run for some days is a gap of charts, tables and files, not earnings nor zero."""

import io
import json
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.address import RANKS, Address
from components.figures.area import areas
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from pages import PAGES
from tests.components.test_figures import read_for, whole
from views.answers import ask
from views.files import data_file

TREND = next(visual for page in PAGES for visual in page.visuals if visual.name == "financial-trend")
PAUSED = "platform=TikTok&from=2025-03-01&to=2025-03-28&compare=none"


@pytest.fixture(scope="module")
def paused() -> FrameFacts:
    """TikTok does not run from 9 to 23 March 2025 and loses money after it; Meta always runs."""
    days = pd.date_range("2025-01-01", "2025-03-31")
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = pd.DataFrame({DATE: days, **texts, **dict.fromkeys(MEASURES, 100.0)}).assign(revenue=500.0)
    tiktok = rows.assign(platform="TikTok")[(days < "2025-03-09") | (days > "2025-03-23")]
    tiktok.loc[tiktok[DATE] > "2025-03-23", "revenue"] = 50.0
    return FrameFacts(pd.concat([tiktok, rows.assign(platform="Meta")]).sort_values(DATE, ignore_index=True), "v")


def test_a_pause_is_a_gap_of_the_lines_and_said_in_words(paused: FrameFacts) -> None:
    answer = TREND.draw(read_for(TREND, paused, PAUSED))

    lines = [trace for trace in whole(TREND.spec, answer)["data"] if trace.get("hoverinfo") != "skip"]
    assert len(lines) == 3
    for line in lines:
        at = dict(zip(line["x"], line["y"], strict=True))
        assert len(at) == 28
        assert [day for day, value in at.items() if value is None] == [f"2025-03-{day:02}" for day in range(9, 24)]
    band = answer["layout"]["shapes"][0]
    assert (band["x0"], band["x1"]) == ("2025-03-08 12:00", "2025-03-23 12:00")
    assert "label" not in band, "plotly would write it behind the grid"
    (words,) = answer["layout"]["annotations"]
    assert (words["text"], words["x"][:10]) == ("not running", "2025-03-16")
    assert answer["layout"]["xaxis"]["range"] == ["2025-03-01", "2025-03-28"]
    assert "Not running (no rows): Mar 9 – 23, 2025." in answer["line"]
    assert "Not running (no rows): Mar 9 – 23, 2025." in answer["alt"]


def test_what_is_earned_and_what_is_lost_are_filled_apart_and_a_pause_is_not(paused: FrameFacts) -> None:
    answer = TREND.draw(read_for(TREND, paused, PAUSED))

    figure = whole(TREND.spec, answer)["data"]
    profit = next(trace for trace in figure if trace.get("name") == "Profit")
    above, below = (trace for trace in figure if trace.get("hoverinfo") == "skip")
    assert profit["fill"] == "none"
    assert max(above["y"]) == 200
    assert max(day for day, value in zip(above["x"], above["y"], strict=True) if value) == "2025-03-08"
    assert min(below["y"]) == -250
    assert min(day for day, value in zip(below["x"], below["y"], strict=True) if value) == "2025-03-24"
    assert above["fillcolor"] != below["fillcolor"]


@pytest.mark.parametrize(("grain", "rows"), [("day", 28), ("week", 5), ("month", 1)])
def test_files_have_one_row_a_period_and_nothing_where_nothing_ran(paused: FrameFacts, grain: str, rows: int) -> None:
    asked = ask(paused, Address.of(f"{PAUSED}&grain={grain}"), Formats(), ALL_ROWS, RANKS)

    found = json.loads(data_file("cfo", TREND, paused, asked, "json", ALL_ROWS))["rows"]
    sheet = openpyxl.load_workbook(io.BytesIO(data_file("cfo", TREND, paused, asked, "xlsx", ALL_ROWS))).active

    assert len(found) == rows
    assert sheet.max_row == rows + 1
    missing = [row["date"] for row in found if row["spend"] is None]
    every_day = [f"2025-03-{day:02}" for day in range(9, 24)]
    assert missing == {"day": every_day, "week": ["2025-03-10", "2025-03-17"], "month": []}[grain]
    assert all((row["spend"] is None) == (row["revenue"] is None) == (row["profit"] is None) for row in found)
    assert sum(row["spend"] or 0 for row in found) == 1300
    assert {cell.value for row in sheet.iter_rows(2) for cell in row[1:]}.isdisjoint({0})


def test_a_sparkline_of_a_paused_campaign_has_the_gap(paused: FrameFacts) -> None:
    page_data = read_for(TREND, paused, "platform=TikTok&from=2025-01-01&to=2025-03-31&compare=none")

    missing = page_data.spark.frame["spend"].isna()

    assert 3 <= missing.sum() <= 5  # three days a point
    assert not missing.iloc[0]
    assert not missing.iloc[-1]


@given(st.lists(st.none() | st.integers(-50, 50).map(float), min_size=2, max_size=40))
def test_areas_hold_what_lies_between_the_line_and_zero(values: list[float | None]) -> None:
    days = [date(2025, 1, 1) + timedelta(days=place) for place in range(len(values))]

    held = {side: _integral(part["x"], part["y"]) for side, part in areas(days, values)}

    if all(value is not None and value >= 0 for value in values):
        assert held == {}
        return
    expected = [0.0, 0.0]
    for left, right in pairwise(values):
        if left is not None and right is not None:
            fine = np.linspace(left, right, 20_001)
            expected[0] += np.maximum(fine, 0).mean()
            expected[1] += np.minimum(fine, 0).mean()
    assert [held.get(side, 0.0) for side in (0, 1)] == pytest.approx(expected, abs=0.5, rel=0.01)


def _integral(places: list[str], heights: list[float]) -> float:
    at = pd.to_datetime(places, format="ISO8601").to_numpy().astype("datetime64[s]").astype(float) / 86_400
    return float(np.trapezoid(heights, at))
