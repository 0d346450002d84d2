"""Seven-day means of what a page draws over time: kpi.rolling over the selection's days and the six before them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pandas as pd

from components.page_data import Means
from facts import Facts, Scope
from kpi.evaluate import ROWS, evaluate, every_period
from kpi.rolling import WINDOW, days_counted, mean_totals
from kpi.schema import DATE
from kpi.selection import Grouping, Selection, periods

_OVER_TIME: Final[Grouping] = (DATE,)

#: Totals frames by grouping, of every day.
_Totals = Mapping[Grouping, pd.DataFrame]


def means_of(
    facts: Facts,
    selections: tuple[Selection, Selection | None],
    totals: tuple[_Totals, _Totals],
    metrics: Iterable[str],
    scope: Scope,
) -> Means | None:
    """The means of a selection's days and of its baseline's; None where nothing is drawn over time.

    `totals` are those of both, the baseline's empty where there is none.
    """
    (selection, baseline), (now, then) = selections, (each.get(_OVER_TIME) for each in totals)
    if now is None:
        return None
    metrics = tuple(metrics)
    earlier = _earlier_days(facts, selection, now, scope)
    counted = days_counted(now, earlier)[now[ROWS].notna().to_numpy()]
    before = None
    if baseline is not None and then is not None and len(then):
        before = evaluate(mean_totals(then, _earlier_days(facts, baseline, then, scope)), metrics)
    return Means(evaluate(mean_totals(now, earlier), metrics), before, int((counted < WINDOW).sum()))


def _earlier_days(facts: Facts, selection: Selection, like: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """The totals of the days before a selection that its first means reach back to, in the columns of `like`."""
    end = selection.start - timedelta(days=1)
    lead = replace(selection, start=max(facts.extent().first, end - timedelta(days=WINDOW - 2)), end=end)
    if lead.start > lead.end:
        return like.iloc[:0]
    return every_period(facts.totals(lead, (_OVER_TIME,), scope)[_OVER_TIME], periods(lead))
