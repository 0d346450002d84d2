"""Keeps a run of datagen alone with its table, and removes its files if it fails.

Only files with a run's own name are ever removed, so nothing that another writer made.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from deltalake import DeltaTable

from datagen.target import NAME, SHOP_NAME, Refused, is_delta, name_of, shop_of

#: A run's name; a killed one may have written the beginning of it.
_RUN: Final = re.compile(r"[0-9a-f]{0,12}")
_LENGTH: Final = 12


@contextmanager
def run_alone(out: Path) -> Iterator[str]:
    """A run's name, while no other run writes to this table; clears up what a run left that did not commit."""
    journal = out.parent / f".{out.name}.datagen"
    file = _open_locked(journal)
    died = file.read(_LENGTH + 1)
    if not _RUN.fullmatch(died):
        file.close()
        raise _no_journal(journal)
    run = secrets.token_hex(6)
    new = [path for path in (out, shop_of(out)) if not path.exists()]
    try:
        if len(died) == _LENGTH:
            _clear(out, died)
        _rewrite(file, run)
        yield run
    except BaseException:
        _clear(out, run)
        for path in new:
            for folder in (path / "_delta_log", path):
                with suppress(OSError):
                    folder.rmdir()
        raise
    finally:
        journal.unlink(missing_ok=True)
        file.close()


def _open_locked(journal: Path) -> Any:
    while True:
        try:
            file = open(journal, "a+", encoding="ascii", errors="replace", opener=_not_through_links)  # noqa: SIM115
        except OSError as problem:
            if journal.is_symlink() or journal.is_dir():
                raise _no_journal(journal) from problem
            raise
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            file.close()
            raise Refused(f"another datagen is writing beside {journal}: wait for it, or stop it.") from busy
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), journal.stat()):
                file.seek(0)
                return file
        file.close()  # its owner removed it between our opening and our locking


def _not_through_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def _no_journal(path: Path) -> Refused:
    return Refused(f"{path} is no journal of datagen's: move it away, or give another --out.")


def _rewrite(file: Any, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _clear(out: Path, run: str) -> None:
    """Remove a run's files that no version of its tables refers to."""
    (out.parent / f".truth.json.{run}").unlink(missing_ok=True)
    for path in (out, shop_of(out)):
        _clear_table(path, run)


def _clear_table(out: Path, run: str) -> None:
    if is_delta(out) and name_of(out) not in (NAME, SHOP_NAME):
        return  # somebody else's by now
    log = out / "_delta_log"
    commits = [path.read_text() for path in log.glob("*.json")] if log.is_dir() else []
    if is_delta(out):
        commits += DeltaTable(str(out)).file_uris()
    for path in out.glob(f"demo-*-{run}.parquet"):
        if not any(path.name in commit for commit in commits):
            path.unlink()
