"""Sums of the measures by row, cell or group, which remember where a measure was not reported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.basis import Basis, BasisSum
from kpi.evaluate import REACH_FLOOR, ROWS, SUMS, names
from kpi.schema import ACQUISITION_SPEND, MEASURES, OF_NEW_CUSTOMERS, SUMMED

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_REACH: Final = MEASURES.index("reach")
_SPEND: Final = MEASURES.index("spend")
_OF_NEW: Final = tuple(MEASURES.index(name) for name in OF_NEW_CUSTOMERS)
_ACQUISITION: Final = SUMMED.index(ACQUISITION_SPEND)
#: What rows of existing customers have none of.
_BY_WINS: Final = frozenset((*OF_NEW_CUSTOMERS, ACQUISITION_SPEND))


@dataclass(frozen=True)
class Sums:
    """n sums of each measure: `values` (measure × n, 0 where missing), `reach` the largest single row's, `rows` the
    number of fact rows, and by incomplete measures (those that the same rows lack) the number of rows that report them.
    `of_basis` are the sums over the rows that some metrics are worked out of (kpi.basis).

    Rows have those of `MEASURES`; with `with_acquisition_spend` sums of them have those of `SUMMED`.
    """

    values: Floats
    reach: Floats
    rows: Floats
    reported: Mapping[tuple[int, ...], Floats]
    of_basis: Mapping[BasisSum, Floats] = field(default_factory=dict)

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, wins: Bools, bases: Sequence[tuple[Basis, Bools]] = ()) -> "Sums":
        """Each row by itself; one of a roll-up stands for as many as its `rows` says.

        Those that cannot win a customer, where `wins` is false, have no new customers whatever they report. `bases`
        come with which rows are theirs.
        """
        values = np.empty((len(MEASURES), len(frame)))
        reported: dict[tuple[int, ...], Floats] = {}
        for place, name in enumerate(MEASURES):
            column = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            missing = np.isnan(column)
            if missing.any():
                reported[place,] = (~missing).astype(np.float64)
                column = np.where(missing, 0.0, column)
            values[place] = column
        take_out_new_customers(values, reported, wins)
        of_basis = _sums_of_bases(values, reported, wins, bases)
        if ROWS in frame:
            floor = frame[REACH_FLOOR].to_numpy(dtype=np.float64, na_value=0.0)
            return cls(values, floor, frame[ROWS].to_numpy(dtype=np.float64), reported, of_basis)
        return cls(values, values[_REACH], np.ones(len(frame)), reported, of_basis)

    def take(self, which: slice | Ints) -> "Sums":
        """Some of them; a slice copies nothing."""
        return Sums(
            self.values[:, which],
            self.reach[which],
            self.rows[which],
            {place: known[which] for place, known in self.reported.items()},
            {label: each[which] for label, each in self.of_basis.items()},
        )

    def by_group(self, group: Ints, size: int) -> "Sums":
        """Added up by `group`, numbers below `size`."""
        values = np.empty((len(self.values), size))
        for place, each in enumerate(self.values):
            values[place] = _sum_by_group(group, each, size)
        reach = np.zeros(size)
        np.maximum.at(reach, group, self.reach)
        return Sums(
            values,
            reach,
            _sum_by_group(group, self.rows, size),
            {place: _sum_by_group(group, known, size) for place, known in self.reported.items()},
            {label: _sum_by_group(group, each, size) for label, each in self.of_basis.items()},
        )

    def in_runs(self, starts: Ints, admitted: Floats | None) -> "Sums":
        """Added up over the neighbouring runs that begin at `starts`, none of them empty.

        `admitted` is 1 for what counts and 0 for what does not; None admits all. Runs need no group numbers and no copy
        of what is admitted, which for long runs is several times quicker than `take` and `by_group`.
        """
        sum_runs = run_sums(starts, admitted)
        return Sums(
            np.stack([sum_runs(each) for each in self.values]),
            sum_runs(self.reach, np.maximum),
            sum_runs(self.rows),
            {place: sum_runs(known) for place, known in self.reported.items()},
            {label: sum_runs(each) for label, each in self.of_basis.items()},
        )

    def with_acquisition_spend(self, of: "Sums", winning_sum: Callable[[Floats], Floats]) -> "Sums":
        """With the spend that can win customers. These are sums of `of`, of which `winning_sum` adds up what can."""
        known, count = of.reported.get((_SPEND,)), winning_sum(of.rows)
        alike = tuple(place for place in _OF_NEW if (place,) not in self.reported)
        more = {(*alike, _ACQUISITION): count} if known is None else {alike: count, (_ACQUISITION,): winning_sum(known)}
        values = np.vstack([self.values, winning_sum(of.values[_SPEND])])
        return Sums(values, self.reach, self.rows, {**self.reported, **more}, self.of_basis)

    def frame(self, index: pd.Index) -> pd.DataFrame:
        """A totals frame (see kpi.evaluate): NaN where no row reports a measure."""
        labels = [label for label in self.of_basis if not label.counts]
        of_basis = [np.where(self.of_basis[_count_of(label)] > 0, self.of_basis[label], np.nan) for label in labels]
        block = np.vstack([self.values, self.reach, self.rows, *of_basis]).T
        for places, known in self.reported.items():
            missing = known <= 0
            for place in (*places, *([SUMS.index(REACH_FLOOR)] if _REACH in places else [])):
                block[missing, place] = np.nan
        return pd.DataFrame(block, index=index, columns=names((*SUMS, *labels)), copy=False)

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        known = sum(each.nbytes for each in (*self.reported.values(), *self.of_basis.values()))
        return int(self.values.nbytes + self.reach.nbytes + self.rows.nbytes + known)


def take_out_new_customers(values: Floats, reported: Mapping[tuple[int, ...], Floats], wins: Bools | Floats) -> None:
    """Make of `values` and `reported`, as in `Sums`, those of rows without new customers where `wins` is 0."""
    for place in _OF_NEW:
        values[place] *= wins
        if (known := reported.get((place,))) is not None:
            known *= wins


def by_wins(label: BasisSum) -> bool:
    """Whether a sum over a basis has only rows that can win a customer."""
    return label.measure in _BY_WINS


def _count_of(label: BasisSum) -> BasisSum:
    return replace(label, counts=True)


def _sums_of_bases(
    values: Floats, reported: Mapping[tuple[int, ...], Floats], wins: Bools, bases: Sequence[tuple[Basis, Bools]]
) -> dict[BasisSum, Floats]:
    """What each row adds to the sums over each basis, and whether it reports it."""
    found: dict[BasisSum, Floats] = {}
    for basis, mine in bases:
        for label in basis.sums:
            place = _SPEND if label.measure == ACQUISITION_SPEND else MEASURES.index(label.measure)
            admitted = (mine & wins if by_wins(label) else mine).astype(np.float64)
            found[label] = values[place] * admitted
            known = reported.get((place,))
            found[_count_of(label)] = admitted if known is None else known * admitted
    return found


def run_sums(starts: Ints, admitted: Floats | None) -> Callable[..., Floats]:
    """What adds a measure up over runs; see `Sums.in_runs`."""
    weighted = None if admitted is None else np.empty_like(admitted)  # one for all: fresh memory costs as much

    def sum_runs(each: Floats, add: np.ufunc = np.add) -> Floats:
        counted = each if admitted is None else np.multiply(each, admitted, out=weighted)
        return add.reduceat(counted, starts)

    return sum_runs


def _sum_by_group(group: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(group, weights=values, minlength=size).astype(np.float64, copy=False)
