"""What was there stays in the history, however old it is; where others cleaned it up, that is said in a sentence."""

import ast
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deltalake import DeltaTable, PostCommitHookProperties

import cli
from app import create_app
from datagen.__main__ import main as datagen
from facts.delta.log import Commit, whole_versions
from facts.delta.table_names import path_of
from facts.delta.versions import version_at, why_gone
from facts.protocol import DataProblem
from facts.source import Source, load
from ingest.one_file import How, import_file
from ingest.uploaded import answer_request
from settings import from_environment
from tests.asking import view
from tests.ingest.read.conftest import FIXTURES
from tests.ingest.test_killed import both

ROOT = Path(__file__).parents[2]
REPORT = FIXTURES / "google_en_daily.csv"
OTHER = FIXTURES / "meta_en_daily.csv"

#: What makes delta-rs clean up after each commit whatever is there.
EAGER = {
    "delta.logRetentionDuration": "interval 0 days",
    "delta.enableExpiredLogCleanup": "true",
    "delta.checkpointInterval": "1",
}


def log_of(table: Path) -> set[str]:
    return {entry.name for entry in (table / "_delta_log").iterdir() if entry.name != "_last_checkpoint"}


def aged(table: Path, *, eager: bool = True) -> None:
    """Make a log look forty days old, with a checkpoint at its end and properties that have it cleaned up."""
    if eager:
        stays = PostCommitHookProperties(cleanup_expired_logs=False)
        DeltaTable(str(table)).alter.set_table_properties(EAGER, post_commithook_properties=stays)
    DeltaTable(str(table)).create_checkpoint()
    for entry in (table / "_delta_log").iterdir():
        os.utime(entry, (time.time() - 40 * 86_400,) * 2)


def bring(table: Path, spend: int) -> None:
    file = table.parent / "restated.csv"
    file.write_bytes(REPORT.read_bytes().replace(b"228.61", b"%d.61" % spend))
    import_file(file, How(table), lambda said: None)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three versions of both tables that imports make."""
    table = tmp_path / "data" / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    for factor in (1, 2, 3):
        import_file(both(tmp_path / f"{factor}.zip", factor), How(table), lambda said: None)
    return table


def by_import(table: Path, tmp_path: Path) -> None:
    assert cli.main(["import", str(both(tmp_path / "both.zip", 4))]) == 0


def by_undo(table: Path, tmp_path: Path) -> None:
    assert cli.main(["undo", "0"]) == cli.main(["undo", "0", "--business"]) == 0


def by_watch(table: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    both(tmp_path / "in" / "both.zip", 4)
    assert cli.main(["watch", "--once", "--every", "0.01", str(tmp_path / "in")]) == 0


def by_keep(table: Path, tmp_path: Path) -> None:
    asked = {"facts": str(table), "files": [str(both(tmp_path / "both.zip", 4))], "options": {}, "by": "u"}
    assert answer_request(asked | {"keep": True, "mark": answer_request(asked)["mark"]})["kept"]


@pytest.mark.parametrize("write", [by_import, by_undo, by_watch, by_keep], ids=lambda write: write.__name__)
def test_no_write_removes_anything_of_the_log(table: Path, tmp_path: Path, write: Callable[[Path, Path], None]) -> None:
    before = {}
    for path in (table, path_of(table)):
        aged(path)
        before[path] = log_of(path)
        assert len(before[path]) > 4
    write(table, tmp_path)

    for path, entries in before.items():
        assert entries < log_of(path)
        assert [DeltaTable(str(path), version=number).version() for number in range(5)] == list(range(5))


def test_nor_does_what_puts_a_whole_table_in_anothers_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo following its clock and made anew, an import in its place, and a roll-up."""
    table, rolled = tmp_path / "data" / "facts", tmp_path / "rolled"
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    assert datagen(["--days", "2", "--out", str(table)]) == 0
    assert cli.main(["rollup", str(rolled)]) == 0
    paths = (table, path_of(table))
    for command in (
        lambda: datagen(["--days", "3", "--out", str(table)]),
        lambda: cli.main(["import", str(both(tmp_path / "both.zip", 4))]),
    ):
        for path in paths:
            aged(path)
        before = {path: log_of(path) for path in paths}
        assert command() == 0
        for path, entries in before.items():
            assert entries < log_of(path)
    aged(rolled)
    entries = log_of(rolled)
    assert cli.main(["rollup", str(rolled)]) == 0
    assert entries < log_of(rolled)


def test_tables_of_ours_ask_others_to_leave_the_log(table: Path) -> None:
    for path in (table, path_of(table)):
        assert DeltaTable(str(path)).metadata().configuration == {"delta.enableExpiredLogCleanup": "false"}


