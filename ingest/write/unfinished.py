"""A list, kept next to a table, of the files an import is writing: what was not committed if it is killed.

Nothing but what is in the list is ever removed, so nothing of which an import into this very table does not say that it
is its own. The list is gone once all in it is committed or removed.
"""

import errno
import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from facts.delta.file_names import is_own_name
from ingest.results import TableProblem

_BEGINS: Final = "dashboard-"
_LONGEST: Final = 1 << 20


def list_of(path: Path) -> Path:
    """Where the list of the table at `path` is."""
    return path.with_name(f".{path.name}.unfinished")


def unfinished_files(path: Path) -> list[str]:
    """The names in the list of the table at `path`. Raises TableProblem where another file has its name."""
    listed = list_of(path)
    try:
        if listed.is_symlink() or listed.stat().st_size > _LONGEST:
            raise _not_ours(listed)
        *names, last = listed.read_bytes().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return []
    except IsADirectoryError:
        raise _not_ours(listed) from None
    # The last line is empty, or was cut short by the end of its import, before it had made the file.
    if not all(map(is_own_name, names)) or last[: len(_BEGINS)] != _BEGINS[: len(last)]:
        raise _not_ours(listed)
    return names


def remember(path: Path, name: str) -> None:
    """Add a name to the list, on the disk. Raises TableProblem where another file has the list's name."""
    known = unfinished_files(path)
    try:
        _write(path, [*known, name])
    except OSError as problem:
        if problem.errno not in (errno.EACCES, errno.EROFS):  # beside a roll-up nothing else need be written
            raise


def forget(path: Path, names: Collection[str]) -> None:
    """Take names from the list, and the list away where none is left."""
    known = unfinished_files(path)
    left = [name for name in known if name not in names]
    if left:
        _write(path, left)
    elif known or list_of(path).exists():
        list_of(path).unlink(missing_ok=True)


def _write(path: Path, names: list[str]) -> None:
    with open(list_of(path), "w", opener=_open_no_link) as out:
        out.writelines(f"{name}\n" for name in names)
        out.flush()
        os.fsync(out.fileno())


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def _not_ours(path: Path) -> TableProblem:
    return TableProblem(f"{path} is no list of an import's files: move it away, then try again.")
