"""A table of ours with a damaged or missing file: nobody is told that what they import is the fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from facts.delta.table_names import path_of
from ingest.one_file import How
from ingest.uploaded import answer_request
from ingest.watch import watch
from ingest.write.table import lock_table
from tests.ingest.foreign import content
from tests.ingest.test_killed import both

SAID = "has files that are damaged or missing, so nothing can be added to it; the files that you import are not"


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def garbled(file: Path) -> None:
    """Its footer is whole, its rows are not: what is planned reads the days, not every column."""
    data = bytearray(file.read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    file.write_bytes(data)


@pytest.mark.parametrize("shop", [False, True], ids=["facts", "shop"])
@pytest.mark.parametrize("damage", [cut, garbled, Path.unlink], ids=lambda damage: damage.__name__)
def test_whose_fault_it_is(
    damage: Callable[[Path], None],
    shop: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = tmp_path / "data" / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    assert cli.main(["import", str(both(tmp_path / "1.zip", 1))]) == 0
    for file in (path_of(table) if shop else table).glob("*.parquet"):
        damage(file)
    before = content(table.parent)
    (tmp_path / "in").mkdir()
    report = both(tmp_path / "2.zip", 2).rename(tmp_path / "in" / "2.zip")

    assert cli.main(["import", str(report)]) == 1
    said = capsys.readouterr().err
    assert SAID in said
    assert said.count("\n") == 1

    asked = {"facts": str(table), "files": [str(report)], "options": {}, "by": "u"}
    for wish in (asked, asked | {"keep": True, "mark": "agreed"}):
        answer = answer_request(wish)
        assert SAID in answer["refused"]
        assert str(tmp_path) not in answer["refused"]
        assert "refused" not in answer["files"][0]

    assert watch(tmp_path / "in", How(table), every=0, once=True) == 0
    assert f"stays: {report}: " in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["2.zip"]
    assert content(table.parent) == before


def test_an_import_that_waits_for_another_leaves_the_file_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is it the file's fault that the table is being written to."""
    from ingest.write.commit import alone

    facts = tmp_path / "data" / "facts"
    (tmp_path / "in").mkdir()
    report = both(tmp_path / "1.zip", 1).rename(tmp_path / "in" / "1.zip")
    monkeypatch.setattr(alone.__wrapped__, "__defaults__", (0.0,))  # else it waits for two minutes
    with lock_table(facts):
        watch(tmp_path / "in", How(facts), every=0, once=True)
    assert "Another import is writing" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "in").iterdir()] == [report.name]
