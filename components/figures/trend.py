"""A line chart over time, with the comparison dotted behind it."""

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from components import theme
from components.figures import alt
from components.figures.area import areas, faint_fill, prototypes
from components.figures.frame import Answer, chart, panel_of, panels
from components.page_data import PageData, chart_figures, days_of, exact
from components.visuals import Visual
from kpi.compare import BASELINE, BASELINE_DATE
from kpi.evaluate import ROWS
from kpi.feasts import feasts_beside_others
from kpi.metrics import METRICS
from kpi.rolling import MEAN
from kpi.schema import DATE
from kpi.selection import Grain, Grouping, cut_short, period_end, period_start, periods

_BY: Grouping = (DATE,)
#: Fewer points than this are marked, as they make no line; fewer days than that have a tick each.
_SEEN_AS_LINE, _FEW_DAYS = 3, 5
#: The least share of a chart's width that has room for the words on a gap, and half a period in hours.
_ROOM: Final = 0.15
#: The margin that they stand in, above the plot, in px.
_ABOVE: Final = 24
_HALF: Final[dict[Grain, int]] = {"day": 12, "week": 84, "month": 365}
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
    apart: bool = False,
    width: int = 12,
    height: int = 320,
    instead: Mapping[str, str] | None = None,
) -> Visual:
    """Metrics of one unit over days, weeks or months; `area` is filled to zero. `per` says "a day" on the axis.

    Metrics `apart` have a panel each, as lines of another size would lie flat beside each other. Where the data
    lack one, the one that `instead` names for it is drawn.
    """
    unit = METRICS[metrics[0]].unit
    traces: list[dict[str, Any]] = []
    colours = [theme.METRICS.get(metric, theme.SERIES[place]) for place, metric in enumerate(metrics)]
    for place, (metric, colour) in enumerate(zip(metrics, colours, strict=True)):
        label = _short(metric)
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
            line |= {"fill": "tozeroy", "fillcolor": faint_fill(colour)}
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
        panel = panel_of(place) if apart else {}
        traces += [line | panel, then | panel]
    if area:
        traces += prototypes(area, colours[metrics.index(area)])

    def draw(page_data: PageData) -> Answer:
        now, before = _frames(page_data)
        days = days_of(now)
        filled: list[dict[str, Any]] = []
        for place, metric in enumerate(metrics):
            values = chart_figures(now, metric)
            line = {"of": 2 * place, **along(days), "y": values, **_marks(values)}
            if metric == area and (parts := areas(days, values)):
                line["fill"] = "none"
                filled += [{"of": 2 * len(metrics) + side, **part} for side, part in parts]
            filled.append(line)
        pairs = _pair_periods(page_data, before)
        if before is not None and pairs:
            length = len(pairs)
            formats = page_data.formats
            then = [formats.one(formats.day, day) for day, _ in pairs]
            for place, metric in enumerate(metrics):
                values = chart_figures(before.iloc[:length], metric)
                line = {"of": 2 * place + 1, **along([day for _, day in pairs]), "y": values, **_marks(values)}
                filled.append({**line, "customdata": then})
        label = page_data.formats.sign if unit == "money" else axis
        text = f"{label} {_PER[page_data.selection.grain]}" if per else label
        mean = ", 7-day mean" if page_data.means else ""
        layout: dict[str, Any] = {"xaxis": _ticks(days, page_data)}
        titles = [f"{_short(metric)}, %{mean}" for metric in metrics] if apart else [text + mean]
        if mean or not apart:
            layout |= {
                f"yaxis{place or ''}": {"title": {"text": title}}
                for place, title in zip((0, 2, 3, 4), titles, strict=False)
            }
        grain = page_data.selection.grain
        gaps = gaps_of(page_data.sums[_BY])
        shapes = [_not_running(first, last, grain) for first, last in gaps]
        if first := page_data.caveats.provisional_from:
            shapes.append(_shade(period_start(first, page_data.selection), days[-1]))
        if shapes:
            layout["shapes"] = shapes
        if words := [_words_on(first, last) for first, last in gaps if last - first >= (days[-1] - days[0]) * _ROOM]:
            layout |= {"annotations": words, "margin": {"t": _ABOVE}}
            layout["xaxis"] |= {"range": [f"{day}" for day in (days[0], days[-1])]}
        runs = [(first, min(period_end(last, page_data.selection), page_data.selection.end)) for first, last in gaps]
        missing = alt.gaps(runs, page_data.formats)
        said = " ".join([alt.lines(page_data, _BY, metrics, now), *_explain_means(page_data), *missing])
        return {"traces": filled, "layout": layout, "line": _behind(page_data, before, missing), "alt": said}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        """A row a period, with what is dotted in the chart: the period it is compared with, and that one's figures.
        Where means are drawn, each day has its own figures and the means beside them.
        """
        before, means = page_data.before.get(_BY), page_data.means
        found = _figures(page_data.now[_BY], metrics, "", means and means.now)
        if before is None:
            return found
        earlier = {row[DATE]: row for row in _figures(before, metrics, BASELINE, means and means.before)}
        beside = {f"{day:%Y-%m-%d}": f"{then:%Y-%m-%d}" for then, day in _pair_periods(page_data, before)}
        nothing = dict.fromkeys(_without_date(next(iter(earlier.values()), {})))
        return [
            row
            | {BASELINE_DATE: (then := beside.get(row[DATE]))}
            | nothing
            | _without_date(earlier.get(then or "", {}))
            for row in found
        ]

    def fit(unknown: Set[str]) -> Visual | None:
        wanted = [(instead or {}).get(metric, metric) if metric in unknown else metric for metric in metrics]
        left = tuple(metric for metric in dict.fromkeys(wanted) if metric not in unknown)
        if not left:
            return None
        names = alt.enumerate_metrics(left)
        options: dict[str, Any] = {"area": None if area in unknown else area, "per": per, "apart": apart}
        options |= {"width": width, "height": height, "instead": instead}
        return trend(name, f"{names[0].upper()}{names[1:]}", f"How does {names} move?", left, axis, **options)

    def axis_of(words: str) -> dict[str, Any]:
        return theme.axis(words, unit, rangemode="tozero" if unit == "percent" else "normal", zeroline=True)

    axes = panels([axis_of(f"{_short(metric)}, %") for metric in metrics]) if apart else {"yaxis": axis_of(axis)}
    layout = theme.layout(
        xaxis=theme.axis(
            type="date",
            anchor=f"y{len(axes)}" if apart else "y",
            showgrid=False,
            tickformatstops=_STOPS,
            spikecolor=theme.MUTED,
            spikethickness=1,
            spikedash="solid",
        ),
        **axes,
        hovermode="x unified",
        hoversubplots="axis",
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
        fit=fit,
        in_words=True,
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


def _frames(page_data: PageData) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """What is drawn, and what dotted behind it: each period's figures, or seven-day means."""
    if page_data.means:
        return page_data.means.now, page_data.means.before
    return page_data.now[_BY], page_data.before.get(_BY)


def _figures(
    frame: pd.DataFrame, metrics: Sequence[str], suffix: str, means: pd.DataFrame | None
) -> list[dict[str, Any]]:
    """A row a period of a metrics frame, with its date and its figures, and the same of the frame of their means."""
    columns = [(frame, metric, metric + suffix) for metric in metrics]
    if means is not None:
        columns += [(means, metric, metric + MEAN + suffix) for metric in metrics]
    return [
        {DATE: f"{day:%Y-%m-%d}", **{name: exact(metric, of[metric].iloc[place]) for of, metric, name in columns}}
        for place, day in enumerate(frame.index)
    ]


def _explain_means(page_data: PageData) -> list[str]:
    """What the points are where they are means, and how many are of fewer than seven days."""
    if page_data.means is None:
        return []
    said = ["Each point is the mean of the seven days that end with it, a rate that of their sums."]
    if short := page_data.means.short:
        points = "1 point is" if short == 1 else f"{page_data.formats.number(short)} points are"
        said.append(f"{points} of fewer, where days have no rows or lie before the data.")
    return said


def _without_date(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != DATE}


def _short(metric: str) -> str:
    return METRICS[metric].short or METRICS[metric].label


def _marks(values: Sequence[float | None]) -> dict[str, Any]:
    """Which points are marked: all where they are too few for a line, and those with nothing on either side."""
    known = [value is not None for value in values]
    if sum(known) < _SEEN_AS_LINE:
        return {"mode": "lines+markers"}
    alone = [
        here and not before and not after
        for before, here, after in zip([False, *known], known, [*known[1:], False], strict=False)
    ]
    return (
        {"mode": "lines+markers", "marker": {"size": [6 * each for each in alone]}} if any(alone) else {"mode": "lines"}
    )


def gaps_of(totals: pd.DataFrame) -> list[tuple[date, date]]:
    """The first and the last period of each run of a totals frame's periods that have no rows."""
    missing = totals[ROWS].isna().to_numpy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(np.int8)))
    days = days_of(totals)
    return [(days[first], days[after - 1]) for first, after in zip(edges[::2], edges[1::2], strict=True)]


