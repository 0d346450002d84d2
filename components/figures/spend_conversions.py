"""Spend, conversions and what one of them costs by platform, a panel each over the same names."""

from collections.abc import Sequence
from typing import Any, Final

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart, panel_of, panels
from components.page_data import PageData, chart_figures, exact, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.units import brief

_METRICS: Final = ("spend", "conversions", "cpa")
_WORDS: Final = ("spend", "conversions", "for an order")


def spend_conversions(name: str, title: str, question: str, width: int = 6, height: int = 360) -> Visual:
    """What each platform takes, what it brings, and the price of one order."""
    by = ("platform",)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "textposition": "outside",
            "name": METRICS[metric].short or METRICS[metric].label,
            "hovertemplate": f"%{{x}}: %{{y:{theme.HOVER[METRICS[metric].unit]}}} {words}<extra></extra>",
            **panel_of(place),
        }
        for place, (metric, words) in enumerate(zip(_METRICS, _WORDS, strict=True))
    ]

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        names = [theme.name(str(key)) for key in frame.index]
        colours = [theme.platform_colour(str(key)) for key in frame.index]
        sign = page_data.formats.sign
        values = [chart_figures(frame, metric) for metric in _METRICS]
        titles = (f"Spend, {sign}", "Orders", f"CPA, {sign}")
        return {
            "traces": [
                {
                    "of": place,
                    "x": names,
                    "y": values[place],
                    "text": [brief(metric, number(value), page_data.formats) for value in frame[metric]],
                    "marker": {"color": colours},
                }
                for place, metric in enumerate(_METRICS)
            ],
            "layout": {
                f"yaxis{place + 1 if place else ''}": {"title": {"text": title}, "range": _with_room(values[place])}
                for place, title in enumerate(titles)
            },
            "line": None,
            "alt": alt.bar_panels(page_data, by, _METRICS),
        }

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [
            {"platform": key, **{metric: exact(metric, row[metric]) for metric in _METRICS}}
            for key, row in page_data.now[by].iterrows()
        ]

    layout = theme.layout(
        xaxis=theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category", anchor="y3"),
        **panels(
            [
                theme.axis(title, METRICS[metric].unit)
                for title, metric in zip(("Spend", "Orders", "CPA"), _METRICS, strict=True)
            ]
        ),
        bargap=0.45,
    )
    return chart(
        name,
        title,
        question,
        needs=(by,),
        metrics=_METRICS,
        traces=traces,
        layout=layout,
        draw=draw,
        rows=rows,
        pick={"x": "platform"},
        height=height,
        width=width,
        compares=by,
    )


def _with_room(values: Sequence[float | None]) -> list[float]:
    """From zero to the highest bar, and room for the figure above it."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return [low, high + ((high - low) or 1.0) * 0.3]
