"""Clients that send or take slowly, against the real server over real sockets: they keep nobody waiting."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from bench.asking import CALLBACK, view_body
from bench.faults import Server, served
from tests.asking import as_answer

ROOT = Path(__file__).parent.parent
UPLOAD = "POST /import/file HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: dashboard\r\nX-File-Name: a.csv\r\n"
CHECK = "POST /import/check HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: dashboard\r\n"
#: What somebody sends who never sends the rest.
HALVES = {
    "a head": "GET /cfo HTTP/1.1\r\nHost: localhost\r\nX-",
    "a line": "GET /healthz HT",
    "a small body": f'{CHECK}Content-Length: 60\r\n\r\n{{"upload": ',
    "a length of many digits": f"{CHECK}Content-Length: 0000000000000000100\r\n\r\n",
    "a file": f"{UPLOAD}Content-Length: 900000\r\n\r\nday,",
    "chunks": f"{CHECK}Transfer-Encoding: chunked\r\n\r\n4\r\nday,\r\n",
}


def asking(query: str = "last=7d") -> bytes:
    """A request for figures, as it goes over the line."""
    body = json.dumps(view_body("cfo", query)).encode()
    head = f"POST {CALLBACK} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


VIEW = asking()


@pytest.fixture(scope="module")
def server(facts_path: Path) -> Iterator[Server]:
    with served(str(facts_path), DASHBOARD_THREADS="2") as server:
        yield server


def connect(server: Server, text: str | bytes = b"") -> socket.socket:
    found = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    found.sendall(text if isinstance(text, bytes) else text.encode())
    return found


def unanswered(sockets: list[socket.socket]) -> int:
    """How many of them have been told nothing yet, not even that they are closed."""
    poll = select.poll()
    for each in sockets:
        poll.register(each, select.POLLIN)
    return len(sockets) - len(poll.poll(0))


def answered(connection: socket.socket) -> tuple[int, bytes]:
    """The status and body of the next answer on a connection."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()


@pytest.mark.parametrize("what", HALVES)
@pytest.mark.parametrize("number", [8, 50, 200])
def test_half_sent_requests_keep_nobody_waiting(server: Server, what: str, number: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(connect(server, HALVES[what]))) for _ in range(number)]
        health = [server.ask("/healthz") for _ in range(4)]
        views = [server.view("cfo", f"last={number + n}d")["page"] for n in range(4)]

        if what != "a file":  # of which the app takes on few
            assert unanswered(slow) >= 8, "answered while more of them waited than there are threads"
    assert health == [(200, b"ok\n")] * 4
    assert views == ["cfo"] * 4


def test_clients_that_take_nothing_keep_nobody_waiting(server: Server) -> None:
    page = server.ask("/")[1].decode()
    largest = max(
        page.split('src="/bundles/')[1:], key=lambda part: len(server.ask(f"/bundles/{part.split(chr(34))[0]}")[1])
    )
    ask = f"GET /bundles/{largest.split(chr(34))[0]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(12):
            greedy = stack.enter_context(closing(socket.socket()))
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            greedy.connect(("127.0.0.1", server.port))
            greedy.sendall(ask * 4)  # more than any buffer of the system's takes
        assert server.ask("/healthz") == (200, b"ok\n")
        assert server.visit(("cfo", "last=11d"))[0] == 200


def test_what_comes_in_pieces_is_answered_as_if_it_came_at_once(server: Server) -> None:
    """Byte by byte, two in one, after an empty line, on a connection that stays."""
    with closing(connect(server)) as connection:
        for byte in b"\r\n" + VIEW:
            connection.sendall(bytes([byte]))
        whole = answered(connection)
        connection.sendall(VIEW + asking("last=8d")[:20])
        again = answered(connection)
        connection.sendall(asking("last=8d")[20:])
        other = answered(connection)

    assert whole[0] == 200
    assert whole == again
    assert as_answer(*other, {}).json["query"] == "last=8d"


def test_a_body_comes_in_pieces_in_chunks_or_after_it_was_asked_for(server: Server) -> None:
    for announced, sent in (
        ("Content-Length: 15", [b'{"upload"', b': "a"}']),
        ("Transfer-Encoding: chunked", [b'9\r\n{"upload"\r\n', b'6\r\n: "a"}\r\n0\r\n\r\n']),
        ("Content-Length: 15\r\nExpect: 100-continue", [b'{"upload": "a"}']),
    ):
        with closing(connect(server, f"{CHECK}{announced}\r\n\r\n")) as connection:
            if "Expect" in announced:
                assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
            for part in sent:
                connection.sendall(part)
            status, body = answered(connection)
        assert (status, "Send them again" in json.loads(body)["error"]) == (410, True), "the object was read"


