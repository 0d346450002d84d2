"""A lock on a file that one process holds at a time; the kernel releases it however that process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_LOOK_EVERY: Final = 0.1


@contextmanager
def lock_file(lock: Path, wait: float, refusal: Exception) -> Iterator[None]:
    """While no other process has its turn with the file `lock`. Raises `refusal` after `wait` seconds."""
    with hold(lock, wait, refusal):
        yield


def hold(lock: Path, wait: float, refusal: Exception) -> IO[str]:
    """The file `lock`, locked until it is closed in every process that was handed it.

    Raises `refusal` after `wait` seconds in which another has it.
    """
    until = time.monotonic() + wait
    file = lock.open("a")
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise refusal from None
                time.sleep(_LOOK_EVERY)
    except BaseException:
        file.close()
        raise


def is_at(file: IO[str], lock: Path) -> bool:
    """Whether an open file is still the one called `lock`: who had it locked may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), lock.stat())
    except FileNotFoundError:
        return False


def is_held(lock: Path) -> bool:
    """Whether another has the file `lock`."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
