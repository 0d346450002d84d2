"""A waterfall from the comparison's profit to this one's: kpi.bridge, bar by bar."""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from components import theme
from components.figures.frame import Answer, chart
from components.page_data import TOTAL, PageData
from components.visuals import Visual
from kpi.bridge import BARS, LABELS, PARTS, Bridge, profit_bridge
from kpi.formats import MINUS, Formats
from kpi.units import brief

#: A bridge gives away the sums that it is made of: who may not see one of these sees none.
METRICS: Final = (
    *("profit", "spend", "revenue", "impressions", "clicks", "conversions"),
    *("cpm", "ctr", "cvr", "aov", "margin"),
)
#: How many bars are named in words, and what a platform's part of one must be to be named with it.
_NAMED: Final = 3
_MOST_OF_IT: Final = 0.5
_NO_COSTS: Final = "The costs of both periods are not known, so their profits cannot be compared. Add your costs."
#: Pixels that the figures beyond the longest bars need, in the longest of CLDR's short forms.
_ROOM: Final = 96


def waterfall(name: str, title: str, question: str, width: int = 12, height: int = 400) -> Visual:
    """A bar a factor that moved; its data have all, with the profits at both ends."""
    prototype = {
        "type": "bar",
        "orientation": "h",
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }
    # plotly puts a bar's own text where the bar would end without its base.
    words = {
        "type": "scatter",
        "mode": "text",
        "textposition": "middle right",
        "textfont": {"size": 13, "color": theme.TEXT},
        "showlegend": False,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }

    def draw(page_data: PageData) -> Answer:
        if page_data.baseline is None:
            return {
                "traces": [],
                "layout": {},
                "line": None,
                "alt": "Nothing is compared with these days.",
            }  # it is left out of the page
        bridge = bridge_of(page_data)
        if bridge is None:
            return {"state": "empty", "text": _NO_COSTS}
        formats = page_data.formats
        left, moved = bridge.before, [name for name in BARS if round(bridge.bars[name], 2)]
        bases, lengths = [0.0], [bridge.before]
        for factor in moved:
            bases.append(left)
            lengths.append(bridge.bars[factor])
            left += bridge.bars[factor]
        names = [LABELS["baseline"], *(LABELS[factor] for factor in moved), LABELS["current"]]
        bases.append(0.0)
        lengths.append(bridge.after)
        ends = (0, len(names) - 1)
        colours = [
            theme.MUTED if place in ends else theme.GOOD if length > 0 else theme.BAD
            for place, length in enumerate(lengths)
        ]
        text = [
            brief("profit", length, formats) if place in ends else with_sign(length, formats)
            for place, length in enumerate(lengths)
        ]
        filled = {"of": 0, "y": names, "x": _cents(lengths), "base": _cents(bases), "customdata": text}
        tops = [max(base, base + length) for base, length in zip(bases, lengths, strict=True)]
        low, high = min(0.0, *bases, bridge.after, bridge.before), max(tops)
        layout = {"xaxis": {"range": [low, high if high > low else low + 1]}}
        said = explain(bridge, formats, len(BARS))
        return {
            "traces": [
                {**filled, "marker": {"color": colours}},
                {"of": 1, "x": _cents(tops), "y": names, "text": [f"\u00a0{each}" for each in text]},
            ],
            "layout": layout,
            "line": _line(page_data),
            "alt": f"Profit went from {text[0]} to {text[-1]}: {said}.",
        }

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        bridge = bridge_of(page_data)
        if bridge is None:
            return []
        values = {"baseline": bridge.before, **bridge.bars, "current": bridge.after}
        return [{"factor": factor, "value": value} for factor, value in values.items()]

    def fit(unknown: Set[str]) -> Visual | None:
        return None

    drawn = chart(
        name,
        title,
        question,
        needs=(PARTS, TOTAL),
        before=(PARTS, TOTAL),
        metrics=METRICS,
        traces=[prototype, words],
        layout=theme.layout(
            xaxis=theme.axis("Profit", "money", zeroline=True),
            yaxis={
                **theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category"),
                "autorange": "reversed",
            },
            bargap=0.35,
            hovermode="y",  # a bar may be a pixel wide: its row tells it
            margin={"l": 8, "r": _ROOM, "t": 8, "b": 8},
        ),
        draw=draw,
        rows=rows,
        width=width,
        height=height,
        fit=fit,
    )
    return replace(drawn, columns=("factor", "value"), of_change=True)


def bridge_of(page_data: PageData) -> Bridge | None:
    """The bridge of a page's data; None where nothing is compared, or no costs are known."""
    before = page_data.sums_before.get(PARTS)
    if before is None or page_data.baseline is None:
        return None
    return profit_bridge(page_data.sums[PARTS], before, page_data.selection.days, page_data.baseline.days)


def explain(bridge: Bridge, formats: Formats, most: int = _NAMED) -> str:
    """The largest bars in words: ``the price of impressions took $101k, most of it Meta’s, spend brought $48.1k``."""
    bars: Mapping[str, float] = bridge.bars
    moved = sorted((name for name in BARS if round(bars[name], 2)), key=lambda name: -abs(bars[name]))[:most]
    if not moved:
        return "no factor moved it"
    return ", ".join(_clause(name, bars[name], bridge.platforms[name], formats) for name in moved)


def _clause(factor: str, value: float, platforms: pd.Series, formats: Formats) -> str:
    label = LABELS[factor]
    said = f"{label[0].lower()}{label[1:]} {'brought' if value > 0 else 'took'} {brief('profit', abs(value), formats)}"
    largest = platforms.abs().idxmax()
    part = float(platforms[largest])
    if len(platforms) > 1 and part * value > 0 and abs(part) > _MOST_OF_IT * abs(value):
        said += f" (most of it {largest})"
    return said


def with_sign(value: float, formats: Formats) -> str:
    """An amount with its sign: ``+$48.1k``, ``−$101k``."""
    return f"{'+' if value > 0 else MINUS}{brief('profit', abs(value), formats)}"


def _line(page_data: PageData) -> str:
    then = page_data.baseline
    assert then is not None
    formats = page_data.formats
    now = page_data.selection
    return (
        f"From {formats.days(then.start, then.end)} to {formats.days(now.start, now.end)}. Each bar is what came from "
        "one factor, whichever moved first (its Shapley value); together they are the whole change."
    )


def _cents(values: list[float]) -> list[float]:
    return [round(value, 2) for value in values]
