"""Sums of rows: none beyond any account, and those of weeks spread over their days."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ingest.read.normalize import Table
from ingest.read.numbers import LARGEST
from ingest.read.wide import spread
from ingest.results import ImportProblem
from kpi.schema import DATE


def refuse_beyond(table: Table, sums: pd.DataFrame) -> None:
    """Each row's figures may be possible and their sum is not: one that is infinite would spoil the whole table."""
    for name, values in sums.items():
        beyond = np.flatnonzero(values.abs() > LARGEST)
        if len(beyond):
            day = pd.Timestamp(sums.index.get_level_values(DATE)[beyond[0]])
            raise ImportProblem(
                f"{table.name}: the rows of {day:%Y-%m-%d} add up to {values.iloc[beyond[0]]:g} of {name}, beyond any "
                f"account (at most {LARGEST:,.0f}): repair them or export again."
            )


def daily(
    table: Table, frame: pd.DataFrame, counts: Sequence[str], others: Sequence[str], unit: Sequence[str]
) -> pd.DataFrame:
    """`frame`, whose rows are sums of weeks, by day."""
    table.note(
        "Sums of weeks, spread evenly over their seven days: totals of whole weeks are right, single days are not "
        "known.",
        "warning",
    )
    return spread(frame, counts, others, unit).sort_values([DATE, *unit], ignore_index=True)
