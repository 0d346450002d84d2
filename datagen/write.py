"""Facts to a Delta table, all or nothing.

Parquet files go into the table's directory under this run's own name, flushed to the disk; one commit to the table's
log then makes them its next version. Until that commit a reader sees the version that was there, and whatever stops
the run before it (a full disk, a signal) costs nothing but the files it wrote: an error removes them at once, after a
kill the next run does. Its journal, a locked file beside the table, holds the run's name, so that nothing is ever
removed that another writer made.

**Recognising demo data.** The table's Delta metadata has the name `NAME`: `DeltaTable(path).metadata().name ==
"marketing-dashboard demo"`. Its description says so in words. Each commit's info (`DeltaTable(path).history()`) has
`datagen.seed`, `datagen.first_day` and `datagen.last_day`.
"""

import datetime as dt
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions

from datagen.company import Company
from datagen.table import ARROW_SCHEMA, facts, quarters
from datagen.truth import truth
from kpi.schema import COLUMNS, DATE, TEXT

NAME: Final = "marketing-dashboard demo"
DESCRIPTION: Final = "Made by `python -m datagen`: a company that does not exist. Its planted effects are in truth.json."


class Refused(Exception):
    """What is there must not be written to; the text says why and what to do."""


def check(out: Path) -> None:
    """Refuse a target that is neither absent, nor empty, nor a demo table."""
    if not out.exists():
        return
    if not out.is_dir():
        raise Refused(f"{out} is a file, not a directory: give another --out.")
    if DeltaTable.is_deltatable(str(out)):
        name = DeltaTable(str(out)).metadata().name
        if name != NAME:
            raise Refused(f"{out} is a Delta table that datagen did not write (its name is {name!r}): give another --out.")
    elif any(out.iterdir()):
        raise Refused(f"{out} is neither empty nor a Delta table: give another --out, or empty it first.")


def last_day(out: Path) -> int | None:
    """The newest day in the table (ordinal), None where there is no table."""
    check(out)
    if not DeltaTable.is_deltatable(str(out)):
        return None
    newest = pc.max(DeltaTable(str(out)).to_pyarrow_table(columns=[DATE])[DATE]).as_py()
    return newest.toordinal() if newest else None


def seed_of(out: Path) -> int | None:
    """The seed of datagen's latest commit to the table, None where the log no longer tells."""
    for commit in DeltaTable(str(out)).history():
        if "datagen.seed" in commit:
            return int(commit["datagen.seed"])
    return None


def write(company: Company, first: int, last: int, out: Path, mode: str, progress: Callable[[int], None]) -> None:
    """Days `first` to `last` (ordinals) as the table's next version: `mode` "overwrite" or "append".

    `truth.json` beside the table tells of the table's whole range. `progress` is called with days done.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with _run(out) as run:
        check(out)
        existed = DeltaTable.is_deltatable(str(out))
        since = first
        if mode == "append" and existed:
            since = pc.min(DeltaTable(str(out)).to_pyarrow_table(columns=[DATE])[DATE]).as_py().toordinal()
        out.mkdir(exist_ok=True)
        adds = []
        for a, b in quarters(first, last):
            adds.append(_parquet(facts(company, a, b), out, f"demo-{_iso(a)}-{_iso(b)}-{run}.parquet"))
            progress(b - first + 1)
        _sync_directory(out)
        staged = out.parent / f".truth.json.{run}"
        _flushed(staged, json.dumps(truth(company, since, last), indent=1, ensure_ascii=False).encode())
        note = {"datagen.seed": str(company.seed), "datagen.first_day": _iso(first), "datagen.last_day": _iso(last)}
        _commit(out, existed, adds, mode, CommitProperties(custom_metadata=note))
        os.replace(staged, out.parent / "truth.json")
        _sync_directory(out.parent)


def _commit(out: Path, existed: bool, adds: list[AddAction], mode: str, note: CommitProperties) -> None:
    schema = Schema.from_arrow(ARROW_SCHEMA)
    if existed:
        DeltaTable(str(out)).create_write_transaction(adds, mode, schema, commit_properties=note)
    else:
        create_table_with_add_actions(str(out), schema, adds, mode="error", name=NAME, description=DESCRIPTION,
                                      commit_properties=note)  # fmt: skip


def _parquet(table: pa.Table, out: Path, name: str) -> AddAction:
    """One file of the table on the disk, and what the log says of it."""
    with open(out / name, "xb") as file:
        pq.write_table(table, file, compression="zstd", use_dictionary=[DATE, *TEXT], store_schema=False)
        file.flush()
        os.fsync(file.fileno())
    days = pc.min_max(table[DATE]).as_py()
    stats = {
        "numRecords": table.num_rows,
        "minValues": {DATE: days["min"].isoformat()},
        "maxValues": {DATE: days["max"].isoformat()},
        "nullCount": dict.fromkeys(COLUMNS, 0),
    }
    made = (out / name).stat()
    return AddAction(name, made.st_size, {}, int(made.st_mtime * 1000), True, json.dumps(stats))


@contextmanager
def _run(out: Path) -> Iterator[str]:
    """A run's name, while no other run writes to this table; clears up what a run left that did not commit."""
    journal = out.parent / f".{out.name}.datagen"
    file = _locked(journal)
    try:
        died = file.read().strip()
        if died:
            _clear(out, died)
        run = secrets.token_hex(6)
        _rewrite(file, run)
        try:
            yield run
        except BaseException:
            _clear(out, run)
            raise
        finally:
            journal.unlink(missing_ok=True)
    finally:
        file.close()


def _locked(journal: Path) -> Any:
    while True:
        file = open(journal, "a+", encoding="ascii")  # noqa: SIM115 - closed by the run
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            file.close()
            raise Refused(f"another datagen is writing beside {journal}: wait for it, or stop it.") from busy
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), journal.stat()):
                file.seek(0)
                return file
        file.close()  # its owner removed it between our opening and our locking


def _rewrite(file: Any, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _clear(out: Path, run: str) -> None:
    """Remove a run's files that no version of the table refers to."""
    (out.parent / f".truth.json.{run}").unlink(missing_ok=True)
    log = out / "_delta_log"
    committed = "\n".join(p.read_text() for p in sorted(log.glob("*.json"))) if log.is_dir() else ""
    for path in out.glob(f"demo-*-{run}.parquet"):
        if path.name not in committed:
            path.unlink()
    if not committed:
        for path in (log, out):
            with suppress(OSError):
                path.rmdir()


def _flushed(path: Path, content: bytes) -> None:
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
