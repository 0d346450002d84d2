"""Checks and keeps by processes of their own: who waits, who is sent away, what is left of those that are killed."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from ingest.one_file import How, import_file
from ingest.write.shop import path_of
from tests.ingest.test_killed import both, held, statement
from web.imports.body import Body
from web.imports.checks import Busy, Imports
from web.imports.job import Job
from web.imports.process import CUT_OFF, TOO_LARGE, TOO_LONG
from web.imports.uploads import NotTaken, Uploads

ROOT = Path(__file__).parents[2]
KEEP = {"keep": True, "options": {}, "by": "ann", "request_id": "r-1", "role": "importer", "log": "text"}

#: A worker that asks for a check or keep and then waits to be ended; on Linux, and as elsewhere.
WORKER = """
import sys, time
from pathlib import Path
from web.imports.checks import Imports
from web.imports.body import Body
from web.imports.uploads import NotTaken, Uploads
facts, token, ask, mark = sys.argv[1:]
imports = Imports(Uploads(Path(facts), 10**8))
wish = {"options": {}} if ask == "check" else %r | {"mark": mark}
print(getattr(imports, ask)(token, "ann", wish), flush=True)
time.sleep(600)
"""


#: A system that does not end a process with the one that started it.
ELSEWHERE = """
import ctypes
class CDLL(ctypes.CDLL):
    prctl = staticmethod(lambda *_: 0)
ctypes.CDLL = CDLL
"""


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """What `condition` gives once it holds."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


def processes(upload: Path) -> list[int]:
    """The processes that work on an upload now, under either of its names."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command, state = each.read_bytes(), (each.parent / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and b"web.imports.process" in command and upload.name[2:].encode() in command:
            found.append(int(each.parent.name))
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with thirty days of ten campaigns that cost 1 each."""
    table = tmp_path / "data" / "facts"
    import_file(statement(tmp_path / "1.csv", 1), How(table), lambda said: None)
    return table


@pytest.fixture
def workers(table: Path, monkeypatch: pytest.MonkeyPatch) -> list[Imports]:
    monkeypatch.setattr("web.imports.checks.STEP", 0.5)
    return [Imports(Uploads(table, 10**8)) for _ in range(2)]


def upload_of(table: Path, file: Path, subject: str = "ann") -> Path:
    """A new upload of Ann's, or another `subject`'s, with one file in it."""
    uploads = Uploads(table, 10**8)
    token = uploads.begin(subject)
    with file.open("rb") as stream:
        uploads.take(token, subject, Body(stream, file.stat().st_size, file.name))
    return uploads.folder / f"u-{token}"


@pytest.fixture
def upload(table: Path, tmp_path: Path) -> Path:
    """An upload that says that each costs 2."""
    return upload_of(table, statement(tmp_path / "2.csv", 2))


def token_of(upload: Path) -> str:
    return upload.name[2:]


def endless(upload: Path) -> Path:
    """Let an upload hold a file that is read without end; give it."""
    (file,) = upload.glob("f-*/*")
    file.unlink()
    os.mkfifo(file)
    return file


def ended(imports: Imports, upload: Path, subject: str = "ann") -> dict[str, Any]:
    """How the job of an upload ended, asked for as the page does."""
    answer = until(lambda: imports.outcome(token_of(upload), subject))
    assert answer[0] == 200
    return dict(answer[1])


def mark_of(imports: Imports, upload: Path, subject: str = "ann") -> str:
    imports.check(token_of(upload), subject, {"options": {}})
    return str(ended(imports, upload, subject)["mark"])


@contextmanager
def writing_elsewhere(table: Path) -> Iterator[None]:
    """While another import writes to the table, so that a keep waits just before it would."""
    with (table.parent / f".{table.name}.import").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def worker(table: Path, upload: Path, ask: str, mark: str = "") -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", WORKER % KEEP, str(table), token_of(upload), ask, mark]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("what", "said"), [("free", "too little memory"), ("room", "no room")])
def test_nothing_is_read_where_there_is_no_memory_or_disk_for_it(
    upload: Path, workers: list[Imports], monkeypatch: pytest.MonkeyPatch, what: str, said: str
) -> None:
    with monkeypatch.context() as context:
        context.setattr(f"web.imports.checks.{what}", lambda *_: 0)
        with pytest.raises(NotTaken, match=said) as refusal:
            workers[0].check(token_of(upload), "ann", {"options": {}})
    assert (refusal.value.status, processes(upload)) == (507, [])
    assert mark_of(workers[0], upload)


