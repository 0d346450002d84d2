"""The history of the rules of own dimensions: every change is kept in a log beside them, and each can be taken back.

Who edits the file by hand changes the rules, too: that becomes a change of the log with the next one made here.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from facts.own_rules import LARGEST, WrongRules, keep_rules, rules_in
from facts.protocol import utc_now
from facts.undo_steps import steps

#: Who changed rules that nobody kept here.
BY_HAND: Final = "by hand"


@dataclass(frozen=True)
class RulesChange:
    """A change of the rules: when, by whom, and what their file held from then on."""

    at: datetime
    by: str
    rules: bytes
    undone: bool = False


def log_of(path: Path) -> Path:
    """Where the changes of the rules at `path` are kept."""
    return path.with_suffix(".jsonl")


def rules_changes(path: Path) -> list[RulesChange]:
    """The changes of the rules at `path`, oldest first, one by hand included. Raises WrongRules, or OSError."""
    recorded = _changes_in_log(path)
    return [*recorded, *_by_hand(path, recorded)]


def change_rules(path: Path, content: bytes, by: str) -> None:
    """Keep `content` as the rules at `path`, and note the change. Raises WrongRules, or OSError, with nothing kept."""
    rules_in(content)
    with _lock_log(path) as log:
        recorded = _changes_in_log(path)
        usable = [each for each in _by_hand(path, recorded) if _can_be_used(each.rules)]
        _keep(path, log, recorded, usable, content, by)


def undo_rules(path: Path, by: str) -> None:
    """Return to the rules before the last change that still counts: each undo goes one further back.

    That is a change too. Raises WrongRules where there is none, or OSError.
    """
    if not can_undo(rules_changes(path)):  # and not even a log is made
        raise WrongRules("no rules were kept, or every change is taken back: there is nothing to undo.")
    with _lock_log(path) as log:
        recorded = _changes_in_log(path)
        by_hand = _by_hand(path, recorded)
        standing = _states_left([*recorded, *by_hand])
        _keep(path, log, recorded, by_hand, standing[-2] if len(standing) > 1 else b"", by, undone=True)


def can_undo(changes: list[RulesChange]) -> bool:
    """Whether a change is left that can be taken back."""
    return bool(_states_left(changes))


def _states_left(changes: list[RulesChange]) -> list[bytes]:
    return steps((each.rules, each.undone) for each in changes)


def _changes_in_log(path: Path) -> list[RulesChange]:
    try:
        lines = log_of(path).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    try:
        return [_change_in(line) for line in lines if line]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WrongRules(f"their history in {log_of(path).name} cannot be read: move that file away.") from None


def _by_hand(path: Path, recorded: list[RulesChange]) -> list[RulesChange]:
    """The change that the file has had since the last one that is recorded, if any."""
    there = _content(path)
    if there == (recorded[-1].rules if recorded else b""):
        return []
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else utc_now()
    return [RulesChange(at, BY_HAND, there[:LARGEST])]


def _keep(
    path: Path,
    log: IO[str],
    recorded: list[RulesChange],
    noted: list[RulesChange],
    content: bytes,
    by: str,
    undone: bool = False,
) -> None:
    """Put `content` in the rules' place, and it and the changes that are `noted` into the log."""
    if content == _content(path):
        return
    keep_rules(path, content)
    made = RulesChange(max([utc_now(), *(each.at for each in recorded[-1:])]), by, content, undone)
    log.write("".join(map(_line_of, [*noted, made])))
    log.flush()
    os.fsync(log.fileno())


@contextmanager
def _lock_log(path: Path) -> Iterator[IO[str]]:
    """The log, to be added to by nobody else meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(log_of(path), "a", opener=_open_own, encoding="utf-8") as log:
        fcntl.lockf(log, fcntl.LOCK_EX)
        yield log


def _open_own(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CREAT, 0o644)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def names_in(content: bytes) -> tuple[str, ...]:
    """The names of the dimensions that rules make; none where they cannot be used."""
    try:
        return tuple(each.name for each in rules_in(content))
    except WrongRules:
        return ()


def _can_be_used(content: bytes) -> bool:
    try:
        rules_in(content)
    except WrongRules:
        return False
    return True


def _line_of(change: RulesChange) -> str:
    said: dict[str, Any] = {"at": change.at.isoformat(), "by": change.by}
    said["rules"] = change.rules.decode("utf-8", "surrogateescape")
    return json.dumps(said | ({"undone": True} if change.undone else {})) + "\n"


def _change_in(line: str) -> RulesChange:
    said = json.loads(line)
    at = datetime.fromisoformat(said["at"]).astimezone(UTC)
    return RulesChange(at, said["by"], said["rules"].encode("utf-8", "surrogateescape"), said.get("undone", False))
