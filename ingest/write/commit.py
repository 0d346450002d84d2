"""Commits one file to two tables, the platforms’ figures and the shop’s own days: both change or neither does.

A Delta table commits by itself. So a note beside the tables says what is under way: whoever writes next finds it and
takes the half that was committed back.
"""

import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd
from deltalake import DeltaTable

from facts.delta.table_names import DEMO_NAME, UnderWay, under_way, under_way_note
from facts.delta.tables import delta_table_at
from facts.delta.versions import SHOP_BEFORE
from ingest.read.margins import Margin
from ingest.read.rates import Rates
from ingest.results import Import, TableProblem
from ingest.write import ownership
from ingest.write.currency import TableCurrency, currency_of
from ingest.write.leftovers import sweep
from ingest.write.ownership import is_own, own_table
from ingest.write.replace import empty_table, return_to
from ingest.write.shop import ShopPlan, currencies_differ, path_of, plan_shop, shop_currency, store_shop
from ingest.write.summary import of_plan, of_shop, shop_correction
from ingest.write.table import WAIT, Plan, lock_table, note_of, plan, store

#: Of a commit to the shop's table: the run that commits to both, as the note beside the tables names it.
_RUN: Final = "import.run"

#: Of a commit to either table: the command that it belongs to, which `undo` takes back whole.
COMMAND: Final = "import.command"

#: Of a commit that returned a table to an earlier version: which.
UNDO: Final = "import.undo"

#: Of a commit to either table: the currency that figures were assumed to be in, and the one that they are in now.
RELABELED: Final = "import.relabeled"

#: Of a commit to the shop's table: what its days came to in another currency, and what they come to now.
CORRECTED: Final = "import.corrected"

#: Bytes of the note: room that it keeps so that the shop's half can be taken back on a disk that has filled up.
_ROOM: Final = 1 << 16


@dataclass(frozen=True)
class ImportPlan:
    """What storing imports would do to the table of the platforms' figures and to the shop's, None where to neither."""

    facts: Path
    ads: Plan | None
    shop: ShopPlan | None

    def sentences(self) -> Iterator[str]:
        """The changes, line by line."""
        if self.ads:
            yield from of_plan(self.ads)
        if self.shop:
            yield from of_shop(self.shop)
            if not self.ads and is_demo(self.facts):
                yield "warning: The dashboard goes on showing the demo: import the platforms' figures too."


def plan_imports(
    facts: Path,
    imports: Iterable[Import],
    *,
    rates: Rates | None = None,
    margins: tuple[Margin, ...] = (),
    into: str | None = None,
    replace_campaigns: bool = False,
    earlier: Sequence[pd.DataFrame] = (),
    likely_currency: str | None = None,
) -> ImportPlan:
    """What storing `imports` would change; writes nothing. Raises ImportProblem.

    `earlier` and `likely_currency` are what other files of the same command say (ingest.write.table.plan).
    """
    imports = list(imports)
    own_table(facts, ownership.FACTS)  # the shop's days alone are brought to no foreign table's side either
    ads = [each for each in imports if each.kind == "ads"]
    sold = shop_currency(facts)
    found = (
        plan(
            facts,
            ads,
            rates=rates,
            margins=margins,
            into=into,
            replace_campaigns=replace_campaigns,
            earlier=earlier,
            likely_currency=likely_currency or (sold.code if sold and not sold.assumed else None),
        )
        if ads
        else None
    )
    currency = TableCurrency(found.currency, found.assumed) if found else currency_of(facts)
    if currency is None and likely_currency:
        currency = TableCurrency(likely_currency, assumed=True)
    shop = plan_shop(facts, imports, currency, rates, replace=replace_campaigns)
    if found and currency and shop is None and sold and sold.code != found.currency:
        found = replace(found, findings=(*found.findings, currencies_differ(sold.code, currency)))
    return ImportPlan(facts, found, shop)


def carry_out(
    wanted: ImportPlan, imports: Iterable[Import], by: str, digests: dict[str, str], command: str = ""
) -> list[tuple[Path, int | None]]:
    """Make what is planned each table's next version; gives their paths and versions, None where one is the same.

    Within `alone`. `by` is who does it, `digests` the files' SHA-256 by name; what has one `command` is undone
    together. Raises ImportProblem with both tables as they were.
    """
    imports = list(imports)
    done: list[tuple[Path, int | None]] = []
    ads, shop = wanted.ads, wanted.shop
    both = ads and shop and not shop.same and (ads.replaces_demo or not ads.same)
    run = secrets.token_hex(8)
    ids = {COMMAND: command or run}
    try:
        if both and ads and shop:
            _write(under_way_note(wanted.facts), {"facts": ads.version, "shop": shop.version, "run": run})
        if shop:
            note = note_of([each for each in imports if each.kind == "business"], (), by, digests) | {_RUN: run} | ids
            note |= _currency_note(shop.relabeled, shop.currency)
            if (correction := shop_correction(shop)) and not shop.relabeled:
                note[CORRECTED] = correction
            done.append((shop.path, store_shop(shop, note)))
        if ads:
            note = note_of([each for each in imports if each.kind == "ads"], ads.changes, by, digests) | ids
            note |= _currency_note(ads.relabeled, ads.currency)
            if both and shop:
                note[SHOP_BEFORE] = str(-1 if shop.version is None else shop.version)
            done.append((wanted.facts, store(ads, note)))
    finally:
        if both:
            settle(wanted.facts)
    return done


