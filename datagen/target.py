"""What is at a path where a demo table is to be written, and whether it may be overwritten.

**Recognising demo data.** The table's Delta metadata has the name `NAME`: `DeltaTable(path).metadata().name ==
"marketing-dashboard demo"`. Its description says so in words. Each commit's info (`DeltaTable(path).history()`) has
`datagen.seed`, `datagen.first_day` and `datagen.last_day`.
"""

import json
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
from deltalake import DeltaTable

from kpi.schema import DATE

NAME: Final = "marketing-dashboard demo"
DESCRIPTION: Final = (
    "Made by `python -m datagen`: a company that does not exist. Its planted effects are in truth.json."
)
SHOP_NAME: Final = "marketing-dashboard demo business_daily"
#: What imports call theirs.
_OWN_NAME: Final = "marketing-dashboard facts"
_OWN_SHOP_NAME: Final = "marketing-dashboard business_daily"

#: What a demo table needs to be read and written; one that needs more was changed by another program.
_READER, _WRITER = 1, 2


def shop_of(out: Path) -> Path:
    """Where the shop's days stand that belong to the facts at `out`."""
    return out.with_name(f"{out.name}-business")


class Refused(Exception):
    """What is there must not be written to; the text says why and what to do."""


def check(out: Path) -> None:
    """Refuse a target that is neither absent, nor empty, nor a demo table, or has another's truth.json beside it."""
    told = out.parent / "truth.json"
    if told.is_symlink() or (told.exists() and not _is_truth(told)):
        raise Refused(f"{told} is none that datagen wrote: move it away, or give an --out in another directory.")
    if not out.is_dir():
        if out.exists() or out.is_symlink():
            raise Refused(f"{out} is a file, not a directory: give another --out.")
        return
    if is_delta(out):
        if link := _link_of(out):
            raise Refused(f"{out} has a link in the place of {link}, another table's: give another --out.")
        if (name := name_of(out)) != NAME and not _is_emptied(out, name, _OWN_NAME):
            raise Refused(
                f"{out} is a Delta table that datagen did not write (its name is {name!r}): give another --out."
            )
    elif any(out.iterdir()):
        raise Refused(f"{out} is neither empty nor a Delta table: give another --out, or empty it first.")


def is_table(out: Path) -> bool:
    """Whether there is a demo table to add to; refuses what `check` refuses, but for a killed run's files."""
    if is_delta(out):
        check(out)
        return True
    return False


def is_delta(out: Path) -> bool:
    """Whether there is a Delta table."""
    return out.is_dir() and DeltaTable.is_deltatable(str(out))


def name_of(path: Path) -> str | None:
    """The name of a Delta table that has no more in it than datagen knows, else None."""
    try:
        table = DeltaTable(str(path))
        name, protocol = table.metadata().name, table.protocol()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # one of another kind: its reader raises almost anything, or panics
        return None
    known = protocol.min_reader_version <= _READER and protocol.min_writer_version <= _WRITER
    return name if known and not _link_of(path) and not table.metadata().partition_columns else None


def _is_emptied(path: Path, name: str | None, own: str) -> bool:
    """Whether a table, called `name`, is one of imports (called `own`) that were all taken back."""
    return name == own and not DeltaTable(str(path)).file_uris()


def _link_of(path: Path) -> str | None:
    """The first part of a table that is a link, so that writing to it might change another; None where none is."""
    log = path / "_delta_log"
    parts = (log, *sorted(log.iterdir()), *sorted(path.glob("demo-*.parquet")))
    return next((str(each.relative_to(path)) for each in parts if each.is_symlink()), None)


def _is_truth(path: Path) -> bool:
    """Whether a file is a truth.json of datagen's."""
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(held, dict) and {"format", "seed", "first_day", "last_day", "anomalies"} <= held.keys()


def days(out: Path) -> tuple[int, int]:
    """The first and the last day in the table, as ordinals."""
    found = pc.min_max(DeltaTable(str(out)).to_pyarrow_table(columns=[DATE])[DATE]).as_py()
    if found["min"] is None:
        raise Refused(f"{out} is a table without rows: generate anew, without --follow.")
    return found["min"].toordinal(), found["max"].toordinal()


def seed_of(out: Path) -> int | None:
    """The seed of datagen's latest commit to the table, None where the log no longer says."""
    for commit in DeltaTable(str(out)).history():
        if "datagen.seed" in commit:
            return int(commit["datagen.seed"])
    return None


def takes_shop(store: Path) -> bool:
    """Whether the shop's days may be written there: nothing is, or the demo's."""
    if is_delta(store):
        return (name := name_of(store)) == SHOP_NAME or _is_emptied(store, name, _OWN_SHOP_NAME)
    if store.is_dir():
        return not any(store.iterdir())
    return not (store.exists() or store.is_symlink())
