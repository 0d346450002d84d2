"""Kill −9 at any moment of an import, and several at once: the table is the old or the new version, never between."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable

from facts import committing
from facts.intake import How, import_file
from facts.leftovers import OLD, sweep
from facts.ownership import FACTS, SHOP
from facts.shop import path_of
from tests.facts.importers.conftest import FIXTURES

#: Two statements of the same days, each a version; a process that imports them in turn until it is killed.
HERE = Path(__file__).parents[2]
TURNS = """
import os, sys
from pathlib import Path
from facts.intake import How, import_file
table, *files = map(Path, sys.argv[1:])
for line in sys.stdin:  # each line asks for one more process that imports without end
    files.reverse()
    child = os.fork()
    if not child:
        while True:
            for file in files:
                import_file(file, How(table), lambda said: None)
    print(child, flush=True)
"""


def statement(path: Path, factor: int) -> Path:
    header = "Campaign name,By Day,Cost,Impressions,Currency\n"
    days = [f"2025-{month:02}-{day:02}" for month in (7,) for day in range(1, 31)]
    path.write_text(header + "".join(f"C{n},{day},{factor}.00,{factor},USD\n" for day in days for n in range(10)))
    return path


@pytest.fixture
def importer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    files = [statement(tmp_path / f"{factor}.csv", factor) for factor in (1, 2)]
    with subprocess.Popen(
        [sys.executable, "-c", TURNS, str(tmp_path / "facts"), *map(str, files)],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def start(importer: subprocess.Popen[str]) -> int:
    importer.stdin.write("\n")
    importer.stdin.flush()
    return int(importer.stdout.readline())


def held(table: Path, column: str) -> set[int]:
    """The numbers in a column; none where there is no table yet."""
    if not DeltaTable.is_deltatable(str(table)):
        return set()
    return set(DeltaTable(str(table)).to_pyarrow_table(columns=[column])[column].to_pylist())


def version_of(table: Path) -> tuple[int, float] | None:
    """The version and its spend; None where there is no table yet."""
    if not DeltaTable.is_deltatable(str(table)):
        return None
    rows = DeltaTable(str(table)).to_pyarrow_table(columns=["spend", "impressions"])
    assert rows.num_rows == 300
    assert set(rows["impressions"].to_pylist()) <= {1, 2}
    return DeltaTable(str(table)).version(), sum(rows["spend"].to_pylist())


@pytest.mark.long
def test_killed_at_fifty_moments(tmp_path: Path, importer: subprocess.Popen[str]) -> None:
    table = tmp_path / "facts"
    chance = random.Random(4)
    versions = set()
    began = time.monotonic()
    for factor in (1, 2):
        import_file(tmp_path / f"{factor}.csv", How(table), lambda said: None)
    once = (time.monotonic() - began) / 2
    for _ in range(50):
        child = start(importer)
        time.sleep(chance.random() * 2 * once)
        os.kill(child, signal.SIGKILL)
        found = version_of(table)
        assert found is None or found[1] in (300.0, 600.0)
        versions.add(found)
    assert len(versions) > 5

    said: list[str] = []
    import_file(statement(tmp_path / "3.csv", 2), How(table), said.append)
    assert version_of(table)[1] == 600.0


BETWEEN = """
import os, signal, sys
from pathlib import Path
from facts import committing
from facts.intake import How, import_file
committing.store = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
import_file(Path(sys.argv[1]), How(Path(sys.argv[2])), lambda said: None)
"""


def both(path: Path, factor: int) -> Path:
    """An export of platforms and the shop's days, in one archive."""
    days = [f"2025-07-{day:02}" for day in range(1, 31)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(statement(path.with_suffix(".csv"), factor), "ads.csv")
        shop = "date,orders,total_revenue\n" + "".join(f"{day},{factor},{factor}.00\n" for day in days)
        archive.writestr("shop.csv", shop)
    return path


@pytest.mark.parametrize("before", [False, True], ids=["first", "restated"])
def test_killed_between_the_two_tables_of_one_file(tmp_path: Path, before: bool) -> None:
    table = tmp_path / "data" / "facts"
    if before:
        import_file(both(tmp_path / "1.zip", 1), How(table), lambda said: None)
    killed = subprocess.run([sys.executable, "-c", BETWEEN, both(tmp_path / "2.zip", 2), table], cwd=HERE)
    assert killed.returncode == -signal.SIGKILL
    assert held(path_of(table), "orders") == {2}

    other = tmp_path / "other.csv"
    other.write_text("Campaign name,By Day,Cost,Impressions,Currency\nX,2025-08-01,1,1,USD\n")
    import_file(other, How(table), lambda said: None)

    assert held(path_of(table), "orders") == ({1} if before else set())
    assert 2 not in held(table, "impressions")


def test_a_failure_between_the_two_tables_takes_the_first_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "facts"
    import_file(both(tmp_path / "1.zip", 1), How(table), lambda said: None)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(committing, "store", full)
    with pytest.raises(OSError, match="No space"):
        import_file(both(tmp_path / "2.zip", 2), How(table), lambda said: None)

    assert (held(table, "impressions"), held(path_of(table), "orders")) == ({1}, {1})
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith("under-way")] == []


