"""A line between browser and server that loses what it is told to lose, on a port of its own."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

#: cut: the server sees the body end after that many bytes, and its answer comes back. stall: nothing more comes, until
#: the browser gives up. gone: the browser's connection ends, too.
Fault = tuple[Literal["cut", "stall", "gone"], int]

_FILE = b"POST /import/file"


class BadLine(socketserver.ThreadingTCPServer):
    """Forwards connections to a server; each of `faults` is what happens to one more file that is sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        parts = urlsplit(server)
        self.target = (parts.hostname, parts.port)
        self.faults: list[Fault] = []
        self.stalled = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Forward(socketserver.BaseRequestHandler):
    server: BadLine

    def handle(self) -> None:
        with socket.create_connection(self.server.target) as upstream, suppress(OSError):
            threading.Thread(target=copy, args=(upstream, self.request), daemon=True).start()
            try:
                self.forward(upstream)
            finally:
                upstream.shutdown(socket.SHUT_RDWR)  # closing does not end what another thread waits for

    def forward(self, upstream: socket.socket) -> None:
        while data := self.request.recv(65_536):
            fault = self.server.faults.pop(0) if data.startswith(_FILE) and self.server.faults else None
            if fault is None:
                upstream.sendall(data)
                continue
            kind, most = fault
            room = data.index(b"\r\n\r\n") + 4 + most
            while data and room > 0:
                upstream.sendall(data[:room])
                room -= len(data)
                data = self.request.recv(65_536) if room > 0 else b""
            if kind == "gone":
                return
            if kind == "cut":
                upstream.shutdown(socket.SHUT_WR)
            self.server.stalled.set()
            while self.request.recv(65_536):  # until the browser gives up, or has its answer
                pass


def copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def bad_line(server: str) -> Iterator[BadLine]:
    with BadLine(server) as line:
        threading.Thread(target=line.serve_forever, daemon=True).start()
        yield line
        line.shutdown()
