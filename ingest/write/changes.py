"""What an import does to each part of the table: its days and sums before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from ingest.read.rates import BILLED, RATE
from ingest.results import CURRENCY, CUT, PROGRAM
from kpi.schema import DATE, MEASURES, TEXT

PART: Final = ("platform", "account", PROGRAM, CUT)
_FIGURES: Final = (*MEASURES, RATE)
_KEY: Final = (DATE, *TEXT, CUT, PROGRAM, CURRENCY, BILLED)


@dataclass(frozen=True)
class Change:
    """What an import does to one part: its days, its sums before (None where there was nothing) and after, campaigns
    that were there and are in the import no longer. `same`: the figures are those already there.
    """

    part: tuple[str, str, str, str]
    first: date
    last: date
    days: int
    before: dict[str, float | None] | None
    after: dict[str, float | None]
    gone: tuple[str, ...]
    same: bool


def changes_of(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Change]:
    old = dict(list(before.groupby(list(PART)))) if len(before) else {}
    for part, rows in after.groupby(list(PART)):
        earlier = old.get(part)
        yield Change(
            part,
            rows[DATE].min().date(),
            rows[DATE].max().date(),
            rows[DATE].nunique(),
            _sums(earlier) if earlier is not None else None,
            _sums(rows),
            tuple(sorted(set(earlier["campaign"]) - set(rows["campaign"]))) if earlier is not None else (),
            earlier is not None and _equal(earlier, rows),
        )


def _sums(rows: pd.DataFrame) -> dict[str, float | None]:
    sums = rows[[name for name in MEASURES if name != "reach"]].astype(float).sum(min_count=1)
    return {name: None if pd.isna(value) else round(float(value), 6) for name, value in sums.items()}


def _equal(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    """Whether two sets of rows say the same."""
    if len(left) != len(right):
        return False
    if (right[BILLED] == "").any():  # a file that names no currency takes nothing back that was said before
        left, right = (
            each.assign(**{BILLED: each[BILLED].where(each[BILLED] != "", each[CURRENCY])}) for each in (left, right)
        )
    left, right = (each.sort_values(list(_KEY), ignore_index=True) for each in (left, right))
    if not all((left[name].to_numpy() == right[name].to_numpy()).all() for name in _KEY):
        return False
    old, new = (each[list(_FIGURES)].to_numpy(dtype=np.float64, na_value=np.nan) for each in (left, right))
    return bool(np.array_equal(old, new, equal_nan=True))