def test_every_commit_in_the_program_says_that_the_log_stays() -> None:
    """delta-rs cleans up by default: no call that commits may forget to forbid it, nor clean up by itself."""
    commits = {
        "create_write_transaction",
        "create_table_with_add_actions",
        "restore",
        "set_table_properties",
        "write_deltalake",
    }
    commits |= {"set_table_properties", "set_table_name", "compact", "z_order", "add_columns", "when_matched_update"}
    found = []
    for folder in ("ingest", "facts", "datagen", "web", "views", "report"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            assert "cleanup_metadata" not in text
            assert ".vacuum(" not in text
            if "deltalake" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name in commits:
                        found.append(name)
                        assert "post_commithook_properties" in {each.arg for each in node.keywords}, (path, name)
    assert sorted(set(found)) == [
        "create_table_with_add_actions",
        "create_write_transaction",
        "restore",
        "set_table_properties",
    ]


@pytest.mark.long
def test_versions_of_long_ago_stay_after_an_import(tmp_path: Path) -> None:
    """A table as an earlier version left it, at the checkpoint that comes by itself."""
    table = tmp_path / "facts"
    for number in range(3):
        bring(table, 300 + number)
    stays = PostCommitHookProperties(cleanup_expired_logs=False)
    DeltaTable(str(table)).alter.set_table_properties(
        {"delta.enableExpiredLogCleanup": "true"}, post_commithook_properties=stays
    )
    aged(table, eager=False)
    before = log_of(table)
    for number in range(3, 102):
        bring(table, 300 + number)

    assert len([name for name in log_of(table) if "checkpoint" in name]) == 2
    assert before < log_of(table)
    assert DeltaTable(str(table), version=0).version() == 0


@pytest.fixture
def cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six versions, of which others have removed the first three from the log."""
    table = tmp_path / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    for number in range(6):
        bring(table, 300 + number)
        if number == 3:
            DeltaTable(str(table)).create_checkpoint()
    for number in range(3):
        (table / "_delta_log" / f"{number:020}.json").unlink()
    return table


def test_where_others_cleaned_up_the_rest_is_shown_and_the_gap_is_told(
    cleaned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = "ersions 0 to 2 are gone, because another program or an earlier version of this one cleaned up"

    assert cli.main(["history"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [5, 4, 3]
    assert f"V{gone}" in last
    for command in (["history", "--as-of", "1"], ["history", "--as-of", "2001-01-01"], ["undo", "1"]):
        assert cli.main(command) == 1
        said = capsys.readouterr().err
        assert f"v{gone}" in said, (command, said)
        assert said.count("\n") == 1
    assert cli.main(["history", "--as-of", "3"]) == cli.main(["undo"]) == cli.main(["undo", "3"]) == 0
    assert [each.number for each in whole_versions(cleaned)] == [3, 4, 5, 6, 7]


def test_an_undo_with_nothing_left_to_return_to_says_so(cleaned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    DeltaTable(str(cleaned)).create_checkpoint()
    for number in range(3, 5):
        (cleaned / "_delta_log" / f"{number:020}.json").unlink()
    (cleaned / "_delta_log" / f"{3:020}.checkpoint.parquet").unlink()
    assert cli.main(["undo"]) == 1
    assert "cannot return to version 4: versions 0 to 4 are gone" in capsys.readouterr().err


def test_a_hole_in_the_log_names_no_version_wrongly(cleaned: Path) -> None:
    DeltaTable(str(cleaned)).create_checkpoint()
    (cleaned / "_delta_log" / f"{4:020}.json").unlink()
    assert [each.number for each in whole_versions(cleaned)] == [3, 5]
    assert version_at(cleaned, "5").number == 5
    with pytest.raises(DataProblem, match="Version 4 can no longer be shown: versions 0 to 2 and 4 are gone"):
        version_at(cleaned, "4")


@pytest.mark.parametrize(
    ("there", "gone"),
    [
        ((0, 1, 2), None),
        ((1, 2), "version 0 is gone"),
        ((0, 1, 2, 4, 5), "version 3 is gone"),
        ((0, 1, 2, 4, 5, 6, 8), "versions 3 and 7 are gone"),
        ((9, 10, 12, 13, 17), "versions 0 to 8, 11 and 14 to 16 are gone"),
        (range(1, 100, 2), "versions 0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 40 more are gone"),
    ],
)
def test_each_hole_is_named_by_itself(there: Iterable[int], gone: str | None) -> None:
    why = why_gone([Commit(number, datetime(2025, 7, 1, tzinfo=UTC), {}) for number in there])
    assert (why and why.partition(", because")[0]) == gone


def test_the_page_says_that_an_earlier_version_is_gone(cleaned: Path) -> None:
    DeltaTable(str(cleaned)).alter.set_table_name("marketing-dashboard demo")
    DeltaTable(str(cleaned)).alter.set_table_description("made up")
    source = Source(cleaned)
    client = create_app(from_environment({"DASHBOARD_FACTS": str(cleaned)}), source).server.test_client()
    answer, kept = (view(client, "cfo", f"as_of={number}").json for number in (1, 6))
    source.close()
    assert "Version 1 can no longer be shown: versions 0 to 2 are gone" in answer["notes"][-1]
    assert answer["as_of"] is None
    assert kept["as_of"]["version"] == 6


def test_a_version_whose_files_are_gone_is_told_from_one_that_is_there(
    cleaned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a vacuum by another program."""
    now = set(DeltaTable(str(cleaned)).file_uris())
    for file in set(DeltaTable(str(cleaned), version=4).file_uris()) - now:
        Path(file).unlink()
    with pytest.raises(DataProblem, match="Version 4 can no longer be shown: files that it was made of were removed"):
        load(cleaned, version=4)
    for command in (["history", "--as-of", "4"], ["undo"]):
        assert cli.main(command) == 1
        assert "files that it was made of were removed" in capsys.readouterr().err
    assert load(cleaned).extent().first.year == 2025


def test_a_table_whose_log_tells_no_version_whole_is_refused_in_a_sentence(
    cleaned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for entry in (cleaned / "_delta_log").glob("*checkpoint*"):
        entry.unlink()
    for command in (["history"], ["undo"], ["import", str(OTHER)]):
        assert cli.main(command) == 1
        said = capsys.readouterr().err
        assert "versions 0 to 2 are missing from its log" in said, said
        assert said.count("\n") == 1
