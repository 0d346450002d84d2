"""The table on disk: newer versions are taken whole, broken ones are refused and the old one stays."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from threading import Event, current_thread

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable, write_deltalake

from facts import ALL_ROWS, DataProblem, Facts
from facts.reader_process import ReaderProcess
from facts.source import Source, _reset_after_fork, load, load_by_reader_process
from kpi.selection import Selection

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def table(facts_path: Path, tmp_path: Path) -> Path:
    """A copy of a few days that a test may spoil."""
    found = DeltaTable(str(facts_path)).to_pyarrow_table(columns=None)
    days = found.filter(pc.greater_equal(found["date"], pa.scalar(pc.max(found["date"]).as_py())))
    write_deltalake(str(tmp_path / "facts"), days)
    return tmp_path / "facts"


def rows(path: Path) -> pa.Table:
    return DeltaTable(str(path)).to_pyarrow_table()


def spend(source: Source) -> float:
    facts = source.current()
    extent = facts.extent()
    return facts.totals(Selection(extent.first, extent.last), [()], ALL_ROWS)[()]["spend"].iloc[0]


def test_a_newer_version_is_taken(table: Path) -> None:
    source = Source(table)
    before, version = spend(source), source.current().version

    write_deltalake(str(table), rows(table), mode="append")

    assert source.refresh()
    assert spend(source) == pytest.approx(2 * before)
    assert source.current().version != version
    assert source.problem is None
    assert not source.refresh()


def test_a_watcher_that_cannot_be_started_is_started_by_the_next_request(
    table: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    source = Source(table)
    shown = source._facts
    with monkeypatch.context() as context:
        context.setattr(threading.Thread, "start", full)
        assert source.current() is shown
    assert "can't start new thread" in caplog.text

    write_deltalake(str(table), rows(table), mode="append")
    until = time.monotonic() + 15
    while source.current() is shown and time.monotonic() < until:
        time.sleep(0.05)
    assert source.current() is not shown
    source.close()


def spoil_file(path: Path) -> None:
    write_deltalake(str(path), rows(path), mode="overwrite")
    newest = max(path.glob("*.parquet"), key=lambda file: file.stat().st_mtime_ns)
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])


def lose_file(path: Path) -> None:
    write_deltalake(str(path), rows(path), mode="overwrite")
    max(path.glob("*.parquet"), key=lambda file: file.stat().st_mtime_ns).unlink()


def half_written_log(path: Path) -> None:
    (path / "_delta_log" / f"{1:020}.json").write_text('{"add": {"path": "x.par')


def lose_column(path: Path) -> None:
    write_deltalake(str(path), rows(path).drop_columns(["cogs"]), mode="overwrite", schema_mode="overwrite")


def wrong_type(path: Path) -> None:
    found = rows(path)
    place = found.schema.names.index("spend")
    text = found.set_column(place, "spend", found["spend"].cast(pa.string()))
    write_deltalake(str(path), text, mode="overwrite", schema_mode="overwrite")


def empty_text(path: Path) -> None:
    found = rows(path)
    place = found.schema.names.index("region")
    write_deltalake(str(path), found.set_column(place, "region", pa.nulls(len(found), pa.string())), mode="overwrite")


def not_finite(path: Path) -> None:
    found = rows(path)
    place = found.schema.names.index("revenue")
    broken = pa.array([float("inf")] * len(found))
    write_deltalake(str(path), found.set_column(place, "revenue", broken), mode="overwrite")


def no_rows(path: Path) -> None:
    write_deltalake(str(path), rows(path).slice(0, 0), mode="overwrite")


def gone(path: Path) -> None:
    shutil.rmtree(path)


@pytest.mark.parametrize(
    "spoil",
    [spoil_file, lose_file, half_written_log, lose_column, wrong_type, empty_text, not_finite, no_rows, gone],
    ids=lambda spoil: spoil.__name__,
)
def test_a_broken_version_is_refused_and_the_old_one_stays(table: Path, spoil: object) -> None:
    source = Source(table)
    before, version = spend(source), source.current().version
    good = rows(table)

    spoil(table)

    assert not source.refresh()
    assert (spend(source), source.current().version) == (before, version)
    assert source.problem
    with pytest.raises(DataProblem):
        load(table)

    if spoil is not half_written_log:
        write_deltalake(str(table), good, mode="overwrite", schema_mode="overwrite")
        assert source.refresh() or spoil is gone
        assert source.problem is None


def test_without_data_there_is_a_sentence(tmp_path: Path) -> None:
    how = "import your own with `marketing-dashboard import FILE`, or write the demo's with `python -m datagen`."
    source = Source(tmp_path / "nothing")
    assert source.current() is None
    assert source.cause == f"There is no data at {tmp_path / 'nothing'}: {how}"
    assert source.problem == f"There is no data yet: {how}"


def test_a_request_never_sees_two_versions(table: Path) -> None:
    """Readers hold on to the facts they began with while versions come and go."""
    source = Source(table)
    once = spend(source)
    torn: list[float] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            ratio = spend(source) / once
            if abs(ratio - round(ratio)) > 1e-9:
                torn.append(ratio)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    single = rows(table)
    for turn in range(12):
        write_deltalake(str(table), single if turn % 2 else pa.concat_tables([single] * 3), mode="overwrite")
        source.refresh()
    stop.set()
    for reader in readers:
        reader.join()
    assert not torn


def test_the_process_that_reads_ahead_needs_no_pandas(table: Path) -> None:
    """It would take longer to import than the rows to read (docs/decisions/0008)."""
    lines = (
        "import sys; from facts.reader_process import main; assert not main(sys.argv[1]); "
        "assert 'pandas' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", lines, str(table)], cwd=ROOT, capture_output=True)

    assert (done.returncode, done.stderr) == (0, b"")
    assert pa.ipc.open_stream(done.stdout).read_all().num_rows == rows(table).num_rows


def test_a_reader_that_was_started_ahead_brings_the_rows_or_its_sentence(table: Path, tmp_path: Path) -> None:
    ahead = ReaderProcess(table)
    assert spend(Source(table, lambda path: load_by_reader_process(path, reader=ahead))) == spend(Source(table))
    with pytest.raises(DataProblem, match="There is no data at"):
        load_by_reader_process(tmp_path / "none", reader=ReaderProcess(tmp_path / "none"))


def test_a_reader_that_is_asked_again_reads_the_newer_version(table: Path) -> None:
    """As gunicorn's master does, whose first request starts a look for newer versions."""
    ahead = ReaderProcess(table)
    source = Source(table, lambda path: load_by_reader_process(path, reader=ahead))
    before = spend(source)
    for times in (2, 4):
        write_deltalake(str(table), rows(table), mode="append")
        assert source.refresh(), source.problem
        assert spend(source) == pytest.approx(times * before)


