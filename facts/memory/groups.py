"""Turns sums into totals frames: the groups of one grouping are numbered, added up and named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facts.memory.sums import Ints, Sums
from kpi.own_dimensions import OTHER, Campaign, OwnValues
from kpi.schema import DATE, DIMENSIONS, in_order
from kpi.selection import Grouping

#: What a grouping is made of: the number of each row's (or cell's) value, and what the numbers mean.
Meanings = list[str] | NDArray[np.datetime64]
Keys = Mapping[str, tuple[Ints, Meanings]]
#: The number of each cell's value in a dimension, and the values.
Codes = tuple[Ints, list[str]]


@dataclass(frozen=True)
class GroupNumbers:
    """Cells by fewer dimensions: the number of each one's group, and by dimension what the groups are."""

    group: Ints
    size: int
    keys: Keys


def number_cells(frame: pd.DataFrame) -> tuple[dict[str, list[str]], dict[str, Ints], Ints]:
    """The values of each dimension in order, the number of each cell's value, and each row's cell."""
    key = np.zeros(len(frame), dtype=np.int64)
    values: dict[str, list[str]] = {}
    by_row: dict[str, Ints] = {}
    for name in DIMENSIONS:
        column = frame[name].astype("category").cat
        found = [str(value) for value in column.categories]
        used = np.unique(column.codes.to_numpy())
        values[name] = list(in_order(name, (found[code] for code in used)))
        place = {value: at for at, value in enumerate(values[name])}
        by_row[name] = np.array([place.get(value, 0) for value in found], dtype=np.intp)[column.codes.to_numpy()]
        key = key * len(values[name]) + by_row[name]
    _, row, cell = np.unique(key, return_index=True, return_inverse=True)
    met = np.argsort(row)  # in the order in which rows have them, mostly that of every day
    number = np.empty_like(met)
    number[met] = np.arange(len(met))
    return values, {name: code[row[met]] for name, code in by_row.items()}, number[cell].astype(np.intp, copy=False)


def campaigns_of(platform: Codes, campaign: Codes) -> tuple[Ints, list[Campaign]]:
    """The number of each cell's campaign of its platform, and these campaigns."""
    (platforms, platform_names), (campaigns, names) = platform, campaign
    pairs, of_cell = np.unique(platforms * max(len(names), 1) + campaigns, return_inverse=True)
    found = [(platform_names[pair // len(names)], names[pair % len(names)]) for pair in pairs.tolist()]
    return of_cell.astype(np.intp, copy=False), found


def own_codes(own: OwnValues, platform: Codes, campaign: Codes) -> dict[str, Codes]:
    """By own dimension the number of each cell's value, and the values, of the cells' platforms and campaigns."""
    of_cell, campaigns = campaigns_of(platform, campaign)
    found = {}
    for key in own.keys:
        values = list(dict.fromkeys((*own.known[key], OTHER)))
        place = {value: number for number, value in enumerate(values)}
        of_campaign = np.array([place[own.value(key, each)] for each in campaigns], dtype=np.intp)
        found[key] = of_campaign[of_cell], values
    return found


def coarse(names: Grouping, sums: Sums, keys: Keys) -> tuple[Sums, Keys]:
    """The sums by `names` alone, from which all groupings of some of them follow; as they are where that is no less."""
    fewer = number_groups(names, len(sums.rows), keys)
    if 2 * fewer.size > len(sums.rows):
        return sums, keys
    return sums.by_group(fewer.group, fewer.size), fewer.keys


def number_groups(names: Iterable[str], count: int, keys: Keys) -> GroupNumbers:
    """The groups by `names` alone of `count` cells, numbered in the order of their values."""
    names = tuple(names)
    left, group = _number_combinations(names, count, keys)
    size, fewer = len(left), {}
    for name in reversed(names):
        meanings = keys[name][1]
        fewer[name] = left % len(meanings), meanings
        left = left // len(meanings)
    return GroupNumbers(group, size, fewer)


def totals_of_grouping(grouping: Grouping, sums: Sums, keys: Keys) -> pd.DataFrame:
    """The totals frame of one grouping, its groups in the order of their values."""
    present, group = _number_combinations(grouping, len(sums.rows), keys)
    return sums.by_group(group, len(present)).frame(_index(grouping, present, keys))


def _number_combinations(grouping: Grouping, count: int, keys: Keys) -> tuple[Ints, Ints]:
    """Which combinations of values occur, as numbers in their order, and the place among them of each of `count`."""
    number = np.zeros(count, dtype=np.intp)
    size = 1
    for name in grouping:
        number = number * len(keys[name][1]) + keys[name][0]
        size *= len(keys[name][1])
    if size <= max(1024, count):
        place = np.bincount(number, minlength=size) > 0
        present, group = np.flatnonzero(place), (np.cumsum(place) - 1)[number]
    else:  # far more combinations than rows: number only those that occur
        present, group = np.unique(number, return_inverse=True)
    return present, group.astype(np.intp, copy=False)


def _index(grouping: Grouping, present: Ints, keys: Keys) -> pd.Index:
    if not grouping:
        return pd.RangeIndex(len(present))
    levels, codes = [], []
    for name in reversed(grouping):
        meanings = keys[name][1]
        levels.append(pd.Index(meanings, dtype="datetime64[us]" if name == DATE else "object"))
        codes.append(present % len(meanings))
        present = present // len(meanings)
    if len(grouping) > 1:
        return pd.MultiIndex(levels[::-1], codes[::-1], names=grouping, verify_integrity=False)
    return levels[0].take(codes[0]).rename(grouping[0])
