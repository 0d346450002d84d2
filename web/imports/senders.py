"""Who may send a file now: a person one at a time, over all workers, and people in turn where places are taken.

A place is a thread that reads a body. Whoever may not have one is refused before anything is read, and holds nothing.
While others wait, a slow sender loses theirs: whoever is furthest behind the least pace (web/imports/pace.py). They are
behind all others then. While nobody waits, only web/imports/body.py says how slow one may be.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from threading import Lock
from typing import Final

from machine.file_lock import hold
from web.imports.pace import Pace
from web.imports.refusals import NotTaken, busy
from web.imports.waiting_line import WaitingLine

#: So many seconds a sender may be behind the least pace while others wait.
BEHIND: Final = 20.0
#: Where so many wait that not all would be served within LINE_SECONDS, it is less, down to this.
BEHIND_IN_A_CROWD: Final = 3.0
LINE_SECONDS: Final = 60.0
#: So many where only those wait who lost their own: else slow senders would throw each other out, and none would end.
BEHIND_THE_SLOW: Final = 60.0
#: Who has waited for less may find a place in another worker when they ask again.
ASKED_AGAIN: Final = 6.0
_KIND: Final = "file"


class Place:
    """A place that a sender has; `lost` once it is taken back for others."""

    def __init__(self, senders: "Senders") -> None:
        self.pace = Pace()
        self.lost = False
        self._senders = senders

    def is_lost(self) -> bool:
        """Whether it is taken back from its sender, from now on where another waits for it."""
        return self.lost or self._senders.take_back(self)


class Senders:
    """The senders to one worker, `at_once` at most; `folder` is that of all uploads."""

    def __init__(self, folder: Path, at_once: int) -> None:
        self._folder = folder / ".senders"
        self._line = WaitingLine(folder / ".senders" / "line", [_KIND])
        self._at_once = at_once
        self._places: list[Place] = []
        self._counting = Lock()

    @contextmanager
    def place(self, person: str) -> Iterator[Place]:
        """While `person` has a place. Raises NotTaken at once where they have one, or others come first."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._only_one(person):
            before = self._line.wait_in_line(person, _KIND)
            place = Place(self)
            with self._counting:
                if before >= self._at_once - len(self._places):  # what is free is for those who wait longer
                    raise busy("Other files are on their way to the server", 5)
                self._places.append(place)
            self._line.leave(person)
            try:
                yield place
            except NotTaken:
                if place.lost:
                    with suppress(OSError):  # they are told why they lost it, whatever the disk says
                        self._line.put_back(person, _KIND)
                raise
            finally:
                with self._counting:
                    self._places.remove(place)

    def take_back(self, place: Place) -> bool:
        """Take a place back if somebody waits who needs it: none is free for them, and no sender further behind."""
        if place.pace.ahead >= 0:
            return False
        try:
            waits = self._line.waits()
        except OSError:  # the disk is full: nobody can send anyway
            return False
        with self._counting:  # each place is looked at by a thread of its own
            staying = [each for each in self._places if not each.lost]
            allowed = self._seconds_allowed(waits, self._at_once - len(staying))
            slowest = min(staying, key=lambda each: each.pace.ahead, default=None)
            place.lost = place is slowest and place.pace.ahead < -allowed
            return place.lost

    def _seconds_allowed(self, waits: Sequence[float], free: int) -> float:
        """How many seconds a sender may be behind, where people have waited so long for `free` places."""
        first = [wait for wait in waits if wait >= ASKED_AGAIN]
        if len(first) > free:
            left = (LINE_SECONDS - max(first)) * self._at_once / len(first)
            return max(min(BEHIND, left), BEHIND_IN_A_CROWD)
        put_back = sum(wait < 0 for wait in waits)
        return BEHIND_THE_SLOW if len(first) + put_back > free else inf

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
