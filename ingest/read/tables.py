"""Reads files as streams of raw rows: encodings, zip archives, CSV, Excel workbooks and Parquet.

Nothing here knows what the rows mean. Memory stays bounded whatever a file holds: a text with an endless line is
refused, archives say how large they unpack before they are opened, workbooks stream.
"""

import codecs
import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable

from facts.delta.tables import dataset
from ingest.read.encodings import SINGLE_BYTE, encoding_of
from ingest.read.workbook import check_workbook, workbook_sheets
from ingest.results import ImportProblem
from kpi.formula_guard import unguarded_row
from kpi.plain_text import storable
from machine.disk import room

Cell = str | int | float | date | None
Row = tuple[int, Sequence[Cell]]

SEPARATORS: Final = (",", ";", "\t", "|")
MOST_MEMBERS: Final = 500
LARGEST_UNPACKED: Final = 8_000_000_000
LARGEST_WORKBOOK: Final = 500_000_000
_UNREAD: Final = {"mimetype", "word/document.xml", "ppt/presentation.xml", "xl/workbook.bin", "Index/Document.iwa"}
_LARGEST_COLUMN: Final = 500_000_000
_LONGEST_CELL: Final = 1 << 17  # as csv's
_BLOCK: Final = 1 << 20
_BATCH: Final = 20_000
#: How workbooks and Parquet files begin, which are copied out of an archive to be read.
_COPIED: Final = (b"PK", b"PAR1")


@dataclass(frozen=True)
class Sheet:
    """One table in a file. `rows(separator)` reads it again from its start, with the number of each row in the file;
    `separators` are those to try, one empty where there is no choice. `typed`: cells may be numbers and days.
    `ends_open`: whether it is a text whose last line has no end.
    """

    name: str
    title: str
    separators: Sequence[str]
    typed: bool
    read: Callable[[str], Iterator[Row]]
    ends_open: Callable[[], bool] = lambda: False

    def refuse_cut_row(self, number: int, last: Cell) -> None:
        """Refuse the sheet's last row, which lacks cells after its `last`, where the text ends within it.

        Raises ImportProblem: what is left of a figure would be another one.
        """
        if (isinstance(last, str) and last.endswith(("\n", "\r"))) or self.ends_open():
            raise ImportProblem(
                f"{self.name} ends in the middle of row {number}, so it looks cut off: download it again, and import "
                "that."
            )

    def rows(self, separator: str) -> Iterator[Row]:
        """The rows; what goes wrong on the way is a sentence."""
        try:
            yield from self.read(separator)
        except ImportProblem:
            raise
        except MemoryError:
            raise ImportProblem(f"{self.name} does not fit into memory: split it into smaller files.") from None
        except Exception as problem:  # a damaged workbook or Parquet file makes its reader raise almost anything
            raise ImportProblem(
                f"{self.name} is damaged and cannot be read ({_first_line(problem)}): export it again."
            ) from None


def sheets(path: Path, until: ExitStack) -> list[Sheet]:
    """The tables in a file, to be read `until` that is left. Raises ImportProblem."""
    name = storable(path.name)
    if path.is_dir():
        return [_folder(path)]
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as problem:
        raise ImportProblem(f"{path} cannot be read: {problem.strerror or problem}.") from None
    if not start:
        raise ImportProblem(f"{name} is empty: export it again.")
    if not start.startswith(b"PK"):
        return _by_content(name, start, lambda: path.open("rb"))
    try:
        with zipfile.ZipFile(path) as archive:
            if not _UNREAD.isdisjoint(archive.namelist()):
                raise ImportProblem(f"{name} is a document, but no Excel workbook: save it as .xlsx or CSV.")
            if "[Content_Types].xml" in archive.namelist():
                check_workbook(name, archive)
                return _workbook(name, lambda: path.open("rb"))
            return _members(path, archive, until)
    except ImportProblem:
        raise
    except Exception as problem:
        raise ImportProblem(
            f"{name} is damaged and cannot be unpacked ({_first_line(problem)}): export it again."
        ) from None


