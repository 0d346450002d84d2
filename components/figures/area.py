"""What lies between a line and zero: earned above it, lost below it, nothing where nothing ran.

plotly's own fill goes across gaps and has one color for earnings and losses: it is used where there are neither.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from components import theme

_LOST: Final = f"{theme.BAD}/0.3"


def faint_fill(colour: str) -> str:
    """The faint fill above zero of a line of `colour`."""
    return f"{colour}/0.14"


def prototypes(metric: str, colour: str) -> list[dict[str, Any]]:
    """The two traces that `areas` fills, for a line of `colour`."""
    return [_prototype(metric, faint_fill(colour)), _prototype(metric, _LOST)]


def _prototype(metric: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "line": {"width": 0},
        "fill": "tozeroy",
        "fillcolor": colour,
        "legendgroup": metric,
        "showlegend": False,
        "hoverinfo": "skip",
        "zorder": 0,
    }


def areas(days: Sequence[date], values: Sequence[float | None]) -> list[tuple[int, dict[str, Any]]]:
    """What lies above zero (0) and below it (1), as points of an outline; none where a plain fill says the same."""
    if all(value is not None and value >= 0 for value in values):
        return []
    places, heights = _outline(days, values)
    sides = ((0, [max(height, 0.0) for height in heights]), (1, [min(height, 0.0) for height in heights]))
    return [(side, {"x": places, "y": clipped}) for side, clipped in sides if any(clipped)]


def _outline(days: Sequence[date], values: Sequence[float | None]) -> tuple[list[str], list[float]]:
    """A line's points with those where it crosses zero; it goes down to zero at each end of a gap."""
    places: list[str] = []
    heights: list[float] = []
    before: tuple[date, float] | None = None
    for day, value in zip(days, values, strict=True):
        if value is None:
            if before:
                places.append(before[0].isoformat())
                heights.append(0.0)
            before = None
            continue
        if before is None:
            places.append(day.isoformat())
            heights.append(0.0)
        elif before[1] * value < 0:
            crossing = datetime.combine(before[0], time()) + (day - before[0]) * (before[1] / (before[1] - value))
            places.append(crossing.isoformat(" ", "minutes"))
            heights.append(0.0)
        places.append(day.isoformat())
        heights.append(float(value))
        before = day, value
    return places, heights
