"""A radar chart of platforms on several metrics, each axis scaled to the largest value."""

from collections.abc import Set
from typing import Any, Final

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import PageData, exact, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.units import figure

#: With fewer it has no shape.
_LEAST_AXES: Final = 3


def radar(name: str, title: str, question: str, metrics: tuple[str, ...], width: int = 6, height: int = 340) -> Visual:
    """One closed line a platform, each axis from 0 (or the lowest, where it is below) to the largest; the raw value is
    on hover. Where anything is below zero a dashed line marks it.
    """
    labels = [METRICS[metric].short or METRICS[metric].label for metric in metrics]
    prototype = {
        "type": "scatterpolar",
        "mode": "lines+markers",
        "theta": [*labels, labels[0]],
        "hovertemplate": "%{fullData.name}<br>%{theta}: %{text}<extra></extra>",
        "line": {"width": 2},
        "marker": {"size": 7},
        "cliponaxis": False,
    }
    zero = {
        "type": "scatterpolar",
        "mode": "lines",
        "name": "Zero",
        "theta": [*labels, labels[0]],
        "line": {"color": theme.MUTED, "width": 1.25, "dash": "dash"},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[("platform",)]
        ends = {metric: _ends(frame[metric].tolist()) for metric in metrics}
        below = any(low < 0 for low, _ in ends.values())
        zeros = [_scale(0.0, *ends[metric]) for metric in metrics]
        traces: list[dict[str, Any]] = []
        for platform, row in frame.iterrows():
            scaled = [_scale(number(row[metric]), *ends[metric]) for metric in metrics]
            raw = [figure(metric, number(row[metric]), page_data.formats) for metric in metrics]
            colour = theme.platform_colour(str(platform))
            traces.append(
                {
                    "of": 0,
                    "name": theme.name(str(platform)),
                    "r": [*scaled, scaled[0]],
                    "text": [*raw, raw[0]],
                    "line": {"color": colour},
                    "marker": {"color": colour},
                }
            )
        if below:
            traces.append({"of": 1, "r": [*zeros, zeros[0]]})
        span = "is scaled to the largest platform"
        if below:
            span = "runs from zero to the largest platform, or from the lowest where one is below zero (dashed)"
        line = f"Each axis {span}."
        return {"traces": traces, "line": line, "alt": alt.radar(page_data, ("platform",), metrics)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        frame = page_data.now[("platform",)]
        return [
            {"platform": platform, **{metric: exact(metric, row[metric]) for metric in metrics}}
            for platform, row in frame.iterrows()
        ]

    layout = theme.layout(
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": {
                "range": [0, 1],
                "tickvals": [0.5, 1],
                "showticklabels": False,
                "gridcolor": theme.GRID,
                "linecolor": "rgba(0,0,0,0)",
                "ticks": "",
            },
            "angularaxis": {
                "gridcolor": theme.GRID,
                "linecolor": theme.GRID,
                "tickfont": {"size": 13},
                "rotation": 90,
                "ticks": "",
            },
        },
        margin={"l": 20, "r": 20, "t": 32, "b": 16},
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.08, "yanchor": "top", "font": {"size": 12}},
        showlegend=True,
    )

    def fit(unknown: Set[str]) -> Visual | None:
        left = tuple(metric for metric in metrics if metric not in unknown)
        return radar(name, title, question, left, width, height) if len(left) >= _LEAST_AXES else None

    return chart(
        name,
        title,
        question,
        needs=(("platform",),),
        metrics=metrics,
        traces=[prototype, zero],
        layout=layout,
        draw=draw,
        rows=rows,
        pick={"name": "platform"},
        height=height,
        width=width,
        compares=("platform",),
        fit=fit,
    )


def _ends(values: list[float]) -> tuple[float, float]:
    """The lowest and the largest of some values and zero; NaN where there is no value does not count."""
    known = [value for value in values if value == value]
    return min([0.0, *known]), max([0.0, *known])


def _scale(value: float | None, low: float, high: float) -> float | None:
    if value is None:
        return None
    return round((value - low) / (high - low), 4) if high > low else 0.0
