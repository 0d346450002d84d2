"""Bytes to tables: every encoding and container the consoles use, and files made to break a reader."""

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from deltalake import write_deltalake
from hypothesis import given
from hypothesis import strategies as st

from ingest.read import gather, tables
from ingest.read.report_file import read_file
from ingest.results import ImportProblem
from machine import disk, memory
from tests.ingest.read.conftest import FIXTURES

File = Callable[..., Path]

CSV = (
    "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR),Impressions\n"
    "2025-07-01,2025-07-01,Früh – 1,2025-07-01,5.25,7\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(file: File, encoding: str, separator: str) -> None:
    (found,) = read_file(file(CSV.replace(",", separator).encode(encoding)))
    assert found.frame.loc[0, ["campaign", "spend", "impressions", "currency"]].tolist() == ["Früh – 1", 5.25, 7, "EUR"]


def test_an_archive_of_several_exports(file: File, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in (
            "meta_en_daily.csv",
            "google_en_daily_excel_utf16.csv",
            "tiktok_campaign_daily.xlsx",
            "business_daily.csv",
        ):
            archive.write(FIXTURES / name, f"july/{name}")
        archive.writestr("copy/meta.csv", (FIXTURES / "meta_en_daily.csv").read_bytes())
        archive.writestr("__MACOSX/._x", b"\x00")
        archive.writestr("readme.txt", "Nothing to see")

    found = read_file(tmp_path / "all.zip")

    assert [each.source for each in found] == ["Meta Ads Manager", "Google Ads", "TikTok Ads Manager", "business_daily"]
    assert found[0].frame["spend"].sum() == pytest.approx(7131.36)
    assert "Passed over: all.zip › readme.txt" in " ".join(each.text for each in found[0].findings)

    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.write(FIXTURES / "meta_en_daily.csv", "a.csv")
        archive.writestr("b.csv", (FIXTURES / "meta_en_daily.csv").read_text().replace("229.74", "300.00"))
    with pytest.raises(ImportProblem, match=r"a\.csv and .*b\.csv both hold figures of Meta"):
        read_file(tmp_path / "two.zip")


def test_parquet_has_its_own_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "date_day": pd.to_datetime(["2025-07-01", "2025-07-02"]),
            "platform": ["google_ads"] * 2,
            "account_name": ["Acme"] * 2,
            "campaign_id": [2**53 + 1, 7],
            "campaign_name": ["A", "B"],
            "spend": [1.234, 2.0],
            "impressions": [1000, None],
        }
    )
    frame.to_parquet(tmp_path / "dbt.parquet")
    (found,) = read_file(tmp_path / "dbt.parquet")
    assert list(found.frame["spend"]) == [1.234, 2.0]
    assert found.frame["impressions"].isna().tolist() == [False, True]


def test_parquet_texts_repeat_lack_and_span_row_groups(tmp_path: Path) -> None:
    rows = 30_000
    frame = pd.DataFrame(
        {
            "date_day": ["2025-07-01"] * rows,
            "platform": pd.Categorical(["google_ads"] * rows),
            "campaign_name": ["same", "", None] * (rows // 3),
            "campaign_id": [f"{n}" for n in range(rows)],
            "spend": [1.0] * rows,
        }
    )
    frame.to_parquet(tmp_path / "dbt.parquet", row_group_size=25_000)
    (found,) = read_file(tmp_path / "dbt.parquet")
    assert found.frame["campaign_id"].nunique() == rows
    named = found.frame[found.frame["campaign"] == "same"]
    assert sorted(named["campaign_id"].astype(int)) == list(range(0, rows, 3))


def test_a_warehouses_table_is_a_folder(tmp_path: Path) -> None:
    frame = pd.DataFrame({"date_day": ["2025-07-01"], "platform": ["tiktok_ads"], "spend": [5.0], "clicks": [3]})
    write_deltalake(str(tmp_path / "delta"), frame)
    write_deltalake(str(tmp_path / "delta"), frame.assign(spend=7.0), mode="overwrite")
    (tmp_path / "plain").mkdir()
    frame.to_parquet(tmp_path / "plain" / "part-1.parquet")
    assert read_file(tmp_path / "delta")[0].frame["spend"].sum() == 7
    assert read_file(tmp_path / "plain")[0].frame["spend"].sum() == 5
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportProblem):
        read_file(tmp_path / "empty")


