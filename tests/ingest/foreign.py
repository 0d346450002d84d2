"""Folders that are not ours, or not ours alone, as other programs lay them out; each stands where the facts should."""

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

from facts.delta.table_names import path_of
from ingest.one_file import How, import_file
from ingest.write.ownership import FACTS_NAME
from tests.ingest.read.conftest import FIXTURES

Build = Callable[[Path], None]

ROWS = pa.table(
    {"date": ["2025-07-01"] * 4, "platform": ["Meta", "Meta", "Google", "Google"], "spend": [1.0, 2.0, 3.0, 4.0]}
)
SPARK = "part-{:05}-8a1b2c3d-0000-4000-8000-1234567890ab-c000.snappy.parquet"
ADD = pa.struct(
    {
        "path": pa.string(),
        "partitionValues": pa.map_(pa.string(), pa.string()),
        "size": pa.int64(),
        "modificationTime": pa.int64(),
        "dataChange": pa.bool_(),
    }
)
NEWER: dict[str, Any] = {"minReaderVersion": 3, "minWriterVersion": 7}


def part(folder: Path, number: int, rows: pa.Table = ROWS) -> str:
    """A file called as Spark, Databricks and dask call theirs, two hours old."""
    folder.mkdir(parents=True, exist_ok=True)
    name = SPARK.format(number)
    pq.write_table(rows, folder / name)
    return name


def commit(table: Path, *actions: dict[str, Any]) -> None:
    log = table / "_delta_log"
    log.mkdir(parents=True, exist_ok=True)
    number = len(list(log.glob("*.json")))
    (log / f"{number:020}.json").write_text("".join(f"{json.dumps(each)}\n" for each in actions))


def metadata(name: str) -> dict[str, Any]:
    fields = [
        {"name": each.name, "type": "double" if each.name == "spend" else "string", "nullable": True, "metadata": {}}
        for each in ROWS.schema
    ]
    return {
        "metaData": {
            "id": str(uuid.uuid4()),
            "name": name,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": fields}),
            "partitionColumns": [],
            "createdTime": 1,
            "configuration": {},
        }
    }


def added(path: str, size: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "add": {"path": path, "partitionValues": {}, "size": size, "modificationTime": 1, "dataChange": True, **more}
    }


def plain_parquet(facts: Path) -> None:
    for number in range(4):
        part(facts, number)


def hive_partitioned(facts: Path) -> None:
    ds.write_dataset(ROWS, facts, format="parquet", partitioning=["platform"], partitioning_flavor="hive")


def another_delta_table(facts: Path) -> None:
    """With a classic checkpoint and without the commits before it, and a file that its writer is about to commit."""
    for _ in range(2):
        write_deltalake(str(facts), ROWS, name="sales", mode="append")
    DeltaTable(str(facts)).create_checkpoint()
    for entry in (facts / "_delta_log").glob("*.json"):
        entry.unlink()
    part(facts, 7)


def second_kind_of_checkpoint(facts: Path) -> None:
    """Called as ours is; its live files are named in a sidecar only."""
    commit(facts, {"protocol": NEWER | {"readerFeatures": ["v2Checkpoint"], "writerFeatures": ["v2Checkpoint"]}})
    live = [part(facts, number) for number in range(2)]
    log = facts / "_delta_log"
    log.joinpath("_sidecars").mkdir()
    sidecar = log / "_sidecars" / f"{uuid.uuid4()}.parquet"
    pq.write_table(pa.table({"add": pa.array([added(name)["add"] for name in live], ADD)}), sidecar)
    (log / f"{0:020}.json").rename(log / f"{0:020}.checkpoint.{uuid.uuid4()}.json")
    with next(log.glob("*.checkpoint.*.json")).open("a") as checkpoint:
        for action in (
            metadata(FACTS_NAME),
            {"checkpointMetadata": {"version": 0}},
            {"sidecar": {"path": sidecar.name, "sizeInBytes": sidecar.stat().st_size, "modificationTime": 1}},
        ):
            checkpoint.write(f"{json.dumps(action)}\n")
    commit(facts, {"commitInfo": {"timestamp": 1, "operation": "OPTIMIZE"}})


def deletion_vectors(facts: Path) -> None:
    features = ["deletionVectors"]
    vector = {
        "storageType": "u",
        "pathOrInlineDv": "vBn[lx{q8@P<9BNH/isA",
        "offset": 1,
        "sizeInBytes": 36,
        "cardinality": 2,
    }
    name = part(facts, 0)
    part(facts, 1)
    commit(
        facts,
        {"protocol": NEWER | {"readerFeatures": features, "writerFeatures": features}},
        metadata(FACTS_NAME),
        added(name, (facts / name).stat().st_size, deletionVector=vector),
    )


def unknown_features(facts: Path) -> None:
    part(facts, 0)
    commit(
        facts,
        {"protocol": NEWER | {"readerFeatures": ["of-tomorrow"], "writerFeatures": ["of-tomorrow"]}},
        metadata(FACTS_NAME),
    )


def absolute_paths(facts: Path) -> None:
    """A shallow clone that is called as ours is: its files are another table's."""
    original = facts.parent / "original"
    name = part(original, 0)
    part(facts, 1)
    commit(
        facts,
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        metadata(FACTS_NAME),
        added(f"file://{original}/{name}", (original / name).stat().st_size),
    )


