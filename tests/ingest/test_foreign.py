"""No command changes or removes a file that is not ours, whatever stands where the facts should or beside them."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from deltalake import DeltaTable, write_deltalake

import cli
from facts.delta.table_names import path_of
from ingest.results import TableProblem
from ingest.write.ownership import FACTS_NAME
from ingest.write.table import lock_table
from tests.ingest.foreign import (
    REFUSED,
    ROWS,
    SHARED,
    Build,
    aged,
    content,
    foreign_note,
    ours,
    plain_parquet,
)
from tests.ingest.read.conftest import FIXTURES
from tests.ingest.test_killed import HERE, both

REPORT = FIXTURES / "meta_en_daily.csv"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A folder whose every byte is somebody's, but for a table of ours at `facts` in it."""
    folder = tmp_path / "lake"
    folder.mkdir()
    return folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    shutil.copy(REPORT, folder)
    return folder


def commands(lake: Path, inbox: Path) -> dict[str, list[str]]:
    """Every command that writes, on the table at `lake`/facts."""
    files = both(inbox.parent / "both.zip", 1)
    return {
        "import": ["cli", "import", str(REPORT)],
        "import of both": ["cli", "import", str(files)],
        "import of the shop's days": ["cli", "import", str(FIXTURES / "business_daily.csv")],
        "dry run": ["cli", "import", "--dry-run", str(REPORT)],
        "undo": ["cli", "undo"],
        "undo to the first": ["cli", "undo", "0"],
        "undo of the shop's days": ["cli", "undo", "--business"],
        "watch": ["cli", "watch", "--once", "--every", "0.01", str(inbox)],
        "roll-up": ["cli", "rollup", str(lake / "facts")],
        "datagen": ["datagen", "--days", "1", "--out", str(lake / "facts")],
        "datagen, following": ["datagen", "--follow", "0.01", "--days", "1", "--out", str(lake / "facts")],
    }


def run_here(command: list[str]) -> int:
    if command[0] == "cli":
        return cli.main(command[1:])
    from datagen.__main__ import main

    return main(command[1:])


@pytest.mark.parametrize("build", REFUSED, ids=lambda build: build.__name__)
def test_what_is_not_ours_is_refused_in_a_sentence_and_stays(
    build: Build, lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(lake / "facts")
    aged(lake)
    before, waiting = content(lake), content(inbox)
    assert before
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))

    for name, command in commands(lake, inbox).items():
        if name == "roll-up":
            monkeypatch.setenv("DASHBOARD_FACTS", str(inbox.parent / "facts"))
        assert run_here(command) == 1, name
        monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
        said = capsys.readouterr().err
        assert said.count("\n") == 1, (name, said)
        assert "name another folder" in said or "--out" in said or "There is no data" in said, (name, said)
        assert content(lake) == before, name
        assert content(inbox) == waiting, name


