"""One process at a time, by a lock on a file that the kernel gives back however its holder ends."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LOOK_EVERY: Final = 0.1


@contextmanager
def turn(lock: Path, wait: float, refusal: Exception) -> Iterator[None]:
    """While no other process has its turn with the file `lock`. Raises `refusal` after `wait` seconds."""
    until = time.monotonic() + wait
    with lock.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise refusal from None
                time.sleep(_LOOK_EVERY)
        yield
