"""Uploads: files sent to be imported, kept in a private folder until they are imported, given up or forgotten.

Every worker can go on with what another began, so what is known of an upload stands in its folder. Nothing in it is
opened here: another process reads it (web/imports/checks.py), one at a time.
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
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from machine.file_lock import lock_file
from web.imports.body import Body, read_blocks
from web.imports.open_uploads import list_open, person_of, to_forget
from web.imports.refusals import NotTaken, busy, no_room, too_large, upload_gone
from web.imports.senders import Place, Senders

__all__ = ["Body", "NotTaken", "Uploads", "too_large"]

KEPT_SECONDS: Final = 3600
MOST_FILES: Final = 20
#: What an upload leaves free: in a container its folder is in shared memory, and who counts a request there while it is
#: full is ended by the kernel.
SPARE: Final = 16 << 20
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")

_log = logging.getLogger(__name__)


class Uploads:
    """The uploads of one server, for the table at `facts`; `most` bytes in each.

    `at_once` is how many files may be on their way to one worker: each holds a thread.
    """

    def __init__(self, facts: Path, most: int, at_once: int = 2) -> None:
        self.facts, self.most = facts.absolute(), most
        parent = self.facts.parent
        room = parent if parent.is_dir() and os.access(parent, os.W_OK) else Path(tempfile.gettempdir())
        self.folder = room / f".{self.facts.name}.uploads-{os.getuid()}"
        self._senders = Senders(self.folder, at_once)
        self._sweeper: Thread | None = None
        self._sweeping = Lock()
        self.sweep()

    def receive(self, token: str, subject: str, address: str | None, body: Body) -> tuple[str, int]:
        """Write a file that `subject`, at `address`, sends into an upload: a new one where `token` is "".

        Returns the upload's token and the file's size. Raises NotTaken; nothing is kept of the file then, nor of an
        upload that it began.
        """
        self._own_folder()
        with self._disk(), self._senders.place(person_of(subject, address).key) as sender:
            own = token or self.begin(subject, address)
            try:
                return own, self.take(own, subject, body, sender)
            except BaseException:
                if not token:
                    self.forget(own, subject)
                raise

    def begin(self, subject: str, address: str | None = None) -> str:
        """A new upload of `subject`'s, who is at `address`; returns its token. Raises NotTaken."""
        self.sweep()
        self._own_folder()
        self._spare(0)
        person = person_of(subject, address)
        token = secrets.token_urlsafe(24)
        place = self.folder / f"u-{token}"
        with self._disk(), self._door():
            if victim := to_forget(list(list_open(self.folder)), person):
                shutil.rmtree(victim.place, ignore_errors=True)
            place.mkdir(mode=0o700)
            try:
                (place / "subject").write_text(subject)
                (place / "person").write_text(person.key)
                self._sweep_in_time()
            except BaseException:  # it would count among those that are open
                shutil.rmtree(place, ignore_errors=True)
                raise
        return token

    def take(self, token: str, subject: str, body: Body, sender: Place | None = None) -> int:
        """Write a file into an upload, block by block; returns its size. Raises NotTaken, nothing kept.

        `sender` is the place of who sends it, which they can lose.
        """
        place = self._place(token, subject)
        with self._disk(), self._alone_in(place):  # the one before says how much room there is
            self._spare(body.length or 0)
            return self._write(place, body, sender)

    def _write(self, place: Path, body: Body, sender: Place | None) -> int:
        held = sorted(place.glob("f-*"))
        if len(held) >= MOST_FILES:
            raise NotTaken(413, f"At most {MOST_FILES} files can be imported at once: put them into a zip.")
        room = self.most - sum(file.stat().st_size for each in held for file in each.iterdir())
        if (body.length or 0) > room:
            raise NotTaken(413, too_large(self.most))
        coming = place / "coming"  # it counts once it is here whole
        shutil.rmtree(coming, ignore_errors=True)  # left by a worker that was killed
        size = 0
        coming.mkdir(mode=0o700)
        try:
            with (
                open(os.open(coming / body.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
                closing(read_blocks(body, self.most, sender)) as blocks,
            ):
                for block in blocks:
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

    @contextmanager
    def _alone_in(self, place: Path) -> Iterator[None]:
        """While a file is on its way into an upload, so that it does not go for a new one."""
        with ExitStack() as stack:
            with self._door():
                stack.enter_context(lock_file(place / ".turn", 0.1, busy("Another file of yours is on its way", 2)))
            yield

    def _door(self) -> AbstractContextManager[None]:
        """One at a time, in all workers, decides which uploads there are and who sends; a moment each."""
        return lock_file(self.folder / ".door", 5, busy("The server is busy", 5))

    def forget(self, token: str, subject: str) -> None:
        """Remove an upload."""
        with suppress(NotTaken):
            shutil.rmtree(self._place(token, subject), ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is older than an hour, and what its server was killed over before it held a file."""
        with suppress(OSError):
            if not self._is_own():
                return
            for each in list_open(self.folder):
                if each.age > KEPT_SECONDS or each.never_arrived:
                    shutil.rmtree(each.place, ignore_errors=True)
            self._senders.sweep(KEPT_SECONDS)

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
        raise upload_gone()

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
            raise no_room()

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:  # it was forgotten meanwhile
            raise upload_gone() from None
        except OSError as problem:
            _log.warning("an upload could not be written: %s", problem)
            raise no_room() from None
