"""The process that reads uploads: what it may take at most, and what it calls what it has kept."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from facts.engines.choice import Engine
from facts.source import load
from ingest import uploaded
from ingest.one_file import How, import_file
from ingest.write.shop import path_of
from machine.disk import RESERVE
from tests.ingest.test_killed import both, statement


def test_reading_has_bounded_memory() -> None:
    code = "from ingest import uploaded; uploaded.MEMORY = 400_000_000; uploaded.limit(); bytearray(600_000_000)"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(uploaded.__file__).parents[1], capture_output=True)
    assert done.returncode != 0
    assert b"MemoryError" in done.stderr


def test_reading_writes_no_file_larger_than_there_is_room_for(tmp_path: Path) -> None:
    code = (
        "from ingest import uploaded; uploaded.room = lambda folder: 1_000_000; uploaded.limit();"
        "file = open('large', 'wb', buffering=0); print(file.write(bytes(9_000_000))); file.write(b'x')"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(uploaded.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 1
    assert b"File too large" in done.stderr
    assert int(done.stdout) == 1_000_000 + RESERVE // 4


def test_a_refusal_names_the_fields_of_the_page_that_help(tmp_path: Path) -> None:
    sheet = tmp_path / "july.csv"
    sheet.write_text(
        "date,platform,campaign,spend,impressions\n01/02/2025,Meta,Summer,5,100\n02/03/2025,Meta,Summer,6,90\n"
    )

    (told,) = uploaded.read_files([sheet], uploaded.options_of({})).files

    assert "“Dates: day first”" in told["refused"]
    assert told["hint"] == ["dates"]


def write_table(table: Path, what: str) -> None:
    """Import into a new table platforms' figures, without or with the shop's days."""
    folder = table.parent
    export = statement(folder / "1.csv", 1) if what == "no shop's days" else both(folder / "1.zip", 1)
    import_file(export, How(table), lambda said: None)
    if what == "the shop's days again":
        shop = folder / "shop.csv"
        shop.write_text("date,orders,total_revenue\n2025-07-01,9,900.00\n")
        import_file(shop, How(table), lambda said: None)
    elif what == "the shop's days in a currency that is not shown":
        rows = DeltaTable(str(path_of(table))).to_pyarrow_table()
        euros = pa.array(["EUR"] * len(rows))
        rows = rows.set_column(rows.schema.names.index("currency"), "currency", euros)
        write_deltalake(str(path_of(table)), rows, mode="overwrite")


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
@pytest.mark.parametrize(
    ("what", "shop"),
    [
        ("no shop's days", ""),
        ("the shop's days", "+0"),
        ("the shop's days again", "+1"),
        ("the shop's days in a currency that is not shown", ""),
    ],
)
def test_what_is_kept_is_called_as_the_dashboard_calls_it(tmp_path: Path, engine: str, what: str, shop: str) -> None:
    table = tmp_path / "facts"
    write_table(table, what)

    answer = uploaded.kept_answer(table)

    assert answer == {"kept": True, "version": load(table, engine=Engine(engine)).version}
    assert answer["version"].endswith(f"-0{shop}")