#: An import that is killed once its data is written, before its commit.
BEFORE_THE_COMMIT = """
import os, signal, sys
from pathlib import Path
from facts import replacing
from facts.intake import How, import_file
replacing._commit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
import_file(Path(sys.argv[1]), How(Path(sys.argv[2])), lambda said: None)
"""


def aged(file: Path) -> Path:
    """A file as if it were two hours old."""
    os.utime(file, (time.time() - 2 * OLD,) * 2)
    return file


def files_of(table: Path) -> set[str]:
    return {path.name for path in table.glob("*.parquet")}


def test_a_later_import_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    for factor in (1, 2):
        import_file(statement(tmp_path / f"{factor}.csv", factor), How(table), lambda said: None)
    named = files_of(table)
    killed = subprocess.run([sys.executable, "-c", BEFORE_THE_COMMIT, tmp_path / "1.csv", table], cwd=HERE)
    assert killed.returncode == -signal.SIGKILL
    (left,) = files_of(table) - named
    mine, version = re.fullmatch(r"(dashboard-[0-9a-f]{32})-v(\d)-[0-9a-f]{16}\.parquet", left).groups()
    assert version == "2"

    others = [
        f"dashboard-{'0' * 32}-v2-{'0' * 16}.parquet",  # of another table
        f"dashboard-new-v0-{'0' * 16}.parquet",  # of no table that is known
        f"{mine}-v9-{'0' * 16}.parquet",  # of a version that is to come: the log may be a copy on its way
        "part-00000-4a0c1d2e-c000.zstd.parquet",
        "part-0001.parquet#1",
        "demo-2025-01-01-2025-01-02-4a0c1d2e4a0c.parquet",
        "notes.txt",
        "_delta_log/_commit_4a0c.json.tmp",
    ]
    for name in others:
        (table / name).write_bytes(b"somebody's own")
        aged(table / name)
    (table / f"{mine}-v2-{'1' * 16}.parquet").symlink_to(tmp_path / "1.csv")

    sizes = []
    for factor, age in ((3, False), (4, False), (5, True), (6, False)):
        if age:
            aged(table / left)
        import_file(statement(tmp_path / f"{factor}.csv", factor), How(table), lambda said: None)
        sizes.append((table / left).exists())

    assert sizes == [True, True, False, False]  # the first makes the version, the second finds it too young
    assert all((table / name).read_bytes() == b"somebody's own" for name in others)
    assert (tmp_path / "1.csv").exists()
    for version in range(DeltaTable(str(table)).version() + 1):
        assert DeltaTable(str(table), version=version).to_pyarrow_table().num_rows == 300


def test_leftovers_are_told_from_what_only_a_checkpoint_names(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    for factor in (1, 2, 3):
        import_file(statement(tmp_path / f"{factor}.csv", factor), How(table), lambda said: None)
    DeltaTable(str(table)).create_checkpoint()
    for file in table.glob("*.parquet"):
        aged(file)
    assert sweep(table, FACTS) == 0
    for commit in (table / "_delta_log").glob("*.json"):
        commit.unlink()

    assert sweep(table, FACTS) == 0
    assert held(table, "impressions") == {3}


def test_a_file_is_removed_only_while_its_tables_log_can_be_read_whole(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    for factor in (1, 2):
        import_file(statement(tmp_path / f"{factor}.csv", factor), How(table), lambda said: None)
    mine = DeltaTable(str(table)).metadata().id.replace("-", "")
    left = table / f"dashboard-{mine}-v1-{'0' * 16}.parquet"
    left.write_bytes(b"half of it")
    aged(left)

    for entry in (
        "00000000000000000001.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.parquet",
        "_sidecars",
        "strange",
    ):
        (table / "_delta_log" / entry).mkdir()
        assert sweep(table, FACTS) == 0
        (table / "_delta_log" / entry).rmdir()
    for action in (
        {"add": {"path": "file:///elsewhere/a.parquet", "partitionValues": {}, "size": 1, "modificationTime": 1}},
        {"remove": {"path": "/elsewhere/a.parquet", "deletionTimestamp": 1, "dataChange": True}},
        {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["x"], "writerFeatures": ["x"]}},
    ):
        commit = table / "_delta_log" / f"{2:020}.json"
        commit.write_text(json.dumps(action))
        assert sweep(table, FACTS) == 0
        commit.unlink()
    assert sweep(table, SHOP) == 0
    assert left.exists()
    assert sweep(table, FACTS) == 1
    assert not left.exists()


@pytest.mark.long
def test_two_imports_at_once_both_land(tmp_path: Path) -> None:
    """Different reports by two processes: each waits for the other's moment of writing."""
    names = ["meta_en_daily.csv", "google_en_daily.csv", "tiktok_campaign_daily.csv", "amazon_sp_campaign_daily.csv"]
    environment = os.environ | {"DASHBOARD_FACTS": str(tmp_path / "facts")}
    running = [
        subprocess.Popen(
            [sys.executable, "cli.py", "import", str(FIXTURES / name)],
            cwd=HERE,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, ""), out

    rows = DeltaTable(str(tmp_path / "facts")).to_pyarrow_table(columns=["platform", "spend"])
    assert set(rows["platform"].to_pylist()) == {"Meta", "Google", "TikTok", "Amazon"}
    assert sum(rows["spend"].to_pylist()) == pytest.approx(7131.36 + 7308.94 + 3630.73 + 7183.07)
    assert DeltaTable(str(tmp_path / "facts")).version() == 3
