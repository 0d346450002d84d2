"""Slow senders keep nobody out: while others wait, whoever is furthest behind the least pace loses their place."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.http.body import Body as Arriving
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.unreader import SocketUnreader

from tests.web.test_imports import until
from tests.web.test_senders import OTHERS, Unread, send
from web.imports.body import BLOCK, Body
from web.imports.pace import PACE, Pace
from web.imports.refusals import NotTaken, too_slow_for_others
from web.imports.senders import BEHIND, Senders
from web.imports.uploads import Uploads

LOST = "408 Others wait to send files, and the connection is too slow for “file” meanwhile. Nothing of it was kept"

BUSY = "Other files are on their way to the server: try again in a few seconds."
#: As it is outside these tests.
ORDINARY = BEHIND


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow senders lose their place soon, and by nothing else; who waits may take a minute to ask again."""
    for name, value in {
        "senders.BEHIND": 0.3,
        "senders.BEHIND_IN_A_CROWD": 0.3,
        "senders.ASKED_AGAIN": 0.0,
        "waiting_line.HELD_SECONDS": 500.0,
        "body._LOOK_EVERY": 0.01,
        "body.LONGEST_BLOCK": 600.0,
        "body.GRACE": 600.0,
    }.items():
        monkeypatch.setattr(f"web.imports.{name}", value)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Where senders send; asked for before `drip`, whose bodies end before it waits for them."""
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def drip(pool: ThreadPoolExecutor) -> Iterator[Callable[[str], Body]]:
    """Bodies over connections of their own, in which something comes all the time and no block is ever whole."""
    end = threading.Event()

    def pour(sender: socket.socket, piece: bytes) -> None:
        with suppress(OSError):
            while not end.wait(0.02):
                sender.sendall(piece)

    with ExitStack() as stack:

        def body(framing: str) -> Body:
            server, sender = (stack.enter_context(each) for each in socket.socketpair())
            unreader = SocketUnreader(server)
            if framing == "length":
                stream, length, piece = Arriving(LengthReader(unreader, 1 << 30)), 1 << 30, b"x"
            else:
                stream, length, piece = Arriving(ChunkedReader(None, unreader)), None, b"1\r\nx\r\n"
            pouring = threading.Thread(target=pour, args=(sender, piece))
            pouring.start()
            stack.callback(pouring.join)
            stack.callback(sender.close)
            return Body(stream, length, line=server)

        stack.callback(end.set)
        yield body
        end.set()


def receive(worker: Uploads, person: str, body: Body) -> str:
    try:
        worker.receive("", person, None, body)
    except NotTaken as refusal:
        return f"{refusal.status} {str(refusal).split(':')[0]}"
    return "sent"


def has_places(worker: Uploads, number: int) -> Callable[[], bool]:
    """Whether so many are sending to a worker, and it waits for all of them."""
    return lambda: sum(each.pace.ahead < 0 for each in worker._senders._places) == number


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_who_waits_is_sending_soon_where_slow_senders_have_all_places(
    tmp_path: Path, pool: ThreadPoolExecutor, drip: Callable[[str], Body], framing: str
) -> None:
    worker = Uploads(tmp_path / "facts", 1 << 30, at_once=2)
    ada = pool.submit(receive, worker, "ada", drip(framing))
    until(has_places(worker, 1))
    bo = pool.submit(receive, worker, "bo", drip(framing))
    until(has_places(worker, 2))
    assert send(worker, "cy", Unread()) == OTHERS
    until(lambda: send(worker, "cy") == "sent")

    assert ada.result(60) == LOST, "she has been behind for longer"
    (place,) = worker._senders._places
    behind = place.pace.ahead
    until(lambda: place.pace.ahead < behind - 1)
    assert (bo.done(), place.lost) == (False, False), "nobody waits any more"
    assert len(list(worker.folder.glob("u-*"))) == 2, "something is kept of hers"
    place.lost = True  # let him go
    assert bo.result(60) == LOST
    assert [path.name for path in worker.folder.glob("u-*/*") if path.is_dir()] == ["f-000"]


def test_who_waits_for_one_worker_finds_a_place_in_the_other(
    tmp_path: Path, pool: ThreadPoolExecutor, drip: Callable[[str], Body]
) -> None:
    """Places are counted by worker, the line is one: each lets one of its slow senders go."""
    workers = [Uploads(tmp_path / "facts", 1 << 30, at_once=1) for _ in range(2)]
    slow = [
        pool.submit(receive, worker, person, drip("length"))
        for worker, person in zip(workers, ("ada", "bo"), strict=True)
    ]
    until(lambda: all(has_places(worker, 1)() for worker in workers))
    assert send(workers[0], "cy", Unread()) == OTHERS

    assert [each.result(60) for each in slow] == [LOST, LOST]
    assert send(workers[1], "cy") == "sent"


def refusal(senders: Senders, person: str) -> str | None:
    """Why a person may not send now."""
    try:
        with senders.place(person):
            return None
    except NotTaken as problem:
        return str(problem)


def lose(senders: Senders, person: str, other: str) -> None:
    """Let a person have a place and send nothing, and lose it as another waits."""
    with ExitStack() as stack:
        stack.enter_context(suppress(NotTaken))
        place = stack.enter_context(senders.place(person))
        place.pace.wait()
        assert refusal(senders, other) == BUSY
        until(place.is_lost)
        raise too_slow_for_others("file")


def test_who_lost_their_place_is_behind_all_who_wait_also_those_who_come_later(tmp_path: Path) -> None:
    senders = Senders(tmp_path, 1)
    lose(senders, "ada", "bo")

    assert refusal(senders, "ada") == BUSY, "the place is for who waits"
    assert refusal(senders, "cy") == BUSY
    assert refusal(senders, "bo") is None
    assert refusal(senders, "ada") == BUSY
    assert refusal(senders, "cy") is None
    assert refusal(senders, "ada") is None


def test_who_lost_their_place_takes_one_from_others_only_after_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    senders = Senders(tmp_path, 1)
    lose(senders, "ada", "bo")
    with senders.place("bo") as place:
        place.pace.wait()
        assert refusal(senders, "ada") == BUSY
        until(lambda: place.pace.ahead < -1)

        assert not place.is_lost()
        monkeypatch.setattr("web.imports.senders.BEHIND_THE_SLOW", 1.0)
        assert place.is_lost()


def test_a_fast_sender_stays_whoever_waits_and_one_that_stops_does_not(tmp_path: Path) -> None:
    senders = Senders(tmp_path, 2)
    with senders.place("ada") as fast, senders.place("bo") as slow:
        for place in (fast, slow):
            place.pace.wait()
        assert [refusal(senders, f"other {number}") for number in range(60)] == [BUSY] * 60

        def comes_fast() -> None:
            fast.pace.arrive(60 * PACE)
            fast.pace.wait()

        until(lambda: comes_fast() or slow.is_lost())
        comes_fast()
        assert not fast.is_lost(), "all others wait, and she is ahead"
        until(fast.is_lost)


def test_nobody_loses_a_place_to_who_may_find_a_free_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Senders(tmp_path, 1), Senders(tmp_path, 2)
    monkeypatch.setattr("web.imports.senders.ASKED_AGAIN", 600.0)
    with one.place("ada") as ada, two.place("bo") as bo:
        for place in (ada, bo):
            place.pace.wait()
        assert refusal(one, "cy") == BUSY  # who is sent to the other worker the next time
        until(lambda: ada.pace.ahead < -1 and bo.pace.ahead < -1)

        assert not ada.is_lost()
        monkeypatch.setattr("web.imports.senders.ASKED_AGAIN", 0.0)
        assert not bo.is_lost(), "there is a free place beside his"
        assert ada.is_lost()


#: How bodies come: in each so many seconds, so many bytes; and how far behind their senders are at most.
COMING = {
    "1 MB/s": ([(0.1, 100_000)] * 1000, 0.2),
    "1 MB/s with a pause of ten seconds": ([(0.1, 100_000)] * 300 + [(10.0, 0)] + [(0.1, 100_000)] * 600, 10.0),
    "3 MB of 1 Mbit/s": ([(0.5, 62_500)] * 48, 20.0),
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that a pace counts by."""
    now = [0.0]
    monkeypatch.setattr("web.imports.pace.time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def furthest_behind(pace: Pace, clock: list[float], coming: list[tuple[float, int]]) -> float:
    behind = 0.0
    for seconds, size in coming:
        pace.wait()
        clock[0] += seconds
        behind = max(behind, -pace.ahead)
        pace.arrive(size)
        clock[0] += 0.5  # in which the server is busy with the block
    return behind


@pytest.mark.parametrize("name", COMING)
def test_honest_senders_keep_the_pace(clock: list[float], name: str) -> None:
    coming, most = COMING[name]

    assert furthest_behind(Pace(), clock, coming) <= most


@pytest.mark.parametrize(
    "coming",
    [
        [(1.0, 25_000)] * 25,
        [(1.0, 90_000_000), *[(1.0, 25_000)] * 33],  # fast, and then slow
        [(15.0, 0), (1.0, 5_000_000)] * 10,  # by turns
        [(2.0, BLOCK)] * 25,
    ],
)
def test_who_comes_slowly_is_behind_soon(clock: list[float], coming: list[tuple[float, int]]) -> None:
    assert furthest_behind(Pace(), clock, coming) > ORDINARY


def test_the_longer_the_line_and_its_wait_the_sooner_a_slow_sender_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty who send nothing, and take the places in turn: within a minute and a half all have had theirs."""
    for name, value in {"BEHIND": ORDINARY, "BEHIND_IN_A_CROWD": 3.0}.items():
        monkeypatch.setattr(f"web.imports.senders.{name}", value)
    senders = Senders(tmp_path, 2)

    seconds, left = 0.0, 40
    while left:
        turn = senders._seconds_allowed([seconds] * left, 0)
        seconds, left = seconds + turn / 2, left - 1

    assert seconds < 90
    assert senders._seconds_allowed([1.0], 0) == ORDINARY, "one who waits waits for a slow sender for longer"
    assert senders._seconds_allowed([1.0], 1) > ORDINARY, "there is a free place"
