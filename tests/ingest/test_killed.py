"""Kill −9 at any moment of an import, and several at once: the table is the old or the new version, never between."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable

from ingest.one_file import How, import_file
from ingest.results import ImportProblem
from ingest.write import commit as commits
from ingest.write.leftovers import OLD, sweep
from ingest.write.ownership import FACTS, SHOP
from ingest.write.shop import path_of
from ingest.write.unfinished import list_of
from tests.ingest.read.conftest import FIXTURES

#: Two statements of the same days, each a version; a process that imports them in turn until it is killed.
HERE = Path(__file__).parents[2]
TURNS = """
import os, sys
from pathlib import Path
from ingest.one_file import How, import_file
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
    longest = time.monotonic() - began
    kills = 0
    while kills < 50 or len(versions) <= 5:
        kills += 1
        assert kills < 500, "nothing is ever imported before it is killed"
        child = start(importer)
        time.sleep(chance.random() * longest)
        os.kill(child, signal.SIGKILL)
        found = version_of(table)
        assert found is None or found[1] in (300.0, 600.0)
        longest *= 0.9 if found not in versions else 1.1  # as long as an import takes now, whatever else runs
        versions.add(found)

    said: list[str] = []
    import_file(statement(tmp_path / "3.csv", 2), How(table), said.append)
    assert version_of(table)[1] == 600.0


BETWEEN = """
import os, signal, sys
from pathlib import Path
from ingest.write import commit
from ingest.one_file import How, import_file
commit.store = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
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

    monkeypatch.setattr(commits, "store", full)
    with pytest.raises(OSError, match="No space"):
        import_file(both(tmp_path / "2.zip", 2), How(table), lambda said: None)

    assert (held(table, "impressions"), held(path_of(table), "orders")) == ({1}, {1})
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith("under-way")] == []


#: An import that is killed once its data is written, before its commit.
BEFORE_THE_COMMIT = """
import os, signal, sys
from pathlib import Path
from ingest.write import replace
from ingest.one_file import How, import_file
replace._commit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
import_file(Path(sys.argv[1]), How(Path(sys.argv[2])), lambda said: None)
"""


def aged(file: Path) -> Path:
    """A file as if it were two hours old."""
    os.utime(file, (time.time() - 2 * OLD,) * 2)
    return file


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a table of two versions beside which an import was killed, and the name of the file it left."""
    folder = tmp_path_factory.mktemp("killed")
    table = folder / "facts"
    for factor in (1, 2):
        import_file(statement(folder / f"{factor}.csv", factor), How(table), lambda said: None)
    named = set(table.glob("*.parquet"))
    killed = subprocess.run([sys.executable, "-c", BEFORE_THE_COMMIT, folder / "1.csv", table], cwd=HERE)
    assert killed.returncode == -signal.SIGKILL
    (left,) = set(table.glob("*.parquet")) - named
    return folder, left.name


@pytest.fixture
def left(tmp_path: Path, killed: tuple[Path, str]) -> Path:
    """What a killed import left in a table of two versions, two hours ago; each test has a copy of its own."""
    folder, name = killed
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return aged(tmp_path / "facts" / name)


def test_the_next_import_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path, left: Path) -> None:
    table = left.parent
    mine = re.fullmatch(r"(dashboard-[0-9a-f]{32})-[0-9a-f]{16}\.parquet", left.name)[1]
    others = [
        f"{mine}-{'0' * 16}.parquet",  # as a copy of a table has it whose log is still on its way
        f"dashboard-new-{'0' * 16}.parquet",
        "part-00000-4a0c1d2e-c000.zstd.parquet",
        "part-0001.parquet#1",
        "demo-2025-01-01-2025-01-02-4a0c1d2e4a0c.parquet",
        "notes.txt",
        "_delta_log/_commit_4a0c.json.tmp",
    ]
    for name in others:
        (table / name).write_bytes(b"somebody's own")
        aged(table / name)

    import_file(statement(tmp_path / "3.csv", 3), How(table), lambda said: None)

    assert not left.exists()
    assert all((table / name).read_bytes() == b"somebody's own" for name in others)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".csv") == [".facts.import", "facts"]
    for version in range(3):
        assert DeltaTable(str(table), version=version).to_pyarrow_table().num_rows == 300


