"""No name becomes a formula in a spreadsheet, and none is changed for whoever reads the file again."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.read.options import Options
from ingest.read.report_file import read_file
from kpi.formula_guard import MARK, guard_formula, unguard_formula
from views.files import csv_of, xlsx_of

#: What Excel and LibreOffice evaluate at the start of a cell, and what splits a line in one country or another.
FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r]")
SEPARATORS = (";", "\t", ",", "|")

NAMES = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|' /C calc'!A0",
    "x;=1+1;y",
    'x;"=1+1;y',
    'x;""=1+1',
    "x; =1+1",
    "x,=1+1",
    "x|=1+1",
    "x;-20 %; off",
    "'=1+1",
    "''=1+1",
    "'x",
    "it's a name",
    "Sale, -20 %; +3 more",
    "a;'b",
    "a_x0041_b",
    "Prospecting – Broad – Advantage+ Shopping",
]
BROKEN = ["x\t=1+1", "\t=1+1", "x\r=1+1", "x\n=1+1", "x\r\n=1+1", "\r\n;=1", 'x\n"=1+1']


def cells_of(text: str) -> set[str]:
    """Every cell that a spreadsheet may make of a CSV: each separator, quotation marks heeded or not."""
    found: set[str] = set()
    for separator in SEPARATORS:
        found.update(cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row)
        for line in re.split(r"[\r\n]", text):
            found.update(cell for row in csv.reader([line], delimiter=separator) for cell in row)
            found.update(cell.strip('"') for cell in line.split(separator))
    return found


@pytest.mark.parametrize("name", NAMES + BROKEN)
def test_no_cell_of_a_csv_from_the_menu_is_a_formula_wherever_it_is_split(name: str) -> None:
    file = csv_of(("platform", "campaign"), [{"platform": "Meta", "campaign": name, "spend": -1.5}], True).decode()
    assert file.startswith(MARK)
    own = cells_of(file.removeprefix(MARK)) - {"-1.5"}
    assert [cell for cell in own if FORMULA.match(cell) or re.match(r"""[ "]*[=@＝＠]""", cell)] == []


@given(st.text(st.sampled_from("=+-@＝＋－＠%|;,\t\r\n\"' \u00a0xé1"), max_size=30))
def test_a_guard_is_taken_off_exactly(text: str) -> None:
    safe = guard_formula(text)
    assert unguard_formula(safe) == text
    assert all(not FORMULA.match(part.lstrip('"')) for part in re.split(r"[;,|\t\r\n]", safe))


def test_long_texts_of_signs_are_read_once() -> None:
    for signs in ("\t", "'", '"', ";'", "\t'\""):
        text = signs * 100_000
        assert unguard_formula(guard_formula(text)) == text


@pytest.mark.parametrize("form", ["csv", "csv for a spreadsheet", "xlsx"])
def test_an_import_of_a_file_has_the_names_that_were_exported(form: str, tmp_path: Path) -> None:
    """An import makes one blank of whatever breaks a line; all else is the same."""
    names = sorted({" ".join(name.split()) for name in NAMES + BROKEN})
    rows = [
        {"date": "2025-07-01", "platform": "Meta", "campaign": name, "impressions": 10, "clicks": 1, "spend": 2.5}
        for name in names + BROKEN
    ]
    columns = tuple(rows[0])
    body = xlsx_of(columns, rows, "All") if form == "xlsx" else csv_of(columns, rows, form != "csv")
    path = tmp_path / f"export.{form[:4].strip()}"
    path.write_bytes(body)

    (found,) = read_file(path, Options(currency="EUR"))
    assert sorted(found.frame["campaign"].unique()) == names
    assert found.first == date(2025, 7, 1)
