"""A scatter chart of objectives by share of spend and ROI; size is profit, color and shape its sign."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart, without_value
from components.page_data import PageData, chart_figures, exact, number
from components.visuals import Visual
from kpi.formats import Formats
from kpi.units import figure

#: The plot on a narrow screen and its words, in px, by which names are kept off each other; the largest marker's area.
_WIDE, _HIGH, _LETTER, _LINE, _LARGEST = 290, 210, 7.0, 17.0, 1600
_METRICS = ("spend_share", "roi", "profit", "spend")


def objective(name: str, title: str, question: str, width: int = 6, height: int = 320) -> Visual:
    """A marker an objective: circles earn, diamonds lose."""
    by = ("objective",)
    prototype = {
        "type": "scatter",
        "mode": "markers+text",
        "textfont": {"size": 13},
        "cliponaxis": False,
        "marker": {"sizemode": "area", "opacity": 0.85, "line": {"color": theme.SURFACE, "width": 1.5}},
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
    }

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        profit = [number(value) for value in frame["profit"]]
        largest = max((abs(value) for value in profit if value is not None), default=0.0) or 1.0
        losing = [value is not None and value < 0 for value in profit]
        shares, returns = chart_figures(frame, "spend_share"), chart_figures(frame, "roi")
        if all(value is None for value in returns):
            return without_value("roi")
        sizes = [max(abs(value or 0.0), largest * 0.04) for value in profit]
        across, up = _range(shares, 0.22, 0.0), _range(returns, 0.30)
        names = [str(key) for key in frame.index]
        filled = {
            "of": 0,
            "x": shares,
            "y": returns,
            "text": [theme.name(each) for each in names],
            "textposition": _sides(
                names,
                _along(shares, across, _WIDE),
                _along(returns, up, _HIGH),
                [(size / largest * _LARGEST / 2) ** 0.5 for size in sizes],
            ),
            "customdata": [_hover(row, page_data.formats) for _, row in frame.iterrows()],
            "marker": {
                "size": [round(size, 2) for size in sizes],
                "sizeref": largest / _LARGEST,
                "color": [theme.BAD if loss else theme.GOOD for loss in losing],
                "symbol": ["diamond" if loss else "circle" for loss in losing],
            },
        }
        return {
            "traces": [filled],
            "layout": {"xaxis": {"range": across, **_up_to_the_whole(across)}, "yaxis": {"range": up}},
            "line": "Larger means more profit or loss. Circles earn, diamonds lose.",
            "alt": alt.markers(page_data, by, ("spend_share", "roi", "profit")),
        }

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [
            {"objective": key, **{metric: exact(metric, row[metric]) for metric in _METRICS}}
            for key, row in page_data.now[by].iterrows()
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
        compares=by,
        in_words=True,
    )


def _hover(row: Mapping[str, float], formats: Formats) -> str:
    """``12.3% of spend, ROI 45.6%``, and the profit in a line of its own."""
    share, returned, profit = (figure(metric, number(row[metric]), formats) for metric in _METRICS[:3])
    return f"{share} of spend, ROI {returned}<br>Profit {profit}"


def _range(values: list[float | None], pad: float, floor: float | None = None) -> tuple[float, float]:
    """A range in which the largest marker and its label are not cut off."""
    known = [value for value in values if value is not None] or [0.0]
    low, high = min([0.0, *known]) if floor is None or len(known) == 1 else min(known), max(known)
    room = ((high - low) or abs(high) or 1.0) * pad
    return low - room if floor is None else max(low - room, floor), high + room


def _up_to_the_whole(range_: tuple[float, float]) -> dict[str, Any]:
    """Ticks up to all of the spend, where the range has room beyond it for a marker."""
    low, high = range_
    if high <= 1:
        return {}
    step = next(step for step in (0.05, 0.1, 0.2) if (1 - low) / step <= 5 or step == 0.2)
    return {"tickmode": "array", "tickvals": [round(n * step, 2) for n in range(ceil(low / step), round(1 / step) + 1)]}


def _along(values: list[float | None], range_: tuple[float, float], length: float) -> list[float]:
    """Where values lie on an axis of `length` px; what is not drawn lies far out."""
    low, high = range_
    return [-1e6 if value is None else (value - low) / (high - low) * length for value in values]


def _sides(names: list[str], xs: list[float], ys: list[float], radii: list[float]) -> list[str]:
    """Above its marker each name, but below or beside it where another's name is there already."""
    taken: list[tuple[float, float, float]] = []  # the middle of each name, and half its width
    found = []
    for name, x, y, radius in zip(names, xs, ys, radii, strict=True):
        half = len(name) * _LETTER / 2
        away, beside = radius + _LINE / 2, radius + half
        places = {
            "top center": (x, y + away),
            "bottom center": (x, y - away),
            "middle right": (x + beside, y),
            "middle left": (x - beside, y),
        }
        free = [
            side
            for side, (at, up) in places.items()
            if all(abs(at - other) > half + wide or abs(up - height) > _LINE for other, height, wide in taken)
        ]
        side = next(iter(free), "top center")
        taken.append((*places[side], half))
        found.append(side)
    return found
