"""A watched folder takes exports and nothing else: what another program lays down in it, at any time, stays."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

import cli
from ingest.one_file import How, import_file
from ingest.watch import LOOKS, MARK, NoInbox, watch
from tests.ingest.foreign import SPARK, another_delta_table, content, ours
from tests.ingest.read.conftest import FIXTURES

REPORT = FIXTURES / "google_en_daily.csv"
ID = "8a1b2c3d-0000-4000-8000-1234567890ab"
Make = Callable[[Path], Path | None]


@pytest.fixture(scope="module")
def importable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Parquet file that can be imported, so that nothing but its place and name keeps it from being moved."""
    folder = tmp_path_factory.mktemp("importable")
    ours(folder / "source")
    path = folder / "rows.parquet"
    pq.write_table(DeltaTable(str(folder / "source")).to_pyarrow_table(), path)
    import_file(path, How(folder / "elsewhere"), lambda said: None)
    return path


def files(folder: Path, rows: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(REPORT if ".csv" in name else rows, folder / name)


def delta(inbox: Path, rows: Path) -> None:
    write_deltalake(str(inbox), pq.read_table(rows))


def spark(inbox: Path, rows: Path) -> None:
    files(inbox, rows, *(SPARK.format(number) for number in range(3)), "_SUCCESS")


def spark_at_work(inbox: Path, rows: Path) -> None:
    files(inbox, rows, "a.parquet")
    (inbox / "_temporary").mkdir()


def partitions(inbox: Path, rows: Path) -> None:
    files(inbox / "day=1", rows, "x.parquet")
    files(inbox, rows, "loose.parquet")


def link(inbox: Path, rows: Path) -> None:
    """The folder itself is replaced by a link to a table."""
    inbox.rename(inbox.with_name("before"))
    delta(inbox.with_name("table"), rows)
    files(inbox.with_name("table"), rows, "loose.parquet")
    inbox.symlink_to("table")


def moved_in(inbox: Path, rows: Path) -> None:
    delta(inbox.with_name("table"), rows)
    for entry in sorted(inbox.with_name("table").iterdir(), reverse=True):
        os.rename(entry, inbox / entry.name)


def table_for_done(inbox: Path, rows: Path) -> None:
    files(inbox, rows, "a.csv")
    delta(inbox / "done", rows)


@pytest.mark.parametrize(
    "make", [delta, spark, spark_at_work, partitions, link, moved_in, table_for_done], ids=lambda make: make.__name__
)
def test_a_table_made_in_a_watched_folder_keeps_its_files(
    make: Callable[[Path, Path], None], tmp_path: Path, importable: Path
) -> None:
    root = tmp_path / "lake"
    inbox = root / "inbox"
    inbox.mkdir(parents=True)
    before: dict[str, tuple[object, ...]] = {}

    class Looks(Event):
        """Stands for time: after the first look another program writes, and after some more the watch would end."""

        count = 0

        def wait(self, timeout: float | None = None) -> bool:
            self.count += 1
            if self.count == 1:
                make(inbox, importable)
                before.update(content(root))
            return self.count > 2 * LOOKS

    with pytest.raises(NoInbox, match=r"table|data set|may move nothing"):
        watch(inbox, How(tmp_path / "facts"), every=0, stop=Looks())
    assert before
    assert content(root) == before


def test_a_table_that_comes_during_an_import_keeps_the_file(
    tmp_path: Path, importable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    files(inbox, importable, "rows.parquet")

    def slowly(path: Path, how: How, say: Callable[[str], None]) -> None:
        import_file(path, how, say)
        (inbox / "_delta_log").mkdir()

    monkeypatch.setattr("ingest.watch.import_file", slowly)
    with pytest.raises(NoInbox):
        watch(inbox, How(tmp_path / "facts"), every=0, once=True)
    assert sorted(path.name for path in inbox.iterdir()) == ["_delta_log", "rows.parquet"]


def names(*given: str, inside: str = ".", beside: tuple[str, ...] = ()) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    return given, inside, beside


PARTS = {
    "hudi": names("a.parquet", ".hoodie_partition_metadata"),
    "hudi by name": names(f"{ID}-0_0-1-0_20250701101112000.parquet"),
    "iceberg": names(f"00000-0-{ID}-00001.parquet"),
    "hive": names("000000_0", "000001_0"),
    "hive, parquet": names("000000_0.parquet"),
    "trino": names(f"20250701_101112_00001_xabcd_{ID}.parquet"),
    "athena": names(f"20250701_101112_00001_xabcd_{ID}"),
    "ducklake": names(f"ducklake-{ID}.parquet"),
    "paimon": names("a.parquet", inside="bucket-0", beside=("snapshot/snapshot-1", "schema/schema-0")),
    "paimon, partition": names("a.parquet", inside="2025/bucket-0", beside=("snapshot/snapshot-1",)),
    "lance": names("a.parquet", inside="data", beside=("_versions/1.manifest",)),
    "spark's csv": names(f"part-00000-{ID}-c000.csv"),
    "hadoop": names("part-r-00000.csv"),
    "bigquery": names("000000000000.parquet"),
    "polars": names("00000001.parquet"),
    "duckdb": names("data_0.parquet"),
    "snowflake": names("data_0_1_0.snappy.parquet"),
    "redshift": names("0000_part_00.parquet"),
    "a digest": names("0123456789abcdef0123456789abcdef.parquet"),
    "spark's csv, in capitals": names("PART-00000.CSV", "a.csv"),
    "pyarrow's csv": names("part-0.csv", "a.csv"),
    "pyarrow's csv, later parts": names("part-3.csv", "part-12.csv", "a.csv"),
    "duckdb's csv": names("data_0.csv", "a.csv"),
    "duckdb's csv, later parts": names("data_1.csv", "data_2.csv", "a.csv"),
    "duckdb's copy of a database": names("a.csv", beside=("schema.sql", "load.sql")),
    "snowflake's csv": names("data_0_1_0.csv.gz", "a.csv"),
    "snowflake's csv, named": names("sales_0_0_0.csv", "sales_1_2_0.csv", "a.csv"),
    "bigquery's csv": names("000000000000.csv", "a.csv"),
    "bigquery's csv, named": names("export-000000000000.csv", "export-000000000001.csv", "a.csv"),
    "redshift's csv": names("0000_part_00.csv", "a.csv"),
    "redshift's csv, named": names("sales0000_part_00.csv", "sales0001_part_00.csv", "a.csv"),
    "redshift, without an ending": names("0000_part_00", "a.csv"),
    "redshift, one after the other": names("sales000", "sales001", "a.csv"),
    "redshift's list of files": names("a.csv", beside=("sales_manifest",)),
    "flink": names(f"part-{ID}-0-0.csv", "a.csv"),
    "flink, earlier": names("part-0-0.csv", "a.csv"),
    "hive, text": names("000000_0.csv", "a.csv"),
    "trino's csv": names(f"20250701_101112_00001_xabcd_{ID}.csv", "a.csv"),
    "dask's csv": names("export-0.csv", "export-1.csv", "a.csv"),
    "polars' csv": names("00000000.csv", "00000001.csv", "a.csv"),
    "hadoop, named": names("clicks-r-00000.csv", "a.csv"),
    "beam": names("out-00000-of-00002.csv", "a.csv"),
    "kafka": names("clicks+0+0000000000.csv", "a.csv"),
    "hive at work": names("a.csv", beside=(".hive-staging_hive_2025-07-01/x",)),
    "glue": names("run-1751364672000-part-r-00000.csv", "a.csv"),
}


@pytest.mark.parametrize(("given", "inside", "beside"), PARTS.values(), ids=PARTS.keys())
def test_a_part_of_a_table_of_any_program_is_not_watched(
    given: tuple[str, ...],
    inside: str,
    beside: tuple[str, ...],
    tmp_path: Path,
    importable: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake = tmp_path / "lake"
    files(lake / inside, importable, *given)
    for name in beside:
        (lake / name).parent.mkdir(parents=True, exist_ok=True)
        (lake / name).write_text("{}")
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    before = content(lake)
    assert cli.main(["watch", "--once", "--every", "0.01", str(lake / inside)]) == 1
    assert "whose files may not be moved" in capsys.readouterr().err
    assert content(lake) == before


@pytest.mark.parametrize(
    "name",
    [
        *("part-3.csv", "data_1.csv", "sales_0_0_0.csv", "export-0.csv", "00000001.csv", "sales000", "sales_000.csv"),
        *("report-000000000000.csv", "export_000000000000.csv", "sales0000_part_00.csv", "sales_0000_part_00"),
        *(f"{ID}.csv", f"data_{ID}_006_4_0.csv"),
    ],
)
def test_what_a_person_or_a_program_named_stays_and_can_be_imported(
    name: str, tmp_path: Path, importable: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a download of one file, which nobody can tell from the only part of a table."""
    inbox = tmp_path / "in"
    files(inbox, importable, "daily.csv")
    shutil.copy(REPORT, inbox / name)
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    before = content(inbox)

    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    said = capsys.readouterr().out
    (line,) = (line for line in said.splitlines() if line.startswith("stays: "))
    assert line.startswith(f"stays: {inbox / name}: its name ")
    assert "rename it, or" in line
    assert "`import`" in line
    assert (inbox / "done" / "daily.csv").read_bytes() == REPORT.read_bytes()
    assert content(inbox)[name] == before[name]

    assert cli.main(["import", str(inbox / name)]) == 0
    assert content(inbox)[name] == before[name]


@pytest.mark.parametrize(
    ("given", "sign"),
    [
        *[
            ((f"{a}.csv", f"{b}.csv"), f"{a}.csv and {b}.csv are called as programs")
            for a, b in (
                *(("export-1", "export-2"), ("chunk_1", "chunk_10"), ("unload_1_2_3", "unload_1_2_4"), ("xaa", "xab")),
                *(("report_2024_part_1", "report_2024_part_2"), ("export_part1", "export_part2"), ("big.aa", "big.ab")),
                ("report 1", "report 2"),
            )
        ],
        (("xaa", "xab"), "xaa and xab are called as programs"),
        (("sales.CSV", "sales.CSM"), "sales.CSM next to it"),
        (("sales.csv", ".sales.csv.crc"), ".sales.csv.crc next to it"),
        (("sales.csv", "sales.csv.dvc"), "sales.csv.dvc next to it"),
    ],
)
def test_what_the_files_around_it_may_make_a_part_stays_with_a_sentence(
    given: tuple[str, str],
    sign: str,
    tmp_path: Path,
    importable: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    inbox = tmp_path / "in"
    files(inbox, importable, "daily.csv")
    for name in given:
        shutil.copy(REPORT, inbox / name)
    if "next to it" in sign:
        (inbox / given[1]).write_text("x")
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    before = content(inbox)

    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    said = capsys.readouterr().out
    assert f"stays: {inbox / given[0]}: {sign}" in said
    assert (inbox / "done" / "daily.csv").exists()
    assert {name: content(inbox)[name] for name in given} == {name: before[name] for name in given}
    assert cli.main(["import", str(inbox / given[0])]) == 0


def test_what_people_call_their_files_is_imported(
    tmp_path: Path, importable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "in"
    named = {
        *(
            "Campaign report.csv",
            "Campaign report (1).csv",
            "Campaign report (2).csv",
            "report-1.csv",
            "google_07_2025.csv",
        ),
        *("report-20250701.csv", "report-20250702.csv", "report_25_07_01.csv", "report_25_7_2.csv", "2025-07.csv"),
        *("20250701.csv", "20250702.csv", "202507011200.csv", "data_2025_07.csv", "data_2025_08.csv", "data.csv"),
        *(
            "week-1.csv",
            "week-2.csv",
            "Q1.csv",
            "Q2.csv",
            "report_2025_7.csv",
            "report_2025_8.csv",
            "google_08_2025.csv",
        ),
        *(
            "report_25_7_3.csv",
            "report-de.csv",
            "report_2024_part_1.csv",
            "2024_part_01.csv",
            "participants.csv",
            "part one.csv",
        ),
        *("Plan 2.0.csv", "Spend over 10,000.csv", "account 1234567890.csv", "Q1-100.csv", "export.csv"),
    }
    files(inbox, importable, *named)
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    assert cli.main(["watch", "--once", "--every", "0.01", str(inbox)]) == 0
    assert [path.name for path in inbox.iterdir() if path.is_file()] == []
    done = {path.name for path in (inbox / "done").iterdir()} - {MARK}
    assert {name for name in done if not name.endswith(".report.txt")} == named


def table_of(program: str) -> Callable[[Path, Path], None]:
    def make(place: Path, rows: Path) -> None:
        if program == "link":
            files(place.with_name("set"), rows, "0.parquet", "1.parquet")
            place.symlink_to("set")
        elif program == "link to nothing":
            place.symlink_to("nowhere")
        elif program == "file":
            place.write_text("mine")
        elif program == "ours, then a table":
            files(place, rows, MARK, "_SUCCESS")
        elif program == "parquet":
            files(place, rows, "0.parquet")
        else:
            another_delta_table(place)

    return make


@pytest.mark.parametrize("program", ["delta", "link", "link to nothing", "file", "ours, then a table", "parquet"])
@pytest.mark.parametrize("place", ["done", "failed"])
def test_nothing_is_moved_into_a_folder_that_is_somebodys(
    place: str,
    program: str,
    tmp_path: Path,
    importable: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake = tmp_path / "lake"
    files(lake / "inbox", importable, "a.csv")
    table_of(program)(lake / "inbox" / place, importable)
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    before = content(lake)
    assert cli.main(["watch", "--once", "--every", "0.01", str(lake / "inbox")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "where `watch` may move nothing" in said, said
    assert content(lake) == before


@pytest.mark.parametrize("before", ["empty", "earlier version's", "ours"])
def test_done_folders_that_are_ours_are_used(before: str, tmp_path: Path, importable: Path) -> None:
    done = tmp_path / "in" / "done"
    files(tmp_path / "in", importable, "a.csv")
    done.mkdir()
    if before == "earlier version's":
        files(done, importable, SPARK.format(0), f"{SPARK.format(0)}.report.txt", "notes.txt")
    elif before == "ours":
        files(done, importable, MARK, "somebody's.csv")
    watch(tmp_path / "in", How(tmp_path / "facts"), every=0, once=True)
    assert {"a.csv", "a.csv.report.txt", MARK} <= {path.name for path in done.iterdir()}


def test_what_is_called_as_programs_call_theirs_or_no_report_stays_and_is_told_once(
    tmp_path: Path, importable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = tmp_path / "in"
    files(inbox, importable, f"{ID}.csv", "export.parquet", "daily.csv", f"other {ID}.csv.part", f"{ID}.tmp")
    (inbox / ID).mkdir()
    files(inbox, importable, f"{ID}.json.gz")
    (inbox / "photo.jpg").write_bytes(b"\xff\xd8")
    (inbox / "table.parquet").write_bytes(b"PAR1")

    class Looks(Event):
        left = 4 * LOOKS

        def wait(self, timeout: float | None = None) -> bool:
            self.left -= 1
            return not self.left

    assert watch(inbox, How(tmp_path / "facts"), every=0, stop=Looks()) == 0
    stays = [f"{ID}.csv", f"{ID}.json.gz", "photo.jpg", "table.parquet"]
    unfinished = [f"other {ID}.csv.part", f"{ID}.tmp"]
    assert sorted(path.name for path in inbox.iterdir() if path.is_file()) == sorted(stays + unfinished)
    assert not (inbox / "failed").exists()
    said = capsys.readouterr().out
    assert [said.count(f"stays: {inbox / name}: ") for name in stays] == [1, 1, 1, 1]
