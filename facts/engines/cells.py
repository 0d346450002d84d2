"""The cells that an engine answers with, in memory: filtered further and rolled up into totals frames."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facts.engines.expressions import REPORTED, Values
from facts.groups import Meanings, coarse, grouped
from facts.patience import NoAnswer
from facts.protocol import Scope
from facts.sums import Floats, Ints, Sums
from kpi.evaluate import REACH_FLOOR, ROWS
from kpi.schema import DATE, MEASURES, in_order
from kpi.selection import Grain, Grouping, period_starts

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Cells:
    """n cells: their `sums`, by dimension the number of each cell's value and the values, and `day` since 1970."""

    sums: Sums
    codes: Mapping[str, tuple[Ints, list[str]]]
    day: Ints | None

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.sums.nbytes + sum(code.nbytes for code, _ in self.codes.values()) + 1000

    def of(self, start: date, end: date, only: Scope, whole: bool) -> "Cells":
        """Those of the days `start` to `end` that `only` admits; `whole` where every cell is of these days."""
        mask = np.ones(len(self.sums.rows), dtype=bool)
        for name, chosen in only:
            code, values = self.codes[name]
            mask &= np.isin(values, chosen)[code] if values else False
        if not whole and self.day is not None:
            mask &= (self.day >= (start - _EPOCH).days) & (self.day <= (end - _EPOCH).days)
        if mask.all():
            return self
        some = np.flatnonzero(mask)
        codes = {name: (code[some], values) for name, (code, values) in self.codes.items()}
        return Cells(self.sums.take(some), codes, None if self.day is None else self.day[some])

    def totals(self, groupings: Iterable[Grouping], grain: Grain) -> dict[Grouping, pd.DataFrame]:
        """The totals frame of each grouping."""
        keys: dict[str, tuple[Ints, Meanings]] = {**self.codes}
        if self.day is not None:
            first = int(self.day.min()) if len(self.day) else 0
            days = np.arange(first, int(self.day.max(initial=first)) + 1).astype("datetime64[D]")
            periods, place = np.unique(period_starts(days, grain), return_inverse=True)
            keys[DATE] = place[self.day - first], periods
        groupings = tuple(groupings)
        short = tuple(dict.fromkeys(name for grouping in groupings if DATE not in grouping for name in grouping))
        fewer = coarse(short, self.sums, keys)  # days make most of the cells
        return {
            grouping: grouped(grouping, *((self.sums, keys) if DATE in grouping else fewer)) for grouping in groupings
        }


def cells(answer: pa.Table, keys: Sequence[str], values: Values = MappingProxyType({})) -> Cells:
    """The cells in an engine's answer to `expressions.sums`, which was told `values`. Raises NoAnswer where a sum is no
    number.
    """
    some = pc.greater(answer[ROWS], 0)
    if not pc.all(some, skip_nulls=False).as_py():  # a roll-up's rows of nothing; mostly there is no need to copy all
        answer = answer.filter(some)
    measures = np.stack([_floats(answer, name) for name in MEASURES])
    floor = _floats(answer, REACH_FLOOR)
    if not (np.isfinite(measures).all() and np.isfinite(floor).all()):
        raise NoAnswer("The data holds a number that is not finite, so these figures have no sum. Mend the table.")
    reported = {
        place: _floats(answer, f"{REPORTED}{name}")
        for place, name in enumerate(MEASURES)
        if f"{REPORTED}{name}" in answer.column_names
    }
    day = None
    if DATE in keys:
        day = answer[DATE].cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.intp)
    codes = {name: _numbered(answer[name], name, values.get(name, ())) for name in keys if name != DATE}
    return Cells(Sums(measures, floor, _floats(answer, ROWS), reported), codes, day)


def _floats(answer: pa.Table, name: str) -> Floats:
    """A column of sums as floats, 0 where there is none."""
    return pc.fill_null(answer[name].cast(pa.float64(), safe=False), 0.0).to_numpy()


def _numbered(column: pa.ChunkedArray, name: str, known: Sequence[str]) -> tuple[Ints, list[str]]:
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
