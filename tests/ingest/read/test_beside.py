"""What may come beside a report, and is wrong: rates, margins and mappings are refused in a sentence."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.read.margins import read_margins
from ingest.read.options import read_mapping
from ingest.read.rates import read_rates
from ingest.results import ImportProblem
from ingest.uploaded import answer_request

File = Callable[..., Path]

REPORT = "date_day,platform,campaign_name,spend,impressions,currency\n2025-03-01,facebook ads,c1,100,1000,USD\n"
MARGIN = "[[margin]]\ngross_margin = 40\nfees = 3\n"


@pytest.mark.parametrize("row", ["2025-03-01", "2025-03-01,", "2025-03-01,,1.1"])
def test_a_row_of_rates_without_a_currency(file: File, row: str) -> None:
    with pytest.raises(ImportProblem, match=r"fx\.csv, row 3 names no currency: .*date, a currency and a rate"):
        read_rates(file(f"date,currency,rate\n2025-02-28,EUR,1.1\n{row}\n", "fx.csv"))


def test_a_row_of_rates_without_a_rate(file: File) -> None:
    with pytest.raises(ImportProblem, match=r"fx\.csv, row 2: the rate of EUR is “”; it must be a number above 0"):
        read_rates(file("date,currency,rate\n2025-02-28,EUR\n", "fx.csv"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, r"beside\.toml is nested too deep"),
        ("a = " + "{b = " * 5000 + "1" + "}" * 5000, r"beside\.toml is nested too deep"),
        ("a = " + "9" * 5000, r"beside\.toml is not TOML"),
        (MARGIN + "from = 2025-01-01T00:00:00Z\n", r"entry 1: from is 2025-01-01 00:00.*write a day, as in 2025-01-31"),
        (MARGIN + "to = 2025-01-01T00:00:00\n", r"entry 1: to is 2025-01-01 00:00.*write a day, as in 2025-01-31"),
        (MARGIN + "to = 2025\n", r"entry 1: to is 2025, which cannot be"),
    ],
)
def test_toml_that_cannot_be_is_refused_where_it_is_read(file: File, tmp_path: Path, content: str, reason: str) -> None:
    path = file(content, "beside.toml")
    with pytest.raises(ImportProblem, match=reason):
        (read_margins if "margin" in content else read_mapping)(path)
    (beside, report) = _files([path, file(REPORT)], tmp_path / "facts")
    assert re.search(reason, beside["refused"])
    assert "imports" in report


def test_margins_from_and_to_any_day_toml_can_say(file: File, tmp_path: Path) -> None:
    path = file(MARGIN + "from = 0001-01-01\nto = 9999-12-31\n", "margins.toml")
    (beside, _) = _files([path, file(REPORT)], tmp_path / "facts")
    assert beside["use"] == "margins"


def _files(paths: list[Path], facts: Path) -> list[dict[str, Any]]:
    """What the page is told of each file."""
    found = answer_request({"files": [str(each) for each in paths], "options": {}, "facts": str(facts)})
    assert "plan" in found
    files: list[dict[str, Any]] = found["files"]
    return files
