"""A key server on loopback that answers as it is told to: well, slowly, wrongly or not at all."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread


class AnsweringServer:
    """`body` gives what is at a path (None: 404), `way` how it is sent; `asked` are the paths, with their moments.

    `finished` counts the answers that were sent to their end.
    """

    def __init__(self, body: Callable[[str], bytes | None], way: str = "whole", pause: float = 0.2) -> None:
        self.body, self.way, self.pause = body, way, pause
        self.asked: list[tuple[float, str]] = []
        self.under_way = self.finished = 0
        self._lock, self._end = Lock(), Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def address(self, path: str = "/jwks", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self._end.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while not self._end.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.under_way += 1
        try:
            with connection, suppress(OSError):
                self._answer(connection)
                self.finished += 1
        finally:
            with self._lock:
                self.under_way -= 1

    def _answer(self, connection: socket.socket) -> None:
        request = connection.recv(65536)
        path = request.split(b" ")[1].decode() if request.startswith(b"GET ") else ""
        with self._lock:
            self.asked.append((time.monotonic(), path))
        body = self.body(path)
        status = "200 OK" if body is not None else "404 Not Found"
        body = body or b""
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        if self.way == "whole":
            connection.sendall(head + body)
        elif self.way == "broken":
            connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        elif self.way == "silent":
            self._end.wait(60)
        elif self.way == "slow body":
            connection.sendall(head)
            self._dribble(connection, body)
        elif self.way == "slow head":
            self._dribble(connection, head + body)
        elif self.way == "slow TLS":  # a record of 16 kB, a byte at a time
            self._dribble(connection, b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(16_000))
        elif self.way == "closed":
            pass

    def _dribble(self, connection: socket.socket, content: bytes) -> None:
        for place in range(len(content)):
            connection.sendall(content[place : place + 1])
            if self._end.wait(self.pause):
                raise OSError("closed")


@contextmanager
def answering(body: Callable[[str], bytes | None], way: str = "whole", pause: float = 0.2) -> Iterator[AnsweringServer]:
    server = AnsweringServer(body, way, pause)
    try:
        yield server
    finally:
        server.close()


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds; a busy machine takes its time."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it never came to hold"
        time.sleep(0.02)
