"""A funnel from impressions to clicks to conversions, with the rate of each step."""

import math
from typing import Any, Final

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import TOTAL, PageData, exact, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.units import figure

#: Each stage with the rate of the step that leads to it.
_STAGES: Final = (("impressions", None), ("clicks", "ctr"), ("conversions", "cvr"))
_METRICS: Final = ("impressions", "clicks", "conversions", "ctr", "cvr")


def funnel(name: str, title: str, question: str, width: int = 6, height: int = 320) -> Visual:
    """A funnel; its widths are logarithmic because a conversion is a thousandth of an impression, and it says so."""
    prototype = {
        "type": "funnel",
        "y": [METRICS[metric].label for metric, _ in _STAGES],
        "textinfo": "text",
        "textposition": "inside",
        "textfont": {"size": 13, "color": "--on-series"},
        "insidetextanchor": "middle",
        "marker": {"color": "--series-1"},
        "connector": {"fillcolor": "--series-1/0.10", "line": {"width": 0}},
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }

    def draw(page_data: PageData) -> Answer:
        total = page_data.now[TOTAL].iloc[0]
        widths, shown, hover = [], [], []
        for metric, rate in _STAGES:
            value = number(total[metric])
            text = figure(metric, value, page_data.formats)
            step = f"{METRICS[rate].short} {figure(rate, number(total[rate]), page_data.formats)}" if rate else ""
            widths.append(None if value is None else round(math.log10(1 + max(value, 0.0)), 4))
            shown.append(f"<b>{text}</b><br>{step}" if step else f"<b>{text}</b>")
            hover.append(f"{text} ({step})" if step else text)
        filled = {"of": 0, "x": widths, "text": shown, "customdata": hover}
        line = "Widths follow a logarithmic scale; the figures are exact."
        return {"traces": [filled], "line": line, "alt": alt.steps(page_data, _STAGES)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        total = page_data.now[TOTAL].iloc[0]
        return [{metric: exact(metric, total[metric]) for metric in _METRICS}]

    layout = theme.layout(
        xaxis={"visible": False, "fixedrange": True},
        yaxis={"fixedrange": True, "automargin": True, "tickfont": {"size": 13}, "showgrid": False},
        funnelgap=0.12,
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