def _folder(path: Path) -> Sheet:
    """A warehouse's table: a Delta table, or a folder of Parquet files."""

    def rows(_: str) -> Iterator[Row]:
        if DeltaTable.is_deltatable(str(path)):
            table = dataset(DeltaTable(str(path)), path)
        else:
            table = ds.dataset(path, format="parquet")
        yield 1, table.schema.names
        yield from _batches(path.name, table.to_batches(batch_size=_BATCH, batch_readahead=1, fragment_readahead=1))

    name = storable(path.name)
    return Sheet(name, name, ("",), True, rows)


def _batches(name: str, batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    number = 1
    for batch in batches:
        for row in zip(*(_cells(name, column) for column in batch.columns), strict=True):
            number += 1
            yield number, row


def _cells(name: str, column: pa.Array) -> list[Any]:
    """A column's cells; a text that occurs in many rows is one object."""
    if not isinstance(column, pa.DictionaryArray):
        return column.to_pylist()
    places = column.indices.unique()
    texts = column.dictionary.take(places)
    if _is_text(texts.type) and (pc.max(pc.binary_length(texts)).as_py() or 0) > _LONGEST_CELL:
        raise ImportProblem(f"{name} has a cell of more than {_LONGEST_CELL:,} bytes: this is no table of a report.")
    values = dict(zip(places.to_pylist(), texts.to_pylist(), strict=True))
    return [values[place] for place in column.indices.to_pylist()]


def _by_content(name: str, start: bytes, opened: Callable[[], IO[bytes]]) -> list[Sheet]:
    if start.startswith(b"PAR1"):
        return [Sheet(name, name, ("",), True, lambda _: _parquet(name, opened))]
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportProblem(f"{name} is a workbook of old Excel, or locked by a password: save it as .xlsx or CSV.")
    if start.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise ImportProblem(f"{name} is packed in a way that is not read here: unpack it, or use zip.")
    if name.lower().endswith(".toml"):
        raise ImportProblem(f"{name} is no report: name a mapping with --mapping and margins with --margins.")
    if start.lstrip(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[", b"<"):
        raise ImportProblem(f"{name} is JSON, XML or a web page: export the report as CSV or Excel.")
    if start.startswith(b"%PDF"):
        raise ImportProblem(f"{name} is a PDF: export the report as CSV or Excel.")
    encoding = encoding_of(name, opened)
    return [
        Sheet(
            name,
            name,
            SEPARATORS,
            False,
            lambda separator: _text(name, opened, encoding, separator),
            lambda: _ends_open(opened, encoding),
        )
    ]


def _members(path: Path, archive: zipfile.ZipFile, until: ExitStack) -> list[Sheet]:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
        if not PurePosixPath(member.filename).name.startswith(".")
    ]
    if not members:
        raise ImportProblem(f"{storable(path.name)} holds no file.")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise ImportProblem(f"{path.name} unpacks to more than is read here: import its files one by one.")
    starts = []
    for member in members:
        if member.flag_bits & 1:
            raise ImportProblem(f"{path.name} › {member.filename} is locked by a password: unpack it first.")
        with archive.open(member) as file:
            starts.append(file.read(8))
    copied = [member.file_size for member, start in zip(members, starts, strict=True) if start.startswith(_COPIED)]
    if copied and sum(copied) > room(tempfile.gettempdir()):
        raise _no_room(path.name)
    found: list[Sheet] = []
    for member, start in zip(members, starts, strict=True):
        name = storable(f"{path.name} › {member.filename}")
        if start.startswith(_COPIED):
            found += _unpack(path, member, name, start, until)
        elif start:
            found += _by_content(name, start, lambda member=member: _member(path, member))  # type: ignore[misc]
    return found


def _member(path: Path, member: zipfile.ZipInfo) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    file = archive.open(member)
    archive.close()  # the open member keeps the file until it is closed itself
    return file


def _unpack(path: Path, member: zipfile.ZipInfo, name: str, start: bytes, until: ExitStack) -> list[Sheet]:
    """A workbook or Parquet file in an archive: both are read from their end, so it goes to a file of its own first."""
    if member.file_size > LARGEST_WORKBOOK:
        raise ImportProblem(f"{name} unpacks to more than is read here: import it by itself.")
    copy = until.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed by `until`
    with _member(path, member) as file:
        while block := file.read(_BLOCK):
            if len(block) > room(tempfile.gettempdir()):  # what an archive says of its sizes may be wrong
                raise _no_room(name)
            copy.write(block)
            copy.flush()

    def open_copy() -> IO[bytes]:
        copy.seek(0)
        return io.BufferedReader(_Unclosed(copy))

    if start.startswith(b"PAR1"):
        return _by_content(name, start, open_copy)
    with zipfile.ZipFile(open_copy()) as inner:
        if "[Content_Types].xml" not in inner.namelist():
            raise ImportProblem(f"{name} is an archive in an archive: unpack it first.")
        check_workbook(name, inner)
    return _workbook(name, open_copy)


def _no_room(name: str) -> ImportProblem:
    return ImportProblem(
        f"{name} unpacks to more than there is room for here: unpack it and import its files one by one."
    )


class _Unclosed(io.RawIOBase):
    """A file that stays open when its reader is done with it."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        return int(self._file.readinto(buffer))


def _workbook(name: str, opened: Callable[[], IO[bytes]]) -> list[Sheet]:
    titles = workbook_sheets(name, opened)
    return [
        Sheet(
            name if len(titles) == 1 else f"{name} › {title}",
            f"{title} {name}",
            ("",),
            True,
            lambda _, rows=rows: rows(),  # type: ignore[misc]
        )
        for title, rows in titles
    ]


def _parquet(name: str, opened: Callable[[], IO[bytes]]) -> Iterator[Row]:
    with closing(opened()) as file:
        known = pq.ParquetFile(file)
        yield 1, known.schema_arrow.names
        for group in range(known.num_row_groups):
            columns = known.metadata.row_group(group)
            if any(columns.column(n).total_uncompressed_size > _LARGEST_COLUMN for n in range(columns.num_columns)):
                raise ImportProblem(f"{name} unpacks to far more than a report holds: export it as CSV instead.")
        # As dictionaries: one long text that stands in every row is a small file.
        texts = [field.name for field in known.schema_arrow if _is_text(field.type)]
        table = pq.ParquetFile(file, metadata=known.metadata, read_dictionary=texts)
        yield from _batches(name, table.iter_batches(batch_size=_BATCH))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


_MARK: Final = "\ufeff"


def _text(name: str, opened: Callable[[], IO[bytes]], encoding: str, separator: str) -> Iterator[Row]:
    errors, marked = "replace" if encoding in SINGLE_BYTE else "strict", encoding == "utf-8-sig"
    with closing(opened()) as file, io.TextIOWrapper(file, encoding, errors, newline="") as text:
        reader = csv.reader(text, delimiter=separator)
        while True:
            before = reader.line_num
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:  # a cell is too long; over several lines it can only go between quotation marks
                several = reader.line_num > before + 1
                what = "a quotation mark opens a cell that does not end within" if several else "a cell has more than"
                raise ImportProblem(
                    f"{name}, row {before + 1}: {what} {_LONGEST_CELL:,} characters; repair that row or export again."
                ) from None
            except UnicodeError:
                raise ImportProblem(
                    f"{name}, after row {reader.line_num}: what follows is not {encoding} text; export it again."
                ) from None
            if row and row[0].startswith(_MARK):  # programs that join files leave one before each of them
                row[0] = row[0].lstrip(_MARK)
            yield reader.line_num, unguarded_row(row) if marked else row


def _ends_open(opened: Callable[[], IO[bytes]], encoding: str) -> bool:
    last = "\n"
    with closing(opened()) as file, io.TextIOWrapper(file, encoding, "replace", newline="") as text:
        while block := text.read(_BLOCK):
            last = block[-1]
    return last not in "\r\n"


def _first_line(problem: BaseException) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:120].rstrip(".")
