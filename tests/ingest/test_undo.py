"""`undo` takes the last command back whole: every file of it, and the shop's days."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from deltalake import DeltaTable

import cli
from datagen import __main__ as datagen
from facts import DataProblem
from facts.engines.choice import Engine
from facts.source import Source, load
from ingest.write.shop import path_of

META = "Day,Campaign name,Amount spent (EUR),Link clicks\n"
Put = Callable[[str, str], str]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    return tmp_path / "facts"


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def held(table: Path) -> tuple[float, float | None]:
    """The spend of the facts, and the shop's revenue, None where there are no days."""
    spend = DeltaTable(str(table)).to_pandas()["spend"].sum()
    if not path_of(table).exists():
        return spend, None
    days = DeltaTable(str(path_of(table))).to_pandas()
    return spend, days["revenue"].sum() if len(days) else None


@pytest.fixture
def three_commands(table: Path, put: Put) -> list[tuple[float, float | None]]:
    """What was held after each of three commands: two files, the shop's days, and three files of both kinds."""
    states = []
    for names in (
        {"a.csv": META + "2025-09-01,A,1,1\n", "b.csv": META + "2025-09-02,A,2,1\n"},
        {"shop.csv": "Day,Orders,Total sales\n2025-09-01,1,10\n"},
        {
            "c.csv": META + "2025-09-03,A,4,1\n",
            "shop 2.csv": "Day,Orders,Total sales\n2025-09-01,1,50\n2025-09-02,1,60\n",
            "d.csv": META + "2025-09-04,A,8,1\n",
        },
    ):
        assert cli.main(["import", *(put(name, text) for name, text in names.items())]) == 0
        states.append(held(table))
    assert states == [(3, None), (3, 10), (15, 110)]
    return states


