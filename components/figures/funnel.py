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
    ("clicks", "ctr", "impressions is clicked"),
    ("conversions", "cvr", "clicks leads to an order"),
)
_METRICS: Final = ("impressions", "clicks", "conversions", "ctr", "cvr")


def funnel(name: str, title: str, question: str, width: int = 6, height: int = 320) -> Visual:
    """Bars of one width: a conversion is a thousandth of an impression, which no width could show."""
    names = [METRICS[metric].label for metric, _, _ in _STAGES]
    places = [names[0], *(name for stage, label in enumerate(names[1:], 1) for name in (" " * stage, label))]
    prototype = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "textposition": ["inside" if place in names else "outside" for place in places],
        "insidetextanchor": "middle",
        "textangle": 0,
        "cliponaxis": False,
        "textfont": {"size": 13},
        "insidetextfont": {"color": "--on-series"},
        "marker": {"color": "--series-1"},
        "hovertemplate": "%{customdata}<extra></extra>",
    }

    def draw(page_data: PageData) -> Answer:
        total = page_data.now[TOTAL].iloc[0]
        widths: list[int | None] = []
        words: list[str] = []
        hover: list[str] = []
        for metric, rate, of in _STAGES:
            if rate:
                step = _step(number(total[rate]), rate, of, page_data.formats)
                widths.append(0)
                words.append("<br>".join(f"  {line}" for line in step))
                hover.append(": ".join(step))
            value = number(total[metric])
            text = figure(metric, value, page_data.formats)
            widths.append(None if value is None else 1)
            words.append(f"<b>{text}</b>")
            hover.append(f"{METRICS[metric].label}: {text}")
        filled = {"of": 0, "x": widths, "text": words, "customdata": hover}
        return {"traces": [filled], "line": None, "alt": alt.steps(page_data, [stage[:2] for stage in _STAGES])}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        total = page_data.now[TOTAL].iloc[0]
        return [{metric: exact(metric, total[metric]) for metric in _METRICS}]

    layout = theme.layout(
        xaxis={"visible": False, "fixedrange": True, "range": [0, 1]},
        yaxis={
            **theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category"),
            "autorange": "reversed",
        },
        bargap=0.1,
    )
    return chart(
        name,
        title,
        question,
        needs=(TOTAL,),
        metrics=_METRICS,
        traces=[prototype],
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
