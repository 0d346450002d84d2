"""The commands as a person runs them: what they say, their status, and what they leave behind."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from deltalake import DeltaTable

import cli
from facts import ALL_ROWS
from facts.source import load
from ingest.one_file import How, import_file
from ingest.results import ImportProblem
from ingest.watch import LOOKS, MARK, RETRY, watch
from kpi.selection import Selection
from tests.ingest.read.conftest import FIXTURES

SPENT = (b"228.61", b"328.61")


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    return tmp_path / "facts"


def spend(table: Path) -> float:
    facts = load(table)
    extent = facts.extent()
    return facts.totals(Selection(extent.first, extent.last), [()], ALL_ROWS)[()]["spend"].iloc[0]


def test_a_dry_run_says_what_would_be_and_writes_nothing(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "--dry-run", str(FIXTURES / "google_en_daily.csv")]) == 0

    out = capsys.readouterr().out
    assert "rows read 58, used 56; dropped 2: totals (row 60, 61)" in out
    assert "days 14: 2025-07-01 to 2025-07-14; campaigns 4" in out
    assert "USD: spend 7,308.94 · impressions 498,736 · clicks 6,353 · conversions 284.97 · revenue 20,943.97" in out
    assert "new: Google · Unknown · campaign, 14 days from 2025-07-01 to 2025-07-14" in out
    assert not table.exists()


def test_import_history_as_of_and_undo(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = tmp_path / "meta_restated.csv"
    changed.write_text((FIXTURES / "meta_en_daily.csv").read_text().replace(",229.74,", ",329.74,"))
    assert cli.main(["import", str(FIXTURES / "meta_en_daily.csv")]) == 0
    assert cli.main(["import", str(changed)]) == 0
    assert "spend 7,131.36 → 7,231.36 (+100.00)" in capsys.readouterr().out

    assert cli.main(["history"]) == 0
    newest, first = capsys.readouterr().out.splitlines()
    assert (
        "meta_restated.csv: Meta · Unknown · campaign 2025-07-01 to 2025-07-14: spend 7,231.36, was 7,131.36" in newest
    )
    assert first.split()[0] == "0"
    assert cli.main(["history", "--as-of", "0"]) == 0
    assert any(
        line.split()[:4] == ["2025-07", "spend", "7,131.36", "7,231.36"]
        for line in capsys.readouterr().out.splitlines()
    )

    assert cli.main(["undo"]) == 0
    assert spend(table) == pytest.approx(7131.36)
    assert cli.main(["undo", "1"]) == 0
    assert spend(table) == pytest.approx(7231.36)
    capsys.readouterr()
    assert cli.main(["undo", "9"]) == 1
    assert "There is no version 9; they run from 0 to 3" in capsys.readouterr().err


def test_history_takes_the_cut_that_is_named(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = tmp_path / "meta_devices.csv"
    text = (FIXTURES / "meta_en_device_breakdown.csv").read_text()
    day, spent = (
        text.splitlines()[0].split(",").index("Day"),
        text.splitlines()[0].split(",").index("Amount spent (USD)"),
    )
    rows = [line.split(",") for line in text.splitlines()]
    first = next(row for row in rows[1:] if row[day] and float(row[spent]) > 0)
    first[spent] = f"{float(first[spent]) + 1:.2f}"
    devices.write_text("\n".join(",".join(row) for row in rows))
    assert cli.main(["import", str(FIXTURES / "meta_en_daily.csv"), str(devices)]) == 0

    def now() -> str:
        capsys.readouterr()
        assert cli.main(["history", "--as-of", "0"]) == 0
        return next(line for line in capsys.readouterr().out.splitlines() if " spend " in line).split()[3]

    assert now() == "7,131.36"
    monkeypatch.setenv("DASHBOARD_CUT", "Meta=device")
    assert now() == "7,132.36"


def test_a_refused_file_is_status_1_and_the_others_are_imported(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["meta_en_period_no_day.csv", "meta_en_daily.csv", "no such file.csv"]
    assert cli.main(["import", *(str(FIXTURES / name) for name in names)]) == 1
    said = capsys.readouterr().err
    assert "together" in said
    assert "no such file.csv cannot be read" in said
    assert spend(table) == pytest.approx(7131.36)
    assert cli.main(["import", "--platform", " ", str(FIXTURES / names[1])]) == 1
    assert "The platform has no name" in capsys.readouterr().err


def test_every_wrong_row_is_listed(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.csv"
    header = "Day,Campaign name,Amount spent (USD),Impressions,Link clicks\n"
    good = [f"2025-07-{day:02},A,5.00,10,1" for day in range(1, 29)]
    wrong = [
        "2025-07-29,A,five,10,1",
        "2025-07-29,=1+1,=2+3,-7,1",
        "yesterday,A,5.00,10,1",
        "2025-07-30,A, July,5.00,10,1",
    ]
    report.write_text(header + "\n".join([*wrong[:2], *good, *wrong[2:]]))

    assert cli.main(["import", str(report), "--dry-run", "--problems", str(tmp_path / "faults.csv")]) == 1

    assert "report.csv, row 2: “Amount spent (USD)” is “five”" in (said := capsys.readouterr().err)
    assert "3 more rows have faults; --problems FILE.csv lists them all." in said
    with (tmp_path / "faults.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [(row["row"], row["column"], row["value"]) for row in csv.DictReader(file)]
    assert found == [
        ("2", "Amount spent (USD)", "five"),
        ("3", "Amount spent (USD)", "'=2+3"),
        ("3", "Impressions", "'-7"),
        ("32", "Day", "yesterday"),
        ("33", "", ""),
    ]
    assert not table.exists()


def test_a_watched_folder(table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("meta_en_daily.csv", "meta_en_period_no_day.csv"):
        shutil.copy(FIXTURES / name, folder)
    shutil.copy(FIXTURES / "google_en_daily.csv", folder / "google.csv.part")
    (folder / "growing.csv").write_text("half")
    how = How(table)
    looks = 0

    class Growing(Event):
        """Stands for time: between two looks one file grows, and the watch ends after four."""

        def wait(self, timeout: float | None = None) -> bool:
            nonlocal looks
            looks += 1
            with (folder / "growing.csv").open("a") as file:
                file.write("more")
            return looks == 4

    assert watch(folder, how, every=0, stop=Growing()) == 0

    assert sorted(path.name for path in folder.iterdir()) == ["done", "failed", "google.csv.part", "growing.csv"]
    assert "Imported" in (folder / "done" / "meta_en_daily.csv.report.txt").read_text()
    assert "Refused: " in (folder / "failed" / "meta_en_period_no_day.csv.report.txt").read_text()
    assert spend(table) == pytest.approx(7131.36)

    shutil.copy(FIXTURES / "meta_en_daily.csv", folder)
    assert watch(folder, how, every=0, once=True) == 0
    assert "Nothing changed" in (folder / "done" / "meta_en_daily-2.csv.report.txt").read_text()


def test_a_watched_folder_goes_on_after_any_name(table: Path, tmp_path: Path) -> None:
    """Names as long as a file system takes them, and one that is no UTF-8."""
    folder = tmp_path / "in"
    folder.mkdir()
    long = ["レ" * 82 + "-7.csv", "a." + "b" * 253, "é" * 125 + ".csv"]
    odd = os.fsdecode(b"caf\xe9.csv")
    for name in (*long, odd):
        shutil.copy(FIXTURES / "google_en_daily.csv", folder / name)
    for _ in range(2):
        assert watch(folder, How(table), every=0, once=True) == 0
        assert [path for path in folder.iterdir() if path.is_file()] == []
        shutil.copy(FIXTURES / "google_en_daily.csv", folder / long[0])
    watch(folder, How(table), every=0, once=True)

    moved = {path.name for path in folder.glob("*/*")} - {MARK}
    ends = ("レ" * 74 + "-7", "レ" * 74 + "-7-2", "レ" * 74 + "-7-3")
    assert {f"{end}.csv{more}" for end in ends for more in ("", ".report.txt")} <= moved
    assert {odd, f"{odd}.report.txt", "é" * 113 + ".csv"} <= moved
    assert len(moved) == 12
    assert spend(table) == pytest.approx(7308.94)


def test_a_file_that_cannot_be_moved_ends_no_watch_and_is_not_read_at_every_look(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    (folder / "done").mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        shutil.copy(FIXTURES / "google_en_daily.csv", folder / name)
    read: list[str] = []

    def counted(path: Path, how: How, say: Callable[[str], None]) -> None:
        read.append(path.name)
        import_file(path, how, say)

    rename = os.rename

    def stuck(source: str, target: str, **folders: int) -> None:
        if source == "a.csv" and len(read) < 3:
            raise PermissionError(13, "Permission denied")
        rename(source, target, **folders)

    class Looks(Event):
        left = RETRY + 2 * LOOKS

        def wait(self, timeout: float | None = None) -> bool:
            self.left -= 1
            return not self.left

    monkeypatch.setattr("ingest.watch.import_file", counted)
    monkeypatch.setattr("ingest.moves.os.rename", stuck)
    assert watch(folder, How(table), every=0, stop=Looks()) == 0
    assert read == ["a.csv", "b.csv", "a.csv"]
    assert "Permission denied" in capsys.readouterr().out
    ends = ("", ".report.txt")
    moved = {path.name for path in folder.glob("*/*")} - {MARK}
    assert moved == {f"{name}.csv{end}" for name in "ab" for end in ends}


@pytest.mark.parametrize("refused", [False, True])
def test_what_replaces_a_file_during_its_import_is_imported_too(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    first, second = ((FIXTURES / "google_en_daily.csv").read_bytes().replace(b"228.61", spent) for spent in SPENT)
    (folder / "daily.csv").write_bytes(first)
    (folder / "gone.csv").write_bytes(first)

    def slowly(path: Path, how: How, say: Callable[[str], None]) -> None:
        import_file(path, how, say)
        if path.name == "gone.csv":
            path.unlink()
        elif path.read_bytes() == first:
            (tmp_path / "next").write_bytes(second)
            os.replace(tmp_path / "next", path)
            if refused:
                raise ImportProblem("no report")

    monkeypatch.setattr("ingest.watch.import_file", slowly)
    watch(folder, How(table), every=0, once=True)
    assert (folder / "daily.csv").read_bytes() == second
    assert [path for path in folder.rglob("*.csv*") if path.parent != folder] == []
    assert spend(table) == pytest.approx(7308.94)

    watch(folder, How(table), every=0, once=True)
    assert (folder / "done" / "daily.csv").read_bytes() == second
    assert spend(table) == pytest.approx(7408.94)


def test_a_name_that_is_no_text_is_imported_and_shown_with_what_stands_for_it(table: Path, tmp_path: Path) -> None:
    """`Übersicht.csv` of a time before UTF-8, by both commands, as processes of their own."""
    report = (FIXTURES / "meta_en_daily.csv").read_bytes()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    places = [os.path.join(os.fsencode(folder), "Übersicht.csv".encode("latin-1")) for folder in (tmp_path, inbox)]
    for place in places:
        with open(place, "wb") as file:
            file.write(report)

    def run(*words: str | bytes) -> str:
        command = [sys.executable, "-m", "cli", *words]
        done = subprocess.run(command, cwd=Path(cli.__file__).parent, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    assert "\ufffdbersicht.csv: Meta" in run("import", places[0])
    assert "\ufffdbersicht.csv: Meta" in run("history")
    assert set(DeltaTable(str(table)).to_pyarrow_table(columns=["file"])["file"].to_pylist()) == {"\ufffdbersicht.csv"}
    assert "done: " in run("watch", "--once", "--every", "0.01", str(inbox))
    assert os.path.exists(os.path.join(os.fsencode(inbox), b"done", os.path.basename(places[1])))


def test_a_name_forges_no_line_and_no_color(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    names = ["new\ndone: forged.csv", "\x1b[31mred.csv", "wrong\r\u202e.csv"]
    for name in names:
        shutil.copy(FIXTURES / "meta_en_daily.csv", inbox / name)
    (inbox / names[2]).write_text("a,b\n1,2\n")
    assert cli.main(["import", *(str(inbox / name) for name in names)]) == 1
    assert cli.main(["history"]) == 0
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert not {"\x1b", "\r", "\u202e"} & {*text}
        assert not [line for line in text.splitlines() if line.startswith("done: forged")]
    for written in (r"new\ndone: forged.csv: Meta", r"\x1b[31mred.csv: Meta", r"done/new\ndone: forged.csv"):
        assert written in said.out
    assert r"wrong\r\u202e.csv" in said.err
    assert {path.name for path in (inbox / "done").glob("*.csv")} == {*names[:2]}