@pytest.mark.parametrize("system", ["linux", "any"])
def test_a_check_ends_with_its_worker_and_the_next_one_begins(
    table: Path, upload: Path, workers: list[Imports], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str
) -> None:
    if system == "any":  # a system that does not end it by itself
        (tmp_path / "sitecustomize.py").write_text(ELSEWHERE)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    endless(upload)
    with worker(table, upload, "check") as process:
        assert process.stdout.readline() == "None\n"
        assert processes(upload)
        process.kill()
        process.wait()

        until(lambda: not processes(upload))

    assert ended(workers[0], upload) == {"stopped": CUT_OFF}
    left = upload / "job" / "scratch" / "left.parquet"
    left.write_bytes(bytes(1000))
    other = upload_of(table, statement(tmp_path / "3.csv", 3))
    assert mark_of(workers[1], other)
    assert not left.exists()


def test_other_options_take_the_place_of_a_check_that_runs(upload: Path, workers: list[Imports]) -> None:
    (file,) = upload.glob("f-*/*")
    content = file.read_bytes()
    endless(upload)
    assert workers[0].check(token_of(upload), "ann", {"options": {}}) is None
    assert workers[1].check(token_of(upload), "ann", {"options": {}}) is None  # the same: it is waited for
    (first,) = processes(upload)
    file.unlink()
    file.write_bytes(content)

    answer = until(lambda: asked_again(workers[1], upload))

    assert answer["files"][0]["imports"][0]["days"] == 30
    assert first not in processes(upload)


def asked_again(imports: Imports, upload: Path, subject: str = "ann") -> dict[str, Any] | None:
    try:
        answer = imports.check(token_of(upload), subject, {"options": {"account": "Main"}})
    except Busy:
        return None
    return answer[1] if answer else ended(imports, upload, subject)


def test_a_keep_outlives_its_worker(
    table: Path, upload: Path, workers: list[Imports], capfd: pytest.CaptureFixture[str]
) -> None:
    mark = mark_of(workers[0], upload)
    with writing_elsewhere(table):
        with worker(table, upload, "keep", mark) as process:
            assert process.stdout.readline() == "None\n"
            (keep,) = processes(upload)
            assert os.getsid(keep) == keep
            process.kill()
            process.wait()
        Uploads(table, 10**8).forget(token_of(upload), "ann")  # the page was left
        assert workers[1].outcome(token_of(upload), "ann") is None

    answer = ended(workers[1], upload)

    assert (answer["kept"], answer["version"][-2:]) == (True, "-1")
    assert held(table, "impressions") == {2}
    assert [answer["kept"] for answer in (ended(each, upload) for each in workers)] == [True, True]
    assert len(audited(capfd)) == 1


def audited(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return re.findall("dashboard.audit: import .*", capfd.readouterr().err)


def is_taken(imports: Imports, upload: Path, mark: str, subject: str = "ann") -> bool:
    """Whether a keep is not sent away, to be asked for again."""
    try:
        imports.keep(token_of(upload), subject, KEEP | {"mark": mark})
    except Busy:
        return False
    return True


def test_a_keep_asked_for_again_and_again_is_one(
    table: Path, upload: Path, workers: list[Imports], capfd: pytest.CaptureFixture[str]
) -> None:
    mark = mark_of(workers[0], upload)
    start = threading.Barrier(8)

    def keep(number: int) -> None:
        start.wait()
        until(lambda: is_taken(workers[number % 2], upload, mark))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(8)))

    assert ended(workers[0], upload)["kept"]
    assert workers[1].keep(token_of(upload), "ann", KEEP | {"mark": mark})[1]["kept"]
    assert DeltaTable(str(table)).version() == 1
    assert len(audited(capfd)) == 1


def test_a_keep_killed_before_it_writes_keeps_nothing_and_says_so(
    table: Path, upload: Path, workers: list[Imports]
) -> None:
    mark = mark_of(workers[0], upload)
    for with_its_worker in (True, False):
        with writing_elsewhere(table), worker(table, upload, "keep", mark) as process:
            assert process.stdout.readline() == "None\n"
            (keep,) = processes(upload)
            if with_its_worker:
                process.kill()
                process.wait()
            os.kill(keep, signal.SIGKILL)

        assert ended(workers[1], upload) == {"stopped": CUT_OFF}
        assert DeltaTable(str(table)).version() == 0
        until(lambda: upload.exists())  # it can be tried again, or forgotten

    assert is_taken(workers[1], upload, mark)
    assert ended(workers[0], upload)["kept"]
    assert held(table, "impressions") == {2}


