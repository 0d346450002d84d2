"""Files that somebody sends to be imported: kept in a private folder until they are imported, given up or forgotten.

Every worker can go on with what another began, so what is known of an upload stands in its folder. Nothing in it is
opened here: another process reads it (callbacks/imports.py), one at a time.
"""

import logging
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Final

from facts.turn import turn

KEPT_SECONDS: Final = 3600
MOST_FILES: Final = 20
MOST_UPLOADS: Final = 20
#: What an upload leaves free: in a container its folder is in shared memory, and who counts a request there while it is
#: full is ended by the kernel.
SPARE: Final = 16 << 20
_WAIT: Final = 30.0
_BLOCK: Final = 1 << 18
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")

_log = logging.getLogger(__name__)


class NotTaken(Exception):
    """What was sent cannot be taken; the message is a sentence, `status` the answer's.

    `retry_after` is in how many seconds to ask again, 0 where that is of no use.
    """

    retry_after = 0

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Uploads:
    """The uploads of one server, for the table at `facts`; `most` bytes in each."""

    def __init__(self, facts: Path, most: int) -> None:
        self.facts, self.most = facts.absolute(), most
        beside = self.facts.parent
        room = beside if beside.is_dir() and os.access(beside, os.W_OK) else Path(tempfile.gettempdir())
        self.folder = room / f".{self.facts.name}.uploads-{os.getuid()}"
        self._sweeper: Thread | None = None
        self._sweeping = Lock()
        self.sweep()

    def begin(self, subject: str) -> str:
        """A new upload of `subject`'s; returns its token. Raises NotTaken."""
        self.sweep()
        self._own_folder()
        self._spare(0)
        if len(list(self.folder.glob("u-*"))) >= MOST_UPLOADS:
            raise NotTaken(503, "Too many imports are open at once: try again in a few minutes.")
        token = secrets.token_urlsafe(24)
        place = self.folder / f"u-{token}"
        with self._disk():
            place.mkdir(mode=0o700)
            try:
                (place / "subject").write_text(subject)
                self._sweep_in_time()
            except BaseException:  # it would count among those that are open
                shutil.rmtree(place, ignore_errors=True)
                raise
        return token

    def take(self, token: str, subject: str, name: str, stream: IO[bytes], told: int = 0) -> int:
        """Write a file's content into an upload, block by block; returns its size. Raises NotTaken, nothing kept.

        `told` is the size that its sender tells, 0 where none.
        """
        place = self._place(token, subject)
        busy = NotTaken(503, "Another file of these is on its way: send this one again in a minute.")
        with self._disk(), turn(place / ".turn", _WAIT, busy):  # the one before says how much room there is
            self._spare(told)
            return self._taken(place, name, stream)

    def _taken(self, place: Path, name: str, stream: IO[bytes]) -> int:
        held = sorted(place.glob("f-*"))
        if len(held) >= MOST_FILES:
            raise NotTaken(413, f"At most {MOST_FILES} files can be imported at once: put them into a zip.")
        room = self.most - sum(file.stat().st_size for each in held for file in each.iterdir())
        coming = place / "coming"  # it counts once it is here whole
        shutil.rmtree(coming, ignore_errors=True)  # left by a worker that was killed
        size = 0
        coming.mkdir(mode=0o700)
        try:
            with open(os.open(coming / plain(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    if size > room:
                        raise NotTaken(413, too_large(self.most))
                    self._spare(len(block))
                    file.write(block)
                    file.flush()
            coming.rename(place / f"f-{len(held):03}")
        except BaseException:
            shutil.rmtree(coming, ignore_errors=True)
            raise
        return size

    def forget(self, token: str, subject: str) -> None:
        """Remove an upload."""
        with suppress(NotTaken):
            shutil.rmtree(self._place(token, subject), ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is older than an hour."""
        with suppress(OSError):
            for place in self.folder.glob("u-*") if self._is_own() else ():
                with suppress(OSError):
                    if time.time() - place.stat().st_mtime > KEPT_SECONDS:
                        shutil.rmtree(place, ignore_errors=True)

    def _sweep_in_time(self) -> None:
        """See to it that what is here is removed in time, also where nobody ever asks again: one thread a process."""
        with self._sweeping:
            if self._sweeper is not None and self._sweeper.is_alive():  # it is not in a process forked from its own
                return
            thread = Thread(target=self._sweep_until_none, name="uploads", daemon=True)
            try:
                thread.start()
            except RuntimeError as problem:  # no room for a thread: the next upload sweeps, and tries this again
                _log.warning("uploads are not swept until the next: %s", problem)
                return
            self._sweeper = thread

    def _sweep_until_none(self) -> None:
        while True:
            with self._sweeping:  # an upload that begins now finds this thread going on, or gone
                ages = list(self._ages())
                if not ages:
                    self._sweeper = None
                    return
            time.sleep(max(KEPT_SECONDS - max(ages), 0) + 1)
            self.sweep()

    def _ages(self) -> Iterator[float]:
        """For how many seconds nothing was added to each upload."""
        for place in self.folder.glob("u-*"):
            with suppress(OSError):
                yield time.time() - place.stat().st_mtime

    def _place(self, token: str, subject: str) -> Path:
        place = self.folder / f"u-{token}"
        try:
            if _TOKEN.fullmatch(token) and (place / "subject").read_text() == subject:
                return place
        except OSError:
            pass
        raise _gone()

    def _own_folder(self) -> None:
        """The folder of all uploads, this user's alone: a temporary folder is everybody's."""
        with self._disk():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            own = self._is_own()
        if not own:
            _log.warning("no upload is taken: %s is not this server’s own folder: remove it", self.folder)
            raise NotTaken(503, "The server’s folder for files is not its own; whoever runs it finds more in its log.")

    def _is_own(self) -> bool:
        """Whether the folder is this user's alone, and no link to another: only then anything in it is removed."""
        status = self.folder.lstat()
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077

    def _spare(self, more: int) -> None:
        """Raises NotTaken where writing `more` bytes would fill what others need too."""
        disk = os.statvfs(self.folder)
        if disk.f_bavail * disk.f_frsize < more + SPARE:
            _log.warning("an upload is refused: %s has %s bytes free", self.folder, disk.f_bavail * disk.f_frsize)
            raise _no_room()

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:  # it was forgotten meanwhile
            raise _gone() from None
        except OSError as problem:
            _log.warning("an upload could not be written: %s", problem)
            raise _no_room() from None


def _no_room() -> NotTaken:
    return NotTaken(507, "The server has no room for the file: nothing was kept of it.")


def _gone() -> NotTaken:
    return NotTaken(410, "These files are here no longer (they are kept for an hour): choose them again.")


def plain(name: str) -> str:
    """A file's name as it may stand in a folder here: the last part of a path, without what no name should hold."""
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(sign for sign in last if sign.isprintable()).strip().lstrip(".")
    while len(last.encode()) > 200:
        last = last[1:]
    return last or "file"


def too_large(most: int) -> str:
    """The sentence for more bytes than are taken."""
    return (
        f"At most {most // 1_000_000:,} MB can be sent at once: zip the files, split them, or use "
        "`marketing-dashboard import`."
    )
