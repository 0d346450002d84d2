"""Figures that no account has: refused where they stand, before anything is kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.one_file import How, import_file
from ingest.read.dates import newest
from ingest.read.report_file import read_file
from ingest.results import ImportProblem

File = Callable[..., Path]

HEADER = "date_day,platform,campaign_name,spend,impressions,currency\n"
SHOP = "date,orders,total_revenue,currency\n"


@pytest.mark.parametrize("figure", ["1e20", "1" + "0" * 19, "1e300", "1e16"])
@pytest.mark.parametrize("column", ["spend", "impressions"])
def test_a_figure_beyond_any_account_is_named(file: File, figure: str, column: str) -> None:
    cells = {"spend": "5", "impressions": "7"} | {column: figure}
    path = file(
        HEADER + "2025-03-01,google ads,c0,1,1,USD\n2025-03-01,google ads,c1,{},{},USD\n".format(*cells.values())
    )
    with pytest.raises(ImportProblem, match=rf"export\.csv, row 3: “{column}” is “{figure}”, which is beyond any"):
        read_file(path)


def test_a_days_orders_beyond_any_shop_are_named(file: File) -> None:
    with pytest.raises(ImportProblem, match=r"row 2: “orders” is “1e20”, which is beyond any"):
        read_file(file(SHOP + "2025-03-01,1e20,5,USD\n"))


def test_the_largest_figures_are_kept(file: File, tmp_path: Path) -> None:
    path = file(HEADER + "2025-03-01,google ads,c1,1e15,1000000000000000,IDR\n")
    said: list[str] = []
    import_file(path, How(tmp_path / "facts"), said.append)
    assert (tmp_path / "facts" / "_delta_log").exists()


def test_figures_that_add_up_beyond_any_account_are_refused(file: File) -> None:
    rows = "2025-03-01,google ads,c1,9e14,1,USD\n" * 2
    with pytest.raises(
        ImportProblem, match=r"export\.csv: the rows of 2025-03-01 add up to 1.8e\+15 of spend, beyond any"
    ):
        read_file(file(HEADER + rows))
    with pytest.raises(
        ImportProblem, match=r"export\.csv: the rows of 2025-03-01 add up to 1.8e\+15 of revenue, beyond any"
    ):
        read_file(file(SHOP + "2025-03-01,1,9e14,USD\n" * 2))


@pytest.mark.parametrize(("days", "fault"), [(-1, False), (1, False), (3, True), (9_000, True)])
@pytest.mark.parametrize("header", [HEADER, SHOP])
def test_a_day_that_is_still_to_come_is_named(file: File, header: str, days: int, fault: bool) -> None:
    day = (datetime.now(UTC) + timedelta(days)).date()
    row = "google ads,c1,5,7,USD" if header == HEADER else "5,7,USD"
    path = file(f"{header}2025-03-01,{row}\n{day},{row}\n")
    if fault:
        with pytest.raises(ImportProblem, match=rf"export\.csv, row 3: “.*” is “{day}”, which is still to come"):
            read_file(path)
    else:
        assert read_file(path)[0].last == day


def test_the_last_day_is_tomorrow_wherever_it_is_already() -> None:
    assert newest(datetime(2025, 2, 28, 23, 59, tzinfo=UTC)) == date(2025, 3, 1)
