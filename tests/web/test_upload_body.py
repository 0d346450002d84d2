"""Bodies that come too slowly, through gunicorn's own reader and a real connection."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from gunicorn.http.body import Body as Arriving
from gunicorn.http.body import LengthReader
from gunicorn.http.unreader import SocketUnreader

from web.imports import body
from web.imports.body import BLOCK, Body, read_blocks
from web.imports.refusals import NotTaken


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's and the sender's end of a connection."""
    server, sender = socket.socketpair()
    with server, sender:
        yield server, sender


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "_LOOK_EVERY", 0.01)


def arriving(line: socket.socket, length: int) -> Body:
    return Body(Arriving(LengthReader(SocketUnreader(line), length)), length, line=line)


def send_for_ever(sender: socket.socket, piece: bytes) -> None:
    """Send pieces without an end, each a moment after the other."""

    def send() -> None:
        with suppress(OSError):
            while True:
                sender.sendall(piece)
                time.sleep(0.02)

    threading.Thread(target=send, daemon=True).start()


@pytest.mark.parametrize(
    ("piece", "limits"),
    [
        (b"x", {"LONGEST_BLOCK": 0.3}),  # never silent, and never a block
        (b"x" * BLOCK, {"GRACE": 0.3, "BYTES_A_SECOND": 1 << 40}),  # in time each, and never done
        (b"x" * BLOCK, {"LONGEST_BODY": 0.3}),
    ],
)
def test_a_sender_who_holds_up_others_is_left(
    ends: tuple[socket.socket, socket.socket],
    piece: bytes,
    limits: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(body, name, value)
    server, sender = ends
    send_for_ever(sender, piece)

    with pytest.raises(NotTaken) as refusal:
        for _ in read_blocks(arriving(server, 1 << 40), 1 << 40):
            pass

    assert refusal.value.status == 408
    server.sendall(b"the answer")
    assert sender.recv(100) == b"the answer"


def test_a_silent_sender_is_left(ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LONGEST_BLOCK", 0.1)
    server, sender = ends
    sender.sendall(b"half")

    with pytest.raises(NotTaken) as refusal:
        list(read_blocks(arriving(server, 9), 9))

    assert refusal.value.status == 408


def test_nobody_watches_a_connection_whose_body_has_arrived(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "LONGEST_BLOCK", 0.2)
    server, sender = ends
    sender.sendall(b"x" * 9)

    assert list(read_blocks(arriving(server, 9), 9)) == [b"x" * 9]

    until = time.monotonic() + 30
    while any(thread.name == "upload" for thread in threading.enumerate()):
        assert time.monotonic() < until, "the watch goes on"
        time.sleep(0.01)
    sender.sendall(b"y")
    assert server.recv(1) == b"y"
