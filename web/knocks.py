"""Who knocks at the listening sockets while a worker has no thread free, and how many it takes on then.

They are left for a moment to the other workers, which take what they have a thread for at once. Who still knocks then
is taken on, twice as many at each look: one of them may ask for /healthz.
"""

import select
import time
from collections.abc import Iterable
from socket import socket
from typing import Final

#: Between two looks; where even the most were too few, there is none.
LOOK_SECONDS: Final = 0.05
#: So many are taken on at one look, at most; other events have their turn then.
MOST_AT_ONCE: Final = 64


class Knocks:
    """The looks of one worker."""

    def __init__(self, listeners: Iterable[socket]) -> None:
        self._last = 0.0
        self._next = 0
        self._poll = select.poll()
        for listener in listeners:
            self._poll.register(listener, select.POLLIN)

    @property
    def pause(self) -> float:
        """Seconds from one look to the next."""
        return 0.0 if self._next >= MOST_AT_ONCE else LOOK_SECONDS

    def look(self) -> int:
        """How many to take on now: none at the first look at which somebody knocks."""
        now = time.monotonic()
        if now < self._last + self.pause:
            return 0
        self._last = now
        admitted = self._next
        if not self._poll.poll(0):
            self._next = 0
            return 0
        self._next = min(MOST_AT_ONCE, max(1, 2 * admitted))
        return admitted