@pytest.mark.parametrize("rest", ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}X\r\n0\r\n\r\n", "2;\x00\r\n{}\r\n0\r\n\r\n"])
def test_a_malformed_chunk_is_refused_in_a_sentence(server: Server, rest: str) -> None:
    with closing(connect(server, f"{CHECK}Transfer-Encoding: chunked\r\n\r\n{rest}")) as connection:
        status, body = answered(connection)
        assert connection.recv(1) == b"", "where the next request begins is not known"
    assert (status, json.loads(body)) == (400, {"error": "The request did not arrive as it was sent. Try again."})


def test_a_head_that_is_too_large_is_refused_with_an_audit_line(facts_path: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file, running(facts_path, file, DASHBOARD_LOG="json") as port:
        for head, expected in (
            (f"X-Auth-Id-Token: {'a' * 40_000}\r\n\r\n", 431),
            ("".join(f"X-{n}: {'a' * 30_000}\r\n" for n in range(6)), 431),
            (f"X-Auth-Id-Token: {'a' * 16_384}\r\n\r\n", 200),
        ):
            with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as connection:
                connection.sendall(f"GET /cfo HTTP/1.1\r\nHost: localhost\r\n{head}".encode())
                status, body = answered(connection)
            assert status == expected
            assert "a token with fewer groups" in json.loads(body)["error"] if status == 431 else b"visuals" in body
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    refused = [line for line in lines if line["logger"] == "dashboard.audit"]
    assert [(line["message"], line["status"]) for line in refused] == [("refusal", 431)] * 2


@contextmanager
def running(facts: Path, log: object, code: str = "", **settings: str) -> Iterator[int]:
    """The server, or `code` in its place, with one worker; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(facts), "DASHBOARD_WORKERS": "1", **settings}
    command = [sys.executable, *(["-c", code] if code else ["-m", "cli", "serve"])]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log) as process:
        try:
            end = time.monotonic() + 60
            with socket.socket() as attempt:
                while attempt.connect_ex(("127.0.0.1", port)) and time.monotonic() < end:
                    assert process.poll() is None
                    time.sleep(0.02)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                assert process.wait(25) == 0
            finally:
                process.kill()


#: The server with an app of which every answer but that of /healthz waits until a file is there.
STUCK = """
import os, sys, time
from web.counting import Counts
from serving import Server
from settings import from_environment
class Stuck(Server):
    def load(self):
        def app(environ, start_response):
            while environ["PATH_INFO"] != "/healthz" and not os.path.exists(os.environ["GO_ON"]):
                time.sleep(0.02)
            start_response("200 OK", [("Content-Length", "3")])
            return [b"ok\\n"]
        return app
    def look_after(self):
        pass
    def count_ended(self, worker):
        pass
Stuck(from_environment(), None, Counts(None)).run()
"""


def test_health_is_answered_while_every_thread_works_and_nobody_who_waits_is_lost(
    facts_path: Path, tmp_path: Path
) -> None:
    go_on = tmp_path / "go-on"
    with (
        running(facts_path, subprocess.DEVNULL, STUCK, DASHBOARD_THREADS="2", GO_ON=str(go_on)) as port,
        ExitStack() as stack,
    ):
        others = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=60))) for _ in range(6)
        ]
        for each in others:
            each.sendall(VIEW)
        with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as probe:
            for _ in range(3):
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert answered(probe) == (200, b"ok\n")
        assert unanswered(others) == 6

        go_on.touch()
        assert [answered(each) for each in others] == [(200, b"ok\n")] * 6


def test_the_end_answers_who_has_asked_and_does_not_wait_for_half_sent_requests(facts_path: Path) -> None:
    with ExitStack() as stack:
        with running(facts_path, subprocess.DEVNULL) as port:
            half, whole = (
                [
                    stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=60)))
                    for _ in range(20)
                ]
                for _ in range(2)
            )
            for slow, quick in zip(half, whole, strict=True):
                slow.sendall(HALVES["a head"].encode())
                quick.sendall(VIEW)
        assert [answered(each)[0] for each in whole] == [200] * 20


@pytest.mark.long
@pytest.mark.alone
def test_who_never_sends_the_rest_is_let_go(facts_path: Path) -> None:
    """Heads and small bodies are told that they came too late; what the app or gunicorn reads itself is told by it."""
    expected = dict.fromkeys(HALVES, 408) | dict.fromkeys(("a file", "chunks", "a length of many digits"), 400)
    with served(str(facts_path)) as server, ExitStack() as stack:
        slow = {what: stack.enter_context(closing(connect(server, text))) for what, text in HALVES.items()}
        silent = stack.enter_context(closing(connect(server)))
        statuses = {what: answered(each)[0] for what, each in slow.items()}
        assert silent.recv(1) == b""

    assert statuses == expected
