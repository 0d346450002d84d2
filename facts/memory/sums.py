"""Sums of the measures by row, cell or group, which remember where a measure was not reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.evaluate import REACH_FLOOR, ROWS, SUMS, names
from kpi.schema import MEASURES

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_REACH: Final = MEASURES.index("reach")


@dataclass(frozen=True)
class Sums:
    """n sums of each measure: `values` (measure × n, 0 where missing), `reach` the largest single row's, `rows` the
    number of fact rows, and by incomplete measure the number of rows that report it.
    """

    values: Floats
    reach: Floats
    rows: Floats
    reported: Mapping[int, Floats]

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> "Sums":
        """Each row by itself; one of a roll-up stands for as many as its `rows` says."""
        values = np.empty((len(MEASURES), len(frame)))
        reported = {}
        for place, name in enumerate(MEASURES):
            column = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            missing = np.isnan(column)
            if missing.any():
                reported[place] = (~missing).astype(np.float64)
                column = np.where(missing, 0.0, column)
            values[place] = column
        if ROWS in frame:
            floor = frame[REACH_FLOOR].to_numpy(dtype=np.float64, na_value=0.0)
            return cls(values, floor, frame[ROWS].to_numpy(dtype=np.float64), reported)
        return cls(values, values[_REACH], np.ones(len(frame)), reported)

    def take(self, which: slice | Ints) -> "Sums":
        """Some of them; a slice copies nothing."""
        return Sums(
            self.values[:, which],
            self.reach[which],
            self.rows[which],
            {place: known[which] for place, known in self.reported.items()},
        )

    def by_group(self, group: Ints, size: int) -> "Sums":
        """Added up by `group`, numbers below `size`."""
        values = np.empty((len(MEASURES), size))
        for place, each in enumerate(self.values):
            values[place] = _sum_by_group(group, each, size)
        reach = np.zeros(size)
        np.maximum.at(reach, group, self.reach)
        return Sums(
            values,
            reach,
            _sum_by_group(group, self.rows, size),
            {place: _sum_by_group(group, known, size) for place, known in self.reported.items()},
        )

    def in_runs(self, starts: Ints, admitted: Floats | None) -> "Sums":
        """Added up over the neighbouring runs that begin at `starts`, none of them empty.

        `admitted` is 1 for what counts and 0 for what does not; None admits all. Runs need no group numbers and no copy
        of what is admitted, which for long runs is several times quicker than `take` and `by_group`.
        """

        weighted = None if admitted is None else np.empty_like(admitted)  # one for all: fresh memory costs as much

        def sum_runs(each: Floats, add: np.ufunc = np.add) -> Floats:
            counted = each if admitted is None else np.multiply(each, admitted, out=weighted)
            return add.reduceat(counted, starts)

        return Sums(
            np.stack([sum_runs(each) for each in self.values]),
            sum_runs(self.reach, np.maximum),
            sum_runs(self.rows),
            {place: sum_runs(known) for place, known in self.reported.items()},
        )

    def frame(self, index: pd.Index) -> pd.DataFrame:
        """A totals frame (see kpi.evaluate): NaN where no row reports a measure."""
        block = np.vstack([self.values, self.reach, self.rows]).T
        for place, known in self.reported.items():
            block[known == 0, place] = np.nan
            if place == _REACH:
                block[known == 0, SUMS.index(REACH_FLOOR)] = np.nan
        return pd.DataFrame(block, index=index, columns=names(SUMS), copy=False)

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        known = sum(each.nbytes for each in self.reported.values())
        return int(self.values.nbytes + self.reach.nbytes + self.rows.nbytes + known)


def _sum_by_group(group: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(group, weights=values, minlength=size).astype(np.float64, copy=False)