def test_undo_takes_back_every_file_of_the_last_command_and_the_shops_days(
    table: Path, three_commands: list[tuple[float, float | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["undo"]) == 0
    assert held(table) == three_commands[1]
    assert "To have it as it was before this: `undo 3` and `undo --business 1`." in capsys.readouterr().out
    assert cli.main(["undo", "3"]) == 0
    assert cli.main(["undo", "--business", "1"]) == 0
    assert held(table) == three_commands[2]
    assert cli.main(["undo"]) == 0
    capsys.readouterr()
    assert cli.main(["history"]) == 0
    assert "returned to version 1" in capsys.readouterr().out


def test_each_undo_goes_one_command_further_back(
    table: Path, put: Put, three_commands: list[tuple[float, float | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["undo"]) == 0
    assert held(table) == three_commands[1]
    assert cli.main(["undo"]) == 0
    assert held(table) == three_commands[0]

    assert cli.main(["import", put("e.csv", META + "2025-09-05,A,16,1\n")]) == 0
    assert held(table) == (19, None)
    assert cli.main(["undo"]) == 0  # over what was undone before, to what was there
    assert held(table) == three_commands[0]
    capsys.readouterr()
    assert cli.main(["undo"]) == 0
    assert "There is nothing further back." in capsys.readouterr().out
    assert held(table) == (0, None)
    assert cli.main(["undo"]) == 1
    assert "There is nothing to undo: no figures are imported." in capsys.readouterr().err


def test_undo_after_the_demo_is_back_has_nothing_before(
    table: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert datagen.main(["--start", "2025-08-01", "--end", "2025-08-02", "--out", str(table)]) == 0
    assert cli.main(["import", put("a.csv", META + "2025-09-01,A,1,1\n")]) == 0
    assert cli.main(["undo"]) == 0
    demo = held(table)[0]
    assert cli.main(["undo"]) == 1
    assert "no version before its first" in capsys.readouterr().err
    assert held(table)[0] == demo


def test_history_lists_the_shops_versions_too(
    table: Path, three_commands: list[tuple[float, float | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["history"]) == 0
    of_facts, of_shop = capsys.readouterr().out.split("The shop's own days")
    assert "d.csv" in of_facts
    assert "shop 2.csv" in of_shop
    assert len(of_shop.splitlines()) == 3


def test_undo_of_the_shops_first_days_leaves_none(table: Path, put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", put("a.csv", META + "2025-09-01,A,1,1\n")]) == 0
    assert cli.main(["import", put("shop.csv", "Day,Orders,Total sales\n2025-09-01,1,10\n")]) == 0
    assert cli.main(["undo"]) == 0
    assert "facts-business holds nothing, as before" in capsys.readouterr().out
    assert held(table) == (1, None)
    assert cli.main(["history", "--business"]) == 0
    assert "returned to nothing" in capsys.readouterr().out
    assert cli.main(["import", put("shop.csv", "Day,Orders,Total sales\n2025-09-01,1,10\n")]) == 0
    assert held(table) == (1, 10)
    assert cli.main(["undo", "--business"]) == 0
    assert held(table) == (1, None)
    assert cli.main(["undo", "--business"]) == 1


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_undo_of_the_first_import_leaves_a_folder_as_if_nothing_had_been_imported(
    table: Path, put: Put, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    mine = put("a.csv", META + "2025-09-01,A,1,1\n")
    first = [mine, put("shop.csv", "Day,Orders,Total sales\n2025-09-01,1,10\n")]
    assert cli.main(["import", *first]) == 0
    (table / "notes.txt").write_text("not ours")
    source = Source(table, engine=Engine(engine))
    try:
        assert source.current() is not None

        assert cli.main(["undo"]) == 0

        source.refresh()
        assert source.current() is None, "the figures of a moment ago"
        assert source.shown_kind().demo
        assert "There is no data yet: import your own with" in str(source.problem)
        with pytest.raises(DataProblem, match="There are no figures now"):
            source.at("0")
        with pytest.raises(DataProblem, match="There is no data at"):
            load(table, engine=Engine(engine))
        assert (table / "notes.txt").read_text() == "not ours"
        assert Path(mine).exists()
        assert cli.main(["costs", "--margin", "62"]) == 1
        assert "There are no figures yet that costs could be of" in capsys.readouterr().err

        assert cli.main(["undo", "0"]) == 0
        assert cli.main(["undo", "--business", "0"]) == 0

        assert held(table) == (1, 10)
        source.refresh()  # unless its own thread was quicker
        assert source.current() is not None
    finally:
        source.close()


def test_what_is_imported_after_the_first_import_was_undone_is_a_first_import_again(
    table: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", put("a.csv", META + "2025-09-01,A,1,1\n")]) == 0
    assert cli.main(["costs", "--margin", "62"]) == 0
    assert cli.main(["undo"]) == 0
    assert cli.main(["undo"]) == 0
    dollars = META.replace("EUR", "USD") + "2025-09-01,B,5,1\n"

    assert cli.main(["import", put("b.csv", dollars)]) == 0

    assert held(table) == (5, None)
    facts = load(table)
    assert (facts.currency, facts.side.costs.costs) == ("USD", ())
    for engine in ("memory", "duckdb"):
        with pytest.raises(DataProblem, match="Version 3 holds nothing: everything that was imported had been undone"):
            load(table, version=3, engine=Engine(engine))
    assert cli.main(["undo"]) == 0
    assert held(table) == (0, None)
    assert cli.main(["undo"]) == 1


def test_the_demo_can_be_written_where_the_first_import_was_undone(table: Path, put: Put) -> None:
    days = ["--start", "2025-08-01", "--end", "2025-08-02", "--out", str(table)]
    assert cli.main(["import", put("a.csv", META + "2025-09-01,A,1,1\n")]) == 0
    assert cli.main(["import", put("shop.csv", "Day,Orders,Total sales\n2025-09-01,1,10\n")]) == 0
    assert datagen.main(days) == 1, "own data stay"
    assert cli.main(["undo"]) == 0
    assert cli.main(["undo"]) == 0

    assert datagen.main(days) == 0

    facts = load(table)
    assert facts.demo
    assert facts.side.store is not None


KILLED = """
import os
import cli
from ingest.write import commit

real, calls = commit._return_one, []

def second_is_killed(*given):
    calls.append(given)
    if len(calls) == 2:
        os._exit(9)
    real(*given)

commit._return_one = second_is_killed
cli.main(["undo"])
"""


def test_an_undo_that_is_killed_between_the_tables_is_taken_back(
    table: Path, put: Put, three_commands: list[tuple[float, float | None]]
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=Path(cli.__file__).parent, check=False)
    assert done.returncode == 9

    assert held(table)[0] == 15
    assert cli.main(["import", put("e.csv", META + "2025-09-05,A,16,1\n")]) == 0
    assert held(table) == (31, three_commands[2][1])


def test_tables_of_earlier_versions_go_back_one_version(table: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.write.commit.COMMAND", "nothing.said")
    assert (
        cli.main(["import", put("a.csv", META + "2025-09-01,A,1,1\n"), put("b.csv", META + "2025-09-02,A,2,1\n")]) == 0
    )
    monkeypatch.undo()
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    assert cli.main(["undo"]) == 0
    assert held(table) == (1, None)
