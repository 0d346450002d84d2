"""What the Import page shows of the data that are here, and changes of them: costs, and the last change taken back."""

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from deltalake.exceptions import DeltaError

from access.rights import Rights
from components.setup_part import Holding, PastChange, Setup
from facts import ALL_ROWS, Facts
from facts.costs import of_text
from facts.delta.log import Commit, whole_versions
from facts.delta.rows import COSTS
from facts.delta.table_names import path_of
from facts.delta.tables import delta_table_at
from ingest.costs import CostsStore
from ingest.history import return_to_before_command, what_changed
from ingest.results import ImportProblem
from ingest.write import ownership
from ingest.write.commit import alone
from ingest.write.last_command import before_command
from ingest.write.ownership import is_own
from kpi.costs import WrongCost, known_names, read_cost, read_day, with_cost, without_cost
from kpi.schema import DATE, UNKNOWN
from kpi.selection import Selection
from views.desk import Desk
from views.visible import parts_missing
from web.imports.refusals import NotTaken

#: Seconds that a request waits for an import to end.
_WAIT: Final = 5.0
_SHOWN: Final = 8
_NO_CHANGE: Final = "Nothing was changed: "

_log = logging.getLogger(__name__)


def setup_of(desk: Desk, folder: Path, rights: Rights) -> Setup | None:
    """What the Import page shows of the own data in `folder`; None where there are none, or where imports keep none."""
    facts = desk.source.current()
    if facts is None or facts.demo or not is_own(folder, ownership.FACTS):
        return None
    try:
        table = delta_table_at(folder)
        costs = of_text(table.metadata().configuration.get(COSTS)) if table else ()
        changes = _changes(folder)
    except (OSError, DeltaError, ValueError):  # damaged meanwhile: the pages say so
        return None
    options = facts.options(ALL_ROWS)
    regions = tuple(name for name in options["region"] if name != UNKNOWN)
    return Setup(
        tuple(_holdings(facts, max((each.when for each, path in changes if path != folder), default=None))),
        tuple(parts_missing(rights, facts)),
        costs,
        options["platform"],
        regions if len(regions) > 1 else (),
        tuple(_past_change(commit, path == folder) for commit, path in changes[:_SHOWN]),
        _mark(folder),
        _can_undo(folder),
    )


def change_costs(desk: Desk, folder: Path, wish: Mapping[str, str], remove: bool, by: str) -> None:
    """State the costs that `wish` has, or `remove` them. Raises NotTaken with nothing changed."""
    facts = desk.source.current()
    if facts is None or facts.demo:
        raise NotTaken(409, f"{_NO_CHANGE}there are no figures of your own yet. Import some first.")
    try:
        if remove:
            place = wish["platform"], wish["region"], read_day(wish["since"])
            _store(folder).change(lambda costs: without_cost(costs, place), by, _WAIT)
        else:
            one = known_names(read_cost(**wish), facts.options(ALL_ROWS))
            _store(folder).change(lambda costs: with_cost(costs, one), by, _WAIT)
    except (WrongCost, ImportProblem) as problem:
        raise NotTaken(400, str(problem)) from None
    except (OSError, DeltaError):
        _log.exception("costs not kept")
        raise NotTaken(503, f"{_NO_CHANGE}the data could not be written. Try again.", 3) from None
    _log.info("costs changed by %s", by)


def undo_last(desk: Desk, folder: Path, mark: str, by: str) -> None:
    """Take the last change back, of the data that `mark` names. Raises NotTaken with nothing changed."""
    facts = desk.source.current()
    if facts is None or facts.demo:
        raise NotTaken(409, f"{_NO_CHANGE}there are no figures of your own yet.")
    try:
        with alone(folder, _WAIT):
            if _mark(folder) != mark:
                raise NotTaken(409, f"{_NO_CHANGE}the data were changed meanwhile. Load the page again to see how.")
            return_to_before_command(folder, by)
    except ImportProblem as problem:
        raise NotTaken(409, str(problem)) from None
    except (OSError, DeltaError):
        _log.exception("nothing undone")
        raise NotTaken(503, f"{_NO_CHANGE}the data could not be written. Try again.", 3) from None
    _log.info("last change undone by %s", by)


def _store(folder: Path) -> CostsStore:
    """Where the costs of the table that imports write are kept. Raises ImportProblem where it is another's."""
    store = CostsStore(str(folder), folder)
    if not store.in_table:
        raise ImportProblem("These data are not kept by imports: state their costs with `marketing-dashboard costs`.")
    return store


def _past_change(commit: Commit, of_platforms: bool) -> PastChange:
    """A version as the history shows it."""
    what = what_changed(commit.said)
    who = commit.said.get("import.by") or "–"
    return PastChange(commit.when, who, what if of_platforms else f"{what} (the shop’s days)")


def _holdings(facts: Facts, shop_changed: datetime | None) -> list[Holding]:
    """What is here of each platform, and of the shop, whose days were changed last at `shop_changed`."""
    extent = facts.extent()
    whole = Selection(extent.first, extent.last, compare="none")
    by_day = facts.totals(whole, [("platform", DATE)], ALL_ROWS)["platform", DATE]
    imported = {each.platform: each.imported for each in facts.side.reported}
    found = []
    for platform in facts.options(ALL_ROWS)["platform"]:
        mine = by_day.xs(platform, level="platform")
        days = mine.index
        spend = mine["spend"].sum(min_count=1)
        money = None if spend != spend else float(spend)
        found.append(Holding(platform, days.min().date(), days.max().date(), imported.get(platform), money))
    store = facts.side.store
    if store is not None and len(store):
        sales = store["store_revenue"].sum(min_count=1)
        days = store.index
        money = None if sales != sales else float(sales)
        found.append(Holding("The shop’s days", days.min().date(), days.max().date(), shop_changed, money))
    return found


def _changes(folder: Path) -> list[tuple[Commit, Path]]:
    """The changes of the facts and of the shop's days, newest first."""
    found = [
        (commit, path)
        for path, names in ((folder, ownership.FACTS), (path_of(folder), ownership.SHOP))
        if is_own(path, names)
        for commit in whole_versions(path)
    ]
    return sorted(found, key=lambda each: each[0].when, reverse=True)


def _can_undo(folder: Path) -> bool:
    """Whether the last command can be taken back: not the one that brought the first figures."""
    try:
        return bool(before_command(folder))
    except ImportProblem:
        return False


def _mark(folder: Path) -> str:
    """The versions of the tables, as a text."""
    tables = (delta_table_at(path) for path in (folder, path_of(folder)))
    return ".".join("" if table is None else str(table.version()) for table in tables)
