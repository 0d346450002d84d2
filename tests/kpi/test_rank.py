"""Places in a ranking."""

import numpy as np
import pandas as pd
import pytest

from components.campaign_rank import ordinal
from kpi.rank import rank_of

FRAME = pd.DataFrame(
    {
        "spend": [100.0, 100.0, 100.0, 100.0, 0.5],
        "profit": [9.0, 5.0, 5.0, np.nan, 99.0],
        "cac": [3.0, 2.0, 1.0, 4.0, 0.1],
    },
    index=pd.MultiIndex.from_product([["Meta"], list("abcde")], names=["platform", "campaign"]),
)


@pytest.mark.parametrize(
    ("campaign", "by", "place"),
    [
        ("a", "profit", (1, 3)),
        ("b", "profit", (2, 3)),
        ("c", "profit", (2, 3)),  # level with b
        ("d", "profit", None),  # has no value
        ("e", "profit", None),  # too little spend to judge
        ("c", "cac", (1, 4)),  # lower is better
        ("d", "cac", (4, 4)),
        ("x", "cac", None),
    ],
)
def test_standing(campaign: str, by: str, place: tuple[int, int] | None) -> None:
    assert rank_of(FRAME, ("Meta", campaign), by) == place


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1002)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th", "1,002nd",
    ]  # fmt: skip