def test_a_workbook_with_titles_texts_serials_and_hidden_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Campaign report"])
    sheet.append([])
    sheet.append(["Campaign status", "Campaign", "Campaign ID", "Day", "Currency code", "Cost", "Impr."])
    sheet.append(["Enabled", "A", 1.2e17, 45839, "USD", "1,234.50", 7])
    sheet.append(["Enabled", "B", 12, "2025-07-02", "USD", 2, "1,000"])
    sheet.append(["Total: Account", None, None, None, "USD", 1236.5, 1007])
    hidden = book.create_sheet("raw")
    hidden.append(["date", "campaign", "spend"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "g.xlsx")

    (found,) = read_file(tmp_path / "g.xlsx")

    assert found.frame["spend"].sum() == 1236.5
    assert found.frame["impressions"].sum() == 1007
    assert [f"{day:%m-%d}" for day in found.frame["date"]] == ["07-01", "07-02"]
    assert list(found.frame["campaign_id"]) == ["", "12"]


@pytest.mark.parametrize("name", ["meta_es_daily.xlsx", "google_en_daily_excel_utf16.csv", "meta_en_daily.csv"])
@given(data=st.data())
def test_a_spoilt_export_is_read_or_refused_in_a_sentence(tmp_path: Path, name: str, data: st.DataObject) -> None:
    content = bytearray((FIXTURES / name).read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)) if content else ():
        content[place] = data.draw(st.integers(0, 255))
    read_or_refused(tmp_path, bytes(content))


@given(
    content=st.binary(max_size=400), start=st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"date,spend\n"])
)
def test_random_bytes_are_refused_in_a_sentence(tmp_path: Path, content: bytes, start: bytes) -> None:
    read_or_refused(tmp_path, start + content)


@given(rows=st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=5))
def test_any_cells_under_a_good_header_are_read_or_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    read_or_refused(tmp_path, (CSV + text.getvalue()).encode("utf-8", "surrogatepass"))


def read_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "spoilt.bin"
    path.write_bytes(content)
    said = "spoilt.bin."
    try:
        read_file(path)
    except ImportProblem as problem:
        said = str(problem)
    assert re.fullmatch(r"(?s)spoilt\.bin.*\.", said)


def bomb(path: Path, name: str, size: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(FIXTURES / "meta_en_daily.csv", "[Content_Types].xml" if name.startswith("xl/") else "a.csv")
        with archive.open(name, "w") as member:
            for _ in range(size >> 20):
                member.write(b"0" * (1 << 20))


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "zeros.csv"])
def test_a_zip_bomb_is_refused_in_little_memory(tmp_path: Path, name: str) -> None:
    import tracemalloc

    bomb(tmp_path / "bomb.zip", name, 64 << 20)
    tracemalloc.start()
    with pytest.raises(ImportProblem, match=r"far more than a report holds|this is no table"):
        read_file(tmp_path / "bomb.zip")
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_a_single_line_without_end_is_refused_in_little_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "line.csv"
    with path.open("wb") as out:
        out.truncate(1 << 30)  # a gigabyte of NULs costs no disk
    with path.open("r+b") as out:
        out.write(CSV.encode() + b"a" * (4 << 20))
    tracemalloc.start()
    with pytest.raises(ImportProblem, match="row 3 is longer than"):
        read_file(path)
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"%PDF-1.4", "PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 9, "old Excel"),
        (b"\x1f\x8b\x08", "packed"),
        (b"\x89PNG\0\1\2\3\4\5", "no CSV"),
    ],
)
def test_other_kinds_of_file_are_named(file: File, start: bytes, reason: str) -> None:
    with pytest.raises(ImportProblem, match=reason):
        read_file(file(start + b"\0\1\2\3" * 40))


