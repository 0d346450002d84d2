"""Moves a file out of a watched folder into its done/ or failed/, with a report, and nothing else.

Others work in the same folders. So both are opened once and used by what was opened, whatever their names lead to
meanwhile; no link is followed; names are made, never taken; and what was moved is looked at once more.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.results import ImportProblem
from ingest.write.ownership import data_of

#: Bytes of a name in done/ and failed/: a file system takes 255, and a number and the report's ending follow.
LONGEST: Final = 230

#: The file in done/ and failed/ that says whose they are, and the ending of the reports in them.
MARK: Final = ".marketing-dashboard-watch"
_MARK_TEXT: Final = b"`marketing-dashboard watch` moves files into this folder.\n"
_REPORT: Final = ".report.txt"

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NoInbox(ImportProblem):
    """The folder, or its done/ or failed/, is no place to move files from or to."""


@dataclass(frozen=True)
class Stamp:
    """What changes when a file is written, or when another takes its name.

    `changed` is the file system's own time, which nobody sets back as one can `time`.
    """

    size: int
    time: int
    changed: int
    file: tuple[int, int]


def stamp_of(path: str | Path, folder: int | None = None) -> Stamp | None:
    """The stamp of the file at `path`, from the open `folder` on; None for a link, a folder and what is not there."""
    try:
        status = os.stat(path, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, (status.st_dev, status.st_ino))


def why_strange(place: Path) -> str | None:
    """Why files may not be moved to `place`, as the end of a sentence; None where nothing is there, or it is ours.

    Ours is a folder with a mark or with files that `watch` moved, and an empty one of this very user's.
    """
    if not os.path.lexists(place):
        return None
    if place.is_symlink():
        return "is a link"
    if not place.is_dir():
        return "is no folder"
    names = set(os.listdir(place))
    moved = {name for name in names if f"{name}{_REPORT}" in names}  # each has its report, also of earlier versions
    if why := data_of(place, moved | {f"{name}{_REPORT}" for name in moved}):
        return why
    if moved or MARK in names:
        return None
    if names:
        return "holds files that `watch` did not put there"
    return None if place.stat().st_uid == os.geteuid() else "belongs to another user"


def move(path: Path, stamp: Stamp, where: str, lines: list[str], check: Callable[[], None]) -> Path | None:
    """Move the file at `path` to the folder `where` beside it, with a report of `lines`; where it is then.

    None where it is no longer what `stamp` says: then it stays. `check` raises where files may not be moved; it is
    asked before anything is made, and again at the last.
    """
    check()
    with _open(path.parent) as inbox, _open_place(inbox, path.parent / where, check) as place:

        def look_again() -> None:
            check()
            if not (_is_at(inbox, path.parent) and _is_at(place, path.parent / where)):
                raise NoInbox(f"{path.parent / where} was replaced while a file was moved: nothing was moved.")

        look_again()
        with _take_name(place, _short(path.name), lines) as target:
            look_again()
            if stamp_of(path.name, inbox) != stamp:
                return None
            os.rename(path.name, target, src_dir_fd=inbox, dst_dir_fd=place)
            if not _is_same(stamp_of(target, place), stamp):  # replaced at the last moment
                _put_back(path.name, inbox, target, place)
                return None
        with suppress(FileExistsError):
            _write(MARK, place, _MARK_TEXT)
        return path.parent / where / target


@contextmanager
def _open(folder: Path) -> Iterator[int]:
    opened = os.open(folder, _FOLDER)
    try:
        yield opened
    finally:
        os.close(opened)


@contextmanager
def _open_place(inbox: int, place: Path, check: Callable[[], None]) -> Iterator[int]:
    """The folder `place` in the open `inbox`, made where it was not there; one that stays empty goes again."""
    made = False
    with suppress(FileExistsError):
        os.mkdir(place.name, dir_fd=inbox)
        made = True
    try:
        opened = os.open(place.name, _FOLDER | os.O_NOFOLLOW, dir_fd=inbox)
    except OSError:
        check()  # says in a sentence what stands there, as a link that came meanwhile
        raise
    try:
        yield opened
    finally:
        os.close(opened)
        if made:
            with suppress(OSError):  # something is in it
                os.rmdir(place.name, dir_fd=inbox)


@contextmanager
def _take_name(place: int, name: str, lines: list[str]) -> Iterator[str]:
    """A name in the open folder `place` for a file and its report that nothing has.

    Both are made, the file empty, so that nobody else takes the names. Both go again where no file came.
    """
    report = ("\n".join(lines) + "\n").encode(errors="backslashreplace")
    stem, ending = os.path.splitext(name)
    number = 1
    target = name
    while True:
        try:
            mine = _write(target, place, b"")
            try:
                its = _write(f"{target}{_REPORT}", place, report)
                break
            except BaseException:
                _remove(target, place, mine)
                raise
        except FileExistsError:
            number += 1
            target = f"{stem}-{number}{ending}"
    try:
        if stamp_of(target, place) != mine:
            raise FileExistsError(errno.EEXIST, "Another program took the name", target)
        yield target
    finally:
        if stamp_of(target, place) in (mine, None):  # no file came in its place
            _remove(target, place, mine)
            _remove(f"{target}{_REPORT}", place, its)


def _write(name: str, folder: int, content: bytes) -> Stamp | None:
    """Make a file in the open `folder` that was not there, and return its stamp. Raises FileExistsError."""
    opened = os.open(name, _NEW, 0o666, dir_fd=folder)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(content)
    except BaseException:
        os.unlink(name, dir_fd=folder)
        raise
    return stamp_of(name, folder)


def _remove(name: str, folder: int, stamp: Stamp | None) -> None:
    """Remove a file that is still the one we made."""
    if stamp is not None and stamp_of(name, folder) == stamp:
        os.unlink(name, dir_fd=folder)


def _put_back(name: str, inbox: int, target: str, place: int) -> None:
    """Give what was moved its name again, unless another has it by now: then it stays where it is."""
    try:
        os.link(target, name, src_dir_fd=place, dst_dir_fd=inbox, follow_symlinks=False)
    except OSError as problem:
        raise FileExistsError(errno.EEXIST, "It was replaced while it was moved, and now is", target) from problem
    os.unlink(target, dir_fd=place)


def _is_same(now: Stamp | None, before: Stamp) -> bool:
    """Whether a file is still the same after a move, which changes nothing but the file system's own time."""
    return now is not None and (now.size, now.time, now.file) == (before.size, before.time, before.file)


def _is_at(opened: int, folder: Path) -> bool:
    """Whether an open folder is still the one called so."""
    try:
        return os.path.samestat(os.fstat(opened), folder.stat())
    except OSError:
        return False


def _short(name: str) -> str:
    """The end of a name that is too long, in whole characters: days and the kind of file stand there."""
    while len(os.fsencode(name)) > LONGEST:
        name = name[1:]
    return name
