"""Who may send a file: a person one at a time over all workers, and people in turn where places are taken."""

import io
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from web.imports.body import Body
from web.imports.refusals import NotTaken
from web.imports.senders import Senders
from web.imports.uploads import KEPT_SECONDS, Uploads


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Uploads]:
    """Two, each with two places for files."""
    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 600.0)  # this machine may be slow
    return [Uploads(tmp_path / "facts", 10_000, at_once=2) for _ in range(2)]


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("a body was read whose sender is refused")


class Waiting(io.BytesIO):
    """A body that comes once it is let."""

    def __init__(self) -> None:
        super().__init__(b"x" * 100)
        self.read_from, self.come = Event(), Event()

    def read(self, size: int | None = -1) -> bytes:
        self.read_from.set()
        assert self.come.wait(60)
        return super().read(size)


def send(worker: Uploads, person: str, stream: io.BytesIO | None = None, token: str = "") -> str:
    """Send a file; gives "sent", or why it was not taken."""
    try:
        worker.receive(token, person, None, Body(stream or io.BytesIO(b"x" * 100), 100))
    except NotTaken as refusal:
        return f"{refusal.status} {str(refusal).split(':')[0]}, in {refusal.retry_after} s"
    return "sent"


OWN = "503 Another file of yours is on its way, in 2 s"
OTHERS = "503 Other files are on their way to the server, in 5 s"


@contextmanager
def under_way(sends: list[tuple[Uploads, str]]) -> Iterator[list[Waiting]]:
    """While these people's files are on their way."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(sends)))
        bodies: list[Waiting] = []
        done: list[Future[str]] = []
        stack.callback(lambda: [body.come.set() for body in bodies])
        for worker, person in sends:
            bodies.append(Waiting())
            done.append(pool.submit(send, worker, person, bodies[-1]))
            assert bodies[-1].read_from.wait(60)
        yield bodies
        for body in bodies:
            body.come.set()
        assert [each.result() for each in done] == ["sent"] * len(sends)


def test_a_person_sends_one_file_at_a_time_in_all_workers_and_leaves_the_other_places(workers: list[Uploads]) -> None:
    with under_way([(workers[0], "ada")]):
        refused = [send(workers[number % 2], "ada", Unread()) for number in range(16)]
        others = [send(worker, person) for worker in workers for person in ("bo", "cy")]
        uploads = len(list(workers[0].folder.glob("u-*")))

    assert refused == [OWN] * 16
    assert others == ["sent"] * 4
    assert uploads == 5, "those refused began one"
    assert send(workers[1], "ada") == "sent"


def test_who_was_refused_is_next_however_often_others_ask(workers: list[Uploads]) -> None:
    worker = workers[0]
    with under_way([(worker, "ada"), (worker, "bo")]) as bodies:
        assert send(worker, "cy", Unread()) == OTHERS
        assert send(worker, "dee", Unread()) == OTHERS
        bodies[0].come.set()
        while (answer := send(worker, "ada", Unread())) == OWN:  # until the one before has ended
            time.sleep(0.01)

        assert answer == OTHERS
        assert send(worker, "dee", Unread()) == OTHERS
        assert send(workers[1], "ada") == OTHERS, "there two places are free, and two wait"
        assert send(worker, "cy") == "sent"
        assert send(worker, "ada", Unread()) == OTHERS
        assert send(worker, "dee") == "sent"
        assert send(worker, "ada") == "sent"


def test_what_killed_workers_leave_keeps_nobody_out_and_is_swept(workers: list[Uploads]) -> None:
    assert send(workers[0], "ada") == "sent"
    (folder,) = workers[0].folder.glob(".senders")
    left = folder / "someone.lock"
    left.touch()
    os.utime(left, (0, time.time() - KEPT_SECONDS - 1))

    with Senders(workers[0].folder, 1).place("someone"):
        workers[1].sweep()
        assert left.exists(), "it is held"
    assert list(folder.glob("*.lock")) == []

    left.touch()
    os.utime(left, (0, time.time() - KEPT_SECONDS - 1))
    workers[1].sweep()
    assert sorted(folder.rglob("*")) == [folder / "line", folder / "line" / ".door"]
