"""Figures as words, for sentences and text alternatives. Cells and cards are formatted by the browser."""

import math
from typing import Final

from kpi.metrics import METRICS

NOTHING: Final = "–"
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def figure(metric: str, value: float | None, currency: str = "USD") -> str:
    """`value` of `metric` as a person writes it: ``$1,204,331``, ``12.3 %``, ``2.84×``, ``–`` where there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    known = METRICS[metric]
    sign = "−" if value < 0 and round(abs(value), known.decimals + 2 * (known.unit == "percent")) else ""
    size = abs(value)
    match known.unit:
        case "money" | "unit_money":
            return f"{sign}{_symbol(currency)}{size:,.{known.decimals}f}"
        case "percent":
            return f"{sign}{size * 100:,.{known.decimals}f}%"
        case "ratio":
            return f"{sign}{size:,.{known.decimals}f}×"
        case "months":
            return f"{sign}{size:,.{known.decimals}f} months"
        case _:
            return f"{sign}{size:,.{known.decimals}f}"


def brief(metric: str, value: float | None, currency: str = "USD") -> str:
    """An amount of money or a count in three or four digits, for a cell of a chart: ``$12.3k``, ``−$1.2M``."""
    if value is None or not math.isfinite(value) or abs(value) < 999.5:
        return figure(metric, value, currency)
    symbol = _symbol(currency) if METRICS[metric].unit == "money" else ""
    scaled, unit = next((abs(value) / limit, unit) for limit, unit in _THOUSANDS if abs(value) >= limit * 0.9995)
    return f"{'−' if value < 0 else ''}{symbol}{scaled:,.{0 if scaled >= 99.95 else 1}f}{unit}"


_THOUSANDS: Final = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def _symbol(currency: str) -> str:
    return _SYMBOLS.get(currency, f"{currency} ")
