"""The process that reads uploads: what it may take at most."""

import os
import subprocess
import sys
from pathlib import Path

from facts.free_disk import RESERVE
from ingest import uploaded


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
