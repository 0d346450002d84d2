"""What all charts share: how one becomes a visual, and how an answer fills its prototypes."""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Final

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
    compares: Grouping = (),
    fit: Callable[[Set[str]], Visual | None] | None = None,
    in_words: bool = False,
) -> Visual:
    """A plotly chart: `draw` answers with `traces` (each `of` a prototype) and what changes in the layout.

    `pick` says what a click on a mark filters to: the dimension whose value stands in which field of plotly's points
    (x, y, label, text; name is that of the trace). What says more on hover says that too. One whose marks do not have
    their figures written at them has them `in_words` on paper.
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
        spec={
            "traces": list(traces),
            "layout": layout,
            "height": height,
            "grain": grain,
            "pick": pick or {},
            "in_words": in_words,
        },
        width=width,
        compares=compares,
        fit=fit,
    )


#: The part of a chart's height between two panels.
_BETWEEN: Final = 0.1


def panels(axes: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Layout entries of y axes that stand over each other, the first on top: yaxis, yaxis2 …"""
    high = (1 - _BETWEEN * (len(axes) - 1)) / len(axes)
    tops = [1 - place * (high + _BETWEEN) for place in range(len(axes))]
    names = ["yaxis", *(f"yaxis{number}" for number in range(2, len(axes) + 1))]
    return {
        name: {**axis, "domain": [round(max(top - high, 0.0), 4), round(top, 4)], "anchor": "x", "nticks": _FEW_TICKS}
        for name, axis, top in zip(names, axes, tops, strict=True)
    }


_FEW_TICKS: Final = 4


def panel_of(place: int) -> dict[str, str]:
    """What puts a trace into a panel; the first needs no word."""
    return {"yaxis": f"y{place + 1}"} if place else {}


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