@pytest.mark.parametrize("build", SHARED, ids=lambda build: build.__name__)
def test_what_stands_beside_ours_stays_while_imports_go_on(
    build: Build, lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(lake / "facts")
    aged(lake)
    before = content(lake)
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    version = DeltaTable(str(lake / "facts")).version()
    done = {name: run_here(command) for name, command in commands(lake, inbox).items()}

    assert content(lake).items() >= before.items()
    held = path_of(lake / "facts").exists() and path_of(lake / "facts").name in before
    both_tables = 1 if held else 0
    assert done == {
        "import": 0,
        "import of both": both_tables,
        "import of the shop's days": both_tables,
        "dry run": 0,
        "undo": 0,
        "undo to the first": 0,
        "undo of the shop's days": both_tables,
        "watch": 0,
        "roll-up": 1,
        "datagen": 1,
        "datagen, following": 1,
    }, capsys.readouterr().err
    assert DeltaTable(str(lake / "facts")).version() >= version + 4
    assert [path.name for path in (inbox / "done").iterdir()] != []


@pytest.mark.parametrize("name", ["roll-up", "datagen", "datagen, following"])
def test_a_log_that_is_a_link_takes_no_rollup_and_no_demo(
    name: str, lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their own table's log, from a folder of another name."""
    command = commands(lake, inbox)[name]
    original = lake / "original"
    monkeypatch.setenv("DASHBOARD_FACTS", str(inbox.parent / "own"))
    ours(inbox.parent / "own")
    demo = commands(lake, inbox)["datagen"]
    assert run_here(["cli", "rollup", str(original)] if name == "roll-up" else [*demo[:-1], str(original)]) == 0
    (lake / "facts").mkdir()
    (lake / "facts" / "_delta_log").symlink_to(original / "_delta_log")
    before = content(lake)
    capsys.readouterr()

    assert run_here(command) == 1

    assert content(lake) == before
    assert "has a link in the place of _delta_log" in capsys.readouterr().err


def test_an_empty_folder_takes_a_table_and_is_never_removed(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (lake / "facts", path_of(lake / "facts")):
        folder.mkdir()
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    (lake / "truth.json").write_text("somebody's own")
    before = content(lake)
    refused = ("dry run", "undo", "undo of the shop's days", "datagen")
    done = {name: run_here(commands(lake, inbox)[name]) for name in refused}
    assert done == {"dry run": 0, "undo": 1, "undo of the shop's days": 1, "datagen": 1}
    assert content(lake) == before

    assert run_here(commands(lake, inbox)["import of both"]) == 0
    assert DeltaTable(str(lake / "facts")).version() == DeltaTable(str(path_of(lake / "facts"))).version() == 0


def test_a_file_where_an_import_keeps_its_note_is_refused_and_stays(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign_note(lake / "facts")
    before = content(lake)
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    for name in ("import", "import of both", "undo"):
        assert run_here(commands(lake, inbox)[name]) == 1
        assert ".facts.under-way is no note of an import: move it away" in capsys.readouterr().err
    assert content(lake) == before


@pytest.mark.parametrize("name", ["truth.json", ".facts.datagen"])
def test_datagen_takes_no_others_file_beside_its_table(
    lake: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (lake / name).write_text("somebody's own, of whatever length")
    (lake / "elsewhere").write_text("somebody's own")
    (path_of(lake / "facts")).mkdir()
    for _ in range(2):
        before = content(lake)
        assert run_here(["datagen", "--days", "1", "--out", str(lake / "facts")]) == 1
        assert f"{name} is no" in capsys.readouterr().err
        assert content(lake) == before
        (lake / name).unlink()
        (lake / name).symlink_to("elsewhere")


def test_a_list_of_faults_takes_only_an_earlier_lists_place(
    lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    shutil.copy(REPORT, lake / "report.csv")
    (lake / "link.csv").symlink_to("report.csv")
    before = content(lake)
    for name in ("report.csv", "link.csv", ".", "no folder/faults.csv"):
        assert cli.main(["import", str(lake / "report.csv"), "--problems", str(lake / name)]) == 1
        assert capsys.readouterr().err.count("\n") == 1
        assert content(lake) == before
    for _ in range(2):
        assert cli.main(["import", str(lake / "report.csv"), "--problems", str(lake / "faults.csv")]) == 0
        assert "0 faults are listed" in capsys.readouterr().out


@pytest.mark.parametrize("before", [False, True], ids=["first", "restated"])
def test_half_an_import_is_taken_back_without_what_others_put_beside_it(
    lake: Path, tmp_path: Path, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.ingest.test_killed import BETWEEN, held

    table = lake / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    if before:
        assert cli.main(["import", str(both(tmp_path / "1.zip", 1))]) == 0
    subprocess.run([sys.executable, "-c", BETWEEN, both(tmp_path / "2.zip", 2), table], cwd=HERE)
    shop = path_of(table)
    (shop / "notes.txt").write_text("somebody's own")
    (shop / "archive").mkdir()
    plain_parquet(shop / "archive" / "2024")
    theirs = {name: value for name, value in content(shop).items() if name.startswith(("notes", "archive"))}

    assert cli.main(["import", str(REPORT)]) == 0

    assert held(shop, "orders") == ({1} if before else set())
    assert content(shop).items() >= theirs.items()


@pytest.mark.long
@pytest.mark.parametrize("build", [REFUSED[0], *REFUSED[2:4], SHARED[0]], ids=lambda build: build.__name__)
def test_as_processes_of_their_own(build: Build, lake: Path, inbox: Path) -> None:
    build(lake / "facts")
    aged(lake)
    before = content(lake)
    for name, command in commands(lake, inbox).items():
        at = inbox.parent / "facts" if name == "roll-up" else lake / "facts"
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=HERE,
            env=os.environ | {"DASHBOARD_FACTS": str(at)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert build in SHARED or done.returncode == 1, name
        assert content(lake).items() >= before.items(), name
        assert build in SHARED or content(lake) == before, name


def test_a_refused_command_leaves_no_lock_beside_a_table_that_is_called_as_ours(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_deltalake(str(lake / "facts"), ROWS, name=FACTS_NAME)
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    before = content(lake)
    for name in ("import", "import of both", "undo", "undo to the first", "undo of the shop's days"):
        assert run_here(commands(lake, inbox)[name]) == 1, name
        assert content(lake) == before, (name, capsys.readouterr().err)
    assert run_here(commands(lake, inbox)["watch"]) == 0
    assert content(lake) == before
    assert "lacks the column" in capsys.readouterr().out
    assert [path.name for path in inbox.iterdir()] == [REPORT.name]


def test_who_waits_for_a_lock_that_is_removed_takes_the_next(lake: Path) -> None:
    """Two imports never write at once, though the first one is refused and removes the lock that it made."""
    inside: list[str] = []
    waits = Event()

    def second() -> None:
        waits.set()
        with lock_table(lake / "facts"):
            inside.append("second")
            with pytest.raises(TableProblem), lock_table(lake / "facts", wait=0):
                inside.append("third")

    thread = Thread(target=second)
    with suppress(LookupError), lock_table(lake / "facts"):
        thread.start()
        waits.wait()
        with pytest.raises(TableProblem), lock_table(lake / "facts", wait=0.3):
            inside.append("third")
        raise LookupError
    thread.join()
    assert inside == ["second"]
    assert [path.name for path in lake.iterdir()] == [".facts.import"]


@pytest.mark.parametrize("build", REFUSED[:2], ids=lambda build: build.__name__)
def test_the_history_of_what_is_not_ours_says_what_it_is(
    build: Build, lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(lake / "facts")
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    assert cli.main(["history"]) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "holds files that no import wrote" in said.err
    assert "it has no versions to list" in said.err
