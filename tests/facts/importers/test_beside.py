"""What may come beside a report, and is wrong: rates, margins and mappings are refused in a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from facts.importers import ImportProblem
from facts.importers.rates import read_rates

File = Callable[..., Path]


@pytest.mark.parametrize("row", ["2025-03-01", "2025-03-01,", "2025-03-01,,1.1"])
def test_a_row_of_rates_without_a_currency(file: File, row: str) -> None:
    with pytest.raises(ImportProblem, match=r"fx\.csv, row 3 names no currency: .*date, a currency and a rate"):
        read_rates(file(f"date,currency,rate\n2025-02-28,EUR,1.1\n{row}\n", "fx.csv"))


def test_a_row_of_rates_without_a_rate(file: File) -> None:
    with pytest.raises(ImportProblem, match=r"fx\.csv, row 2: the rate of EUR is “”; it must be a number above 0"):
        read_rates(file("date,currency,rate\n2025-02-28,EUR\n", "fx.csv"))
