"""Rows that are sums of other rows, wherever a console puts them: dropped, and nothing else with them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from facts.importers import Import
from facts.importers.importing import read_file

META = "Campaign name,Day,Age,Gender,Amount spent (USD),Impressions,Link clicks\n"


def read(path: Path) -> Import:
    (found,) = read_file(path)
    return found


@pytest.mark.parametrize(
    ("rows", "spend", "dropped"),
    [
        # a campaign's own row above its ages, blank or "All"
        ("A,2025-07-01,,f,30,3,3\nA,2025-07-01,18-24,f,10,1,1\nA,2025-07-01,25-34,f,20,2,2\n", 30, 1),
        ("A,2025-07-01,All,All,30,3,3\nA,2025-07-01,18-24,f,10,1,1\nA,2025-07-01,25-34,m,20,2,2\n", 30, 1),
        ("A,All,All,All,30,3,3\nA,2025-07-01,18-24,f,10,1,1\nA,2025-07-01,25-34,m,20,2,2\n", 30, 1),
        # what the platform cannot tell an age of is money of its own
        ("A,2025-07-01,,f,7,3,3\nA,2025-07-01,18-24,f,10,1,1\nA,2025-07-01,25-34,f,20,2,2\n", 37, 0),
        ("A,2025-07-01,,f,10,3,3\nA,2025-07-01,18-24,f,10,1,1\n", 20, 0),
        # one that sums up while another does not proves nothing
        (
            "A,2025-07-01,,f,30,3,3\nA,2025-07-01,18-24,f,10,1,1\nA,2025-07-01,25-34,f,20,2,2\n"
            "A,2025-07-02,,f,7,3,3\nA,2025-07-02,18-24,f,10,1,1\n",
            77,
            0,
        ),
        # ages and genders each with sums of their own, and the day's above all
        (
            "A,2025-07-01,,,60,6,6\nA,2025-07-01,,f,30,3,3\nA,2025-07-01,18-24,f,10,1,1\nA,2025-07-01,25-34,f,20,2,2\n"
            "A,2025-07-01,,m,30,3,3\nA,2025-07-01,18-24,m,10,1,1\nA,2025-07-01,25-34,m,20,2,2\n",
            60,
            3,
        ),
    ],
)
def test_sums_within_a_breakdown(file: Callable[..., Path], rows: str, spend: float, dropped: int) -> None:
    found = read(file(META + rows))
    assert found.frame["spend"].sum() == spend
    assert sum(each.rows for each in found.dropped) == dropped
    assert len(found.dropped) <= 1
