"""Whose a folder is: ours to change are an empty place and a table that we wrote ourselves, and nothing else.

Asked before anything is written or removed. Whatever cannot be told for certain is somebody else's.
"""

import logging
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable

from facts.delta.damage import Damage, commit_damage, damage_of, lost_log
from facts.delta.file_names import is_own_name
from facts.delta.table_names import DEMO_NAME, DEMO_SHOP_NAME, FACTS_NAME, SHOP_NAME
from facts.delta.tables import delta_table_at
from ingest.results import TableProblem
from ingest.write.part_names import has_id, is_demo_file, is_export, is_part, is_stored, numbered_like

#: The names of the tables that an import may change: what imports wrote, and the demo that makes room for them.
FACTS: Final = (FACTS_NAME, DEMO_NAME)
SHOP: Final = (SHOP_NAME, DEMO_SHOP_NAME)

#: What every table of ours can be read and written with; what needs more was changed by a newer program.
_READER, _WRITER = 1, 2

#: Entries of a log that name a table's files: commits, several in one, classic checkpoints in one part or more.
_CLASSIC: Final = re.compile(
    r"\d{20}\.(json|\d{20}\.compacted\.json|checkpoint\.parquet|checkpoint\.\d{10}\.\d{10}\.parquet)"
)
#: Entries that name none: where the last checkpoint is, check sums, and what was never finished.
_NAMELESS: Final = re.compile(r"_last_checkpoint|.*\.crc|.*\.tmp|.*#\d+")
#: Entries of tables whose files are named elsewhere too: checkpoints of the second kind, commits that a catalog keeps.
_NEWER: Final = re.compile(r"_sidecars|_staged_commits|_commits|\d{20}\.checkpoint\.[0-9a-f-]{36}\.\w+")

#: What stands right in a table or data set of whatever program, and nowhere else.
_MARKS: Final = (
    *("_delta_log", ".hoodie", ".hoodie_partition_metadata", "_versions"),
    *("_SUCCESS", "_temporary", "_spark_metadata", "_metadata", "_common_metadata"),
)
#: How Hive calls what it is about to move into a table's folder.
_STAGING: Final = ".hive-staging"
#: A folder of one value of a partitioned table.
_PARTITION: Final = re.compile(r"[^=]+=.*")

_ELSEWHERE: Final = "name another folder in DASHBOARD_FACTS"

_log = logging.getLogger(__name__)


def own_table(path: Path, names: Collection[str], instead: str = _ELSEWHERE) -> DeltaTable | None:
    """The table at `path` that may be changed, its name one of `names`; None where there is nothing yet.

    Raises TableProblem where something else is there; `instead` is what to do then.
    """
    if not path.is_dir():
        if path.exists() or path.is_symlink():
            raise TableProblem(f"{path} is no folder: {instead}.")
        return None
    try:
        table = delta_table_at(path)
        why = next(_foreign(path, table, names), None)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:  # a table of another kind makes its readers raise almost anything, or panic
        if damage := damage_of(path):
            raise _damage_problem(path, damage, instead) from problem
        if isinstance(problem, OSError):
            raise
        _log.debug("%s cannot be read", path, exc_info=True)
        raise TableProblem(f"{path} cannot be read as a table that imports made: {instead}.") from problem
    if why:
        raise TableProblem(f"{path} {why}: {instead}.")
    if damage := lost_log(path) if table is None else commit_damage(path):
        raise _damage_problem(path, damage, instead)
    return table


def _damage_problem(path: Path, damage: Damage, instead: str) -> TableProblem:
    return TableProblem(
        f"{path} cannot be used ({damage.what}), and nothing was changed: {damage.remedy}, or keep it as it is and "
        f"{instead}."
    )


def is_own(path: Path, names: Collection[str]) -> bool:
    """Whether there is a table at `path` that may be changed."""
    try:
        return own_table(path, names) is not None
    except (TableProblem, OSError):
        return False


