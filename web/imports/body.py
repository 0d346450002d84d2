"""Receives the body of an upload: it arrives whole, unchanged and in time, or it counts as nothing.

A server cannot see by itself that a body was cut: gunicorn's just ends early when its sender is gone. So what arrives
is compared with what the sender says of it.
"""

import hashlib
import re
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import IO, Final

from werkzeug.exceptions import RequestEntityTooLarge

from web.imports.refusals import NotTaken, busy, content_changed, cut, too_large, too_slow, too_slow_for_others
from web.imports.senders import Place

BLOCK: Final = 1 << 16
#: For how many seconds a block may keep a thread waiting; with it goes the least rate, some 4 kB a second.
LONGEST_BLOCK: Final = 15.0
#: A whole body may take these seconds, and one more for each so many bytes that arrived; never more than the last.
GRACE: Final = 60.0
BYTES_A_SECOND: Final = 16_000
LONGEST_BODY: Final = 1800.0
_LOOK_EVERY: Final = 0.5
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Body:
    """A file sent over the connection `line`: a `stream`, and what its sender says of it, its `name` included.

    `length` is in bytes, None where it comes in chunks, the last of which says that it is whole. `digest` is its
    SHA-256 in hexadecimal digits, "" where the sender could make none.
    """

    stream: IO[bytes]
    length: int | None
    name: str = "file"
    digest: str = ""
    line: socket.socket | None = None

    def __post_init__(self) -> None:
        if self.digest and not _DIGEST.fullmatch(self.digest):
            raise NotTaken(400, "X-File-SHA256 must be the file’s SHA-256: 64 hexadecimal digits, once.")


def plain(name: str) -> str:
    """A file's name as it may stand in a folder here: the last part of a path, without what no name should hold."""
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(sign for sign in last if sign.isprintable()).strip().lstrip(".")
    while len(last.encode()) > 200:
        last = last[1:]
    return last or "file"


def read_blocks(body: Body, most: int, place: Place | None = None) -> Generator[bytes]:
    """The body block by block; one without a length is cut off by its stream at `most` bytes.

    Raises NotTaken where it does not arrive as it was sent, or its sender loses the `place` that they have: what was
    read of it till then is worth nothing.
    """
    size, digest = 0, hashlib.sha256()
    with _watch_line(body.line, place) as watch:
        while body.length is None or size < body.length:
            watch.wait_until(watch.deadline(size))
            try:
                block = body.stream.read(BLOCK)
            except RequestEntityTooLarge:
                raise NotTaken(413, too_large(most)) from None
            except Exception:  # a malformed chunk or a lost connection: whatever it is, the body ends here
                block = None
            watch.arrive(len(block or b""))
            if watch.ended:
                raise too_slow_for_others(body.name) if place and place.lost else too_slow(body.name)
            if block is None:
                raise cut(body.name, size, body.length)
            if not block:
                break
            size += len(block)
            digest.update(block)
            yield block
    if body.length is not None and size != body.length:
        raise cut(body.name, size, body.length)
    if body.digest and digest.hexdigest() != body.digest.lower():
        raise content_changed(body.name)


class _Watch:
    """Ends a connection's reading side where a block has not arrived in time, or its sender has lost their place.

    A thread of its own does it: gunicorn's reader waits for a whole block, however slowly its bytes come.
    """

    def __init__(self, line: socket.socket | None, place: Place | None) -> None:
        self.ended = False
        self._line, self._place, self._began = line, place, time.monotonic()
        self._until: float | None = None
        self._done, self._lock = Event(), Lock()

    def deadline(self, size: int) -> float:
        """When the next block must be here after `size` bytes."""
        whole = self._began + min(GRACE + size / BYTES_A_SECOND, LONGEST_BODY)
        return min(time.monotonic() + LONGEST_BLOCK, whole)

    def wait_until(self, until: float) -> None:
        """Let the connection wait for a block till then."""
        with self._lock:
            self._until = until
        if self._place:
            self._place.pace.wait()

    def arrive(self, size: int) -> None:
        """It is not being read: a block of so many bytes is here, or the end."""
        with self._lock:
            self._until = None
        if self._place:
            self._place.pace.arrive(size)

    def run(self) -> None:
        """Look at it till it is done with."""
        while not self._done.wait(_LOOK_EVERY):
            lost = self._place is not None and self._place.is_lost()
            with self._lock:  # what is done with may carry the next request already
                late = self._until is not None and (lost or time.monotonic() > self._until)
                if late and self._line is not None and not self._done.is_set():
                    self.ended = True
                    with suppress(OSError):  # its sender is gone
                        self._line.shutdown(socket.SHUT_RD)
                    return

    def finish(self) -> None:
        """Leave the connection alone."""
        with self._lock:
            self._done.set()


@contextmanager
def _watch_line(line: socket.socket | None, place: Place | None) -> Iterator[_Watch]:
    watch = _Watch(line, place)
    if line is not None:
        try:
            Thread(target=watch.run, name="upload", daemon=True).start()
        except RuntimeError:  # no room for a thread
            raise busy("The server is busy", 5) from None
    try:
        yield watch
    finally:
        watch.finish()
