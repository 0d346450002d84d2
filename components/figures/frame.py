"""What all charts share: how one becomes a visual, and how an answer fills its prototypes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from components.page_data import PageData
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.selection import Grouping

Answer = dict[str, Any]


def chart(
    name: str,
    title: str,
    question: str,
    *,
    needs: tuple[Grouping, ...],
    metrics: tuple[str, ...],
    traces: Sequence[dict[str, Any]],
    layout: dict[str, Any],
    draw: Callable[[PageData], Answer],
    rows: Callable[[PageData], list[dict[str, Any]]],
    before: tuple[Grouping, ...] = (),
    height: int = 320,
    grain: bool = False,
    pick: Mapping[str, str] | None = None,
    width: int = 6,
) -> Visual:
    """A plotly chart: `draw` answers with `traces` (each `of` a prototype) and what changes in the layout.

    `pick` says what a click on a mark filters to: the dimension whose value stands in which field of plotly's points
    (x, y, label, text; name is that of the trace). What says more on hover says that too.
    """
    if pick:
        traces = [_with_hint(trace) for trace in traces]
    return Visual(
        name,
        title,
        question,
        "chart",
        needs=needs,
        before=before,
        metrics=metrics,
        columns=(*needs[0], *metrics),
        draw=draw,
        rows=rows,
        spec={"traces": list(traces), "layout": layout, "height": height, "grain": grain, "pick": pick or {}},
        width=width,
    )


def _with_hint(trace: dict[str, Any]) -> dict[str, Any]:
    """A trace whose hover says that a click filters."""
    if "hovertemplate" not in trace:
        return trace
    words, extra, plate = trace["hovertemplate"].partition("<extra>")
    return {**trace, "hovertemplate": f"{words}<br><i>Click to filter</i>{extra}{plate}"}


def without_value(metric: str) -> Answer:
    """Said in place of a chart where no mark has a value of `metric`."""
    known = METRICS[metric]
    or_zero = f", or {known.divisor}, by which it is divided, is zero" if known.by else ""
    name = known.short or known.label
    return {"state": "empty", "text": f"There is no value of {name} here: what it is made of is not reported{or_zero}."}
