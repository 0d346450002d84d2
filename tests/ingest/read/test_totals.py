"""Rows that are sums of other rows, wherever a console puts them: dropped, and nothing else with them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.read.report_file import read_file
from ingest.results import Import

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


UNIFIED = "date_day,platform,account_name,campaign_name,currency,spend,impressions,clicks\n"


@pytest.mark.parametrize("day_too", [False, True])
def test_totals_of_each_account_a_day(file: Callable[..., Path], day_too: bool) -> None:
    rows = ""
    for day in ("2025-07-01", "2025-07-02"):
        for platform, account, spends in (
            ("google ads", "A", (100.5, 50.25)),
            ("google ads", "B", (30.1, 20.2)),
            ("facebook ads", "C", (7.0, 1.5)),
        ):
            unit = f"{day},{platform},{account}"
            rows += "".join(f"{unit},{account}{n},USD,{spend},10,1\n" for n, spend in enumerate(spends))
            rows += f"{unit},,USD,{sum(spends):.2f},20,2\n"
        rows += f"{day},google ads,,,,201.05,40,4\n{day},google ads,,,,209.55,60,6\n" if day_too else ""
    found = read(file(UNIFIED + rows))
    assert found.frame["spend"].sum() == pytest.approx(2 * 209.55)
    assert [(each.reason, each.rows) for each in found.dropped] == [("totals", 10 if day_too else 6)]
    assert not [each for each in found.findings if each.kind == "warning"]


def test_an_accounts_own_row_that_sums_up_nothing_stays(file: Callable[..., Path]) -> None:
    found = read(
        file(
            UNIFIED + "2025-07-01,google ads,A,A0,USD,10,10,1\n2025-07-01,google ads,B,B0,USD,20,10,1\n"
            "2025-07-01,google ads,A,,USD,20,10,1\n"  # what B spends, not A
        )
    )
    assert (found.frame["spend"].sum(), found.dropped) == (50, ())
