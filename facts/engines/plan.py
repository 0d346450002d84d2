"""Which groupings of a page an engine answers in one pass: those whose cells in common are few enough to travel."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.selection import Grouping


@dataclass(frozen=True)
class Pass:
    """One pass over the rows: sums by `keys`, from which `groupings` follow."""

    keys: tuple[str, ...]
    groupings: tuple[Grouping, ...]


def passes(groupings: Iterable[Grouping], sizes: Mapping[str, int], most: int) -> Sequence[Pass]:
    """As few passes as have at most `most` cells each; a grouping that alone has more is a pass of its own.

    `sizes` is the number of values of each dimension and of days. Cells are counted as if all combinations occurred.
    """

    def cells(keys: Iterable[str]) -> int:
        return math.prod(sizes[name] for name in keys)

    found: list[tuple[set[str], list[Grouping]]] = []
    for grouping in sorted(dict.fromkeys(groupings), key=cells, reverse=True):
        fitting = [each for each in found if set(grouping) <= each[0] or cells(each[0] | set(grouping)) <= most]
        if fitting:
            keys, asked = min(fitting, key=lambda each: cells(each[0] | set(grouping)))
            keys |= set(grouping)
            asked.append(grouping)
        else:
            found.append((set(grouping), [grouping]))
    return [Pass(tuple(name for name in sizes if name in keys), tuple(asked)) for keys, asked in found]
