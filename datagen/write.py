"""Writes facts to a Delta table, all or nothing.

The shop's own days (`business_daily`) are a table of their own beside the facts, `<facts>-business`, committed in the
same breath. Parquet files go into the table's directory under this run's own name, flushed to the disk; one commit to
the table's log then makes them its next version. Until that commit a reader sees the version that was there, and
whatever stops the run before it (a full disk, a signal) costs nothing but the files it wrote: an error removes them at
once, after a kill the next run does. Its journal, a locked file beside the table, holds the run's name, so that nothing
is ever removed that another writer made.
"""

import datetime as dt
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions

from datagen import shop
from datagen.company import Company
from datagen.journal import run_alone
from datagen.table import ARROW_SCHEMA, facts, quarters
from datagen.target import DESCRIPTION, NAME, SHOP_NAME, Refused, check, days, is_delta, name_of, shop_of, takes_shop
from datagen.truth import truth
from kpi.schema import DATE, TEXT

#: Else delta-rs removes entries of the log that are a month old after a commit.
_LOG_STAYS: Final = PostCommitHookProperties(cleanup_expired_logs=False)


def write(company: Company, first: int, last: int, out: Path, mode: str, progress: Callable[[int], None]) -> None:
    """Days `first` to `last` (ordinals) as the table's next version: `mode` "overwrite" or "append".

    `truth.json` beside the table tells of the table's whole range. `progress` is called with days done.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with run_alone(out) as run:
        check(out)
        since = days(out)[0] if mode == "append" else first
        store = shop_of(out) if takes_shop(shop_of(out)) else None
        adds: dict[Path, list[AddAction]] = {path: [] for path in (store, out) if path is not None}
        for path in adds:
            path.mkdir(exist_ok=True)
        begins = {out: first, store: first if store and is_delta(store) else since}
        for a, b in quarters(min(begins[path] for path in adds), last):
            for path, into in adds.items():
                if b < begins[path]:
                    continue
                start = max(a, begins[path])
                made = facts(company, start, b) if path == out else shop.shop(company, start, b)
                into.append(_parquet(made, path, f"demo-{_iso(start)}-{_iso(b)}-{run}.parquet"))
            progress(b - first + 1)
        for path in adds:
            _sync_directory(path)
        told = out.parent / f".truth.json.{run}"
        _write_and_flush(told, json.dumps(truth(company, since, last), indent=1, ensure_ascii=False).encode())
        note = {"datagen.seed": str(company.seed), "datagen.first_day": _iso(first), "datagen.last_day": _iso(last)}
        with _unstoppable():
            if store is not None:
                _commit(store, adds[store], mode, note, shop.SCHEMA, SHOP_NAME)
            _commit(out, adds[out], mode, note, ARROW_SCHEMA, NAME)
            try:
                os.replace(told, out.parent / "truth.json")
                _sync_directory(out.parent)
            except OSError as error:
                raise Refused(
                    f"the facts are written, but truth.json beside them is not ({error}): run again."
                ) from error


def _commit(out: Path, adds: list[AddAction], mode: str, note: dict[str, str], arrow: pa.Schema, name: str) -> None:
    schema, properties = Schema.from_arrow(arrow), CommitProperties(custom_metadata=note)
    if is_delta(out) and name_of(out) == name:
        DeltaTable(str(out)).create_write_transaction(
            [*adds], mode, schema, commit_properties=properties, post_commithook_properties=_LOG_STAYS
        )
    else:
        create_table_with_add_actions(
            str(out),
            schema,
            adds,
            mode="overwrite" if is_delta(out) else "error",  # over what imports left that were taken back
            name=name,
            description=DESCRIPTION,
            configuration={"delta.enableExpiredLogCleanup": "false"},
            commit_properties=properties,
            post_commithook_properties=_LOG_STAYS,
        )


@contextmanager
def _unstoppable() -> Iterator[None]:
    """The moment in which a signal waits: between a commit and its truth."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _parquet(table: pa.Table, out: Path, name: str) -> AddAction:
    """One file of the table on the disk, and what the log says of it."""
    with open(out / name, "xb") as file:
        words = [name for name in (DATE, *TEXT) if name in table.schema.names]
        pq.write_table(table, file, compression="zstd", use_dictionary=words, store_schema=False)
        file.flush()
        os.fsync(file.fileno())
    span = pc.min_max(table[DATE]).as_py()
    stats = {
        "numRecords": table.num_rows,
        "minValues": {DATE: span["min"].isoformat()},
        "maxValues": {DATE: span["max"].isoformat()},
        "nullCount": dict.fromkeys(table.schema.names, 0),
    }
    made = (out / name).stat()
    return AddAction(name, made.st_size, {}, int(made.st_mtime * 1000), True, json.dumps(stats))


def _write_and_flush(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _iso(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()
