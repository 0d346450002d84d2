"""Reads Excel workbooks as streams of rows, with no more in memory than one row and the shared texts."""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import IO, Any, Final

import openpyxl

from ingest.results import ImportProblem

LARGEST_PART: Final = 3_000_000_000
LARGEST_TEXTS: Final = 200_000_000
LARGEST_OTHER: Final = 20_000_000
MOST_COLUMNS: Final = 500
MOST_ROWS: Final = 1_048_576  # of any sheet in Excel
_CONTROL: Final = re.compile(r"_x(00[01][0-9A-Fa-f])_")
_TIGHTEST: Final = 200  # times smaller when packed: no report packs like this


def check_workbook(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse a workbook that would unpack beyond bounds. Raises ImportProblem."""
    for part in archive.infolist():
        most = LARGEST_OTHER
        if part.filename.startswith("xl/worksheets/"):
            most = LARGEST_PART
        elif part.filename.endswith("sharedStrings.xml"):
            most = LARGEST_TEXTS
        elif part.filename.startswith(("xl/media/", "customXml/", "docProps/")):
            continue
        tight = part.file_size > 10_000_000 and part.file_size > _TIGHTEST * max(part.compress_size, 1)
        if part.file_size > most or tight:
            raise ImportProblem(f"{name} unpacks to far more than a report holds: export it as CSV instead.")


def workbook_sheets(
    name: str, opened: Callable[[], IO[bytes]]
) -> list[tuple[str, Callable[[], Iterator[tuple[int, Sequence[Any]]]]]]:
    """The title of each visible sheet, and what reads its rows with their numbers. Raises ImportProblem."""
    try:
        with closing(opened()) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            titles = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
            book.close()
    except Exception:  # a damaged workbook makes openpyxl raise almost anything
        raise ImportProblem(f"{name} is a damaged Excel workbook: export it again.") from None
    if not titles:
        raise ImportProblem(f"{name} has no sheet with cells.")
    return [(title, lambda title=title: _rows(name, opened, title)) for title in titles]  # type: ignore[misc]


def _rows(name: str, opened: Callable[[], IO[bytes]], title: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of a sheet with their numbers; of those that only a later row's number implies, one at most."""
    last: Sequence[Any] | None = None
    with closing(opened()) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book[title]
            sheet.reset_dimensions()  # what a writer says of its size may be wrong
            rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
            for number, row in enumerate(rows, 1):
                if number > MOST_ROWS:
                    raise ImportProblem(
                        f"{name} has a sheet of more than {MOST_ROWS:,} rows, which Excel writes none of: export it "
                        "as CSV instead."
                    )
                if row is not last:  # openpyxl gives the same empty row for all that are not in the file
                    yield number, _unescape(row)
                last = row
        finally:
            book.close()


def _unescape(cells: Sequence[Any]) -> Sequence[Any]:
    """A row with the control signs that a workbook writes as _x000D_, which openpyxl leaves so."""
    if any(isinstance(cell, str) and "_x00" in cell for cell in cells):
        return [_CONTROL.sub(_sign, cell) if isinstance(cell, str) else cell for cell in cells]
    return cells


def _sign(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))
