"""The cells an engine answered with, kept in memory to be filtered further and rolled up into totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from facts.deadline import NoAnswer
from facts.engines.expressions import REPORTED, WINS, Values, basis_column, column_of
from facts.memory.grid import FULL, Grid
from facts.memory.groups import Meanings, coarse, number_groups, totals_of_grouping
from facts.memory.sums import Floats, Ints, Sums, by_wins, take_out_new_customers
from facts.protocol import Scope
from kpi.basis import Basis, BasisSum
from kpi.evaluate import REACH_FLOOR, ROWS
from kpi.schema import DATE, MEASURES, in_order
from kpi.selection import Grouping, Selection, period_starts

_EPOCH: Final = date(1970, 1, 1)

#: By dimension the number of each cell's value, and the values.
Codes = Mapping[str, tuple[Ints, list[str]]]


@dataclass(frozen=True)
class Cells:
    """n cells in no order: their `sums`, the values of each, and its `day` since 1970 unless all days are in one."""

    sums: Sums
    codes: Codes
    day: Ints | None

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        day = 0 if self.day is None else self.day.nbytes
        return self.sums.nbytes + day + _bytes_of(self.codes) + 1000

    def of(self, start: date, end: date, only: Scope, whole: bool) -> "Cells":
        """Those of the days `start` to `end` that `only` admits; `whole` where every cell is of these days."""
        mask = _mask_of(self.codes, only, len(self.sums.rows))
        if not whole and self.day is not None:
            mask &= (self.day >= (start - _EPOCH).days) & (self.day <= (end - _EPOCH).days)
        if mask.all():
            return self
        some = np.flatnonzero(mask)
        return Cells(self.sums.take(some), _take_cells(self.codes, some), None if self.day is None else self.day[some])

    def totals(self, groupings: Iterable[Grouping], selection: Selection) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping, over time by the periods of `selection`."""
        keys: dict[str, tuple[Ints, Meanings]] = {**self.codes}
        if self.day is not None:
            first = int(self.day.min()) if len(self.day) else 0
            periods, place = _periods(first, int(self.day.max(initial=first)) - first + 1, selection)
            keys[DATE] = place[self.day - first], periods
        groupings = tuple(groupings)
        short = tuple(dict.fromkeys(name for grouping in groupings if DATE not in grouping for name in grouping))
        fewer = coarse(short, self.sums, keys)  # days make most of the cells
        return {
            grouping: totals_of_grouping(grouping, *((self.sums, keys) if DATE in grouping else fewer))
            for grouping in groupings
        }


