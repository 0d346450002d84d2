"""Facts whose rows tell the same money in several cuts: each answer takes one cut per account and day, never two.

A platform's plain report, its device report and its country report of one account and day hold the same spend. Whoever
asks for devices is answered from the cut that has them, whoever asks for nothing from the plainest; figures of two cuts
are never added. One `FrameFacts` is made for each set of dimensions that is asked for, when it is first asked for.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Any, Final

import numpy as np
import pandas as pd

from facts.beside import NOTHING, Beside
from facts.frame import FrameFacts
from facts.importers.report import CUT, PARTIAL, PROGRAM
from facts.protocol import Facts, Scope
from kpi.schema import DATE
from kpi.selection import Extent, Grouping, Selection

#: Dimensions that some cuts have and others have not.
_CHOOSING: Final = frozenset({"campaign", "region", "device", "segment"})

#: What owns money: cuts are alternatives within it, never across.
UNIT: Final = ("platform", "account", PROGRAM)

#: The dimensions of a reader's scope, of the filters, and of the grouping.
Needs = tuple[frozenset[str], frozenset[str], frozenset[str]]
_NOTHING: Final[Needs] = frozenset(), frozenset(), frozenset()


def of_cuts(
    frame: pd.DataFrame, version: str, *, loaded: str, demo: bool, currency: str, beside: Beside = NOTHING
) -> Facts:
    """Facts over a frame with the columns of kpi.schema, `account`, `program` and `cut`.

    They are plain ones where no account and day has more than one cut.
    """
    unit = frame.groupby([*UNIT, DATE], observed=True, sort=False).ngroup().to_numpy()
    cuts = frame[CUT].astype("category").cat
    pairs = pd.DataFrame({"unit": unit, "cut": cuts.codes.to_numpy()}).drop_duplicates()
    if not pairs["unit"].duplicated().any():
        return FrameFacts(frame, version, loaded=loaded, demo=demo, currency=currency, beside=beside)
    return CutFacts(frame, unit, cuts, version, loaded=loaded, demo=demo, currency=currency, beside=beside)


class CutFacts:
    """`facts.protocol.Facts` over rows in several cuts."""

    def __init__(
        self,
        frame: pd.DataFrame,
        unit: np.ndarray,
        cuts: Any,
        version: str,
        *,
        loaded: str,
        demo: bool,
        currency: str,
        beside: Beside = NOTHING,
    ) -> None:
        self.version, self.loaded, self.demo, self.currency, self.beside = version, loaded, demo, currency, beside
        self._frame, self._unit = frame, unit
        self._cut, self._names = cuts.codes.to_numpy(), [str(name) for name in cuts.categories]
        self._views: dict[bytes, FrameFacts] = {}
        self._by_needs: dict[Needs, FrameFacts] = {}
        self._lock = Lock()
        self._view(_NOTHING)

    def extent(self) -> Extent:
        """The first and the last day."""
        return self._view(_NOTHING).extent()

    def options(self, scope: Scope = ()) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that occur within `scope`, each from the cut that has the dimension."""
        found = self._view(_needs((), scope)).options(scope)
        return {name: self._view(_needs((name,), scope)).options(scope)[name] for name in found}

    def totals(
        self, selection: Selection, groupings: Iterable[Grouping], scope: Scope = ()
    ) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping; see `facts.protocol.Facts`."""
        groupings = tuple(groupings)
        by_needs: dict[Needs, list[Grouping]] = {}
        for grouping in groupings:
            by_needs.setdefault(_needs(grouping, scope, selection.only), []).append(grouping)
        found: dict[Grouping, pd.DataFrame] = {}
        for needs, asked in by_needs.items():
            found.update(self._view(needs).totals(selection, asked, scope))
        return {grouping: found[grouping] for grouping in groupings}

    def ahead(self, asked: Iterable[tuple[Selection, Iterable[Grouping]]], scope: Scope = ()) -> None:
        """Nothing: memory is quick."""

    def _view(self, needs: Needs) -> FrameFacts:
        """The facts of one cut per account and day: that which covers most of `needs`."""
        with self._lock:
            known = self._by_needs.get(needs)
            if known is None:
                chosen = one_cut(self._unit, self._cut, self._names, needs)
                key = np.packbits(chosen).tobytes()
                known = self._views.get(key)
                if known is None:
                    known = FrameFacts(
                        self._frame[chosen], self.version, loaded=self.loaded, demo=self.demo, currency=self.currency
                    )
                    self._views[key] = known
                self._by_needs[needs] = known
            return known


def one_cut(unit: np.ndarray, cut: np.ndarray, names: list[str], needs: Needs) -> np.ndarray:
    """Which rows to take so that each `unit` (a number a row) has one cut (a number a row, into `names`)."""
    order = sorted(range(len(names)), key=lambda place: _worth(names[place], needs))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    of_row = rank[cut]
    best = np.full(int(unit.max()) + 1 if len(unit) else 0, len(names), dtype=np.int64)
    np.minimum.at(best, unit, of_row)
    return np.asarray(of_row == best[unit])


def _worth(name: str, needs: Needs) -> tuple[object, ...]:
    """Less is better: a cut without what rows are narrowed by has none of them, so most of the scope wins, then most of
    the filters, the same ones for all groupings; then most of the grouping, whole before partial, with campaigns
    before without, then plain.
    """
    scope, filters, grouped = needs
    parts = set(name.split("+"))
    narrowed = (-len(scope & parts), -len(filters & parts), sorted((scope | filters) & parts))
    return *narrowed, -len(grouped & parts), bool(parts & PARTIAL), "campaign" not in parts, len(parts), name


def _needs(grouping: Iterable[str], scope: Scope, filters: Scope = ()) -> Needs:
    return _named(scope), _named(filters), _CHOOSING & {*grouping}


def _named(only: Scope) -> frozenset[str]:
    return _CHOOSING & {name for name, _ in only}
