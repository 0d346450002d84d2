"""Imports the files of a folder as they land, then moves each to done/ or failed/ with a report.

A file is taken when its size and time have stood still over three looks, so one still being written waits. A stop at
any moment loses nothing: a file leaves the folder only after its import, and importing it again changes nothing. One
that another of the same name replaces during its import stays, because nobody has read what it holds now.

What may be somebody's data is left where it is: before each file is touched the folder is asked whether it has become
a table, a file with an id in its name stays, and so does one that is no report and not called as one.
"""

import os
import signal
from pathlib import Path
from threading import Event
from typing import Any, Final

from deltalake.exceptions import DeltaError

from facts.delta.table_names import path_of
from ingest.moves import MARK as MARK
from ingest.moves import NoInbox as NoInbox
from ingest.moves import Stamp, move, stamp_of, why_strange
from ingest.one_file import How, import_file
from ingest.results import ImportProblem, TableProblem
from ingest.write.ownership import FACTS, data_of, own_table
from ingest.write.part_names import companion_of, has_id, is_unfinished, may_be_part, series_of
from kpi.plain_text import printable

#: As many looks in a row must find a file the same before it is taken.
LOOKS: Final = 3

#: As many looks later a file that could not be moved away is tried again: it may be a long one.
RETRY: Final = 60

#: A file that stays for good is looked at again once it has changed.
_NEVER: Final = 1 << 62

#: What people export reports as; only these go to failed/ where they are none.
_REPORTS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".zip")


class Stays(ImportProblem):
    """A file is not to be moved."""


def watch(folder: Path, how: How, *, every: float, once: bool = False, stop: Event | None = None) -> int:
    """Import what lands in `folder` until a signal or `stop`. Raises NoInbox where, or once, that is no inbox."""
    _check(folder, how)
    own_table(how.facts, FACTS)  # else no file could be imported, for what is no fault of its own
    stop = stop or _stopped_by_signals()
    seen: dict[Path, tuple[Stamp, int]] = {}
    _say(f"Watching {folder} for files to import into {how.facts}.")
    looks, arriving = 0, how
    while True:
        now = files_to_import(folder)
        still = {
            path: seen[path][1] + 1 if path in seen and seen[path][0] == stamp else 1 for path, stamp in now.items()
        }
        for path, times in still.items():
            if times >= LOOKS and not stop.is_set():
                try:
                    arriving = take(path, now[path], arriving)
                except NoInbox:
                    raise
                except Stays as problem:
                    _say(f"stays: {path}: {problem}")
                    still[path] = -_NEVER
                except TableProblem as problem:
                    _say(f"stays: {path}: {problem}")
                    still[path] = -RETRY
                except Exception as problem:  # a folder that may not be written, a full disk: the other files go on
                    _say(f"stays: {path}: {type(problem).__name__}: {problem}")
                    still[path] = -RETRY
        seen = {path: (stamp, still[path]) for path, stamp in now.items()}
        if all(times < 0 for times in still.values()):  # what lands together is compared as one command's files are
            arriving = how
        looks += 1
        if (once and looks == LOOKS) or stop.wait(every):
            return 0


def files_to_import(folder: Path) -> dict[Path, Stamp]:
    """The files in `folder` that could be imported."""
    found = {}
    entries = {entry.name: entry for entry in os.scandir(folder)}
    for name, entry in sorted(entries.items()):
        if name.startswith((".", "~$")) or is_unfinished(name, entries) or not entry.is_file(follow_symlinks=False):
            continue
        stamp = stamp_of(Path(entry.path))
        if stamp is not None and stamp.size:
            found[Path(entry.path)] = stamp
    return found


def take(path: Path, stamp: Stamp, how: How) -> How:
    """Import one file and move it away with its report; returns how the next that landed with it is imported.

    Raises NoInbox, Stays or TableProblem where the file is not to be moved.
    """
    _check(path.parent, how)
    if stamp_of(path) != stamp:  # another file's import took its time: this one is still being written
        return how
    if has_id(path.name):
        raise Stays("its name has an id in it, as programs call their own files: rename it, or use `import`.")
    if may_be_part(path.name):
        raise Stays(
            "its name is one that programs give the parts of their tables: if it is a report, rename it, or import "
            "it where it is with `import`."
        )
    names = os.listdir(path.parent)
    if alike := series_of(path.name, names):
        raise Stays(
            f"{alike[0]} and {alike[1]} are called as programs number the parts of their tables: if they are reports, "
            "rename them, or import them where they are with `import`."
        )
    if other := companion_of(path.name, names):
        raise Stays(
            f"{other} next to it is of a program that goes on using both: copy it to a folder of its own, or import it "
            "where it is with `import`."
        )
    lines: list[str] = []
    where = "done"
    following = how
    try:
        following = import_file(path, how, lines.append)
    except (TableProblem, OSError, DeltaError):  # no fault of the file's: it is tried again
        raise
    except ImportProblem as problem:
        where, why = "failed", f"Refused: {problem}"
    except Exception as problem:  # whatever it is, the folder goes on
        where, why = "failed", f"Failed: {type(problem).__name__}: {problem}"
    if where == "failed":
        if not path.name.lower().endswith(_REPORTS):
            raise Stays(f"{why} Only what is called as a report ({', '.join(_REPORTS)}) goes to failed/.")
        lines.append(why)
    target = move(path, stamp, where, lines, lambda: _check(path.parent, how))
    if target is None:
        _say(f"again: {path}: it changed while it was read")
    else:
        _say(f"{where}: {target}: {lines[-1] if lines else ''}")
    return following


def _check(folder: Path, how: How) -> None:
    """Raise NoInbox where files may not be moved out of `folder`, or into its done/ and failed/."""
    if not folder.is_dir():
        raise NoInbox(f"{folder} is no folder: make it first.")
    ours = os.path.realpath(folder) in map(os.path.realpath, (how.facts, path_of(how.facts)))  # a link may be a loop
    if why := "is a table" if ours else data_of(folder):
        raise NoInbox(
            f"{folder} {why}, whose files may not be moved: watch the folder that exports land in, or "
            "read a file where it is with `import`."
        )
    for place in (folder / "done", folder / "failed"):
        if why := why_strange(place):
            raise NoInbox(f"{place} {why}, where `watch` may move nothing: move it away, or watch another folder.")


def _say(line: str) -> None:
    print(printable(line), flush=True)


def _stopped_by_signals() -> Event:
    stop = Event()

    def end(number: int, frame: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return stop
