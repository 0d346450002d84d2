"""Asking a key server: one answer, whole and within one deadline, however slowly the server sends it."""

import http.client
import os
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any, Final
from urllib.error import HTTPError

#: Seconds for a whole answer: connecting, TLS, head and body. Only looking the server's name up has limits of its own.
DEADLINE: Final = 5.0
_MOST_BYTES: Final = 256_000

Connect = Callable[..., socket.socket]


class NoSuchKey(OSError):
    """The server answers, and has nothing at this address."""


def fetch(address: str, seconds: float = DEADLINE) -> bytes:
    """What an https, http or file address, or a path, holds. Raises OSError or ValueError; follows no redirect.

    NoSuchKey is raised where there is surely nothing.
    """
    content = _ask(address, seconds) if re.match(r"https?://", address) else _read(address.removeprefix("file://"))
    if len(content) > _MOST_BYTES:
        raise ValueError("it is longer than any set of keys")
    return content


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_BYTES + 1)
    except FileNotFoundError as problem:
        raise NoSuchKey(str(problem)) from None


def _ask(address: str, seconds: float) -> bytes:
    ends = time.monotonic() + seconds
    content, problem = b"", None
    with _connections(ends) as connect:
        opener = urllib.request.build_opener(_NoRedirect, _Http(connect), _Https(connect))
        try:
            with opener.open(address, timeout=seconds) as answer:
                content = answer.read(_MOST_BYTES + 1)
        except (OSError, ValueError, http.client.HTTPException) as found:
            problem = found
    if isinstance(problem, HTTPError):
        problem.close()
        if problem.code in (404, 410):
            raise NoSuchKey(f"the server answers {problem.code}")
        raise OSError(f"the server answers {problem.code}")
    if time.monotonic() >= ends:  # what has come may be the half of it
        raise TimeoutError(f"the whole answer takes longer than {seconds:g} seconds")
    if problem is not None:
        raise OSError(str(problem) or type(problem).__name__)
    return content


@contextmanager
def _connections(ends: float) -> Iterator[Connect]:
    """What connects to a server; at the moment `ends` each of its connections is cut, whatever it waits for.

    A socket's own timeout would begin again with every byte that comes.
    """
    made: list[socket.socket] = []

    def connect(place: tuple[str, int], *more: Any) -> socket.socket:
        problem: OSError = TimeoutError("timed out")
        for family, kind, protocol, _, where in socket.getaddrinfo(*place, type=socket.SOCK_STREAM):
            found = socket.socket(family, kind, protocol)
            try:
                left = max(ends - time.monotonic(), 0.002)
                found.settimeout(left / 2)  # an address that swallows everything leaves time for the next
                found.connect(where)
                found.settimeout(left)
                made.append(socket.socket(fileno=os.dup(found.fileno())))  # TLS takes the first one over
                return found
            except OSError as failed:
                found.close()
                problem = failed
        raise problem

    def cut() -> None:
        for each in made:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = Timer(ends - time.monotonic(), cut)
    timer.daemon = True
    timer.start()
    try:
        yield connect
    finally:
        timer.cancel()
        for each in made:
            each.close()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _over(kind: type[http.client.HTTPConnection], connect: Connect) -> Callable[..., http.client.HTTPConnection]:
    def make(host: str, **more: Any) -> http.client.HTTPConnection:
        made = kind(host, **more)
        made._create_connection = connect  # type: ignore[attr-defined]
        return made

    return make


class _Http(urllib.request.HTTPHandler):
    def __init__(self, connect: Connect) -> None:
        super().__init__()
        self._make: Any = _over(http.client.HTTPConnection, connect)

    def http_open(self, asked: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._make, asked)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, connect: Connect) -> None:
        super().__init__()
        self._make: Any = _over(http.client.HTTPSConnection, connect)

    def https_open(self, asked: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._make, asked)