def _shade(first: date, last: date) -> dict[str, Any]:
    """A band behind the lines from the first to the last of some days."""
    return {
        "type": "rect",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": first.isoformat(),
        "x1": last.isoformat(),
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": f"{theme.MUTED}/0.12",
    }


def _not_running(first: date, last: date, grain: Grain) -> dict[str, Any]:
    """A band over the periods from `first` to `last`, which have no rows."""
    half = timedelta(hours=_HALF[grain])
    ends = (datetime.combine(first, time()) - half, datetime.combine(last, time()) + half)
    return {**_shade(first, last), "x0": f"{ends[0]:%Y-%m-%d %H:%M}", "x1": f"{ends[1]:%Y-%m-%d %H:%M}"}


def _words_on(first: date, last: date) -> dict[str, Any]:
    """The words on a band: above the plot, where neither its grid nor a line crosses them (assets/js/titles.js)."""
    middle = datetime.combine(first, time(), UTC) + (last - first) / 2
    return {"x": middle.isoformat(), "text": "not running"}


def _ticks(days: list[date], page_data: PageData) -> dict[str, Any]:
    """Ticks on the periods' first days; plotly's own would stand on Sundays, and between few days on their hours."""
    if len(days) < _FEW_DAYS:
        return {"tickvals": [day.isoformat() for day in days]}
    every = -(-len(days) // 8)
    grain, formats = page_data.selection.grain, page_data.formats
    if grain == "day":
        return {}
    if grain == "month" and page_data.selection.calendar.pattern:  # such months are not equally long
        named = days[::every]
        years = zip(named, [None, *(day.year for day in named)], strict=False)
        words = [formats.one(formats.day_month if day.year == year else formats.day, day) for day, year in years]
        return {"tickvals": [day.isoformat() for day in named], "ticktext": words}
    return {"tick0": days[0].isoformat(), "dtick": f"M{every}" if grain == "month" else every * 604_800_000}


def _pair_periods(page_data: PageData, before: pd.DataFrame | None) -> list[tuple[date, date]]:
    """The baseline's periods that have rows, and the selection's that each lies beside: the third beside the third."""
    if before is None or page_data.line_baseline is None:
        return []
    beside = dict(zip(periods(page_data.line_baseline), periods(page_data.selection), strict=False))
    return [(day, beside[day]) for day in days_of(before) if day in beside]


def _which_line(page_data: PageData) -> str:
    """Which days are drawn behind: named where they are not those that totals are compared with."""
    line, daily = page_data.line_baseline, page_data.selection.grain == "day"
    if page_data.selection.compare != "year":
        return "the period before, day for day" if daily else "the period before"
    total = page_data.baseline
    if line is None or (total and (line.start, line.end) == (total.start, total.end)):
        return "a year earlier, day for day" if daily else "a year earlier"
    beside = "weekday beside weekday" if daily else "week beside week"
    return f"a year earlier, {beside} ({page_data.formats.days(line.start, line.end)})"


def _feasts(page_data: PageData) -> list[str]:
    """Which feasts lie beside other days in a line of days: they look like a rise that is none."""
    if page_data.line_baseline is None or page_data.selection.grain != "day":
        return []
    formats = page_data.formats
    return [
        f"{name} ({formats.one(formats.day, first)}) lies beside other days."
        for name, first in feasts_beside_others(page_data.selection, page_data.line_baseline)
    ]


def _behind(page_data: PageData, before: pd.DataFrame | None, missing: Sequence[str]) -> str | None:
    """What the dotted lines are, which periods are not whole, and which have no rows (`missing`, in words)."""
    said = []
    grain, points = page_data.selection.grain, len(page_data.now[_BY])
    if before is not None:
        mark = "Dotted" if min(len(before), points) >= _SEEN_AS_LINE else "Circles"
        said.append(f"{mark}: {_which_line(page_data)}.")
        said += _feasts(page_data)
    first, last = cut_short(page_data.selection)
    for place, (within, whole) in ({"": first} if points == 1 else {" first": first, " last": last}).items():
        if within < whole:
            said.append(f"The{place} {grain} holds {within} of its {whole} days.")
    said += _explain_means(page_data)
    said += missing
    said += [f"Shaded: {text[0].lower()}{text[1:]}" for text in page_data.caveats.provisional_note()]
    return " ".join(said) or None
