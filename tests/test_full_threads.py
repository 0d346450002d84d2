"""While every thread works: the real server over real sockets, with an app whose answers the test holds back."""

import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.test_slow_clients import answered, running, unanswered
from web.waiting_requests import MOST_WAITING

#: The server with an app that writes down which request it begins, and answers it once its file is there, or `all`.
HELD = """
import os, time
from pathlib import Path
from web.counting import Counts
from serving import Server
from settings import from_environment
class Held(Server):
    def load(self):
        folder = Path(os.environ["HELD"])
        def app(environ, start_response):
            name = environ["PATH_INFO"].strip("/")
            if name not in ("healthz", "readyz"):
                with (folder / "begun").open("a") as file:
                    file.write(name + "\\n")
                while not ((folder / name).exists() or (folder / "all").exists()):
                    time.sleep(0.01)
            start_response("200 OK", [("Content-Length", "3")])
            return [b"ok\\n"]
        return app
    def look_after(self):
        pass
    def count_ended(self, worker):
        pass
Held(from_environment(), None, Counts(None)).run()
"""
OK = (200, b"ok\n")


class Held:
    """A server with two threads; what has begun, and what may end."""

    def __init__(self, folder: Path, port: int, sockets: ExitStack) -> None:
        self.folder, self.port, self._sockets = folder, port, sockets

    def ask(self, name: str, host: str = "127.0.0.1") -> socket.socket:
        """Send a whole request, from an address of this machine."""
        asking = socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(host, 0))
        asking.sendall(f"GET /{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return self._sockets.enter_context(closing(asking))

    def begun(self) -> list[str]:
        """The requests that threads have begun to answer."""
        return (self.folder / "begun").read_text().split()

    def let(self, name: str) -> None:
        """Answer a request, or `all`."""
        (self.folder / name).touch()

    def fill(self) -> list[socket.socket]:
        """Give each thread a request. What else was sent before this returns has been taken in or refused."""
        holding = [self.ask(f"first-{number}") for number in range(2)]
        wait_until(lambda: len(self.begun()) == 2)
        return holding

    def taken_in(self) -> None:
        """Return once the server has taken in what knocked before: connections are taken in one after another."""
        assert answered(self.ask("healthz")) == OK


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3000):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it never came")


@pytest.fixture
def held(facts_path: Path, tmp_path: Path) -> Iterator[Held]:
    (tmp_path / "begun").touch()
    with ExitStack() as sockets, serving_held(facts_path, tmp_path) as port:
        server = Held(tmp_path, port, sockets)
        try:
            yield server
        finally:
            server.let("all")


@contextmanager
def serving_held(facts: Path, folder: Path) -> Iterator[int]:
    with running(facts, subprocess.DEVNULL, HELD, DASHBOARD_THREADS="2", HELD=str(folder)) as port:
        yield port


def test_health_is_answered_while_threads_go_from_one_request_to_the_next(held: Held) -> None:
    """And before those who knocked before it: a thread that is done with a request every now and then is no answer."""
    holding = held.fill()
    others = [held.ask(f"other-{number}") for number in range(40)]
    over = threading.Event()

    def let_one_after_another() -> None:
        while not over.wait(0.3):
            held.let(held.begun()[-1])

    goes_on = threading.Thread(target=let_one_after_another)
    goes_on.start()
    probes = [answered(held.ask(name)) for name in ("healthz", "readyz", "healthz")]
    still = unanswered(others)
    over.set()
    goes_on.join()
    held.let("all")

    assert probes == [OK] * 3
    assert still >= 20
    assert [answered(each) for each in holding + others] == [OK] * 42


@pytest.mark.parametrize("how", ["reset", "closed"])
def test_a_request_whose_client_is_gone_is_not_worked_on(held: Held, how: str) -> None:
    held.fill()
    early = [held.ask("given-up") for _ in range(20)]
    held.taken_in()
    late = [held.ask("given-up") for _ in range(20)]
    for each in early + late:
        if how == "reset":
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.close()
    live = held.ask("live")
    held.taken_in()
    held.let("all")

    assert answered(live) == OK
    assert sorted(held.begun()) == ["first-0", "first-1", "live"]


def test_the_line_is_bounded_and_clients_have_turns(held: Held) -> None:
    """One client has taken every place: another gets one of them, and is next."""
    held.fill()
    greedy = [held.ask(f"greedy-{number}") for number in range(MOST_WAITING + 10)]
    held.taken_in()
    other = held.ask("other", "127.0.0.2")
    held.taken_in()
    waiting = unanswered(greedy)
    held.let("first-0")
    wait_until(lambda: len(held.begun()) == 3)
    held.let(held.begun()[2])
    wait_until(lambda: len(held.begun()) == 4)
    third = held.begun()[2:4]
    held.let("all")
    answers = [answered(each) for each in greedy]

    assert waiting == MOST_WAITING - 1
    assert "other" in third
    assert answered(other) == OK
    assert [status for status, _ in answers].count(503) == 11
    assert {body for status, body in answers if status == 503} == {
        b'{"error":"Too many have asked at the moment. Try again in a few seconds."}'
    }


def test_who_is_refused_is_told_when_to_come_back(held: Held) -> None:
    held.fill()
    asked = [held.ask(f"greedy-{number}") for number in range(MOST_WAITING + 1)]
    held.taken_in()
    refused = [each for each in asked if not unanswered([each])]

    assert len(refused) == 1
    assert b"\r\nRetry-After: 5\r\n" in refused[0].recv(10_000)
