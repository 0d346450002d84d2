"""Rankings of few campaigns: what has nothing to stand beside goes, and a sentence says why."""

import numpy as np
import pandas as pd
import pytest

from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from pages.cmo import CMO
from pages.executive import EXECUTIVE
from views.answers import ask, view


@pytest.fixture(scope="module")
def four() -> FrameFacts:
    """Campaigns A to D of two platforms; D spends too little to be judged."""
    names = ["A", "B", "C", "D"]
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = pd.DataFrame({DATE: pd.Timestamp("2025-03-01"), **texts, "campaign": names} | dict.fromkeys(MEASURES, 100.0))
    return FrameFacts(rows.assign(platform=["Meta", "Google"] * 2, spend=np.array([100.0, 90.0, 80.0, 0.1])), "v")


def left_out(facts: FrameFacts, page: object, query: str) -> dict[str, list[str]]:
    asked = ask(facts, Address.of(f"{query}&compare=none"), Formats(), ALL_ROWS, RANKS)
    entries = view(page, facts, asked, ALL_ROWS)["left_out"]  # type: ignore[arg-type]
    return {each["text"]: [name for name in each["visuals"] if name.endswith("campaigns")] for each in entries}


@pytest.mark.parametrize(
    ("query", "gone", "why"),
    [
        (
            "campaign=A",
            ["top-campaigns", "bottom-campaigns"],
            "As A is the only campaign, there is nothing to compare in",
        ),
        ("campaign=A,D", ["bottom-campaigns"], "As only one campaign can be judged, there is nothing to compare in"),
    ],
)
def test_a_list_with_nothing_to_compare_goes_and_says_why(
    four: FrameFacts, query: str, gone: list[str], why: str
) -> None:
    ((text, names),) = left_out(four, EXECUTIVE, query).items()

    assert names == gone
    assert f"{why} “{'Top' if len(gone) == 2 else 'Bottom'} campaigns”" in text


def test_two_that_can_be_judged_keep_both_lists(four: FrameFacts) -> None:
    assert [name for names in left_out(four, EXECUTIVE, "campaign=A,B").values() for name in names] == []


def test_one_campaign_leaves_the_cmo_without_its_ranking(four: FrameFacts) -> None:
    ((text, names),) = (
        (text, names) for text, names in left_out(four, CMO, "campaign=A").items() if "shop" not in text
    )

    assert names == ["top-campaigns"]
    assert "As A is the only campaign, there is nothing to compare in “Top campaigns”." in text
