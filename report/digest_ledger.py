"""What digests were sent, to whom and with which figures: a line a step in `digests.jsonl` of the state folder.

A line is written before a mail is handed over and another one after: where the second is missing, a crash lay between,
and nobody knows whether the mail went out. What was refused is tried again by the next run. Nothing is sent twice
without being told to.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from facts.protocol import utc_now
from machine.file_lock import lock_file
from machine.state_folder import make_state_folder
from report.digest_content import Digest
from report.digest_corrections import Sent

_FILE: Final = "digests.jsonl"
_WAIT: Final = 60.0
#: Ends of lines that are read back: a digest of last week is among them.
_MOST_LINES: Final = 5000


class LedgerBusy(Exception):
    """Another digest is being sent just now."""


@dataclass(frozen=True)
class Entry:
    """One digest to one recipient: `step` is "begun", "sent", or "refused" where it surely did not arrive."""

    step: str
    when: str
    to: str
    role: str
    query: str
    start: str
    end: str
    version: str
    message_id: str
    values: dict[str, float]

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes it the same digest: whom it is for, as which role, of which query and days."""
        return self.to, self.role, self.query, self.start, self.end


@contextmanager
def ledger_in(folder: Path) -> Iterator["Ledger"]:
    """The ledger of a state folder, for one process at a time. Raises LedgerBusy, NoStateFolder, OSError."""
    path = make_state_folder(folder) / _FILE
    busy = LedgerBusy("another digest is being sent just now; try again when it is done.")
    with lock_file(path.with_suffix(".lock"), _WAIT, busy):
        yield Ledger(path)


class Ledger:
    """The entries of a file, read when they are asked for and written one at a time."""

    def __init__(self, path: Path) -> None:
        """Nothing is written yet."""
        self._path = path

    def entries(self) -> list[Entry]:
        """All that can be read, oldest first; a line that a crash cut off, or a hand wrote, is none."""
        try:
            lines = self._path.read_bytes().decode(errors="replace").split("\n")[-_MOST_LINES:]
        except FileNotFoundError:
            return []
        return [entry for line in lines if (entry := _entry(line)) is not None]

    def last_step(self, entry: Entry) -> Entry | None:
        """The newest entry of the same digest."""
        return next((each for each in reversed(self.entries()) if each.key == entry.key), None)

    def earlier(self, to: str, role: str, query: str, end: str) -> list[Sent]:
        """The digests of a query that went to a recipient before, oldest first, but for that of the days to `end`."""
        return [
            Sent(each.when[:10], _with_days(each), each.version, each.values)
            for each in self.entries()
            if each.step == "sent" and (each.to, each.role, each.query) == (to, role, query) and each.end != end
        ]

    def write(self, entry: Entry) -> None:
        """Add an entry; it is on disk when this returns."""
        line = json.dumps(entry.__dict__, ensure_ascii=False) + "\n"
        with open(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab") as file:
            if file.tell() and not self._path.read_bytes().endswith(b"\n"):
                line = "\n" + line  # what a crash cut off stays a line of its own
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())


def moment() -> str:
    """Now, as the ledger writes it."""
    return f"{utc_now():%Y-%m-%dT%H:%M:%SZ}"


def entry_of(digest: Digest, to: str, role: str, host: str) -> Entry:
    """The entry of a digest that is about to be sent; the same digest always has the same message id."""
    key = "\n".join((to, role, digest.query, digest.start, digest.end))
    message_id = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
    return Entry(
        "begun", moment(), to, role, digest.query, digest.start, digest.end, digest.version, message_id, digest.values
    )


def _entry(line: str) -> Entry | None:
    try:
        found: Any = json.loads(line)
        entry = Entry(**found)
    except (ValueError, TypeError, RecursionError):
        return None
    fields = dict(entry.__dict__)
    values = fields.pop("values")
    texts = all(isinstance(each, str) for each in fields.values())
    figures = isinstance(values, dict) and all(type(each) in (int, float) for each in values.values())
    return entry if texts and figures else None


def _with_days(entry: Entry) -> str:
    """An entry's query with its days in the place of its period: what was told of then is looked up again."""
    fields = [
        field for field in entry.query.split("&") if field and field.partition("=")[0] not in ("last", "from", "to")
    ]
    return "&".join([*fields, f"from={entry.start}", f"to={entry.end}"])