@pytest.mark.parametrize("inside", ["mimetype", "word/document.xml", "Index/Document.iwa"])
def test_documents_that_are_zips_are_named(tmp_path: Path, inside: str) -> None:
    with zipfile.ZipFile(tmp_path / "report.bin", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(inside, "x")
    with pytest.raises(ImportProblem, match=r"a document, but no Excel workbook: save it as \.xlsx or CSV"):
        read_file(tmp_path / "report.bin")


HEADER = "Campaign name,Day,Amount spent (USD),Impressions,Link clicks\n"


def test_more_rows_than_are_read_at_once_are_refused(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST_ROWS", 1_500)
    with pytest.raises(ImportProblem, match=r"has more than 1,500 rows, which is what is read at once: split it"):
        read_file(file(HEADER + "A,2025-07-01,1,1,1\n" * 2_500))


@pytest.mark.parametrize(("names", "most"), [(1, 5_000), (100_000, 1_000)])
def test_more_rows_than_there_is_memory_for_are_refused_as_soon_as_that_is_known(
    file: File, monkeypatch: pytest.MonkeyPatch, names: int, most: int
) -> None:
    monkeypatch.setattr(gather, "_FEW_BYTES", 1_000)
    monkeypatch.setattr(gather, "free", lambda: 2_600_000)  # 5,200 rows of one name, 1,529 of a name each
    read: list[int] = []
    path = file(HEADER + "".join(f"Campaign {row % names},2025-07-01,1,1,1\n" for row in range(20_000)))
    named = min(names, most + 1_000)
    sentence = (
        f"its first {most + 1_000:,} rows, with {named:,} campaigns, take more memory than is free here: split it"
    )
    with pytest.raises(ImportProblem, match=re.escape(sentence)):
        read_file(path, progress=read.append)
    assert read[-1] == most + 1_000

    monkeypatch.setattr(gather, "free", lambda: None)
    assert read_file(path)[0].rows == 20_000


def disk_with(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """Leave so many bytes on the disk of temporary files, whatever is written there meanwhile."""
    made: list[Any] = []
    temporary = tables.tempfile.TemporaryFile

    def noted() -> Any:
        made.append(temporary())
        return made[-1]

    def status(folder: object) -> SimpleNamespace:
        used = sum(os.fstat(file.fileno()).st_size for file in made if not file.closed)
        return SimpleNamespace(f_bavail=free - used, f_frsize=1)

    monkeypatch.setattr(tables.tempfile, "TemporaryFile", noted)
    monkeypatch.setattr(disk.os, "statvfs", status)


def workbooks(path: Path, number: int, size: int) -> Path:
    """An archive of workbooks of `size` bytes each that hardly take any packed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in range(number):
            archive.writestr(f"{each}.xlsx", b"PK\3\4" + bytes(size))
    return path


def test_an_archive_that_unpacks_to_more_than_there_is_room_for_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbooks(tmp_path / "bomb.zip", 3, 10_000_000)
    disk_with(monkeypatch, disk.RESERVE + 29_000_000)
    written: list[object] = []
    monkeypatch.setattr(tables, "_unpack", lambda *given: written.append(given))
    with pytest.raises(ImportProblem, match=r"bomb\.zip unpacks to more than there is room for here: unpack it and"):
        read_file(path)
    assert written == []


def test_an_archive_whose_sizes_lie_is_refused_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbooks(tmp_path / "bomb.zip", 1, 10_000_000)
    disk_with(monkeypatch, disk.RESERVE + 5_000_000)
    monkeypatch.setattr(tables, "sum", lambda sizes: 1, raising=False)
    with pytest.raises(ImportProblem, match=r"bomb\.zip › 0\.xlsx unpacks to more than there is room for here"):
        read_file(path)


@pytest.mark.parametrize("prefix", ["", "total_"], ids=["version 2", "version 1"])
def test_memory_that_is_free_is_what_the_container_leaves_where_copies_of_files_make_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    names = [str(tmp_path / name) for name in ("limit", "used", "stat")]
    told = ("5000", "4500", f"anon 3000\n{prefix}active_file 70\n{prefix}inactive_file 200\nshmem 1000\n")
    for name, text in zip(names, told, strict=True):
        Path(name).write_text(text)
    monkeypatch.setattr(memory, "_CGROUPS", ((str(tmp_path / "nothing"), "", "", ""), (*names, prefix)))
    assert memory.free() == 770
    Path(names[0]).write_text("max\n")
    assert memory.free() != 770


def test_memory_that_is_free_is_bounded_by_this_processs_own_limit() -> None:
    free = memory.free()
    assert free is None or free > 1_000_000
    limit = "import resource as r; r.setrlimit(r.RLIMIT_DATA, (10**9, 10**9)); "
    code = f"{limit} from machine.memory import free; print(free())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 0 < int(said.stdout) <= 10**9
    more = code.replace("print", "held = bytearray(500_000_000); print")
    rest = subprocess.run([sys.executable, "-c", more], capture_output=True, text=True, check=True)
    assert int(rest.stdout) < 5 * 10**8
