"""`watch` leaves what is or may be a program's: tables and data sets, what is numbered, what is not whole yet."""

import shutil
from pathlib import Path

import pytest

import cli
from ingest.watch import MARK
from tests.ingest.foreign import Build, another_delta_table, content, iceberg, ours, part, plain_parquet
from tests.ingest.test_foreign import REPORT, inbox, lake
from tests.ingest.test_killed import both

__all__ = ["inbox", "lake"]


def test_a_watched_file_moves_onto_nothing_that_is_there(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    (inbox / "done").mkdir()
    (inbox / "done" / MARK).touch()
    (inbox / "done" / REPORT.name).write_text("somebody's own")
    (inbox / "done" / f"{REPORT.stem}-2.csv.report.txt").write_text("somebody's own")
    (inbox / "done" / f"{REPORT.stem}-3.csv").symlink_to(inbox.parent / "nowhere")
    (inbox / "done" / f"{REPORT.stem}-4.csv.report.txt").symlink_to(inbox.parent / "nowhere")
    before = content(inbox / "done")
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0

    after = content(inbox / "done")
    assert after.items() > before.items()
    assert sorted(after.keys() - before.keys()) == [f"{REPORT.stem}-5.csv", f"{REPORT.stem}-5.csv.report.txt"]
    assert (inbox / "done" / f"{REPORT.stem}-5.csv").read_bytes() == REPORT.read_bytes()
    assert not (inbox.parent / "nowhere").exists()


@pytest.mark.parametrize("name", ["facts", "facts-business", "another"])
def test_a_tables_own_folder_is_not_watched(
    lake: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    files = both(lake / "both.zip", 1)
    assert cli.main(["import", str(files)]) == 0
    ours(lake / "another")
    before = content(lake)
    assert cli.main(["watch", "--once", "--every", "0.01", str(lake / name)]) == 1
    said = capsys.readouterr().err
    assert "is a table" in said
    assert "whose files may not be moved" in said
    assert content(lake) == before


def hive(folder: Path) -> None:
    part(folder / "region=EU", 0)


DATA_SETS: list[tuple[Build, str, str]] = [
    (another_delta_table, ".", "_delta_log"),
    (another_delta_table, "region=EU", "as a partition"),
    (another_delta_table, "raw/2025", "_delta_log"),
    (plain_parquet, ".", "part-0000"),
    (hive, ".", "region=EU"),
    (hive, "region=EU", "as a partition"),
    (hive, "region=EU/day=1/raw", "as a partition"),
    (iceberg, ".", "metadata/00000-4a0c.metadata.json"),
    (iceberg, "data", "metadata/00000-4a0c.metadata.json"),
    (lambda folder: (folder / "_SUCCESS").write_text(""), ".", "_SUCCESS"),
    (lambda folder: (folder / "_metadata").write_text(""), ".", "_metadata"),
    (lambda folder: (folder / "_common_metadata").write_text(""), ".", "_common_metadata"),
    (lambda folder: (folder / "part.0.parquet").write_text(""), ".", "part.0.parquet"),
    (lambda folder: (folder / "part-0.zstd.parquet").write_text(""), ".", "part-0.zstd.parquet"),
    (lambda folder: (folder / "part-r-0.parquet.gz").write_text(""), ".", "part-r-0.parquet.gz"),
]


@pytest.mark.parametrize("linked", [False, True], ids=["itself", "link"])
@pytest.mark.parametrize(("build", "inside", "why"), DATA_SETS)
def test_a_part_of_a_table_or_data_set_is_not_watched(
    build: Build,
    inside: str,
    why: str,
    linked: bool,
    lake: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    (lake / "sales").mkdir()
    build(lake / "sales")
    watched = lake / "sales" / inside
    watched.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPORT, watched / "a.csv")
    if linked:
        (lake / "link").symlink_to(watched)
        watched = lake / "link"
    before = content(lake)
    assert cli.main(["watch", "--once", "--every", "0.01", str(watched)]) == 1
    said = capsys.readouterr().err
    assert (said.count("\n"), why in said, "whose files may not be moved" in said) == (1, True, True), said
    assert content(lake) == before


def test_an_inbox_of_plainly_named_files_is_watched(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    going = [f"on-its-way.csv{ending}" for ending in (".opdownload", ".!ut", ".aspera-ckpt", ".aria2", ".filepart")]
    names = ["participants.xlsx", "party-3.csv", "a=b.csv"]
    stays = ["0.csv", "part-3.csv", "export.parquet", "data_2025_07.parquet", "20250701.parquet", "photo.jpg", "README"]
    for name in names + stays + [*going, "on-its-way.csv"]:
        (inbox / name).write_text("name,age\nAnn,7\n")
    (inbox / "metadata").mkdir()
    (inbox / "metadata" / "notes.json").write_text("{}")
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    reports = {f"{name}.report.txt" for name in names}
    assert {path.name for path in (inbox / "failed").iterdir()} == {*names, *reports, MARK}
    assert {path.name for path in inbox.iterdir() if path.is_file()} == {*stays, *going, "on-its-way.csv"}
    assert capsys.readouterr().out.count("stays: ") == len(stays)
    assert (inbox / "done" / REPORT.name).exists()


def test_files_that_are_numbers_alone_stay(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a loop calls what it writes: with 0 among them the folder is a data set, from 1 on each file is told of."""
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    for name in ("1.csv", "2.csv"):
        shutil.copy(REPORT, inbox / name)
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    assert {path.name for path in inbox.glob("*.csv")} == {"1.csv", "2.csv"}
    assert capsys.readouterr().out.count("1.csv and 2.csv are called as programs number") == 2
    shutil.copy(REPORT, inbox / "0.csv")
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 1
    assert {path.name for path in inbox.glob("*.csv")} == {"0.csv", "1.csv", "2.csv"}
    assert "0.csv and 1.csv are called as its files" in capsys.readouterr().err


def test_a_file_beside_which_its_download_stands_is_taken_once_that_is_gone(
    lake: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    download = inbox / f"{REPORT.name}.aria2"
    download.write_text("half")
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    assert (inbox / REPORT.name).exists()
    download.unlink()
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    assert (inbox / "done" / REPORT.name).exists()
