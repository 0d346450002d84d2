"""Figures as words, for sentences and text alternatives. Cells and cards are formatted by the browser."""

import math

from kpi.metrics import METRICS

NOTHING = "–"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def figure(metric: str, value: float | None, currency: str = "USD") -> str:
    """`value` of `metric` as a person writes it: ``$1,204,331``, ``12.3 %``, ``2.84×``, ``–`` where there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    known = METRICS[metric]
    sign = "−" if value < 0 and round(abs(value), known.decimals + 2 * (known.unit == "percent")) else ""
    size = abs(value)
    match known.unit:
        case "money" | "unit_money":
            symbol = _SYMBOLS.get(currency, f"{currency} ")
            return f"{sign}{symbol}{size:,.{known.decimals}f}"
        case "percent":
            return f"{sign}{size * 100:,.{known.decimals}f}%"
        case "ratio":
            return f"{sign}{size:,.{known.decimals}f}×"
        case "months":
            return f"{sign}{size:,.{known.decimals}f} months"
        case _:
            return f"{sign}{size:,.{known.decimals}f}"
