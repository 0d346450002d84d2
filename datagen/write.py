"""Facts to a Delta table, all or nothing.

The shop's own days (`business_daily`) are a table of their own beside the facts, `<facts>-business`, committed in the
same breath. Parquet files go into the table's directory under this run's own name, flushed to the disk; one commit to
the table's log then makes them its next version. Until that commit a reader sees the version that was there, and
whatever stops the run before it (a full disk, a signal) costs nothing but the files it wrote: an error removes them at
once, after a kill the next run does. Its journal, a locked file beside the table, holds the run's name, so that nothing
is ever removed that another writer made.

**Recognising demo data.** The table's Delta metadata has the name `NAME`: `DeltaTable(path).metadata().name ==
"marketing-dashboard demo"`. Its description says so in words. Each commit's info (`DeltaTable(path).history()`) has
`datagen.seed`, `datagen.first_day` and `datagen.last_day`.
"""

import datetime as dt
import fcntl
import json
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions

from datagen import shop
from datagen.company import Company
from datagen.table import ARROW_SCHEMA, facts, quarters
from datagen.truth import truth
from kpi.schema import DATE, TEXT

NAME: Final = "marketing-dashboard demo"
DESCRIPTION: Final = (
    "Made by `python -m datagen`: a company that does not exist. Its planted effects are in truth.json."
)


SHOP_NAME: Final = "marketing-dashboard demo business_daily"


def shop_of(out: Path) -> Path:
    """Where the shop's days stand that belong to the facts at `out`."""
    return out.with_name(f"{out.name}-business")


class Refused(Exception):
    """What is there must not be written to; the text says why and what to do."""


def check(out: Path) -> None:
    """Refuse a target that is neither absent, nor empty, nor a demo table."""
    if not out.exists():
        return
    if not out.is_dir():
        raise Refused(f"{out} is a file, not a directory: give another --out.")
    if _is_delta(out):
        name = DeltaTable(str(out)).metadata().name
        if name != NAME:
            raise Refused(
                f"{out} is a Delta table that datagen did not write (its name is {name!r}): give another --out."
            )
    elif any(out.iterdir()):
        raise Refused(f"{out} is neither empty nor a Delta table: give another --out, or empty it first.")


def is_table(out: Path) -> bool:
    """Whether there is a demo table to add to; refuses what `check` refuses, but for a killed run's files."""
    if _is_delta(out):
        check(out)
        return True
    return False


def _is_delta(out: Path) -> bool:
    return out.is_dir() and DeltaTable.is_deltatable(str(out))


def days(out: Path) -> tuple[int, int]:
    """The first and the last day in the table, as ordinals."""
    found = pc.min_max(DeltaTable(str(out)).to_pyarrow_table(columns=[DATE])[DATE]).as_py()
    if found["min"] is None:
        raise Refused(f"{out} is a table without rows: generate anew, without --follow.")
    return found["min"].toordinal(), found["max"].toordinal()


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
        since = days(out)[0] if mode == "append" else first
        store = shop_of(out) if _ours(shop_of(out)) else None
        adds: dict[Path, list[AddAction]] = {path: [] for path in (store, out) if path is not None}
        for path in adds:
            path.mkdir(exist_ok=True)
        begins = {out: first, store: first if store and _is_delta(store) else since}
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
        _flushed(told, json.dumps(truth(company, since, last), indent=1, ensure_ascii=False).encode())
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


def _ours(store: Path) -> bool:
    """Whether the shop's days may be written there: nothing is, or the demo's."""
    if _is_delta(store):
        return DeltaTable(str(store)).metadata().name == SHOP_NAME
    return not store.exists() or (store.is_dir() and not any(store.iterdir()))


def _commit(out: Path, adds: list[AddAction], mode: str, note: dict[str, str], arrow: pa.Schema, name: str) -> None:
    schema, properties = Schema.from_arrow(arrow), CommitProperties(custom_metadata=note)
    if _is_delta(out):
        DeltaTable(str(out)).create_write_transaction([*adds], mode, schema, commit_properties=properties)
    else:
        create_table_with_add_actions(
            str(out), schema, adds, mode="error", name=name, description=DESCRIPTION, commit_properties=properties
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


@contextmanager
def _run(out: Path) -> Iterator[str]:
    """A run's name, while no other run writes to this table; clears up what a run left that did not commit."""
    journal = out.parent / f".{out.name}.datagen"
    file = _locked(journal)
    run = secrets.token_hex(6)
    try:
        died = file.read().strip()
        if died:
            _clear(out, died)
        _rewrite(file, run)
        yield run
    except BaseException:
        _clear(out, run)
        raise
    finally:
        journal.unlink(missing_ok=True)
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
    """Remove a run's files that no version of its tables refers to."""
    (out.parent / f".truth.json.{run}").unlink(missing_ok=True)
    for path in (out, shop_of(out)):
        _clear_table(path, run)


def _clear_table(out: Path, run: str) -> None:
    log = out / "_delta_log"
    commits = [path.read_text() for path in log.glob("*.json")] if log.is_dir() else []
    if _is_delta(out):
        commits += DeltaTable(str(out)).file_uris()
    for path in out.glob(f"demo-*-{run}.parquet"):
        if not any(path.name in commit for commit in commits):
            path.unlink()
    if not commits:
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
