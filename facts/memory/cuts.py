"""Facts that hold the same spend in several cuts: every answer uses one cut per account and day, never two.

A platform's plain report, its device report and its country report of one account and day hold the same spend. Whoever
asks for devices is answered from the cut that has them, whoever asks for nothing from the plainest, or from that which
is named (DASHBOARD_CUT) where it tells as much; figures of two cuts are never added. One `FrameFacts` is made for each
set of dimensions that is asked for, when it is first asked for.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Final

import numpy as np
import pandas as pd

from facts.delta.rows import CUT, PARTIAL, PROGRAM
from facts.engines.choice import NamedCuts
from facts.memory.frame import FrameFacts
from facts.protocol import Facts, Scope
from facts.side_facts import NO_SIDE_FACTS, SideFacts
from kpi.own_dimensions import OwnDimension, own_values
from kpi.retention import EXISTING_SEGMENTS, existing_customers
from kpi.schema import DATE, DIMENSIONS, is_own
from kpi.selection import Extent, Grouping, Selection

#: Dimensions that some cuts have and others have not.
_CHOOSING: Final = frozenset({"campaign", "region", "device", "segment"})

#: What owns money: cuts are alternatives within it, never across.
UNIT: Final = ("platform", "account", PROGRAM)

#: The dimensions of a reader's scope, of the filters, and of the grouping.
Needs = tuple[frozenset[str], frozenset[str], frozenset[str]]
_NOTHING: Final[Needs] = frozenset(), frozenset(), frozenset()

#: A cut, and whether it is the one that was named.
_Kind = tuple[str, bool]


def of_cuts(
    frame: pd.DataFrame,
    version: str,
    *,
    loaded: str,
    demo: bool,
    currency: str,
    side: SideFacts = NO_SIDE_FACTS,
    named: NamedCuts = (),
    existing: Iterable[str] = EXISTING_SEGMENTS,
    own: Iterable[OwnDimension] = (),
) -> Facts:
    """Facts over a frame with the columns of kpi.schema, `account`, `program` and `cut`.

    They are plain ones where no account and day has more than one cut. `named` are cuts that come first; see
    `missing_cut_sentence`. `existing` are the segments of existing customers, `own` the company's own dimensions.
    """
    unit = frame.groupby([*UNIT, DATE], observed=True, sort=False).ngroup().to_numpy()
    pairs = pd.DataFrame({"unit": unit, "cut": frame[CUT].astype("category").cat.codes}).drop_duplicates()
    if not pairs["unit"].duplicated().any():
        return FrameFacts(
            frame, version, loaded=loaded, demo=demo, currency=currency, side=side, existing=existing, own=own
        )
    kind, kinds = _kinds(frame, named)
    return CutFacts(
        frame,
        unit,
        kind,
        kinds,
        version,
        loaded=loaded,
        demo=demo,
        currency=currency,
        side=side,
        existing=existing,
        own=own,
    )


def missing_cut_sentence(frame: pd.DataFrame, named: NamedCuts) -> str:
    """A sentence where a cut is named that no row has, else nothing. `frame` has no `cut` where no import made it."""
    if named and CUT not in frame.columns:
        return "DASHBOARD_CUT names a cut, and these data have none, as only imports do: leave the setting out."
    for platform, name in named:
        rows = frame[frame["platform"].astype(str).str.casefold() == platform.casefold()] if platform else frame
        known = sorted(map(str, rows[CUT].unique()))
        if not any(_is(cut, name) for cut in known):
            whose = f" for {platform}" if platform else ""
            there = f"there are {', '.join(known)}" if known else f"there are no data of {platform}"
            return f"DASHBOARD_CUT names “{name}”{whose}, a cut that these data do not have: {there}."
    return ""


def _kinds(frame: pd.DataFrame, named: NamedCuts) -> tuple[np.ndarray, list[_Kind]]:
    """By row a number, and what each number means."""
    wanted = {platform.casefold(): name for platform, name in named}
    platforms, cuts = (frame[name].astype("category").cat for name in ("platform", CUT))
    of_platform = [wanted.get(str(each).casefold(), wanted.get("")) for each in platforms.categories]
    is_named = np.array(
        [[name is not None and _is(str(cut), name) for cut in cuts.categories] for name in of_platform], dtype=bool
    )
    code = cuts.codes.to_numpy().astype(np.int64)
    kinds = [(str(cut), named) for named in (False, True) for cut in cuts.categories]
    return code + len(cuts.categories) * is_named[platforms.codes.to_numpy(), code], kinds


def _is(cut: str, name: str) -> bool:
    """Whether `cut` is what is called `name`: “campaign” may be left out, “plain” is broken down by nothing else."""
    has, wanted = ({*text.casefold().split("+")} - {"", "plain"} for text in (cut, name))
    return has in (wanted, wanted | {"campaign"})


class CutFacts:
    """`facts.protocol.Facts` over rows in several cuts."""

    def __init__(
        self,
        frame: pd.DataFrame,
        unit: np.ndarray,
        kind: np.ndarray,
        kinds: list[_Kind],
        version: str,
        *,
        loaded: str,
        demo: bool,
        currency: str,
        side: SideFacts = NO_SIDE_FACTS,
        existing: Iterable[str] = EXISTING_SEGMENTS,
        own: Iterable[OwnDimension] = (),
    ) -> None:
        self.version, self.loaded, self.demo, self.currency, self.side = version, loaded, demo, currency, side
        self._existing, self._own = tuple(existing), tuple(own)
        campaigns = frame[["platform", "campaign"]].drop_duplicates().astype(str)
        self.own = own_values(self._own, campaigns.itertuples(index=False, name=None))
        self.existing = existing_customers({name: frame[name].unique() for name in DIMENSIONS}, self._existing)
        self._frame, self._unit, self._kind, self._kinds = frame, unit, kind, kinds
        self._views: dict[bytes, FrameFacts] = {}
        self._by_needs: dict[Needs, FrameFacts] = {}
        self._lock = Lock()
        self._view(_NOTHING)

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about: of the rows in all cuts, and of each that is in use with the answers it keeps."""
        with self._lock:
            used = sum(each.nbytes for each in self._views.values())
        return int(self._frame.memory_usage().sum() + self._unit.nbytes + self._kind.nbytes) + used

    def extent(self) -> Extent:
        """The first and the last day."""
        return self._view(_NOTHING).extent()

    def options(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that occur within `scope`, each from the cut that has the dimension."""
        found = self._view(_needs((), scope)).options(scope)
        return {name: self._view(_needs((name,), scope)).options(scope)[name] for name in found}

    def totals(self, selection: Selection, groupings: Iterable[Grouping], scope: Scope) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping; see `facts.protocol.Facts`."""
        groupings = tuple(groupings)
        by_needs: dict[Needs, list[Grouping]] = {}
        for grouping in groupings:
            by_needs.setdefault(_needs(grouping, scope, selection.only), []).append(grouping)
        found: dict[Grouping, pd.DataFrame] = {}
        for needs, asked in by_needs.items():
            found.update(self._view(needs).totals(selection, asked, scope))
        return {grouping: found[grouping] for grouping in groupings}

    def ahead(self, asked: Iterable[tuple[Selection, Iterable[Grouping]]], scope: Scope) -> None:
        """Nothing: memory is quick."""

    def _view(self, needs: Needs) -> FrameFacts:
        """The facts of one cut per account and day: that which covers most of `needs`."""
        with self._lock:
            known = self._by_needs.get(needs)
            if known is None:
                chosen = one_cut(self._unit, self._kind, self._kinds, needs)
                key = np.packbits(chosen).tobytes()
                known = self._views.get(key)
                if known is None:
                    known = FrameFacts(
                        self._frame[chosen],
                        self.version,
                        loaded=self.loaded,
                        demo=self.demo,
                        currency=self.currency,
                        side=self.side,
                        existing=self._existing,
                        own=self._own,
                    )
                    self._views[key] = known
                self._by_needs[needs] = known
            return known


def one_cut(unit: np.ndarray, kind: np.ndarray, kinds: list[_Kind], needs: Needs) -> np.ndarray:
    """Which rows to take so that each `unit` (a number a row) has one cut (a number a row, into `kinds`)."""
    order = sorted(range(len(kinds)), key=lambda place: _worth(kinds[place], needs))
    rank = np.empty(len(kinds), dtype=np.int64)
    rank[order] = np.arange(len(kinds))
    of_row = rank[kind]
    best = np.full(int(unit.max()) + 1 if len(unit) else 0, len(kinds), dtype=np.int64)
    np.minimum.at(best, unit, of_row)
    return np.asarray(of_row == best[unit])


def _worth(kind: _Kind, needs: Needs) -> tuple[object, ...]:
    """Less is better: a cut without what rows are narrowed by has none of them, so most of the scope wins, then most of
    the filters, the same ones for all groupings; then most of the grouping, then the one that is named, whole before
    partial, with campaigns before without, then plain.
    """
    name, named = kind
    scope, filters, grouped = needs
    parts = set(name.split("+"))
    narrowed = (-len(scope & parts), -len(filters & parts), sorted((scope | filters) & parts))
    return *narrowed, -len(grouped & parts), not named, bool(parts & PARTIAL), "campaign" not in parts, len(parts), name


def _needs(grouping: Iterable[str], scope: Scope, filters: Scope = ()) -> Needs:
    return _named_choices(scope), _named_choices(filters), _choosing_among(grouping)


def _named_choices(only: Scope) -> frozenset[str]:
    return _choosing_among(name for name, _ in only)


def _choosing_among(names: Iterable[str]) -> frozenset[str]:
    """Own dimensions are made of campaigns' names, so they need a cut that has campaigns."""
    return _CHOOSING & {"campaign" if is_own(name) else name for name in names}
