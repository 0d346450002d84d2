"""Junk given to the real command: a sentence, status 1, little memory, and the table as it was."""

import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from ingest.one_file import How, import_file
from tests.ingest.read.conftest import FIXTURES

ROOT = Path(__file__).parent.parent.parent
MOST_MEMORY = 2_000_000_000
HEADER = b"Day,Campaign name,Amount spent (EUR),Impressions\n"


def truncated(path: Path) -> None:
    content = (FIXTURES / "meta_es_daily.xlsx").read_bytes()
    path.write_bytes(content[: len(content) // 2])


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5_000_000))


def random_archive(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + random.Random(2).randbytes(5_000_000))


def packed(path: Path, name: str, start: bytes, part: bytes, parts: int, others: tuple[str, ...] = ()) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other in others:
            archive.writestr(other, "")
        with archive.open(name, "w", force_zip64=True) as member:
            member.write(start)
            for _ in range(parts):
                member.write(part)


def bomb(path: Path) -> None:
    packed(path, "report.csv", HEADER, b"0" * (1 << 20), 3000)


def workbook_bomb(path: Path) -> None:
    packed(path, "xl/worksheets/sheet1.xml", b"", b"<row/>" * (1 << 17), 3000, ("[Content_Types].xml",))


def long_cells(path: Path) -> None:
    """Three gigabytes of rows that are each no longer than a reader of CSV takes."""
    packed(path, "report.csv", HEADER, b"2025-07-01," + b"a" * 100_000 + b",1,1\n", 30_000)


def line(path: Path) -> None:
    with path.open("wb") as out:
        out.write(HEADER + b"2025-07-01," + b"a" * (4 << 20))
        out.truncate(1 << 30)  # the rest costs no disk


def dictionary(path: Path) -> None:
    """A text of 200 MB that stands once in the file and in every one of its rows."""
    rows = 20_000
    names = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * 200_000_000]))
    table = {"date_day": ["2025-07-01"] * rows, "platform": ["tiktok_ads"] * rows, "spend": [1.0] * rows}
    pq.write_table(
        pa.table(table | {"campaign_name": names}), path, compression="zstd", store_schema=False, write_statistics=False
    )


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("truncated.xlsx", truncated),
        ("random.csv", random_bytes),
        ("random.zip", random_archive),
        ("bomb.zip", bomb),
        ("bomb.xlsx", workbook_bomb),
        ("cells.zip", long_cells),
        ("line.csv", line),
        ("dictionary.parquet", dictionary),
    ],
)
def test_junk_is_refused_in_a_sentence_and_little_memory(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    table = tmp_path / "data" / "facts"
    import_file(FIXTURES / "google_en_daily.csv", How(table), lambda said: None)
    before = sorted(each.relative_to(tmp_path) for each in table.parent.rglob("*"))
    rows = DeltaTable(str(table)).to_pyarrow_table().to_pylist()
    make(tmp_path / name)

    with (tmp_path / "said").open("w+") as said, (tmp_path / "told").open("w+") as told:
        command = [sys.executable, "cli.py", "import", str(tmp_path / name)]
        environment = os.environ | {"DASHBOARD_FACTS": str(table)}
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=said)
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)  # it is waited for: nobody else may

        assert running.returncode == 1, (tmp_path / "said").read_text()
        (sentence,) = (tmp_path / "said").read_text().splitlines()
        assert sentence.startswith(f"marketing-dashboard: {name}")
        assert sentence.endswith(".")
        assert "fault of the program" not in sentence
        assert (tmp_path / "told").read_text() == ""
    assert used.ru_maxrss * 1024 < MOST_MEMORY, f"{sentence} {used.ru_maxrss / 1e6:.2f} GB"
    assert sorted(each.relative_to(tmp_path) for each in table.parent.rglob("*")) == before
    assert DeltaTable(str(table)).to_pyarrow_table().to_pylist() == rows
    print(f"{name}: {used.ru_maxrss / 1024:,.0f} MB, {sentence}")
