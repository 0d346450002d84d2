"""A table in a remote engine: which version of its data is the newest, and the facts over it."""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from facts.costs import costs_now, name_of
from facts.deadline import NoAnswer, wait_at_most
from facts.engines import expressions
from facts.engines.address import Address, parse
from facts.engines.ibis_table import IbisTable
from facts.engines.lazy import LazyFacts
from facts.engines.spark_table import SparkTable
from facts.engines.table import Sessions
from facts.protocol import DataProblem, time_of_day, utc_now
from kpi.evaluate import ROWS
from kpi.retention import EXISTING_SEGMENTS

#: Seconds that reading a table's outline and values may take.
OPENING: Final = 600.0


class Remote:
    """A table in an engine elsewhere; whether it has changed is asked every `refresh` seconds.

    No engine tells a version that all understand. Theirs is made of the number of rows, the first and the last day,
    and spend and revenue of the last 90 days, which is where platforms restate.
    """

    def __init__(
        self,
        address: str,
        refresh: float,
        existing: tuple[str, ...] = EXISTING_SEGMENTS,
        costs: Path | None = None,
    ) -> None:
        """`costs` is their log. Raises DataProblem where the address names no engine and table."""
        self._existing, self._log = existing, costs
        self.address: Address = parse(address)
        self._sessions = Sessions(SparkTable(self.address) if self.address.kind == "spark" else IbisTable(self.address))
        self._refresh, self._asked, self._version = refresh, float("-inf"), ""

    def version(self) -> str:
        """The version of the table, not older than `refresh` seconds, and of its costs. Raises DataProblem."""
        now = time.monotonic()
        if now - self._asked >= self._refresh:
            self._asked = now
            self._version = self._look()
        return self._version + name_of(costs_now(self._log))

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
        return hashlib.sha256("|".join([self.address.label, *told]).encode()).hexdigest()[:12]

    def facts(self, now: Callable[[], datetime] = utc_now) -> LazyFacts:
        """The facts at the version that was seen last. Raises DataProblem."""
        costs = costs_now(self._log)
        with wait_at_most(OPENING):
            version = self.version()
            return LazyFacts(
                self._sessions,
                version.partition("~")[0] + name_of(costs),
                loaded=time_of_day(now()),
                currency=self.address.currency,
                existing=self._existing,
                costs=costs,
            )

    def close(self) -> None:
        """Let go of the engine."""
        self._sessions.close()
