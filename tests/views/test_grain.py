"""Time steps by themselves: weeks and months where days would be too many, on the page alone."""

import json

import pandas as pd
import pytest

from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.selection import fitting_grain
from pages.cfo import CFO
from views.answers import ask, view
from views.files import data_file


@pytest.mark.parametrize(
    ("days", "grain"), [(1, "day"), (120, "day"), (121, "week"), (731, "week"), (732, "month"), (5000, "month")]
)
def test_a_line_has_at_most_some_120_points(days: int, grain: str) -> None:
    assert fitting_grain(days) == grain


@pytest.fixture(scope="module")
def long() -> FrameFacts:
    """Three years of one campaign."""
    days = pd.date_range("2022-10-01", "2025-09-30")
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    return FrameFacts(pd.DataFrame({DATE: days, **texts, **dict.fromkeys(MEASURES, 100.0)}), "v")


@pytest.mark.parametrize(
    ("query", "canonical", "points"),
    [
        ("last=28d", "", 28),
        ("last=1y", "last=1y", 53),
        ("last=1y&grain=day", "last=1y&grain=day", 365),
        ("last=1y&grain=week", "last=1y", 53),
        ("last=all", "last=all", 36),
        ("grain=day", "", 28),
        ("last=28d&grain=week", "grain=week", 5),
        ("grain=fortnight", "", 28),
    ],
)
def test_only_another_grain_than_the_usual_is_in_the_address(
    long: FrameFacts, query: str, canonical: str, points: int
) -> None:
    asked = ask(long, Address.of(query), Formats(), ALL_ROWS, RANKS, drawn=True)

    found = view(CFO, long, asked, ALL_ROWS)

    assert found["query"] == canonical
    assert (found["chosen"]["grain"] is None) == ("grain=" not in canonical)
    traces = found["visuals"]["financial-trend"]["traces"]
    assert {len(trace["y"]) for trace in traces if trace["of"] == 0} == {points}


@pytest.mark.parametrize(("query", "points"), [("last=1y", 53), ("last=28d", 28), ("last=all&grain=week", 158)])
def test_files_have_days_unless_the_page_that_leads_to_them_says_otherwise(
    long: FrameFacts, query: str, points: int
) -> None:
    trend = next(visual for visual in CFO.visuals if visual.name == "financial-trend")
    seen = view(CFO, long, ask(long, Address.of(query), Formats(), ALL_ROWS, RANKS, drawn=True), ALL_ROWS)

    def rows(address: str) -> int:
        asked = ask(long, Address.of(address), Formats(), ALL_ROWS, RANKS)
        return len(json.loads(data_file("cfo", trend, long, asked, "json", ALL_ROWS))["rows"])

    assert rows(seen["files"]) == points
    assert rows(query.partition("&")[0]) == {"last=1y": 365, "last=28d": 28, "last=all": 1096}[query.partition("&")[0]]
