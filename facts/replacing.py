"""A Delta table put whole in the place of another, or where none was, in one commit."""

import json
import os
import secrets
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions


def replace_table(path: Path, rows: pa.Table, name: str, description: str, note: dict[str, str]) -> int:
    """Let `rows` be the next version of the table at `path`, under a `name` of its own; returns the version's number.

    What was there stays in the history. Until the commit a reader sees what was there; a file that no commit names is
    never read.
    """
    existed = DeltaTable.is_deltatable(str(path)) if path.is_dir() else False
    path.mkdir(parents=True, exist_ok=True)
    file = f"part-{secrets.token_hex(8)}.parquet"
    try:
        with (path / file).open("xb") as out:
            pq.write_table(rows, out, compression="zstd", store_schema=False)
            out.flush()
            os.fsync(out.fileno())
        made = (path / file).stat()
        stats = json.dumps({"numRecords": rows.num_rows})
        create_table_with_add_actions(
            str(path),
            Schema.from_arrow(rows.schema),
            [AddAction(file, made.st_size, {}, int(made.st_mtime * 1000), True, stats)],
            mode="overwrite" if existed else "error",
            name=name,
            description=description,
            commit_properties=CommitProperties(custom_metadata=note),
        )
    except BaseException:
        if not _named(path, file):
            (path / file).unlink(missing_ok=True)
        raise
    return DeltaTable(str(path)).version()


def _named(path: Path, file: str) -> bool:
    return any(file in commit.read_text() for commit in (path / "_delta_log").glob("*.json"))