@dataclass(frozen=True)
class GridCells:
    """Cells on a grid, of no rows where there was none: the `sums` of the day `first` since 1970, one a combination
    whose values `codes` tells, then those of the next day. Sums over days or combinations then need no numbers.
    """

    sums: Sums
    codes: Codes
    first: int
    days: int

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.sums.nbytes + _bytes_of(self.codes) + 1000

    def of(self, start: date, end: date, only: Scope, whole: bool) -> "GridCells | Cells":
        """Those of the days `start` to `end` that `only` admits; `whole` where every cell is of these days."""
        mask = _mask_of(self.codes, only, self._across)
        low, high = 0, self.days
        if not whole:
            low = max((start - _EPOCH).days - self.first, low)
            high = min((end - _EPOCH).days - self.first + 1, high)
        if mask.all() and (low, high) == (0, self.days):
            return self
        some = np.flatnonzero(mask)
        place = (np.arange(low, high)[:, None] * self._across + some).ravel()
        sums, codes = self.sums.take(place), _take_cells(self.codes, some)
        if not len(place):
            return Cells(sums, _take_cells(codes, np.arange(0)), np.arange(0))
        return GridCells(sums, codes, self.first + low, high - low)

    def totals(self, groupings: Iterable[Grouping], selection: Selection) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping, over time by the periods of `selection`."""
        groupings = tuple(groupings)
        grid = Grid(self.sums, self._across)
        found = {}
        if any(DATE not in grouping for grouping in groupings):
            over_days = _some(grid.by_cell(), self.codes)
            found = {
                grouping: totals_of_grouping(grouping, *over_days) for grouping in groupings if DATE not in grouping
            }
        if len(found) < len(groupings):
            periods, place = _periods(self.first, self.days, selection)
            if (DATE,) in groupings:
                by_day = _some(grid.by_day(np.ones(self._across, dtype=bool)), {DATE: (place, periods)})
                found[DATE,] = totals_of_grouping((DATE,), *by_day)
            if any(DATE in grouping and len(grouping) > 1 for grouping in groupings):
                codes = {name: (np.tile(code, self.days), values) for name, (code, values) in self.codes.items()}
                each = _some(self.sums, {**codes, DATE: (np.repeat(place, self._across), periods)})
                found |= {
                    grouping: totals_of_grouping(grouping, *each) for grouping in groupings if grouping not in found
                }
        return found

    @property
    def _across(self) -> int:
        return len(self.sums.rows) // self.days


def _some(sums: Sums, keys: Mapping[str, tuple[Ints, Meanings]]) -> tuple[Sums, dict[str, tuple[Ints, Meanings]]]:
    """Those with rows."""
    some = np.flatnonzero(sums.rows > 0)
    return sums.take(some), {name: (code[some], values) for name, (code, values) in keys.items()}


def _bytes_of(codes: Codes) -> int:
    return sum(code.nbytes for code, _ in codes.values())


def _take_cells(codes: Codes, some: Ints) -> Codes:
    return {name: (code[some], values) for name, (code, values) in codes.items()}


def _mask_of(codes: Codes, only: Scope, count: int) -> NDArray[np.bool_]:
    mask = np.ones(count, dtype=bool)
    for name, chosen in only:
        code, values = codes[name]
        mask &= np.isin(values, chosen)[code] if values else False
    return mask


def _periods(first: int, days: int, selection: Selection) -> tuple[NDArray[np.datetime64], Ints]:
    """The periods that some days since 1970 lie in, and the place among them of each day."""
    of_day = period_starts(np.arange(first, first + days).astype("datetime64[D]"), selection)
    periods, place = np.unique(of_day, return_inverse=True)
    return periods, place.astype(np.intp, copy=False)


def cells(
    answer: pa.Table, keys: Sequence[str], values: Values = MappingProxyType({}), bases: Sequence[Basis] = ()
) -> Cells | GridCells:
    """The cells in an engine's answer to `expressions.sums`, which was told `values` and `bases`. Raises NoAnswer where
    a sum is no number.
    """
    some = pc.greater(answer[ROWS], 0)
    if not pc.all(some, skip_nulls=False).as_py():  # a roll-up's rows of nothing; mostly there is no need to copy all
        answer = answer.filter(some)
    codes: Codes = {
        name: _number_column(answer[column_of(name)], name, values.get(name, ())) for name in keys if name != DATE
    }
    if DATE not in keys:
        return Cells(_sums(answer, slice(None), answer.num_rows, bases), codes, None)
    day = answer[DATE].cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.intp)
    if len(day):
        first = int(day.min())
        days = int(day.max()) - first + 1
        wins = {WINS: (answer[WINS].cast(pa.int64()).to_numpy(), ["no", "yes"])} if WINS in answer.column_names else {}
        across = number_groups((*codes, *wins), len(day), {**codes, **wins})
        size = days * across.size
        if len(day) >= FULL * size:
            sums = _sums(answer, (day - first) * across.size + across.group, size, bases)
            met = {name: (across.keys[name][0], found) for name, (_, found) in codes.items()}
            return GridCells(sums, met, first, days)
    return Cells(_sums(answer, slice(None), len(day), bases), codes, day)


def _sums(answer: pa.Table, place: Ints | slice, size: int, bases: Sequence[Basis]) -> Sums:
    """The sums of an answer, each at its place among `size`."""

    def spread(name: str, into: Floats | None = None) -> Floats:
        """A column as floats, 0 where there is none."""
        column = answer[name].cast(pa.float64(), safe=False)
        found = np.zeros(size) if into is None else into
        found[place] = (pc.fill_null(column, 0.0) if column.null_count else column).to_numpy()
        return found

    measures = np.zeros((len(MEASURES), size))
    for name, into in zip(MEASURES, measures, strict=True):
        spread(name, into)
    floor = spread(REACH_FLOOR)
    if not (np.isfinite(measures).all() and np.isfinite(floor).all()):
        raise NoAnswer("The data holds a number that is not finite, so these figures have no sum. Mend the table.")
    reported: dict[tuple[int, ...], Floats] = {
        (number,): spread(f"{REPORTED}{name}")
        for number, name in enumerate(MEASURES)
        if f"{REPORTED}{name}" in answer.column_names
    }
    wins = spread(WINS) if WINS in answer.column_names else np.ones(size)
    take_out_new_customers(measures, reported, wins)
    of_basis: dict[BasisSum, Floats] = {}
    for number, basis in enumerate(bases):
        for label in basis.sums:
            name = basis_column(number, label.measure)
            for each, column in ((label, name), (replace(label, counts=True), f"{REPORTED}{name}")):
                of_basis[each] = spread(column) * wins if by_wins(label) else spread(column)
    sums = Sums(measures, floor, spread(ROWS), reported, of_basis)
    return sums.with_acquisition_spend(sums, lambda each: each * wins)


def _number_column(column: pa.ChunkedArray, name: str, known: Sequence[str]) -> tuple[Ints, list[str]]:
    if pa.types.is_integer(column.type):
        if column.null_count:
            raise NoAnswer(f"A {name} came into the data while it was read. Ask again in a minute.")
        return column.to_numpy().astype(np.intp) - 1, list(known)
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    found = encoded.dictionary.to_pylist()
    values = list(in_order(name, found))
    place = {value: at for at, value in enumerate(values)}
    of_code = np.array([place[value] for value in found], dtype=np.intp)
    return of_code[encoded.indices.to_numpy()] if found else np.zeros(0, dtype=np.intp), values
