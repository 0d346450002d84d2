"""The course of a selection over time in few points, for a line a finger wide."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import pandas as pd

from components.page_data import Course, days_of
from kpi.evaluate import evaluate, pool_rows
from kpi.formats import Formats
from kpi.selection import Selection, cut_short, period_end, period_start

#: A month of days is drawn day by day.
SPARK_POINTS: Final = 31


def course(totals: pd.DataFrame, selection: Selection, metrics: Iterable[str], formats: Formats) -> Course:
    """The course of a totals frame indexed by the periods of a selection, without periods that are cut short: they
    would look like a fall.
    """
    ends = zip((selection.start, selection.end), cut_short(selection), strict=True)
    cut = [period_start(day, selection) for day, (within, whole) in ends if within < whole]
    uncut = totals[~totals.index.isin(pd.to_datetime(cut))] if cut else totals
    totals = uncut if len(uncut) > 1 else totals
    pooled = pool_rows(totals, SPARK_POINTS)
    if not len(pooled):
        return Course(evaluate(pooled, metrics))
    starts = days_of(pooled)
    last = period_end(days_of(totals)[-1], selection)
    day_before = timedelta(days=1)
    stretches = zip(starts, [*(start - day_before for start in starts[1:]), last], strict=True)
    days = (formats.days(max(start, selection.start), min(end, selection.end)) for start, end in stretches)
    return Course(evaluate(pooled, metrics), tuple(days))