def iceberg(facts: Path) -> None:
    part(facts / "data", 0)
    (facts / "metadata").mkdir()
    (facts / "metadata" / "00000-4a0c.metadata.json").write_text('{"format-version": 2}')
    (facts / "metadata" / "snap-1.avro").write_bytes(b"Obj\x01")


def one_parquet_file(facts: Path) -> None:
    pq.write_table(ROWS, facts)


def link_to_parquet(facts: Path) -> None:
    plain_parquet(facts.parent / "elsewhere")
    facts.symlink_to("elsewhere")


def link_to_another_delta_table(facts: Path) -> None:
    another_delta_table(facts.parent / "elsewhere")
    facts.symlink_to("elsewhere")


def link_to_nothing(facts: Path) -> None:
    facts.symlink_to("elsewhere")


def linked_log(facts: Path) -> None:
    """A folder of links to another table of ours, so that a commit to this one would be one to that."""
    ours(facts.parent / "original")
    facts.mkdir()
    for entry in (facts.parent / "original").iterdir():
        (facts / entry.name).symlink_to(entry)


def linked_commits(facts: Path) -> None:
    """A log of links, one of a data file's."""
    linked_log(facts)
    (facts / "_delta_log").unlink()
    (facts / "_delta_log").mkdir()
    for entry in (facts.parent / "original" / "_delta_log").iterdir():
        (facts / "_delta_log" / entry.name).symlink_to(entry)


def linked_data(facts: Path) -> None:
    """A log of its own, and another table's data."""
    linked_log(facts)
    (facts / "_delta_log").unlink()
    shutil.copytree(facts.parent / "original" / "_delta_log", facts / "_delta_log")


def foreign_note(facts: Path) -> None:
    """Ours, with another program's file where an import of both tables keeps its note."""
    ours(facts)
    facts.with_name(f".{facts.name}.under-way").write_text('{"shop": 3, "half": true}')


def ours(facts: Path) -> None:
    import_file(FIXTURES / "google_en_daily.csv", How(facts), lambda said: None)


def ours_among_others(facts: Path) -> None:
    """Another program's files in our table's own folder, one of them on its way into another table."""
    ours(facts)
    part(facts, 0)
    part(facts / "archive", 1)
    (facts / "notes.txt").write_text("somebody's own")
    (facts / "_delta_log" / "_commit_4a0c.json.tmp").write_text("half")


def ours_half_copied(facts: Path) -> None:
    """A copy of ours whose log is still on its way: the data of later versions is here already."""
    original = facts.parent / "original" / "facts"
    ours(original)
    shutil.copytree(original, facts)
    mine = DeltaTable(str(facts)).metadata().id.replace("-", "")
    for version in (1, 2):
        pq.write_table(ROWS, facts / f"dashboard-{mine}-{version:016x}.parquet")


def ours_by_name_alone(facts: Path) -> None:
    """Somebody's table of another id that is called as ours is, with files of another table of ours in its folder."""
    own = facts.parent / "original" / "facts"
    ours(own)
    write_deltalake(str(facts), DeltaTable(str(own)).to_pyarrow_table(), name=FACTS_NAME)
    write_deltalake(str(facts), DeltaTable(str(own)).to_pyarrow_table(), mode="overwrite")
    part(facts, 5)
    for file in own.glob("*.parquet"):
        shutil.copy(file, facts)


def ours_beside_parquet(facts: Path) -> None:
    ours(facts)
    plain_parquet(path_of(facts))


def ours_beside_another_delta_table(facts: Path) -> None:
    ours(facts)
    another_delta_table(path_of(facts))


def ours_beside_a_linked_log(facts: Path) -> None:
    """Ours, and the shop's days in a folder whose log is another's."""
    ours(facts)
    original = facts.parent / "original"
    import_file(FIXTURES / "business_daily.csv", How(original), lambda said: None)
    path_of(facts).mkdir()
    for entry in path_of(original).iterdir():
        (path_of(facts) / entry.name).symlink_to(entry)


#: What refuses every command, and what an import goes on with, without touching what is not its own.
REFUSED: list[Build] = [
    plain_parquet,
    hive_partitioned,
    another_delta_table,
    second_kind_of_checkpoint,
    deletion_vectors,
    unknown_features,
    absolute_paths,
    iceberg,
    one_parquet_file,
    link_to_parquet,
    link_to_another_delta_table,
    link_to_nothing,
    linked_log,
    linked_commits,
    linked_data,
]
SHARED: list[Build] = [
    ours_among_others,
    ours_half_copied,
    ours_by_name_alone,
    ours_beside_parquet,
    ours_beside_another_delta_table,
    ours_beside_a_linked_log,
]


def aged(folder: Path) -> None:
    """Make all files in a folder two hours old."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (time.time() - 7200,) * 2)


def content(folder: Path, without: str | None = None) -> dict[str, tuple[object, ...]]:
    """All that is in a folder: names, and what each file or link holds and since when.

    Not looked into is what begins like `without`, as it changes meanwhile.
    """
    return dict(_entries(folder, folder, without))


def _entries(folder: Path, root: Path, without: str | None) -> Iterator[tuple[str, tuple[object, ...]]]:
    for path in sorted(folder.iterdir()):
        name = str(path.relative_to(root))
        if without and name.startswith(without):
            continue
        if path.is_symlink():
            yield name, ("link", os.readlink(path))
        elif path.is_dir():
            yield name, ("folder",)
            yield from _entries(path, root, without)
        else:
            yield name, (path.read_bytes(), path.stat().st_mtime_ns)
