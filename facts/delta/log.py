"""The log of a Delta table on disk: which versions it still tells whole, and what the writer of each said.

A version needs every commit before it, or those since a checkpoint. A program that cleans up takes the old ones away.
delta-rs' own `history` counts down from the newest commit, so where entries are gone it names the wrong versions.
"""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

_COMMIT: Final = re.compile(r"(\d{20})\.json")
_CHECKPOINT: Final = re.compile(r"(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10})|\.[0-9a-f-]{36})?\.(?:parquet|json)")


@dataclass(frozen=True)
class Commit:
    """A version: when it was made, and what its writer `said` of that, nothing where only a checkpoint is left."""

    number: int
    when: datetime
    said: dict[str, Any]


@dataclass(frozen=True)
class Log:
    """The names in a log of commits and of whole checkpoints by version, and the `newest` version looked at."""

    commits: dict[int, str]
    checkpoints: dict[int, list[str]]
    newest: int

    @property
    def begin(self) -> int | None:
        """The checkpoint that the newest version begins with, None where it is made of all commits."""
        return max((number for number in self.checkpoints if number <= self.newest), default=None)

    @property
    def tail(self) -> range:
        """The commits that the newest version is made of, after those that its checkpoint holds."""
        return range(0 if self.begin is None else self.begin + 1, self.newest + 1)


def log_of(path: Path, version: int | None = None) -> Log:
    """The log of the table at `path`, looked at up to `version`, or the newest. Raises OSError."""
    commits: dict[int, str] = {}
    parts: dict[int, list[re.Match[str]]] = {}
    for name in sorted(os.listdir(path / "_delta_log")):
        if found := _COMMIT.fullmatch(name):
            commits[int(found[1])] = name
        elif found := _CHECKPOINT.fullmatch(name):
            parts.setdefault(int(found[1]), []).append(found)
    whole = {
        number: [each[0] for each in names]
        for number, names in parts.items()
        if any(not each[3] or len(names) >= int(each[3]) for each in names)
    }
    return Log(commits, whole, max((*commits, *whole), default=-1) if version is None else version)


def whole_versions(path: Path) -> list[Commit]:
    """The versions of the table at `path` that its log still tells whole, oldest first."""
    log = log_of(path)
    found: list[Commit] = []
    for number in sorted({*log.commits, *log.checkpoints}):
        follows = found[-1].number == number - 1 if found else number == 0
        if number in log.checkpoints or follows:
            name = log.commits.get(number) or log.checkpoints[number][0]
            found.append(_commit(number, path / "_delta_log" / name))
    return found


def lacks_files(path: Path, version: int) -> bool:
    """Whether a file that `version` of the table at `path` is made of is gone."""
    try:
        files = DeltaTable(str(path), version=version).file_uris()
    except DeltaError:
        return False
    return not all(Path(file.removeprefix("file://")).is_file() for file in files)


def _commit(number: int, entry: Path) -> Commit:
    said = _commit_info(entry) if entry.suffix == ".json" else {}
    stamp = said.get("timestamp")
    seconds = stamp / 1000 if isinstance(stamp, int) else entry.stat().st_mtime
    return Commit(number, datetime.fromtimestamp(seconds, UTC), said)


def _commit_info(entry: Path) -> dict[str, Any]:
    for line in entry.read_bytes().splitlines():
        if b'"commitInfo"' in line[:40]:
            try:
                said = orjson.loads(line)["commitInfo"]
            except (ValueError, LookupError):
                return {}
            return said if isinstance(said, dict) else {}
    return {}


def newest_entry(path: Path) -> tuple[int, str | None, int] | None:
    """What changes when a version is added to the table at `path`: its log's folder and its newest entry."""
    log = path / "_delta_log"
    try:
        entries = sorted(entry.name for entry in os.scandir(log) if entry.name.endswith(".json"))
        status = log.stat()
    except OSError:
        return None
    newest = entries[-1] if entries else None
    try:
        touched = (log / newest).stat().st_mtime_ns if newest else 0
    except OSError:
        touched = 0
    return status.st_ino, newest, touched
