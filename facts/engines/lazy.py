"""`LazyFacts`: facts over a table that stays in its engine; what it answered once is rolled up from memory."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Event, Lock, Thread
from typing import Final

import pandas as pd
import pyarrow as pa
from cachetools import LRUCache

from facts import ALL_ROWS
from facts.costs import costs_are_known, platforms_with_costs, rows_of_basis, with_costs
from facts.deadline import NoAnswer, wait
from facts.engines import expressions
from facts.engines.cells import Cells, GridCells, cells
from facts.engines.expressions import Frame, Rows
from facts.engines.plan import Pass, passes
from facts.engines.table import Sessions
from facts.memory.groups import own_codes
from facts.protocol import DataProblem, Scope
from facts.side_facts import NO_SIDE_FACTS, TABLE_WITHOUT_SHOP, SideFacts, reports_of_counts
from kpi.basis import Basis, bases
from kpi.costs import COST_MEASURES, Assumption, Cost
from kpi.evaluate import ROWS
from kpi.own_dimensions import NO_OWN, Campaign, OwnDimension, OwnValues, own_values
from kpi.retention import EXISTING_SEGMENTS, existing_customers
from kpi.schema import DATE, DIMENSIONS, MEASURES, in_order, is_own
from kpi.selection import Extent, Grouping, Selection

_CELL_BYTES: Final = 64_000_000
_SCOPES: Final = 256
#: What own dimensions are made of.
_CAMPAIGN: Final = frozenset({"platform", "campaign"})


@dataclass(frozen=True)
class CellsQuery:
    """What cells are kept by: days, the filters and the scope that were put to the engine, and their keys."""

    start: date
    end: date
    only: Scope
    scope: Scope
    keys: tuple[str, ...]

    def holds(self, other: "CellsQuery", only: Scope) -> bool:
        """Whether cells of this follow from cells of `other`, with what is left of `only` applied to them."""
        same_days = (self.start, self.end) == (other.start, other.end)
        return (
            self.scope == other.scope
            and set(self.keys) <= set(other.keys)
            and (same_days or (DATE in other.keys and other.start <= self.start and self.end <= other.end))
            and set(other.only) <= set(only)
            and all(name in other.keys for name, _ in set(only) - set(other.only))
        )


class LazyFacts:
    """Facts over `table`: totals follow from cells, which are asked of it in as few passes as carry them.

    Filters on a dimension that is among a page's groupings are applied to the cells here, so that changing them asks
    the engine nothing; all others, the days and the reader's scope go into the question.
    """

    def __init__(
        self,
        sessions: Sessions,
        version: str,
        *,
        loaded: str = "",
        demo: bool = False,
        currency: str = "",
        complete: bool = False,
        side: SideFacts = NO_SIDE_FACTS,
        existing: Iterable[str] = EXISTING_SEGMENTS,
        own: Iterable[OwnDimension] = (),
        costs: Sequence[Cost] = (),
    ) -> None:
        """Asks for the table's outline and values. `complete` says that no row lacks a measure, `existing` which
        segments are of existing customers; `own` are the company's own dimensions, `costs` are worked out where rows
        report none. The money is in `currency`, else in what the table says, else in USD.

        Raises DataProblem where the table cannot be used.
        """
        self.version, self.loaded, self.demo, self.side = version, loaded, demo, side
        self._table, self._sessions = sessions.table, sessions
        self.own: OwnValues = NO_OWN
        self._costs = tuple(costs)
        self._own_costs: dict[str, tuple[str, ...]] = {}
        self._lock = Lock()
        self._kept: LRUCache[CellsQuery, Cells | GridCells] = LRUCache(
            _CELL_BYTES, getsizeof=lambda cells: cells.nbytes
        )
        self._coming: dict[CellsQuery, Event] = {}
        self._options: LRUCache[Scope, dict[str, tuple[str, ...]]] = LRUCache(_SCOPES)
        try:
            outline = self._ask(expressions.extent if complete else expressions.outline).to_pylist()[0]
            if not outline[ROWS]:
                raise DataProblem(f"The table {self._table.label} has no rows.")
            self._extent = Extent(_day(outline["first"]), _day(outline["last"]))
            self._incomplete = frozenset(name for name in MEASURES if not complete and outline[name] < outline[ROWS])
            if own := tuple(own):
                self.own = own_values(own, self._campaigns(ALL_ROWS))
            self._values_of = self.options(ALL_ROWS)
            self._sizes = {name: max(len(found), 1) for name, found in self._values_of.items()}
            self.existing = existing_customers(self._values_of, existing)
            self.currency = currency or "USD"
            if sessions.words is not None:  # what a warehouse does not know goes from the pages
                told = self._ask(expressions.reports).to_pylist()
                no_store = TABLE_WITHOUT_SHOP if side.has_no_shop else side.no_store
                self.side = replace(side, reported=reports_of_counts(told), no_store=no_store)
                self.currency = _one_currency(currency, sessions.words.currency, self._table.label)
            if costs:
                counts = self._sessions.ask(expressions.reports_of_costs).to_pydict()
                self.side = replace(self.side, costs=Assumption(self._costs, platforms_with_costs(counts)))
            self._bases = self._find_bases() if self._incomplete else ()
        except NoAnswer as problem:
            raise DataProblem(str(problem)) from None

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about: of answers that are kept, since the rows are elsewhere."""
        return int(self._kept.currsize)

    def extent(self) -> Extent:
        """The first and the last day."""
        return self._extent

    def options(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that occur within `scope`, in the order in which they are shown."""
        with self._lock:
            known = self._options.get(scope)
        if known is None:
            known = {name: self._values(name, scope) for name in DIMENSIONS}
            if self.own.dimensions:
                known |= self.own.among(self._campaigns(scope)) if scope else self.own.known
            with self._lock:
                self._options[scope] = known
        return known

    def _find_bases(self) -> tuple[Basis, ...]:
        """Which rows metrics are worked out of, where not all: of what platforms report, and of what costs hold for."""
        told = self._ask(expressions.reports).to_pylist()
        reports = {str(each["platform"]): [name for name in MEASURES if each[name]] for each in told}
        of_costs = [
            name
            for name in COST_MEASURES
            if name in self._incomplete and any(name in measures for measures in reports.values())
        ]
        self._own_costs = {
            name: self.side.costs.reported if self._costs else tuple(each for each in reports if name in reports[each])
            for name in of_costs
        }
        if not of_costs:
            return bases(reports, ())
        gaps = self._ask(
            lambda rows: expressions.count_rows(
                rows, {name: ~costs_are_known(rows, name, self._costs, self._own_costs[name]) for name in of_costs}
            )
        ).to_pylist()[0]
        return bases(reports, [name for name in of_costs if gaps[name]])

    def _values(self, name: str, scope: Scope) -> tuple[str, ...]:
        answer = self._ask(lambda rows: expressions.values(rows, name, scope))
        return in_order(name, self._texts(answer, name))

    def _texts(self, answer: pa.Table, name: str) -> list[str]:
        """A column of names. Raises DataProblem where one is empty."""
        found: list[str] = answer[name].cast(pa.string()).to_pylist()
        if None in found:
            raise DataProblem(
                f"The column {name} of {self._table.label} has empty cells; what is not known is “Unknown”."
            )
        return found

    def _campaigns(self, scope: Scope) -> list[Campaign]:
        answer = self._ask(lambda rows: expressions.campaigns(rows, scope))
        return list(zip(self._texts(answer, "platform"), self._texts(answer, "campaign"), strict=True))

    def totals(self, selection: Selection, groupings: Iterable[Grouping], scope: Scope) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping; see `facts.protocol.Facts`. Raises NoAnswer."""
        groupings = tuple(groupings)
        found: dict[Grouping, pd.DataFrame] = {}
        for one in self._passes(selection, groupings):
            found.update(self._cells(selection, one.keys, scope).totals(one.groupings, selection))
        return {grouping: found[grouping] for grouping in groupings}

    def ahead(self, asked: Iterable[tuple[Selection, Iterable[Grouping]]], scope: Scope) -> None:
        """Put all passes of what is asked to the engine at once. What goes wrong is told to whoever asks for it."""

        def fetch(selection: Selection, keys: tuple[str, ...]) -> None:
            with suppress(NoAnswer):
                self._cells(selection, keys, scope)

        threads = [
            Thread(target=copy_context().run, args=(fetch, selection, one.keys), daemon=True)
            for selection, groupings in asked
            for one in self._passes(selection, groupings)
        ]
        if len(threads) > 1:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _passes(self, selection: Selection, groupings: Iterable[Grouping]) -> Sequence[Pass]:
        """Own dimensions follow from campaigns, unless days would make too many cells of these."""
        wanted: dict[Grouping, list[Grouping]] = {}
        for grouping in groupings:
            by = (("platform", "campaign") if is_own(name) and DATE not in grouping else (name,) for name in grouping)
            wanted.setdefault(tuple(dict.fromkeys(name for names in by for name in names)), []).append(grouping)
        return [
            replace(one, groupings=tuple(grouping for each in one.groupings for grouping in wanted[each]))
            for one in passes(wanted, {DATE: selection.days, **self._sizes}, self._table.most)
        ]

    def sums(self, start: date, end: date, keys: tuple[str, ...]) -> pa.Table:
        """The engine's own answer for some days, whoever is a customer: see `expressions.sums`. Raises NoAnswer."""
        return self._ask(
            lambda rows: expressions.sums(expressions.filter_rows(rows, start, end), keys, self._incomplete)
        )

    def _cells(self, selection: Selection, keys: tuple[str, ...], scope: Scope) -> Cells | GridCells:
        """The cells by `keys` of a selection, from what is at hand or from the engine; who asks beside us waits."""
        if set(keys) >= _CAMPAIGN:
            keys = tuple(dict.fromkeys((*keys, *self.own.keys)))
        pushed = tuple((name, values) for name, values in selection.only if name not in keys)
        asked = CellsQuery(selection.start, selection.end, pushed, scope, keys)
        while True:
            with self._lock:
                at_hand = next((each for each in self._kept if asked.holds(each, selection.only)), None)
                if at_hand is not None:
                    found = self._kept[at_hand]
                    break
                coming = self._coming.get(asked)
                if coming is None:
                    self._coming[asked] = Event()
            if coming is None:
                at_hand, found = asked, self._fetch(asked)
                break
            wait(coming)
        left = tuple(each for each in selection.only if each not in at_hand.only)
        same_days = (at_hand.start, at_hand.end) == (asked.start, asked.end)
        return found.of(asked.start, asked.end, left, same_days)

    def _fetch(self, asked: CellsQuery) -> Cells | GridCells:
        named = set(asked.keys) >= _CAMPAIGN  # then own dimensions follow from the answer
        keys = tuple(key for key in asked.keys if not (named and is_own(key)))
        try:
            answer = self._ask(
                lambda rows: expressions.sums(
                    expressions.filter_rows(rows, asked.start, asked.end, asked.scope, asked.only),
                    keys,
                    self._incomplete,
                    self._values_of,
                    self.existing,
                    [(basis, rows_of_basis(rows, basis, self._costs, self._own_costs)) for basis in self._bases],
                )
            )
            found = cells(answer, keys, self._values_of, self._bases)
            if named and self.own.dimensions:
                platform, campaign = (found.codes[name] for name in ("platform", "campaign"))
                found = replace(found, codes={**found.codes, **own_codes(self.own, platform, campaign)})
            with self._lock, suppress(ValueError):  # too large to keep
                self._kept[asked] = found
            return found
        finally:
            with self._lock:
                self._coming.pop(asked).set()

    def _ask(self, question: Callable[[Rows], Frame]) -> pa.Table:
        return self._sessions.ask(lambda rows: question(with_costs(replace(rows, own=self.own), self._costs)))

    def close(self) -> None:
        """Let go of the engine."""
        self._sessions.close()


def _one_currency(said: str, seen: str, label: str) -> str:
    """The currency that a setting says or the table names, USD where neither does. Raises DataProblem."""
    if said and seen and said != seen:
        raise DataProblem(
            f"The money in {label} is in {seen}, and DASHBOARD_FACTS says currency={said}. Nothing is converted: leave "
            "it out of the address, or mend the mapping."
        )
    return said or seen or "USD"


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
