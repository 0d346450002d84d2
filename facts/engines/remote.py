"""A table in a remote engine: which version of its data is the newest, and the facts over it."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from facts.costs import costs_now, name_of
from facts.deadline import NoAnswer, wait_at_most
from facts.engines import expressions
from facts.engines.address import Address, parse
from facts.engines.duckdb_table import DuckDatabase
from facts.engines.ibis_table import IbisTable
from facts.engines.lazy import LazyFacts
from facts.engines.mapping import NO_MAPPING, TableMapping
from facts.engines.spark_table import SparkTable
from facts.engines.table import Sessions, Table
from facts.own_rules import name_with_rules, read_rules
from facts.protocol import DataProblem, time_of_day, utc_now
from kpi.costs import Cost
from kpi.evaluate import ROWS
from kpi.own_dimensions import OwnDimension
from kpi.retention import EXISTING_SEGMENTS

#: Seconds that reading a table's outline and values may take.
OPENING: Final = 600.0

_TABLES: Final[Mapping[str, Callable[[Address], Table]]] = {
    "spark": SparkTable,
    "duckdb": DuckDatabase,
    "ibis": IbisTable,
}


class Remote:
    """A table in an engine elsewhere; whether it has changed is asked every `refresh` seconds.

    No engine tells a version that all understand. Theirs is made of the number of rows, the first and the last day,
    and spend and revenue of the last 90 days, which is where platforms restate; `rules` are those of the company's own
    dimensions, a file here.
    """

    def __init__(
        self,
        address: str,
        refresh: float,
        existing: tuple[str, ...] = EXISTING_SEGMENTS,
        rules: Path | None = None,
        mapping: TableMapping = NO_MAPPING,
        costs: Path | None = None,
    ) -> None:
        """`costs` is their log. Raises DataProblem where the address names no engine and table."""
        self._existing, self._rules, self._log = existing, rules, costs
        self.address: Address = parse(address)
        self._sessions = Sessions(_TABLES[self.address.kind](self.address), mapping)
        self._mapped = [mapping.digest] if mapping.digest else []
        self._refresh, self._asked, self._version = refresh, float("-inf"), ""

    def version(self) -> str:
        """The table's version, not older than `refresh` seconds, with its costs and rules. Raises DataProblem."""
        now = time.monotonic()
        if now - self._asked >= self._refresh:
            self._asked = now
            if isinstance(self._sessions.table, DuckDatabase) and self._sessions.table.let_go():
                self._sessions.learn_again()
            before, self._version = self._version, self._look()
            if before not in ("", self._version):
                self._sessions.learn_again()
        return self._name(costs_now(self._log), read_rules(self._rules))

    def _name(self, costs: Sequence[Cost], own: Sequence[OwnDimension]) -> str:
        return name_with_rules(self._version + name_of(costs), own)

    def _look(self) -> str:
        try:
            with wait_at_most(OPENING):
                extent = self._sessions.ask(expressions.extent).to_pylist()[0]
                told = [str(extent[name]) for name in ("first", "last", ROWS)]
                if extent["last"] is not None:
                    last = extent["last"]
                    day = last.date() if isinstance(last, datetime) else last
                    told += map(
                        str, self._sessions.ask(lambda rows: expressions.recent(rows, day)).to_pylist()[0].values()
                    )
        except NoAnswer as problem:
            raise DataProblem(str(problem)) from None
        return hashlib.sha256("|".join([self.address.label, *told, *self._mapped]).encode()).hexdigest()[:12]

    def facts(self, now: Callable[[], datetime] = utc_now) -> LazyFacts:
        """The facts at the version that was seen last. Raises DataProblem."""
        costs = costs_now(self._log)
        with wait_at_most(OPENING):
            self.version()
            own = read_rules(self._rules)
            return LazyFacts(
                self._sessions,
                self._name(costs, own),
                loaded=time_of_day(now()),
                currency=self.address.currency,
                existing=self._existing,
                own=own,
                costs=costs,
            )

    def close(self) -> None:
        """Let go of the engine."""
        self._sessions.close()
