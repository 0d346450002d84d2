"""A line chart over time, with the comparison dotted behind it."""

from datetime import date
from typing import Any

import pandas as pd

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import PageData, chart_figures, days_of, exact
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.schema import DATE
from kpi.selection import Grouping, cut_short, period_start, periods

_BY: Grouping = (DATE,)
#: Fewer points than this are marked, as they make no line; fewer days than that have a tick each.
_SEEN_AS_LINE, _FEW_DAYS = 3, 5
_PER = {"day": "a day", "week": "a week", "month": "a month"}


def trend(
    name: str,
    title: str,
    question: str,
    metrics: tuple[str, ...],
    axis: str,
    *,
    area: str | None = None,
    per: bool = False,
    width: int = 12,
    height: int = 320,
) -> Visual:
    """Metrics of one unit over days, weeks or months; `area` is filled to zero. `per` says "a day" on the axis."""
    unit = METRICS[metrics[0]].unit
    traces: list[dict[str, Any]] = []
    for metric, colour in zip(metrics, theme.SERIES, strict=False):
        label = METRICS[metric].short or METRICS[metric].label
        line = {
            "type": "scatter",
            "mode": "lines",
            "name": label,
            "line": {"color": colour, "width": 2.25},
            "legendgroup": metric,
            "zorder": 1,
            "hovertemplate": f"%{{y:{theme.HOVER[unit]}}}",
        }
        if metric == area:
            line |= {"fill": "tozeroy", "fillcolor": f"{colour}/0.14"}
        then = {
            "type": "scatter",
            "mode": "lines",
            "name": f"{label}, before",
            "line": {"color": colour, "width": 1.25, "dash": "dot"},
            "marker": {"symbol": "circle-open"},
            "opacity": 0.75,
            "legendgroup": metric,
            "showlegend": False,
            "hovertemplate": f"%{{y:{theme.HOVER[unit]}}} on %{{customdata}}",
        }
        traces += [line, then]

    def draw(page_data: PageData) -> Answer:
        now, before = page_data.now[_BY], page_data.before.get(_BY)
        days = days_of(now)
        filled: list[dict[str, Any]] = []
        for place, metric in enumerate(metrics):
            filled.append({"of": 2 * place, **along(days), "y": chart_figures(now, metric), "mode": _mode(len(now))})
        pairs = _pair_periods(page_data, before)
        if before is not None and pairs:
            length = len(pairs)
            formats = page_data.formats
            then = [formats.one(formats.day, day) for day, _ in pairs]
            for place, metric in enumerate(metrics):
                filled.append(
                    {
                        "of": 2 * place + 1,
                        **along([day for _, day in pairs]),
                        "y": chart_figures(before.iloc[:length], metric),
                        "customdata": then,
                        "mode": _mode(length),
                    }
                )
        label = page_data.formats.sign if unit == "money" else axis
        text = f"{label} {_PER[page_data.selection.grain]}" if per else label
        layout: dict[str, Any] = {"xaxis": _ticks(days, page_data.selection.grain), "yaxis": {"title": {"text": text}}}
        if first := page_data.caveats.provisional_from:
            start = period_start(first, page_data.selection.grain).isoformat()
            layout["shapes"] = [
                {
                    "type": "rect",
                    "layer": "below",
                    "xref": "x",
                    "yref": "paper",
                    "x0": start,
                    "x1": days[-1].isoformat(),
                    "y0": 0,
                    "y1": 1,
                    "line": {"width": 0},
                    "fillcolor": f"{theme.MUTED}/0.12",
                }
            ]
        said = alt.lines(page_data, _BY, metrics)
        return {"traces": filled, "layout": layout, "line": _behind(page_data, len(pairs), len(now)), "alt": said}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        frame = page_data.now[_BY]
        return [
            {DATE: f"{day:%Y-%m-%d}", **{metric: exact(metric, frame[metric].iloc[place]) for metric in metrics}}
            for place, day in enumerate(frame.index)
        ]

    layout = theme.layout(
        xaxis=theme.axis(
            type="date",
            showgrid=False,
            tickformatstops=_STOPS,
            spikecolor=theme.MUTED,
            spikethickness=1,
            spikedash="solid",
        ),
        yaxis=theme.axis(axis, unit, rangemode="tozero" if unit == "percent" else "normal", zeroline=True),
        hovermode="x unified",
        showlegend=True,
    )
    return chart(
        name,
        title,
        question,
        needs=(_BY,),
        before=(_BY,),
        metrics=metrics,
        traces=traces,
        layout=layout,
        draw=draw,
        rows=rows,
        height=height,
        grain=True,
        width=width,
    )


#: %x and %X are a day without its year and a month with it, as the locale writes them (kpi.formats).
_STOPS = [
    {"dtickrange": [None, 604_800_000], "value": "%x"},
    {"dtickrange": [604_800_000, "M1"], "value": "%x"},
    {"dtickrange": ["M1", "M12"], "value": "%X"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


def along(days: list[date]) -> dict[str, Any]:
    """The places of a line's points: `x`, or only the first of days without a gap and how many (docs/wire.md)."""
    if len(days) > 1 and (days[-1] - days[0]).days == len(days) - 1:
        return {"days": [days[0].isoformat(), len(days)]}
    return {"x": [day.isoformat() for day in days]}


def _mode(points: int) -> str:
    return "lines" if points >= _SEEN_AS_LINE else "lines+markers"


def _ticks(days: list[date], grain: str) -> dict[str, Any]:
    """Ticks on the periods' first days; plotly's own would stand on Sundays, and between few days on their hours."""
    if len(days) < _FEW_DAYS:
        return {"tickvals": [day.isoformat() for day in days]}
    every = -(-len(days) // 8)
    if grain == "day":
        return {}
    return {"tick0": days[0].isoformat(), "dtick": f"M{every}" if grain == "month" else every * 604_800_000}


def _pair_periods(page_data: PageData, before: pd.DataFrame | None) -> list[tuple[date, date]]:
    """The baseline's periods that have rows, and the selection's that each lies beside: the third beside the third."""
    if before is None or page_data.baseline is None:
        return []
    beside = dict(zip(periods(page_data.baseline), periods(page_data.selection), strict=False))
    return [(day, beside[day]) for day in days_of(before) if day in beside]


def _behind(page_data: PageData, before: int, points: int) -> str | None:
    """What the dotted lines are, and which periods are not whole."""
    said = []
    grain = page_data.selection.grain
    if before:
        from_words = "a year earlier" if page_data.selection.compare == "year" else "the period before"
        mark = "Dotted" if min(before, points) >= _SEEN_AS_LINE else "Circles"
        said.append(f"{mark}: {from_words}, day for day." if grain == "day" else f"{mark}: {from_words}.")
    first, last = cut_short(page_data.selection)
    for place, (within, whole) in ({"": first} if points == 1 else {" first": first, " last": last}).items():
        if within < whole:
            said.append(f"The{place} {grain} holds {within} of its {whole} days.")
    said += [f"Shaded: {text[0].lower()}{text[1:]}" for text in page_data.caveats.provisional_note()]
    return " ".join(said) or None
