"""A lock on a file that one process holds at a time; the kernel releases it however that process ends."""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_LOOK_EVERY: Final = 0.1
#: What opening a link, a folder or a pipe is refused with.
_NO_FILE: Final = (errno.ELOOP, errno.EISDIR, errno.ENXIO)


class NoLock(OSError):
    """What is called as the lock file is a link, a folder or a pipe."""


@contextmanager
def lock_file(lock: Path, wait: float, refusal: Exception) -> Iterator[None]:
    """While no other process has its turn with the file `lock`. Raises `refusal` after `wait` seconds."""
    with hold(lock, wait, refusal):
        yield


def hold(lock: Path, wait: float, refusal: Exception) -> IO[str]:
    """The file `lock`, locked until it is closed in every process that was handed it.

    Raises `refusal` after `wait` seconds in which another has it; NoLock where something else is called so.
    """
    until = time.monotonic() + wait
    file = _open(lock)
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


def _open(lock: Path) -> IO[str]:
    """The file `lock`, made where nothing is called so: never what a link leads to."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.fdopen(os.open(lock, flags, 0o666), "a")
    except OSError as problem:
        if problem.errno in _NO_FILE:
            raise NoLock(problem.errno, f"{lock} is no lock file: move it away, then try again") from None
        raise
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise NoLock(errno.EINVAL, f"{lock} is no lock file: move it away, then try again")


def is_at(file: IO[str], lock: Path) -> bool:
    """Whether an open file is still the one called `lock`: who had it locked may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), lock.lstat())
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