def test_a_reader_whose_end_another_has_collected_still_brings_its_rows_or_sentence(
    table: Path, tmp_path: Path
) -> None:
    """gunicorn's master waits for every child, so the reader's exit status may be lost."""
    for path in (table, tmp_path / "none"):
        ahead = ReaderProcess(path)
        os.waitpid(ahead._started[0].pid, 0)
        if path == table:
            assert ahead.rows().num_rows == rows(table).num_rows
        else:
            with pytest.raises(DataProblem, match="There is no data at"):
                ahead.rows()


def test_a_new_process_tries_again_what_the_one_it_was_forked_from_could_not_take(table: Path) -> None:
    refused = [False, True]

    def first(path: Path) -> Facts:
        if refused.pop(0):
            raise DataProblem("not now")
        return load_by_reader_process(path)

    source = Source(table, first)
    write_deltalake(str(table), rows(table), mode="append")
    assert not source.refresh()
    _reset_after_fork(source)

    assert source.refresh(), source.problem


def test_a_closed_source_is_no_longer_being_read(tmp_path: Path) -> None:
    """Where a command ended meanwhile, the interpreter took itself apart under the reading thread."""
    begun, closing, ended = Event(), Event(), Event()

    def read(path: Path) -> Facts:
        if current_thread().name == "facts":
            begun.set()
            closing.wait(60)
            Event().wait(0.2)  # what a reader still has to do
            ended.set()
        raise DataProblem("There is no data.")

    source = Source(tmp_path / "facts", read)
    assert source.current() is None
    assert begun.wait(60)
    closing.set()
    source.close()
    assert ended.is_set()
