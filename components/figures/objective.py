"""Objectives by their share of spend and their ROI; size is profit, colour and shape its sign."""

from typing import Any

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart, without_value
from components.reading import Reading, drawn, exact, number
from components.visuals import Visual
from kpi.units import figure

_METRICS = ("spend_share", "roi", "profit", "spend")


def objective(name: str, title: str, question: str, width: int = 6, height: int = 320) -> Visual:
    """A marker an objective: circles earn, diamonds lose."""
    by = ("objective",)
    prototype = {
        "type": "scatter",
        "mode": "markers+text",
        "textposition": "top center",
        "textfont": {"size": 13},
        "cliponaxis": False,
        "marker": {"sizemode": "area", "opacity": 0.85, "line": {"color": theme.SURFACE, "width": 1.5}},
        "hovertemplate": "%{text}<br>%{x:.1%} of spend, ROI %{y:.1%}<br>Profit %{customdata}<extra></extra>",
    }

    def draw(reading: Reading) -> Answer:
        frame = reading.now[by]
        profit = [number(value) for value in frame["profit"]]
        largest = max((abs(value) for value in profit if value is not None), default=0.0) or 1.0
        losing = [value is not None and value < 0 for value in profit]
        shares, returns = drawn(frame, "spend_share"), drawn(frame, "roi")
        if all(value is None for value in returns):
            return without_value("roi")
        filled = {
            "of": 0,
            "x": shares,
            "y": returns,
            "text": [theme.name(str(key)) for key in frame.index],
            "customdata": [figure("profit", value, reading.formats) for value in profit],
            "marker": {
                "size": [round(max(abs(value or 0.0), largest * 0.04), 2) for value in profit],
                "sizeref": largest / 1600,
                "color": [theme.BAD if loss else theme.GOOD for loss in losing],
                "symbol": ["diamond" if loss else "circle" for loss in losing],
            },
        }
        return {
            "traces": [filled],
            "layout": {"xaxis": _range(shares, 0.22, 0.0), "yaxis": _range(returns, 0.30)},
            "line": "Larger means more profit or loss. Circles earn, diamonds lose.",
            "alt": alt.markers(reading, by, ("spend_share", "roi", "profit")),
        }

    def rows(reading: Reading) -> list[dict[str, Any]]:
        return [
            {"objective": key, **{metric: exact(metric, row[metric]) for metric in _METRICS}}
            for key, row in reading.now[by].iterrows()
        ]

    layout = theme.layout(
        xaxis=theme.axis("Share of spend, %", "percent"),
        yaxis=theme.axis("ROI, %", "percent", zeroline=True),
        margin={"l": 8, "r": 16, "t": 12, "b": 8},
    )
    return chart(
        name,
        title,
        question,
        needs=(by,),
        metrics=_METRICS,
        traces=[prototype],
        layout=layout,
        draw=draw,
        rows=rows,
        pick={"text": "objective"},
        height=height,
        width=width,
    )


def _range(values: list[float | None], pad: float, floor: float | None = None) -> dict[str, Any]:
    """A range in which the largest marker and its label are not cut off."""
    known = [value for value in values if value is not None] or [0.0]
    low, high = min([0.0, *known]) if floor is None else min(known), max(known)
    room = ((high - low) or abs(high) or 1.0) * pad
    return {"range": [low - room if floor is None else max(low - room, floor), high + room]}
