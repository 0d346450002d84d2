"""The folder in which a server keeps what it must still know after a restart. It is its user's alone."""

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

_PROGRAM: Final = "marketing-dashboard"
#: Others may neither write to the folder nor put another in its place.
_WRITABLE_BY_OTHERS: Final = 0o022


class NoStateFolder(OSError):
    """The folder cannot be used; the message is a sentence that says what to do."""


def state_folder(named: str, facts: Path | None) -> Path:
    """Where the state of the dashboard over the folder `facts` is kept, None where its facts are elsewhere.

    It is the folder that is `named`; else one next to the facts, or among the user's own files; where nothing can be
    written there, one among the temporary files, which ends with them. Nothing is made yet.
    """
    if named:
        return Path(named).absolute()
    if facts is not None:
        name, parent = f".{facts.name}.state-{os.geteuid()}", facts.absolute().parent
    else:
        home = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
        name, parent = _PROGRAM, Path(home).absolute()
    if _can_be_made(parent):
        return parent / name
    return Path(tempfile.gettempdir()) / f".{_PROGRAM}.{'' if facts is None else facts.name}.state-{os.geteuid()}"


def _can_be_made(folder: Path) -> bool:
    there = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def make_state_folder(folder: Path) -> Path:
    """`folder`, made where it is missing. Raises NoStateFolder where it is not this user's own."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError as problem:
        raise NoStateFolder(
            problem.errno, f"{folder} cannot be made ({problem.strerror}): name another folder in DASHBOARD_STATE."
        ) from None
    own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    if not own or status.st_mode & _WRITABLE_BY_OTHERS:
        raise NoStateFolder(
            0, f"{folder} is a link, somebody else’s, or others may write to it: name another in DASHBOARD_STATE."
        )
    return folder