#: A keep that is killed at a moment: `place` is where a function is replaced by its own end.
KILLED = """
import os, signal, sys
from web.imports import job, process
import ingest.write.commit, ingest.uploaded
end = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
exec(f"{sys.argv[2]} = end")
process.main(sys.argv[1], os.getppid())
"""


@pytest.mark.parametrize(
    ("place", "is_kept"),
    [
        ("job.Job.end", True),  # its line is in the log
        ("ingest.uploaded.carry_out", False),
        ("ingest.write.commit.store_shop", False),
        ("ingest.write.commit.store", False),  # the shop's half is committed
        ("ingest.uploaded.kept_answer", True),
        ("process._log_import", True),
    ],
)
def test_a_keep_killed_at_any_point_is_whole_or_nothing_and_the_page_is_told_which(
    table: Path, workers: list[Imports], tmp_path: Path, capfd: pytest.CaptureFixture[str], place: str, is_kept: bool
) -> None:
    import_file(both(tmp_path / "0.zip", 1), How(table), lambda said: None)
    upload = upload_of(table, both(tmp_path / "2.zip", 2))
    mark = mark_of(workers[0], upload)
    upload = upload.rename(upload.with_name(f"k-{token_of(upload)}"))  # as a worker did that was killed, too
    job = Job.of(upload)
    job.clear()
    job.ask(KEEP | {"kind": "keep", "facts": str(table), "mark": mark, "id": "k-1"})
    killed = subprocess.run([sys.executable, "-c", KILLED, str(job.folder), place], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert job.answer is None

    workers[0].settle()  # as the next worker does when it starts
    answer = ended(workers[1], upload)

    now = {2} if is_kept else {1}
    assert (held(table, "impressions"), held(path_of(table), "orders")) == (now, now)
    assert (answer.get("kept"), answer.get("stopped")) == ((True, None) if is_kept else (None, CUT_OFF))
    lines = audited(capfd)
    assert [f"version={answer['version']}" in line and "files=['2.zip']" in line for line in lines] == [True] * is_kept
    assert ["keep=k-1 " in line for line in lines] == [True] * is_kept
    workers[1].settle()
    assert audited(capfd) == []


def test_in_a_folder_that_is_everybodys_no_job_is_done(upload: Path, workers: list[Imports]) -> None:
    mark = mark_of(workers[0], upload)
    laid_out = upload.rename(upload.with_name(f"k-{token_of(upload)}"))
    job = Job.of(laid_out)
    job.clear()
    job.ask(KEEP | {"kind": "keep", "facts": str(laid_out / "facts"), "mark": mark})
    laid_out.parent.chmod(0o777)

    workers[0].settle()
    with pytest.raises(NotTaken, match="no longer"):
        workers[0].outcome(token_of(upload), "ann")

    assert (processes(upload), job.answer) == ([], None)
    laid_out.parent.chmod(0o700)
    assert ended(workers[0], upload) == {"stopped": CUT_OFF}


def test_a_check_that_goes_on_ends_for_who_waits_and_for_nobody_else(
    table: Path, upload: Path, workers: list[Imports], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("web.imports.checks.SHARED_SECONDS", 0)
    endless(upload)
    assert workers[0].check(token_of(upload), "ann", {"options": {}}) is None
    assert workers[1].check(token_of(upload), "ann", {"options": {}}) is None  # her own request is nobody else's
    assert workers[0].outcome(token_of(upload), "ann") is None
    (check,) = processes(upload)
    other = upload_of(table, statement(tmp_path / "3.csv", 3), "bob")

    answer = until(lambda: asked_again(workers[1], other, "bob"))

    assert answer["files"][0]["imports"][0]["days"] == 30
    assert check not in processes(upload)
    assert workers[0].outcome(token_of(upload), "ann") == (422, {"error": TOO_LONG})


@pytest.mark.parametrize(("end", "said"), [(signal.SIGALRM, TOO_LONG), (signal.SIGXCPU, TOO_LARGE)])
def test_a_keep_that_its_limits_end_says_so(
    table: Path, upload: Path, workers: list[Imports], end: int, said: str
) -> None:
    mark = mark_of(workers[0], upload)
    with writing_elsewhere(table):
        until(lambda: is_taken(workers[0], upload, mark))
        (keep,) = processes(upload)
        os.kill(keep, end)

    assert ended(workers[0], upload) == {"stopped": said}
    assert DeltaTable(str(table)).version() == 0
