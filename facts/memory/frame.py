"""The facts of one version in memory: a pandas frame split into arrays that sum quickly.

Rows are sorted by day. Every distinct combination of dimension values is a *cell*; a row knows its day and its cell. A
selection is then a slice of rows (the days) and a mask over cells (the filters), and all groupings of a page follow
from one pass over that slice: the sums of each cell, kept by days because filters do not change them, and, for what is
drawn over time, the sums of each day. Where nearly every cell has a row every day, rows lie on a grid
(facts/memory/grid.py).
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from datetime import date, timedelta
from threading import Lock
from typing import Final

import numpy as np
import pandas as pd
from cachetools import LRUCache
from numpy.typing import NDArray

from facts.costs import bases_of_frame
from facts.memory.grid import Grid, on_grid
from facts.memory.groups import (
    GroupNumbers,
    Keys,
    Meanings,
    campaigns_of,
    coarse,
    number_cells,
    number_groups,
    own_codes,
    totals_of_grouping,
)
from facts.memory.sums import Bools, Ints, Sums, run_sums
from facts.protocol import DataProblem, Scope
from facts.side_facts import NO_SIDE_FACTS, SideFacts
from kpi.own_dimensions import NO_OWN, OwnDimension, OwnValues, own_values
from kpi.retention import EXISTING_SEGMENTS, existing_customers
from kpi.schema import DATE, DIMENSIONS, MEASURES
from kpi.selection import Extent, Grouping, Selection, period_starts

#: A dimension is short with at most so many values; what is grouped by none longer is summed over those first.
_SHORT: Final = 64
#: Cells are many where the short dimensions alone make less than this part of them.
_MANY: Final = 100
_NUMBERING_BYTES: Final = 16_000_000
#: Sums over more days take memory like their rows, so that one process makes them one after the other.
_MANY_DAYS: Final = 200
_WINDOW_BYTES: Final = 16_000_000
_RESULT_BYTES: Final = 12_000_000
#: Whether rows can win a customer, beside the dimensions that groups are made by.
_WINS: Final = "wins"


class FrameFacts:
    """Facts over a pandas frame with the columns of kpi.schema; text columns may be categorical."""

    def __init__(
        self,
        frame: pd.DataFrame,
        version: str,
        *,
        loaded: str = "",
        demo: bool = False,
        currency: str = "USD",
        side: SideFacts = NO_SIDE_FACTS,
        existing: Iterable[str] = EXISTING_SEGMENTS,
        own: Iterable[OwnDimension] = (),
    ) -> None:
        """`existing` are the segments of existing customers, `own` the company's own dimensions.

        Raises DataProblem where the frame is empty.
        """
        if frame.empty:
            raise DataProblem("The data has no rows: import some, or write the demo's with `python -m datagen`.")
        self.version, self.loaded, self.demo, self.currency, self.side = version, loaded, demo, currency, side
        days = frame[DATE].to_numpy().astype("datetime64[D]").astype(np.int64)
        if (np.diff(days) < 0).any():
            order = np.argsort(days, kind="stable")
            frame, days = frame.iloc[order], days[order]
        self._first = date(1970, 1, 1) + timedelta(days=int(days[0]))
        self._day: Ints = (days - days[0]).astype(np.intp)
        self._starts: Ints = np.searchsorted(self._day, np.arange(int(self._day[-1]) + 2))
        self._values, self._code, self._cell = number_cells(frame)
        self._cells = len(self._code[next(iter(DIMENSIONS))])
        self.own = self._add_own(tuple(own))
        self._place = {name: {value: at for at, value in enumerate(values)} for name, values in self._values.items()}
        self.existing = existing_customers(self._values, existing)
        self._wins = ~self._any_of(self.existing)
        self._rows = Sums.of_frame(frame, self._wins[self._cell], bases_of_frame(frame, side.costs))
        self._lay_out()
        self._short = tuple(name for name in DIMENSIONS if len(self._values[name]) <= _SHORT)
        few = number_groups((*self._short, _WINS), self._cells, self._keys_of_cells(self._short))
        self._few = few if few.size * _MANY < self._cells else None
        self._numberings: LRUCache[tuple[str, ...], GroupNumbers] = LRUCache(
            _NUMBERING_BYTES, getsizeof=lambda kept: kept.group.nbytes + 8 * kept.size * len(kept.keys)
        )
        self._windows: LRUCache[tuple[object, ...], Sums] = LRUCache(_WINDOW_BYTES, getsizeof=lambda sums: sums.nbytes)
        self._results: LRUCache[tuple[object, ...], dict[Grouping, pd.DataFrame]] = LRUCache(
            _RESULT_BYTES, getsizeof=_bytes_of
        )
        self._options: LRUCache[Scope, dict[str, tuple[str, ...]]] = LRUCache(64)  # one a role
        self._lock, self._long_sums = Lock(), Lock()

    def _add_own(self, dimensions: tuple[OwnDimension, ...]) -> OwnValues:
        """The value of each cell in the company's own dimensions, as in those of the schema."""
        if not dimensions:
            return NO_OWN
        platform, campaign = ((self._code[name], self._values[name]) for name in ("platform", "campaign"))
        own = own_values(dimensions, campaigns_of(platform, campaign)[1])
        for key, (code, values) in own_codes(own, platform, campaign).items():
            self._code[key], self._values[key] = code, values
        return own

    def _lay_out(self) -> None:
        """Put the rows on a grid, where they nearly fill one."""
        days = len(self._starts) - 1
        grid = on_grid(self._rows, self._day, self._cell, days, self._cells)
        self._on_grid = grid is not None
        self._full = grid is not None and bool((grid.rows == 1).all())
        if grid is not None and grid is not self._rows:
            self._rows = grid
            self._day = np.repeat(np.arange(days), self._cells)
            self._cell = np.tile(np.arange(self._cells), days)
            self._starts = np.arange(days + 1) * self._cells

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about: of the rows, and of answers that are kept."""
        rows = self._rows.nbytes + self._day.nbytes + self._cell.nbytes + self._starts.nbytes
        cells = sum(each.nbytes for each in self._code.values())
        return int(rows + cells + self._numberings.currsize + self._windows.currsize + self._results.currsize)

    def extent(self) -> Extent:
        """The first and the last day."""
        return Extent(self._first, self._first + timedelta(days=int(self._day[-1])))

    def options(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that occur within `scope`, in the order in which they are shown."""
        with self._lock:
            known = self._options.get(scope)
        if known is None:
            allowed = self._mask_of(scope)
            known = {
                name: tuple(self._values[name][code] for code in np.unique(self._code[name][allowed]))
                for name in self._values
            }
            with self._lock:
                self._options[scope] = known
        return known

    def totals(self, selection: Selection, groupings: Iterable[Grouping], scope: Scope) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping; see `facts.protocol.Facts`."""
        groupings = tuple(groupings)
        steps = (selection.grain, selection.calendar) if any(DATE in grouping for grouping in groupings) else None
        key = (selection.start, selection.end, selection.only, steps, scope, groupings)
        with self._lock:
            known = self._results.get(key)
        if known is None:
            with self._long_sums if selection.days > _MANY_DAYS else nullcontext():
                known = self._totals(selection, groupings, scope)
            with self._lock, suppress(ValueError):  # too large to keep
                self._results[key] = known
        return known

    def ahead(self, asked: Iterable[tuple[Selection, Iterable[Grouping]]], scope: Scope) -> None:
        """Nothing: memory is quick."""

    def _totals(
        self, selection: Selection, groupings: tuple[Grouping, ...], scope: Scope
    ) -> dict[Grouping, pd.DataFrame]:
        first, last = self._window(selection.start, selection.end)
        allowed = self._mask_of(selection.only) & self._mask_of(scope)
        found: dict[Grouping, pd.DataFrame] = {}
        timeless = tuple(grouping for grouping in groupings if DATE not in grouping)
        if timeless and self._few is None:
            found |= self._of_all_cells(first, last, allowed, timeless)
        elif timeless:
            found |= self._of_fewer_cells(first, last, allowed, timeless, (*selection.only, *scope))
        by_row = None
        for grouping in groupings:
            if grouping == (DATE,):
                found[grouping] = self._over_time(first, last, allowed, selection)
            elif DATE in grouping:
                if by_row is None:
                    names = {name for each in groupings if DATE in each for name in each} - {DATE}
                    by_row = self._of_rows(first, last, allowed, selection, names)
                rows, keys = by_row
                fewer = number_groups((*grouping, _WINS), len(rows.rows), keys)
                sums = _with_acquisition_spend(rows.by_group(fewer.group, fewer.size), fewer.keys)
                found[grouping] = totals_of_grouping(grouping, sums, fewer.keys)
        return {grouping: found[grouping] for grouping in groupings}

    def _of_all_cells(
        self, first: int, last: int, allowed: np.ndarray, groupings: Iterable[Grouping]
    ) -> dict[Grouping, pd.DataFrame]:
        """Groupings without a date, from the sums of each cell."""
        cells = self._of_cells(first, last)
        taken = np.flatnonzero(allowed & (cells.rows > 0))
        names = {*self._short, *(name for grouping in groupings for name in grouping)}
        by_cell = cells.take(taken), {name: (self._code[name][taken], self._values[name]) for name in names}
        fewer = coarse(self._short, *by_cell)  # whatever is asked for: the same sums are added in the same order
        return {
            grouping: totals_of_grouping(grouping, *(fewer if set(grouping) <= set(self._short) else by_cell))
            for grouping in groupings
        }

    def _of_fewer_cells(
        self, first: int, last: int, allowed: np.ndarray, groupings: Iterable[Grouping], only: Scope
    ) -> dict[Grouping, pd.DataFrame]:
        """The same where cells are many: those of the short dimensions serve all groupings that have no long one."""
        narrowed = {name for name, _ in only}
        found = {}
        for by_names in dict.fromkeys(self._short if set(each) <= set(self._short) else each for each in groupings):
            fewer = self._groups_by(by_names)
            sums = self._of_groups(first, last, by_names, fewer, None if narrowed <= set(by_names) else allowed)
            mask = sums.rows > 0
            for name, chosen in only if narrowed <= set(by_names) else ():
                mask &= self._among(name, chosen)[fewer.keys[name][0]]
            taken = np.flatnonzero(mask)
            by_group = sums.take(taken), {name: (code[taken], values) for name, (code, values) in fewer.keys.items()}
            for grouping in groupings:
                if (self._short if set(grouping) <= set(self._short) else grouping) == by_names:
                    found[grouping] = totals_of_grouping(grouping, *by_group)
        return found

    def _groups_by(self, names: tuple[str, ...]) -> GroupNumbers:
        """The cells by fewer dimensions; the same for every selection, so kept."""
        with self._lock:
            known = self._few if names == self._short else self._numberings.get(names)
        if known is None:
            known = number_groups((*names, _WINS), self._cells, self._keys_of_cells(names))
            with self._lock, suppress(ValueError):  # too large to keep
                self._numberings[names] = known
        return known

    def _keys_of_cells(self, names: Iterable[str]) -> Keys:
        return {
            _WINS: (self._wins.astype(np.intp), ["no", "yes"]),
            **{name: (self._code[name], self._values[name]) for name in names},
        }

    def _window(self, start: date, end: date) -> tuple[int, int]:
        """The slice of rows of the days `start` to `end`."""
        days = len(self._starts) - 1
        low = min(max((start - self._first).days, 0), days)
        high = min(max((end - self._first).days + 1, low), days)
        return int(self._starts[low]), int(self._starts[high])

    def _mask_of(self, only: Scope) -> np.ndarray:
        """Which cells a selection's or a scope's `only` admits."""
        mask = np.ones(self._cells, dtype=bool)
        for name, chosen in only:
            mask &= self._among(name, chosen)[self._code[name]]
        return mask

    def _any_of(self, only: Scope) -> Bools:
        """Which cells have any of the values in `only`."""
        mask = np.zeros(self._cells, dtype=bool)
        for name, chosen in only:
            mask |= self._among(name, chosen)[self._code[name]]
        return mask

    def _among(self, name: str, chosen: Iterable[str]) -> np.ndarray:
        """Which values of a dimension are among the chosen."""
        admitted, place = np.zeros(len(self._values[name]), dtype=bool), self._place[name]
        admitted[[place[value] for value in chosen if value in place]] = True
        return admitted

    def _of_cells(self, first: int, last: int) -> Sums:
        """The sums of each cell over a slice of rows; the same for every filter, so kept by its days."""

        def sum_rows() -> Sums:
            rows = self._rows.take(slice(first, last))
            if self._on_grid:
                sums = Grid(rows, self._cells).by_cell()
            else:
                sums = rows.by_group(self._cell[first:last], self._cells)
            return sums.with_acquisition_spend(sums, lambda each: each * self._wins)

        return self._from_cache((first, last), sum_rows)

    def _of_groups(
        self, first: int, last: int, names: tuple[str, ...], fewer: GroupNumbers, allowed: np.ndarray | None
    ) -> Sums:
        """The sums of each of fewer cells over a slice of rows; kept where no cell is left out (`allowed` is None)."""
        cell, rows = self._cell[first:last], self._rows.take(slice(first, last))

        def sum_rows() -> Sums:
            if allowed is None:
                return rows.by_group(fewer.group[cell], fewer.size)
            admitted = np.flatnonzero(allowed[cell])
            if 4 * len(admitted) < len(cell):
                return rows.take(admitted).by_group(fewer.group[cell[admitted]], fewer.size)
            # Not copied out: what does not count is added to a group behind the last.
            group = np.where(allowed, fewer.group, fewer.size)
            return rows.by_group(group[cell], fewer.size + 1).take(slice(fewer.size))

        def sums() -> Sums:
            return _with_acquisition_spend(sum_rows(), fewer.keys)

        return self._from_cache((first, last, names), sums) if allowed is None else sums()

    def _from_cache(self, key: tuple[object, ...], made: Callable[[], Sums]) -> Sums:
        """The sums at hand under `key`, or made and kept."""
        with self._lock:
            known = self._windows.get(key)
        if known is None:
            known = made()
            with self._lock, suppress(ValueError):  # too large to keep
                self._windows[key] = known
        return known

    def _over_time(self, first: int, last: int, allowed: np.ndarray, selection: Selection) -> pd.DataFrame:
        """The totals frame by period of a slice's rows that `allowed` admits; rows lie in the order of days."""
        if first == last:
            none = Sums.of_frame(pd.DataFrame(columns=[*MEASURES]), np.zeros(0, dtype=bool))
            return none.with_acquisition_spend(none, np.zeros_like).frame(pd.DatetimeIndex([], name=DATE))
        periods, starts = self._periods(first, last, selection)
        rows, starts = self._rows.take(slice(first, last)), starts - first
        if self._on_grid:
            sums = Grid(rows, self._cells, self._full).by_day(allowed, self._wins).in_runs(starts // self._cells, None)
        else:
            cell = self._cell[first:last]
            admitted = None if allowed.all() else allowed.astype(np.float64)[cell]
            won = (allowed & self._wins).astype(np.float64)[cell]
            sums = rows.in_runs(starts, admitted).with_acquisition_spend(rows, run_sums(starts, won))
        some = np.flatnonzero(sums.rows > 0)
        return sums.take(some).frame(pd.DatetimeIndex(periods[some].astype("datetime64[us]"), name=DATE))

    def _periods(self, first: int, last: int, selection: Selection) -> tuple[NDArray[np.datetime64], Ints]:
        """The periods that rows `first` to `last` lie in, none without a row, and the row at which each begins."""
        if first == last:
            return np.array([], dtype="datetime64[D]"), np.array([], dtype=np.intp)
        days = np.arange(int(self._day[first]), int(self._day[last - 1]) + 1)
        days = days[self._starts[days] < self._starts[days + 1]]
        of_day = period_starts(np.datetime64(self._first, "D") + days, selection)
        new = np.flatnonzero(np.append(True, of_day[1:] != of_day[:-1]))
        return of_day[new], self._starts[days[new]]

    def _of_rows(
        self, first: int, last: int, allowed: np.ndarray, selection: Selection, names: Iterable[str]
    ) -> tuple[Sums, Keys]:
        """The rows of a slice that `allowed` admits, with the keys of each: its period and the dimensions `names`, and
        whether it can win a customer.
        """
        admitted = allowed[self._cell[first:last]] & (self._rows.rows[first:last] > 0)
        rows: slice | Ints = slice(first, last) if admitted.all() else first + np.flatnonzero(admitted)
        cell = self._cell[rows]
        keys: dict[str, tuple[Ints, Meanings]] = {
            name: (code[cell], values) for name, (code, values) in self._keys_of_cells(names).items()
        }
        periods, starts = self._periods(first, last, selection)
        period = np.repeat(np.arange(len(periods)), np.diff([*starts, last]))
        taken = period if isinstance(rows, slice) else period[rows - first]
        keys[DATE] = taken, periods
        return self._rows.take(rows), keys


def _with_acquisition_spend(sums: Sums, keys: Keys) -> Sums:
    """Sums by groups that are told apart by whether they can win a customer."""
    return sums.with_acquisition_spend(sums, lambda each: each * keys[_WINS][0])


def _bytes_of(frames: dict[Grouping, pd.DataFrame]) -> int:
    """Bytes that totals frames take as Python holds them, their keys included: far more than their numbers."""
    return 1500 + sum(1500 + frame.size * 8 + len(frame) * 60 for frame in frames.values())