def _currency_note(before: str | None, now: str) -> dict[str, str]:
    return {RELABELED: f"{before} → {now}"} if before else {}


def return_both(facts: Path, goals: dict[Path, int | None], by: str) -> None:
    """Return the tables to the versions of `goals`, both or neither; within `alone`. That is a command of `by`."""
    note = {"import.by": by, COMMAND: secrets.token_hex(8)}
    shop, run = path_of(facts), secrets.token_hex(8)
    versions = {path: DeltaTable(str(path)).version() for path in goals}
    both = len(goals) == 2
    try:
        if both:
            _write(under_way_note(facts), {"facts": versions[facts], "shop": versions[shop], "run": run})
        if shop in goals:
            _return_one(shop, goals[shop], note | {_RUN: run})
        if facts in goals:
            said = note | ({SHOP_BEFORE: str(versions[shop])} if both else {})
            _return_one(facts, goals[facts], said)
    finally:
        if both:
            settle(facts)


def _return_one(path: Path, version: int | None, note: dict[str, str]) -> None:
    table = DeltaTable(str(path))
    if version is None:
        empty_table(path, table, note | {UNDO: "nothing"})
    else:
        return_to(table, version, note | {UNDO: str(version)})


@contextmanager
def alone(facts: Path, wait: float = WAIT) -> Iterator[None]:
    """While no other import writes to the tables at `facts`, with nothing half done in them.

    Raises ImportProblem, with nothing touched, where what is at `facts` is not ours, or another writes for longer than
    `wait` seconds.
    """
    own_table(facts, ownership.FACTS)  # before even the lock is made, and again within it
    with lock_table(facts, wait):
        own_table(facts, ownership.FACTS)
        settle(facts)
        sweep(facts, ownership.FACTS)
        sweep(path_of(facts), ownership.SHOP)
        yield


def settle(facts: Path) -> None:
    """Where an import of both tables ended between them, take the shop's half back. Raises ImportProblem."""
    note, before = under_way_note(facts), under_way(facts)
    if before is None:
        if not (note.is_symlink() or note.exists()):
            return
        if not _is_cut_short(note):
            raise TableProblem(f"{note} is no note of an import: move it away, then try again.")
    elif _version(facts) == before.facts and is_own(path_of(facts), ownership.SHOP):
        os.truncate(note, len(note.read_bytes().rstrip()))
        _take_back(path_of(facts), before)
    note.unlink()


def _take_back(shop: Path, before: UnderWay) -> None:
    """Return the shop's table to what it was before the import that the note describes, if that changed it at all."""
    table = DeltaTable(str(shop))
    if before.run is None:  # a note of an earlier version: its commit is the one that followed
        ended = table.version() == (0 if before.shop is None else before.shop + 1)
    else:
        ended = table.history(1)[0].get(_RUN) == before.run
    if not ended or table.version() == before.shop:
        return
    if before.shop is None:
        if table.version() == 0:
            _remove_first_version(shop)
        return
    return_to(table, before.shop, {"import.by": "an import that ended half way", UNDO: str(before.shop)})


def _remove_first_version(shop: Path) -> None:
    """Remove a table's only commit and the files that it names, then its folders where nothing else is in them."""
    log = shop / "_delta_log"
    commit = log / f"{0:020}.json"
    actions = [json.loads(line) for line in commit.read_text().splitlines()]
    commit.unlink()
    for action in actions:
        if "add" in action:
            (shop / Path(action["add"]["path"]).name).unlink(missing_ok=True)
    for folder in (log, shop):
        try:
            folder.rmdir()
        except OSError:  # something else is in it, and stays
            return


def is_demo(facts: Path) -> bool:
    """Whether the table at `facts` is the demo company's."""
    table = delta_table_at(facts)
    return table is not None and table.metadata().name == DEMO_NAME


def _version(path: Path) -> int | None:
    table = delta_table_at(path)
    return None if table is None else table.version()


def _write(note: Path, content: dict[str, int | str | None]) -> None:
    with note.open("x") as file:
        file.write(json.dumps(content).ljust(_ROOM))
        file.flush()
        os.fsync(file.fileno())


def _is_cut_short(note: Path) -> bool:
    """Whether a note is the beginning of one of ours: its import ended before anything was committed."""
    status = note.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > 100:
        return False
    start, content = b'{"facts": ', note.read_bytes()
    return content[: len(start)] == start[: len(content)] and b"}" not in content
