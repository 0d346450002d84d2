"""Impressions, clicks and conversions as bars of one width, and between them how many of the one become the other."""

from typing import Any, Final

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import TOTAL, PageData, exact, number
from components.visuals import Visual
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.units import figure

#: Each stage with the rate of the step that leads to it, and how a single one of the stage before is called.
_STAGES: Final = (
    ("impressions", None, ""),
    ("clicks", "ctr", "impressions<br>is clicked"),
    ("conversions", "cvr", "clicks<br>leads to an order"),
)
_METRICS: Final = ("impressions", "clicks", "conversions", "ctr", "cvr")


def funnel(name: str, title: str, question: str, width: int = 6, height: int = 320) -> Visual:
    """Bars of one width: a conversion is a thousandth of an impression, which no width could show."""
    names = [METRICS[metric].label for metric, _, _ in _STAGES]
    between = [" " * stage for stage in range(1, len(names))]  # a category each
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 13},
        "insidetextfont": {"color": "--on-series"},
        "marker": {"color": "--series-1"},
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }
    steps = {
        "type": "scatter",
        "mode": "text",
        "x": [0.02] * len(between),
        "y": between,
        "textposition": "middle right",
        "textfont": {"size": 13},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }

    def draw(page_data: PageData) -> Answer:
        total, formats = page_data.now[TOTAL].iloc[0], page_data.formats
        values = [number(total[metric]) for metric, _, _ in _STAGES]
        words = [figure(metric, value, formats) for (metric, _, _), value in zip(_STAGES, values, strict=True)]
        filled = [
            {
                "of": 0,
                "x": [None if value is None else 1 for value in values],
                "text": [f"<b>{each}</b>" for each in words],
                "customdata": words,
            },
            {
                "of": 1,
                "text": ["<br>".join(_step(number(total[rate]), rate, of, formats)) for _, rate, of in _STAGES if rate],
            },
        ]
        return {"traces": filled, "line": None, "alt": alt.steps(page_data, [stage[:2] for stage in _STAGES])}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        total = page_data.now[TOTAL].iloc[0]
        return [{metric: exact(metric, total[metric]) for metric in _METRICS}]

    layout = theme.layout(
        xaxis={"visible": False, "fixedrange": True, "range": [0, 1]},
        yaxis={
            **theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category"),
            "autorange": "reversed",
            "categoryorder": "array",
            "categoryarray": [names[0], *(each for pair in zip(between, names[1:], strict=True) for each in pair)],
        },
        bargap=0.1,
    )
    return chart(
        name,
        title,
        question,
        needs=(TOTAL,),
        metrics=_METRICS,
        traces=[bars, steps],
        layout=layout,
        draw=draw,
        rows=rows,
        height=height,
        width=width,
    )


def _step(rate: float | None, metric: str, of: str, formats: Formats) -> list[str]:
    """``1 of 84 impressions is clicked`` and ``CTR 1.19%``; of more than half the rate alone can be said."""
    short = f"{METRICS[metric].short} {figure(metric, rate, formats)}"
    if rate is None or not 0 < rate <= 0.5:
        return [short]
    return [f"1 of {formats.number(round(1 / rate))} {of}", short]
