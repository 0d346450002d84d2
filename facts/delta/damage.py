"""What is damaged in a table on this machine's disk, in plain words; its readers' own words name their insides.

deltalake takes a commit without any content for a version that changes nothing, so that what it had replaced would
count twice: `commit_damage` is asked before a table is read or written, `damage_of` once that failed.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from facts.delta.file_names import NEW, id_of
from facts.delta.log import Log, log_of
from facts.delta.versions import name_versions

_RESTORE: Final = "bring it back from a backup"
_ALLOW: Final = "let that user read it"


@dataclass(frozen=True)
class Damage:
    """What is wrong with a table, as a clause, and what to do, as another."""

    what: str
    remedy: str = _RESTORE


def damage_of(path: Path, version: int | None = None) -> Damage | None:
    """What keeps a version of the table at `path` from being read; None where nothing is known to."""
    try:
        log = log_of(path, version)
    except (FileNotFoundError, NotADirectoryError):
        return lost_log(path)
    except OSError:
        return Damage("this program's user may not read its log", _ALLOW)
    return next(_damages_of_log(path, log, version), None) or _damage_of_files(path, version)


def lost_log(path: Path) -> Damage | None:
    """That the folder at `path` has files of a table of ours and none of its log; None where it has not."""
    try:
        names = os.listdir(path)
    except OSError:
        return None
    return Damage("its log is missing") if any(id_of(name) not in (None, NEW) for name in names) else None


def commit_damage(path: Path, version: int | None = None) -> Damage | None:
    """What is wrong with a commit that a version of the table at `path` is made of; None where nothing is."""
    try:
        return next(_damages_of_commits(path, log_of(path, version)), None)
    except OSError:
        return None


def file_damage(path: Path, table: DeltaTable) -> Damage | None:
    """What is wrong with the data files of an opened `table` as far as their names and sizes tell; None for nothing."""
    files = pa.table(table.get_add_actions(flatten=True)).select(["path", "size_bytes"]).to_pylist()
    missing, cut = 0, 0
    for each in files:
        if "://" in each["path"]:  # another folder's
            continue
        try:
            cut += os.stat(path / unquote(each["path"])).st_size != each["size_bytes"]
        except OSError:
            missing += 1
    for number, are in ((missing, "missing"), (cut, "damaged")):
        if number:
            verb = "is" if number == 1 else "are"
            return Damage(f"{number:,} of the {len(files):,} files that hold its rows {verb} {are}")
    return None


def _damage_of_files(path: Path, version: int | None) -> Damage | None:
    try:
        table = DeltaTable(str(path), version=version)
        return file_damage(path, table)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a table of another kind makes its readers raise almost anything, or panic
        return None


def _damages_of_log(path: Path, log: Log, version: int | None) -> Iterator[Damage]:
    folder = path / "_delta_log"
    for name in log.checkpoints.get(log.begin, ()) if log.begin is not None else ():
        if name.endswith(".parquet"):
            yield from _damage_of_checkpoint(folder / name, log.begin)
    named = _named_checkpoint(folder) if version is None else None
    if named is not None and named > max(log.checkpoints, default=-1):
        yield Damage(f"its log names a checkpoint of version {named}, which is not there")
    if lacks := [number for number in log.tail if number not in log.commits]:
        verb = "is" if len(lacks) == 1 else "are"
        yield Damage(f"{name_versions(lacks)} {verb} missing from its log")
    yield from _damages_of_commits(path, log)


def _damages_of_commits(path: Path, log: Log) -> Iterator[Damage]:
    for number in log.tail:
        if number in log.commits:
            try:
                content = (path / "_delta_log" / log.commits[number]).read_bytes()
            except PermissionError:
                yield Damage(f"this program's user may not read version {number} in its log", _ALLOW)
                continue
            except OSError:
                content = b""
            if not _has_actions(content):
                yield Damage(f"version {number} in its log is damaged")


def _has_actions(commit: bytes) -> bool:
    """Whether a commit is whole lines of actions, one at least."""
    try:
        actions = [orjson.loads(line) for line in commit.splitlines() if line.strip()]
    except ValueError:
        return False
    return bool(actions) and all(isinstance(each, dict) and each for each in actions)


def _damage_of_checkpoint(entry: Path, version: int | None) -> Iterator[Damage]:
    try:
        pq.ParquetFile(entry).read()
    except PermissionError:
        yield Damage(f"this program's user may not read its log's checkpoint of version {version}", _ALLOW)
    except (OSError, pa.ArrowException):
        yield Damage(f"its log's checkpoint of version {version} is damaged")


def _named_checkpoint(log: Path) -> int | None:
    """The version of the last checkpoint as the log names it."""
    try:
        named = json.loads((log / "_last_checkpoint").read_bytes())
        return int(named["version"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