def data_of(folder: Path, known: Collection[str] = ()) -> str | None:
    """What makes `folder` a table or data set, or a part of one, as the end of a sentence; None for any other folder.

    Its parents are looked at too, both as it is named and where its links lead. Files that are `known` tell nothing.
    """
    for way in dict.fromkeys((folder.absolute(), folder.resolve())):
        for each in (way, *way.parents):
            if mark := _mark(each):
                return f"is a table (it has {mark})" if each == way else f"lies in a table ({each} has {mark})"
            if _PARTITION.fullmatch(each.name):
                return f"belongs to a table ({each.name} is called as a partition)"
    names = {*os.listdir(folder)} - {*known}
    for name in sorted(names):
        if name.startswith(_STAGING):
            return f"is a table (it has {name})"
        if _PARTITION.fullmatch(name) and (folder / name).is_dir():
            return f"is a table ({name} is called as a partition)"
        if is_part(name) or (has_id(name) and is_stored(name) and (folder / name).is_file()):
            return f"is a table ({name} is called as one of its files)"
    if alike := numbered_like(names):
        return f"is a table ({' and '.join(alike)} are called as its files)"
    if is_export(names):
        return "is a copy of a database (it has schema.sql and load.sql)"
    return None


def _mark(folder: Path) -> str | None:
    """An entry of `folder` that only a table or data set has; None too where the folder may not be looked into."""
    for name in _MARKS:
        if os.path.lexists(folder / name):
            return name
    within = {"metadata": (".metadata.json", ".avro"), "snapshot": tuple("0123456789")}  # of Iceberg and of Paimon
    for inner, ends in within.items():
        try:
            names = os.listdir(folder / inner)
        except OSError:
            continue
        for name in sorted(names):
            if name.endswith(ends) and (inner != "snapshot" or name.startswith("snapshot-")):
                return f"{inner}/{name}"
    return None


def log_entries(path: Path) -> list[Path]:
    """The entries of a table's log that name its files. Raises ValueError where others might."""
    found = []
    for entry in (path / "_delta_log").iterdir():
        if _CLASSIC.fullmatch(entry.name) and entry.is_file():
            found.append(entry)
        elif not _NAMELESS.fullmatch(entry.name):
            raise ValueError(f"the log has {entry.name}")
    return found


def _foreign(path: Path, table: DeltaTable | None, names: Collection[str]) -> Iterator[str]:
    """Why what is in the folder at `path` is not to be changed."""
    if table is None:
        for name in sorted(_strangers(path)):
            yield f"holds files that no import wrote, {name} among them"
        return
    files = pa.table(table.get_add_actions(flatten=True))["path"].to_pylist()
    for name in _links(path, files):
        yield f"has a link in the place of {Path(name).name}, so that another table might be changed"
    metadata, protocol = table.metadata(), table.protocol()
    if metadata.name not in names:
        yield f"is a table that no import made (its name is {metadata.name!r})"
    if protocol.min_reader_version > _READER or protocol.min_writer_version > _WRITER:
        features = {*(protocol.reader_features or ()), *(protocol.writer_features or ())}
        needs = ", ".join(sorted(map(str, features))) or f"version {protocol.min_writer_version} of Delta"
        yield f"was changed by a program that imports do not know (it needs {needs})"
    if metadata.partition_columns:
        yield f"is partitioned by {', '.join(metadata.partition_columns)}, as imports never do"
    for name in filter(_NEWER.fullmatch, os.listdir(path / "_delta_log")):
        yield f"was changed by a program that imports do not know (its log has {name})"
    if any(map(is_elsewhere, files)):
        yield "is made of files in other folders"


def _links(path: Path, files: Collection[str]) -> Iterator[str]:
    """The parts of the table at `path`, its log and data `files`, that are links: what is theirs is another table's.

    A link that leads to nothing is nobody's, and a damage.
    """
    log = path / "_delta_log"
    if log.is_symlink():
        yield log.name
    yield from (f"{log.name}/{entry.name}" for entry in sorted(log.iterdir()) if _is_link(entry))
    yield from (name for name in files if _is_link(path / unquote(name)))


def _is_link(entry: Path) -> bool:
    return entry.is_symlink() and entry.exists()


def is_elsewhere(name: str) -> bool:
    """Whether a file that a log names is not in the table's own folder: ours always are, right in it."""
    return "/" in name or "\\" in name


def _strangers(path: Path) -> Iterator[str]:
    """What is in a folder without a table, beside what an import or datagen left that was ended in its first."""
    for entry in path.iterdir():
        if entry.name == "_delta_log" and entry.is_dir() and not entry.is_symlink():
            yield from (f"_delta_log/{each}" for each in os.listdir(entry) if not _NAMELESS.fullmatch(each))
        elif not (is_own_name(entry.name) or is_demo_file(entry.name)):
            yield entry.name
