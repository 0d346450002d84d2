"""What figures have in common: how a chart becomes a visual, and how an answer fills its prototypes."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from components.reading import Reading
from components.visuals import Visual
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
    draw: Callable[[Reading], Answer],
    rows: Callable[[Reading], list[dict[str, Any]]],
    before: tuple[Grouping, ...] = (),
    height: int = 320,
    grain: bool = False,
    pick: Mapping[str, str] | None = None,
    width: int = 6,
) -> Visual:
    """A plotly chart: `draw` answers with `traces` (each `of` a prototype) and what changes in the layout.

    `pick` says what a click on a mark filters to: the dimension whose value stands in which field of plotly's points
    (x, y, label, text; name is that of the trace).
    """
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


def whole(spec: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """The complete plotly figure that the browser draws of a chart's spec and an answer."""
    data = []
    for trace in answer["traces"]:
        filled = {key: value for key, value in trace.items() if key not in ("of", "days")}
        if "days" in trace:
            first, count = trace["days"]
            filled["x"] = [(date.fromisoformat(first) + timedelta(days=day)).isoformat() for day in range(count)]
        data.append(_merged(spec["traces"][trace["of"]], filled))
    return {"data": data, "layout": _merged(spec["layout"], answer.get("layout", {}))}


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    found = deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = _merged(found[key], value) if both else value
    return found
