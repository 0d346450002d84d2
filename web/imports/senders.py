"""Who may send a file now: a person one at a time, over all workers, and people in turn where places are taken.

A place is a thread that reads a body. Whoever may not have one is refused before anything is read, and holds nothing.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final

from machine.file_lock import hold
from web.imports.refusals import busy
from web.imports.waiting_line import WaitingLine

_KIND: Final = "file"


class Senders:
    """The senders to one worker, `at_once` at most; `folder` is that of all uploads."""

    def __init__(self, folder: Path, at_once: int) -> None:
        self._folder = folder / ".senders"
        self._line = WaitingLine(folder / ".senders" / "line", [_KIND])
        self._free = at_once
        self._counting = Lock()

    @contextmanager
    def place(self, person: str) -> Iterator[None]:
        """While `person` has a place. Raises NotTaken at once where they have one, or others come first."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._only_one(person):
            before = self._line.wait_in_line(person, _KIND)
            with self._counting:
                if before >= self._free:  # what is free is for those who wait longer
                    raise busy("Other files are on their way to the server", 5)
                self._free -= 1
            self._line.leave(person)
            try:
                yield
            finally:
                with self._counting:
                    self._free += 1

    @contextmanager
    def _only_one(self, person: str) -> Iterator[None]:
        """While no other file of a person is on its way, in any worker; the kernel knows however that worker ends."""
        lock = self._folder / f"{person}.lock"
        before = busy("Another file of yours is on its way", 2)
        with hold(lock, 0, before) as file:
            if not os.fstat(file.fileno()).st_nlink:  # removed by who had it before: the next one makes another
                raise before
            os.utime(lock)
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)

    def sweep(self, age: float) -> None:
        """Remove what killed workers left, which is older than `age` seconds."""
        for lock in self._folder.glob("*.lock"):
            with suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > age:
                    lock.unlink()
