"""Imports the files of a folder as they land, then moves each to done/ or failed/ with a report.

A file is taken when its size and time have stood still over three looks, so one still being written waits. A stop at
any moment loses nothing: a file leaves the folder only after its import, and importing it again changes nothing. One
that another of the same name replaces during its import stays, because nobody has read what it holds now.
"""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

from facts.delta.table_names import path_of
from ingest.one_file import How, import_file
from ingest.results import ImportProblem
from ingest.write.ownership import FACTS, data_of, own_table

#: As many looks in a row must find a file the same before it is taken.
LOOKS: Final = 3

#: As many looks later a file that could not be moved away is tried again: it may be a long one.
RETRY: Final = 60

#: Bytes of a name in done/ and failed/: a file system takes 255, and a number and the report's ending follow.
LONGEST: Final = 230

UNFINISHED: Final = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart", ".swp", "~")


@dataclass(frozen=True)
class Stamp:
    """What changes while a file is written."""

    size: int
    time: int
    file: int


def watch(folder: Path, how: How, *, every: float, once: bool = False, stop: Event | None = None) -> int:
    """Import what lands in `folder` until a signal or `stop`. Raises ImportProblem where that is no inbox."""
    if not folder.is_dir():
        raise ImportProblem(f"{folder} is no folder: make it first.")
    ours = folder.resolve() in (how.facts.resolve(), path_of(how.facts).resolve())
    if why := "is a table" if ours else data_of(folder):
        raise ImportProblem(f"{folder} {why}, whose files may not be moved: watch the folder that exports land in.")
    own_table(how.facts, FACTS)  # else each file would be moved to failed/ for what is no fault of its own
    stop = stop or _stopped_by_signals()
    seen: dict[Path, tuple[Stamp, int]] = {}
    print(f"Watching {folder} for files to import into {how.facts}.", flush=True)
    looks = 0
    while True:
        now = files_to_import(folder)
        still = {
            path: seen[path][1] + 1 if path in seen and seen[path][0] == stamp else 1 for path, stamp in now.items()
        }
        for path, times in still.items():
            if times >= LOOKS and not stop.is_set():
                try:
                    take(path, now[path], how)
                except Exception as problem:  # a folder that may not be written, a full disk: the other files go on
                    _say(f"stays: {path}: {type(problem).__name__}: {problem}")
                    still[path] = -RETRY
        seen = {path: (stamp, still[path]) for path, stamp in now.items()}
        looks += 1
        if (once and looks == LOOKS) or stop.wait(every):
            return 0


def files_to_import(folder: Path) -> dict[Path, Stamp]:
    """The files in `folder` that could be imported."""
    found = {}
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = entry.name
        if name.startswith((".", "~$")) or name.endswith(UNFINISHED) or not entry.is_file(follow_symlinks=False):
            continue
        stamp = _stamp(Path(entry.path))
        if stamp is not None and stamp.size:
            found[Path(entry.path)] = stamp
    return found


def take(path: Path, stamp: Stamp, how: How) -> bool:
    """Import one file and move it away with its report; whether it was imported and still is what `stamp` says."""
    if _stamp(path) != stamp:  # another file's import took its time: this one is still being written
        return False
    lines: list[str] = []
    try:
        import_file(path, how, lines.append)
    except ImportProblem as problem:
        return _move(path, stamp, "failed", [*lines, f"Refused: {problem}"])
    except Exception as problem:  # whatever it is, the folder goes on
        return _move(path, stamp, "failed", [*lines, f"Failed: {type(problem).__name__}: {problem}"])
    return _move(path, stamp, "done", lines)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def _move(path: Path, stamp: Stamp, where: str, lines: list[str]) -> bool:
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    target = _free(folder, _short(path.name))
    try:
        report = "\n".join(lines) + "\n"
        _report(target).write_text(report, encoding="utf-8", errors="backslashreplace")
        if _stamp(path) != stamp:
            _give_back(target)
            _say(f"again: {path}: it changed while it was read")
            return False
        os.replace(path, target)
    except OSError:
        _give_back(target)
        raise
    _say(f"{where}: {target}: {lines[-1] if lines else ''}")
    return where == "done"


def _free(folder: Path, name: str) -> Path:
    """A path in `folder` for a file and its report that nothing has: both are made, empty, so that none takes them."""
    named = target = folder / name
    number = 1
    while True:
        if _create(target):
            if _create(_report(target)):
                return target
            target.unlink()
        number += 1
        target = folder / f"{named.stem}-{number}{named.suffix}"


def _create(path: Path) -> bool:
    """Make an empty file; whether there was nothing of that name, not even a link that leads nowhere."""
    try:
        path.open("x").close()
    except FileExistsError:
        return False
    return True


def _give_back(target: Path) -> None:
    """Remove what `_free` made."""
    for path in (target, _report(target)):
        path.unlink(missing_ok=True)


def _short(name: str) -> str:
    """The end of a name that is too long, in whole characters: days and the kind of file stand there."""
    while len(os.fsencode(name)) > LONGEST:
        name = name[1:]
    return name


def _say(line: str) -> None:
    print(line.encode(errors="backslashreplace").decode(), flush=True)  # a name may be no text at all


def _report(path: Path) -> Path:
    return path.with_name(f"{path.name}.report.txt")


def _stopped_by_signals() -> Event:
    stop = Event()

    def end(number: int, frame: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return stop
