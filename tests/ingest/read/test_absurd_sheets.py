"""Sheets that say they are as large as a sheet can be: what is empty in them costs nothing, and no row is lost."""

import cProfile
import pstats
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.read.report_file import read_file
from ingest.read.tables import sheets
from ingest.results import ImportProblem

HEADER = ("Campaign name", "Day", "Amount spent (USD)", "Impressions", "Link clicks")
ROWS = [("A", "2025-07-01", 1, 1, 1), ("B", "2025-07-02", 2, 1, 1), ("C", "2025-07-03", 4, 1, 1)]
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


def workbook(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def edited(path: Path, *changes: tuple[str, str]) -> Path:
    """The workbook with parts of its sheet's text replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    text = parts[sheet].decode()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | {sheet: text.encode()}).items():
            archive.writestr(name, part)
    return path


def calls(read: Callable[[], Any]) -> tuple[Any, int]:
    """What `read` gives, and how many calls of functions it takes: the same on any machine."""
    profile = cProfile.Profile()
    found = profile.runcall(read)
    return found, pstats.Stats(profile).total_calls  # type: ignore[attr-defined]


def far_row(path: Path) -> Path:
    return edited(workbook(path, [HEADER, *ROWS]), ("A1:E4", "A1:XFD1048576"), ('<row r="4"', f'<row r="{LAST_ROW}"'))


def far_rows(path: Path) -> Path:
    places = [('<row r="2"', '<row r="300000"'), ('<row r="3"', '<row r="600000"'), ('<row r="4"', '<row r="900000"')]
    return edited(workbook(path, [HEADER, *ROWS]), *places)


def far_cell(path: Path) -> Path:
    more = f'<row r="4"><c r="XFD4" t="n"><v>7</v></c></row><row r="{LAST_ROW}"'
    return edited(workbook(path, [HEADER, *ROWS]), ('<row r="4"', more))


def wide_csv(path: Path) -> Path:
    pad = "," * (LAST_COLUMN - len(HEADER))
    rows = [",".join(map(str, row)) + pad for row in (HEADER, *ROWS)]
    path.write_text("\n".join([*rows, *["," * (LAST_COLUMN - 1)] * 100]))
    return path


def empty_rows_csv(path: Path) -> Path:
    rows = [",".join(map(str, row)) for row in (HEADER, *ROWS)]
    path.write_text("\n".join([*rows, *["," * (LAST_COLUMN - 1)] * 100]))
    return path


@pytest.mark.parametrize("write", [far_row, far_rows, far_cell], ids=lambda each: each.__name__)
def test_rows_that_a_workbook_leaves_out_are_not_read_one_by_one(write: Callable[[Path], Path], tmp_path: Path) -> None:
    path = write(tmp_path / "export.bin")
    with ExitStack() as until:
        (sheet,) = sheets(path, until)
        rows = list(sheet.rows(""))

    (found,) = read_file(path)

    assert found.frame["spend"].tolist() == [1, 2, 4]
    assert (found.rows, found.dropped) == (3, ())
    assert len(rows) < 10


@pytest.mark.parametrize("write", [wide_csv, empty_rows_csv], ids=lambda each: each.__name__)
def test_empty_cells_of_a_text_cost_nothing(write: Callable[[Path], Path], tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv")

    (found,), made = calls(lambda: read_file(path))

    assert found.frame["spend"].tolist() == [1, 2, 4]
    assert (found.rows, found.dropped) == (3, ())
    assert made < LAST_COLUMN * 20  # before, some calls for each of the 100 rows' empty cells


def test_rows_beyond_those_of_any_sheet_are_refused(tmp_path: Path) -> None:
    path = edited(workbook(tmp_path / "export.xlsx", [HEADER, *ROWS]), ('<row r="4"', '<row r="999999999"'))

    with pytest.raises(ImportProblem, match=r"has a sheet of more than 1,048,576 rows"):
        read_file(path)
