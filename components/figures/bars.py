"""A bar chart by the values of a dimension, vertical or horizontal."""

from typing import Any

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart, without_value
from components.page_data import TOTAL, PageData, chart_figures, exact, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.units import figure


def bars(
    name: str,
    title: str,
    question: str,
    dimension: str,
    metric: str,
    *,
    lying: bool = False,
    width: int = 6,
    height: int = 300,
) -> Visual:
    """One bar a value; lying bars also mark the whole selection's figure."""
    by, known = (dimension,), METRICS[metric]
    along, across = ("x", "y") if lying else ("y", "x")
    prototype = {
        "type": "bar",
        "orientation": "h" if lying else "v",
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": f"%{{{across}}}: %{{text}}<extra></extra>",
    }

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        names = [str(key) for key in frame.index]
        values = chart_figures(frame, metric)
        if all(value is None for value in values):
            return without_value(metric)
        if dimension == "platform":
            colours = [theme.platform_colour(key) for key in names]
        else:
            colours = [theme.BAD if value is not None and value < 0 else theme.SERIES[0] for value in values]
        text = [figure(metric, number(value), page_data.formats) for value in frame[metric]]
        filled = {
            "of": 0,
            across: [theme.name(key) for key in names],
            along: values,
            "text": text,
            "marker": {"color": colours},
        }
        drawing = {"traces": [filled], "layout": _average_line(page_data, values) if lying else _room(values, "yaxis")}
        whole = number(page_data.now[TOTAL][metric].iloc[0]) if lying else None
        return {**drawing, "alt": alt.bars(page_data, by, metric, whole)}

    def _average_line(page_data: PageData, values: list[float | None]) -> dict[str, Any]:
        whole = number(page_data.now[TOTAL][metric].iloc[0])
        found: dict[str, Any] = _room([*values, whole], "xaxis") | {"shapes": [], "annotations": []}
        if whole is not None:
            found["shapes"] = [
                {
                    "type": "line",
                    "x0": round(whole, 6),
                    "x1": round(whole, 6),
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"color": theme.TEXT, "width": 1.5, "dash": "dash"},
                }
            ]
            found["annotations"] = [
                {
                    "x": round(whole, 6),
                    "y": 1,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "showarrow": False,
                    "text": f"Portfolio {figure(metric, whole, page_data.formats)}",
                    "font": {"size": 12, "color": theme.TEXT},
                }
            ]
        return found

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [{dimension: key, metric: exact(metric, value)} for key, value in page_data.now[by][metric].items()]

    value_axis = theme.axis(f"{known.label}, %" if known.unit == "percent" else known.label, known.unit, zeroline=True)
    names_axis = theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category")
    if lying:
        axes = {"xaxis": value_axis, "yaxis": {**names_axis, "autorange": "reversed"}}
    else:
        axes = {"xaxis": names_axis, "yaxis": value_axis}
    return chart(
        name,
        title,
        question,
        needs=(by, TOTAL),
        metrics=(metric,),
        traces=[prototype],
        layout=theme.layout(**axes, bargap=0.45, margin={"l": 8, "r": 12, "t": 28, "b": 8}),
        draw=draw,
        rows=rows,
        pick={across: dimension},
        height=height,
        width=width,
        compares=by,
    )


def _room(values: list[float | None], axis: str) -> dict[str, Any]:
    """A range that leaves room for the figures at the bars' ends."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    span = (high - low) or 1.0
    below, above = (0.34, 0.24) if axis == "xaxis" else (0.16, 0.16)
    return {
        axis: {"range": [low - (span * below if low < 0 else 0), high + (span * above if high > 0 or not known else 0)]}
    }
