"""A dot plot of platforms on several metrics: a panel each with its own axis from zero, over the same names."""

from collections.abc import Set
from typing import Any

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart, panel_of, panels
from components.page_data import PageData, chart_figures, exact, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.units import figure


def dots(name: str, title: str, question: str, metrics: tuple[str, ...], width: int = 6, height: int = 340) -> Visual:
    """One dot a platform and metric, at its value: what a radar scales to its axes stands here as it is."""
    by = ("platform",)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": METRICS[metric].short or METRICS[metric].label,
            "textposition": "top center",
            "textfont": {"size": 12},
            "marker": {"size": 10},
            "cliponaxis": False,
            "hovertemplate": f"%{{x}}: {METRICS[metric].short or METRICS[metric].label} %{{customdata}}<extra></extra>",
            **panel_of(place),
        }
        for place, metric in enumerate(metrics)
    ]

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        names = [str(key) for key in frame.index]
        filled: list[dict[str, Any]] = []
        axes: dict[str, Any] = {
            "xaxis": {"range": [-0.5, len(names) - 0.5]}
        }  # as much room for the first and last name
        for place, metric in enumerate(metrics):
            values = chart_figures(frame, metric)
            text = [figure(metric, number(value), page_data.formats) for value in frame[metric]]
            filled.append(
                {
                    "of": place,
                    "x": [theme.name(key) for key in names],
                    "y": values,
                    "text": text,
                    "customdata": text,
                    "marker": {"color": [theme.platform_colour(key) for key in names]},
                }
            )
            axes[f"yaxis{place + 1 if place else ''}"] = {"range": _from_zero(values)}
        return {"traces": filled, "layout": axes, "line": None, "alt": alt.dots(page_data, by, metrics)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [
            {"platform": platform, **{metric: exact(metric, row[metric]) for metric in metrics}}
            for platform, row in page_data.now[by].iterrows()
        ]

    names_axis = theme.axis(
        showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category", anchor=f"y{len(metrics)}"
    )

    def fit(unknown: Set[str]) -> Visual | None:
        left = tuple(metric for metric in metrics if metric not in unknown)
        return dots(name, title, question, left, width, height) if left else None

    return chart(
        name,
        title,
        question,
        needs=(by,),
        metrics=metrics,
        traces=traces,
        layout=theme.layout(
            xaxis=names_axis, **panels([_axis(metric) for metric in metrics]), margin={"l": 8, "r": 8, "t": 8, "b": 8}
        ),
        draw=draw,
        rows=rows,
        pick={"x": "platform"},
        height=height,
        width=width,
        compares=by,
        fit=fit,
    )


def _axis(metric: str) -> dict[str, Any]:
    known = METRICS[metric]
    label = known.short or known.label
    return theme.axis(f"{label}, %" if known.unit == "percent" else label, known.unit, zeroline=True)


def _from_zero(values: list[float | int | None]) -> list[float]:
    """A range with zero in it, and room for the figures above the dots."""
    known = [0.0, *(value for value in values if value is not None)]
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    return [low - (span * 0.12 if low < 0 else 0.0), high + span * 0.34]
