"""A disk that fills up while a file is imported: the data stay as they were and nothing is left beside them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable

from ingest.one_file import How, import_file
from ingest.write.shop import path_of
from tests.ingest.test_killed import both

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def content(table: Path) -> dict[str, object]:
    """What readers of both tables get, and what lies beside it that no version names."""
    found: dict[str, object] = {}
    for path in (table, path_of(table)):
        log = "".join(each.read_text() for each in (path / "_delta_log").glob("*.json"))
        found[path.name] = DeltaTable(str(path)).to_pyarrow_table().sort_by("date").to_pylist()
        found[f"beside {path.name}"] = [
            each.name for each in path.rglob("*.*") if each.name not in log and each.suffix != ".json"
        ]
    found["others"] = sorted(each.name for each in table.parent.iterdir())
    return found


def imported(file: Path, table: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "cli.py", "import", str(file)],
        cwd=ROOT,
        env=os.environ | {"DASHBOARD_FACTS": str(table)},
        capture_output=True,
        text=True,
    )


@pytest.mark.long
@pytest.mark.parametrize("free", [0, 4096, 12_288, 24_576])
def test_a_full_disk_leaves_both_tables_as_they_were(small_disk: Path, tmp_path: Path, free: int) -> None:
    """However early it fills up: at the note of what is under way, the shop's days, the facts, the commit."""
    table = small_disk / "facts"
    import_file(both(tmp_path / "1.zip", 1), How(table), lambda said: None)
    before = content(table)
    disk = os.statvfs(small_disk)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(disk.f_bavail * disk.f_frsize - free))

    done = imported(both(tmp_path / "2.zip", 2), table)

    assert done.returncode == 1
    sentence = "the disk is full; nothing was changed. Make room and import again."
    assert done.stderr.endswith(f"marketing-dashboard: {table}: {sentence}\n")
    filler.unlink()
    assert content(table) == before
    assert imported(both(tmp_path / "2.zip", 2), table).returncode == 0
