"""A page without rows says once why, and which filter to take back: the one whose removal alone brings rows."""

from datetime import date

import pandas as pd
import pytest

from components.address import Query
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.selection import only
from views.emptiness import why_empty

#: A campaign of Meta's in June, one of Google's in July; the days between have no rows.
ROWS = (("2025-06-01", "Meta", "Spring"), ("2025-07-31", "Google", "Brand"))


@pytest.fixture(scope="module")
def two_campaigns() -> FrameFacts:
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = [
        {**texts, **dict.fromkeys(MEASURES, 1.0), DATE: day, "platform": platform, "campaign": campaign}
        for day, platform, campaign in ROWS
    ]
    frame = pd.DataFrame(rows)
    return FrameFacts(frame.assign(**{DATE: pd.to_datetime(frame[DATE])}), "1")


@pytest.mark.parametrize(
    ("chosen", "days", "labels", "queries"),
    [
        (
            {"platform": ["Google"], "campaign": ["Spring"]},
            ("2025-06-01", "2025-06-30"),
            ["Remove the platform filter"],
            ["campaign=Spring&from=2025-06-01&to=2025-06-30"],
        ),
        (
            {"platform": ["Google"], "campaign": ["Spring"]},
            ("2025-06-01", "2025-07-31"),
            ["Remove the platform filter", "Remove the campaign filter"],
            [
                "campaign=Spring&from=2025-06-01&to=2025-07-31",
                "platform=Google&from=2025-06-01&to=2025-07-31",
            ],
        ),
        ({"platform": ["Meta"]}, ("2025-07-01", "2025-07-30"), ["Show all days"], ["platform=Meta&last=all"]),
        (
            {"platform": ["Google"], "campaign": ["Spring"]},
            ("2025-07-01", "2025-07-30"),
            ["Remove all filters"],
            ["from=2025-07-01&to=2025-07-30"],
        ),
        ({}, ("2025-07-01", "2025-07-30"), ["Show all days"], ["last=all"]),
    ],
)
def test_the_ways_out_are_those_that_lead_to_rows(two_campaigns, chosen, days, labels, queries) -> None:
    start, end = map(date.fromisoformat, days)
    query = Query(only(chosen), None, start, end)
    extent = two_campaigns.extent()

    empty = why_empty(query, query.selection(extent), extent, two_campaigns, ALL_ROWS, Formats())

    assert [way.label for way in empty.ways] == labels
    assert [way.query for way in empty.ways] == queries
    assert empty.text.startswith("Nothing matches these filters" if chosen else "There is no data for")
