"""The log of a Delta table on disk: which versions it still tells whole, and what the writer of each said.

A version needs every commit before it, or those since a checkpoint. A program that cleans up takes the old ones away.
delta-rs' own `history` counts down from the newest commit, so where entries are gone it names the wrong versions.
"""

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


def whole_versions(path: Path) -> list[Commit]:
    """The versions of the table at `path` that its log still tells whole, oldest first."""
    log = path / "_delta_log"
    entries = sorted(entry.name for entry in log.iterdir())
    made = {int(name[1]): name[0] for name in map(_COMMIT.fullmatch, entries) if name}
    parts: dict[int, list[re.Match[str]]] = {}
    for name in filter(None, map(_CHECKPOINT.fullmatch, entries)):
        parts.setdefault(int(name[1]), []).append(name)
    found: list[Commit] = []
    for number in sorted({*made, *parts}):
        begins = any(not each[3] or len(parts[number]) >= int(each[3]) for each in parts.get(number, ()))
        follows = found[-1].number == number - 1 if found else number == 0
        if begins or (number in made and follows):
            found.append(_commit(number, log / (made.get(number) or parts[number][0][0])))
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