def test_what_a_killed_first_import_left_is_removed_once_there_is_a_table(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    report = statement(tmp_path / "1.csv", 1)
    script = BEFORE_THE_COMMIT.replace("_commit", "create_table_with_add_actions").replace("*_", "*_, **__")
    assert subprocess.run([sys.executable, "-c", script, report, table], cwd=HERE).returncode == -signal.SIGKILL
    (left,) = table.iterdir()
    for _ in range(2):
        import_file(report, How(table), lambda said: None)
        assert aged(left).exists()  # there was no table, then it was too young
        os.utime(left)
    aged(left)
    import_file(report, How(table), lambda said: None)
    assert not left.exists()
    assert version_of(table) == (0, 300.0)


KEPT = {
    "young": lambda left: os.utime(left),
    "a link": lambda left: (left.rename(left.with_name("kept")), left.symlink_to("kept")),
    "named by a version": lambda left: commit(left, {"add": added(left.name)}),
    "named by one that is gone": lambda left: commit(left, {"remove": {"path": left.name, "deletionTimestamp": 1}}),
    "a sidecar": lambda left: (left.parent / "_delta_log" / "_sidecars").mkdir(),
    "an unknown entry": lambda left: (left.parent / "_delta_log" / "strange").mkdir(),
    "an absolute path": lambda left: commit(left, {"add": added("file:///elsewhere/a.parquet")}),
    "an absolute path that is gone": lambda left: commit(left, {"remove": {"path": "/a.parquet"}}),
    "a deletion vector": lambda left: commit(left, {"remove": {"path": "a.parquet", "deletionVector": {"a": 1}}}),
    "newer features": lambda left: commit(left, {"protocol": NEWER}),
    "another name": lambda left: DeltaTable(str(left.parent)).alter.set_table_name("sales"),
    "another table's list": lambda left: list_of(left.parent).write_text(f"dashboard-{'0' * 32}-{'0' * 16}.parquet\n"),
    "no list": lambda left: list_of(left.parent).unlink(),
}
NEWER = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["x"], "writerFeatures": ["x"]}


def added(path: str) -> dict[str, object]:
    return {"path": path, "partitionValues": {}, "size": 1, "modificationTime": 1, "dataChange": True}


def commit(left: Path, action: dict[str, object]) -> None:
    (left.parent / "_delta_log" / f"{2:020}.json").write_text(json.dumps(action))


@pytest.mark.parametrize("why", KEPT)
def test_a_file_stays_while_one_thing_speaks_for_it(left: Path, why: str) -> None:
    KEPT[why](left)
    assert sweep(left.parent, FACTS) == 0
    assert os.path.lexists(left)


def test_a_file_goes_where_nothing_speaks_for_it(left: Path) -> None:
    assert sweep(left.parent, SHOP) == 0
    assert left.exists()
    assert sweep(left.parent, FACTS) == 1
    assert not left.exists()
    assert not list_of(left.parent).exists()


def test_leftovers_are_told_from_what_only_a_checkpoint_names(left: Path) -> None:
    table = left.parent
    named = [path.name for path in table.glob("*.parquet") if path != left]
    list_of(table).write_text("".join(f"{name}\n" for name in [*named, left.name]))
    for name in named:
        aged(table / name)
    DeltaTable(str(table)).create_checkpoint()
    for entry in (table / "_delta_log").glob("*.json"):
        entry.unlink()

    assert sweep(table, FACTS) == 1
    assert sorted(path.name for path in table.glob("*.parquet")) == sorted(named)
    assert held(table, "impressions") == {2}


@pytest.mark.parametrize("text", ["somebody's own", "somebody's own\n", "dashboard-new-1.parquet\n", "x" * 2_000_000])
def test_another_file_in_the_lists_place_is_refused_and_stays(tmp_path: Path, text: str) -> None:
    table = tmp_path / "facts"
    list_of(table).write_text(text)
    with pytest.raises(ImportProblem, match="is no list of an import's files: move it away"):
        import_file(statement(tmp_path / "1.csv", 1), How(table), lambda said: None)
    assert list_of(table).read_text() == text


def test_a_list_that_was_cut_short_is_ours(tmp_path: Path) -> None:
    table = tmp_path / "facts"
    for text in ("", "dashb", f"dashboard-new-{'0' * 16}.parquet\ndashboard-new-0"):
        list_of(table).write_text(text)
        import_file(statement(tmp_path / "1.csv", 1), How(table), lambda said: None)
        assert version_of(table) == (0, 300.0)


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
