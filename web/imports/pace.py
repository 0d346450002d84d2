"""How fast a sender is, as the seconds that they are ahead of the least pace, or behind it."""

import time
from typing import Final

#: Bytes a second with which a sender stays where they are, ahead or behind.
PACE: Final = 500_000
#: Nobody is ahead by more than these seconds: who was fast and then stops is behind soon.
MOST_AHEAD: Final = 5.0


class Pace:
    """The pace of one body. Time counts only while the server waits for its sender, not while it is busy itself."""

    def __init__(self) -> None:
        #: How far ahead, and since when the server waits (None: it does not); one value, as another thread reads it.
        self._state: tuple[float, float | None] = (0.0, None)

    @property
    def ahead(self) -> float:
        """The seconds that the sender is ahead of the least pace; behind it, less than none."""
        ahead, since = self._state
        return ahead if since is None else ahead - (time.monotonic() - since)

    def wait(self) -> None:
        """The server begins to wait for a block."""
        self._state = (self.ahead, time.monotonic())

    def arrive(self, size: int) -> None:
        """A block of so many bytes is here, or the end."""
        self._state = (min(self.ahead + size / PACE, MOST_AHEAD), None)
