"""Figures as words, for sentences, text alternatives and files. assets/js/format.js does the same in the browser."""

import math
import re
from typing import Final

from kpi.formats import MINUS, Formats
from kpi.metrics import METRICS

NOTHING: Final = "–"
USUAL: Final = Formats()
#: Units whose large figures are written in three digits on cards.
SHORTENED: Final = ("money", "count", "people")


def decimals(metric: str, formats: Formats = USUAL) -> int:
    """The digits after the point of a whole figure: the catalogue's, fewer for a currency that has none (JPY)."""
    known = METRICS[metric]
    return max(0, known.decimals - 2 + formats.minor) if known.unit == "unit_money" else known.decimals


def figure(metric: str, value: float | None, formats: Formats = USUAL, more: int = 0) -> str:
    """`value` of `metric` as a person writes it: ``$1,204,331``, ``12.3%``, ``2.84×``, ``–`` where there is none.

    `more` are digits after the point beyond the usual ones.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    digits = decimals(metric, formats) + more
    match METRICS[metric].unit:
        case "money" | "unit_money":
            return formats.between(formats.money, value, digits)
        case "percent":
            return formats.between(formats.percent, value, digits, 2)
        case "ratio":
            return f"{formats.number(value, digits)}×"
        case "months":
            return f"{formats.number(value, digits)} months"
        case _:
            return formats.number(value, digits)


def brief(metric: str, value: float | None, formats: Formats = USUAL) -> str:
    """An amount of money or a count in three digits, for a card or a cell of a chart: ``$12.3k``, ``−$1.20M``."""
    unit = METRICS[metric].unit
    if value is None or not math.isfinite(value) or abs(value) < 999.5 or unit not in SHORTENED:
        return figure(metric, value, formats)
    if unit == "money":
        return formats.shorten(formats.compact_money, formats.money, value)
    return formats.shorten(formats.compact, ("", ""), value)


def step(metric: str, change: float | None, formats: Formats = USUAL) -> str | None:
    """A change of `metric` with its sign: ``+12.3%``, ``−1.20 pp`` for a rate, ``±0.0%`` for what rounds to nothing.

    None where there is none. `change` is as kpi.compare has it.
    """
    if change is None or not math.isfinite(change):
        return None
    points = METRICS[metric].unit == "percent"
    digits = 2 if points and decimals(metric, formats) > 1 else 0 if abs(change) >= 10 else 1
    size = formats.between(("", " pp") if points else formats.percent, abs(change), digits, 2)
    if not re.search("[1-9]", formats.number(abs(change), digits, 2)):
        return f"±{size}"
    return f"{'+' if change > 0 else MINUS}{size}"
