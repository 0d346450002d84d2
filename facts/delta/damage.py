"""What is damaged in a table on this machine's disk, in plain words; its readers' own words name their insides.

deltalake takes a commit without any content for a version that changes nothing, so that what it had replaced would
count twice: `commit_damage` is asked before a table is read or written, `damage_of` once that failed.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
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

#: The newest version of Delta's readers that there is with what deltalake knows of it.
_READER: Final = 3


@dataclass(frozen=True)
class Damage:
    """What is wrong with a table, as a clause, and what to do, as another."""

    what: str
    remedy: str = _RESTORE


def damage_of(path: Path, version: int | None = None) -> Damage | None:
    """What keeps a version of the table at `path` from being read; None where nothing is known to."""
    if path.is_symlink() and not path.exists():
        return Damage("it is a link that leads nowhere", "let it lead to the data")
    if path.is_file() and path.suffix != ".parquet":
        return Damage("it is a file and no folder", "name the data's folder in DASHBOARD_FACTS")
    try:
        log = log_of(path, version)
    except NotADirectoryError:
        return Damage("its log is a file and no folder") if path.is_dir() else _damage_of_parquet(path)
    except FileNotFoundError:
        return lost_log(path) or _damage_of_parquet(path)
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
            return _bad_files(number, len(files), are)
    return None


def _bad_files(number: int, of: int, are: str) -> Damage:
    return Damage(f"{number:,} of the {of:,} files that hold its rows {'is' if number == 1 else 'are'} {are}")


def _damage_of_parquet(path: Path) -> Damage | None:
    """What is wrong with the Parquet file, or the folder of some, at `path`, none of which a log names."""
    files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    number = sum(map(_is_broken, files))
    return _bad_files(number, len(files), "damaged") if number else None


def _is_broken(file: Path) -> bool:
    """Whether the end of a Parquet file, which says what is in it, is damaged."""
    try:
        pq.read_metadata(file)
    except PermissionError:
        return False
    except (OSError, pa.ArrowException):
        return True
    return False


def _damage_of_files(path: Path, version: int | None) -> Damage | None:
    try:
        table = DeltaTable(str(path), version=version)
        if damage := file_damage(path, table):
            return damage
        names = pa.table(table.get_add_actions(flatten=True))["path"].to_pylist()
        number = sum(_is_broken(path / unquote(name)) for name in names if "://" not in name)
        return _bad_files(number, len(names), "damaged") if number else None
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
    for number in log.tail:
        if (needs := _reader_needed(folder / log.commits[number])) > _READER:
            yield Damage(f"since version {number} it needs a newer program: version {needs} of Delta's readers")


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
    """Whether a commit is whole lines of actions, one at least, and those of files and the table say what they must."""
    try:
        actions = [orjson.loads(line) for line in commit.splitlines() if line.strip()]
    except ValueError:
        return False
    return bool(actions) and all(isinstance(each, dict) and each and _is_whole(each) for each in actions)


def _is_whole(action: dict[str, Any]) -> bool:
    """Whether an action that adds or removes a file, or describes the table, has what every reader needs of it."""
    wanted: dict[str, dict[str, type]] = {
        "add": {"path": str, "size": int},
        "remove": {"path": str},
        "metaData": {"id": str, "schemaString": str},
        "protocol": {"minReaderVersion": int, "minWriterVersion": int},
    }
    for name, fields in wanted.items():
        said = action.get(name)
        if said is not None and not (
            isinstance(said, dict) and all(isinstance(said.get(field), kind) for field, kind in fields.items())
        ):
            return False
    try:
        return isinstance(orjson.loads((action.get("metaData") or {}).get("schemaString", "{}")), dict)
    except ValueError:
        return False


def _reader_needed(commit: Path) -> int:
    """The version of Delta's readers that a whole commit asks for, 0 where it does not."""
    actions = [orjson.loads(line) for line in commit.read_bytes().splitlines() if line.strip()]
    return max((each["protocol"]["minReaderVersion"] for each in actions if each.get("protocol")), default=0)


def _damage_of_checkpoint(entry: Path, version: int | None) -> Iterator[Damage]:
    try:
        if not {"add", "metaData", "protocol"} <= {*pq.ParquetFile(entry).read().column_names}:
            yield Damage(f"its log's checkpoint of version {version} is no checkpoint")
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
