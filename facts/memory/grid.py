"""Rows on a grid of days and cells, for facts where nearly every cell has a row every day.

Sums over a grid need no group numbers, and those of each day take half the time of sums of runs.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from facts.memory.sums import Bools, Floats, Ints, Sums

#: How much of a grid must be rows: the rest takes memory and time for nothing.
FULL: Final = 2 / 3


def on_grid(rows: Sums, day: Ints, cell: Ints, days: int, cells: int) -> Sums | None:
    """`rows` in the order of day and cell, with an empty one (of no rows) where a cell has none that day.

    None where too many would be empty, or where a cell has several rows on a day.
    """
    size = days * cells
    if len(day) < FULL * size:
        return None
    place = day * cells + cell
    if len(place) == size and bool((np.diff(place) == 1).all()):
        return rows
    if len(place) > size or np.bincount(place, minlength=size).max() > 1:
        return None

    def spread(each: Floats) -> Floats:
        found = np.zeros(size)
        found[place] = each
        return found

    values = np.zeros((len(rows.values), size))
    values[:, place] = rows.values
    reported = {measure: spread(known) for measure, known in rows.reported.items()}
    of_basis = {label: spread(each) for label, each in rows.of_basis.items()}
    return Sums(values, spread(rows.reach), spread(rows.rows), reported, of_basis)


@dataclass(frozen=True)
class Grid:
    """The rows of some whole days on a grid of so many cells; `full` where each is one row: these need no counting."""

    rows: Sums
    cells: int
    full: bool = False

    def by_day(self, admitted: Bools, wins: Bools | None = None) -> Sums:
        """The sums of each day over the cells that `admitted` admits.

        With acquisition spend where the rows have none yet: `wins` are the cells that can win a customer.
        """
        weight = admitted.astype(np.float64)

        def weighted_sum(each: Floats, weight: Floats = weight) -> Floats:
            if self.full and each is self.rows.rows:
                return np.full(len(each) // self.cells, weight.sum())
            # not a product of matrices: that would take the threads of the other readers
            found: Floats = np.einsum("...dc,c->...d", self._split(each), weight)
            return found

        sums = Sums(
            weighted_sum(self.rows.values),
            (self._split(self.rows.reach) * weight).max(axis=-1),
            weighted_sum(self.rows.rows),
            {measure: weighted_sum(known) for measure, known in self.rows.reported.items()},
            {label: weighted_sum(each) for label, each in self.rows.of_basis.items()},
        )
        if wins is None:
            return sums
        return sums.with_acquisition_spend(self.rows, lambda each: weighted_sum(each, weight * wins))

    def by_cell(self) -> Sums:
        """The sums of each cell over the days."""
        return Sums(
            self._split(self.rows.values).sum(axis=-2),
            self._split(self.rows.reach).max(axis=-2, initial=0.0),
            self._split(self.rows.rows).sum(axis=-2),
            {measure: self._split(known).sum(axis=-2) for measure, known in self.rows.reported.items()},
            {label: self._split(each).sum(axis=-2) for label, each in self.rows.of_basis.items()},
        )

    def _split(self, each: Floats) -> Floats:
        return each.reshape(*each.shape[:-1], -1, self.cells)
