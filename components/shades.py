"""Shades of a table's figures: against zero where there are losses, else against the average; never where it is noise.

A profit is good or bad by itself, so what may be below zero is shaded from there. A rate is good or bad beside others:
its center is the whole selection's.
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.units import decimals

#: The strongest shade, and the distance from the average, as a share of it, that must be reached for it.
STRONGEST: Final = 4
_FULL: Final = 0.2

Center = Literal["zero", "average"]


def center_of(metric: str) -> Center | None:
    """What a metric is shaded against; None where neither direction is better, or a sum has no average to be above."""
    known = METRICS[metric]
    if known.better == "neither":
        return None
    return "zero" if known.is_difference else "average" if known.by else None


def shades(
    metrics: Sequence[str], values: NDArray[np.float64], wholes: NDArray[np.float64], formats: Formats
) -> list[list[int] | None]:
    """For each of `metrics` a shade a row, from −4 (worst) to 4 (best), 0 for none; None where nothing is shaded.

    `values` has a row a metric, `wholes` the whole selection's figures. Figures that are written alike have one shade.
    """
    return [_shades(*each, formats) for each in zip(metrics, values, wholes.tolist(), strict=True)]


def _shades(metric: str, values: NDArray[np.float64], whole: float, formats: Formats) -> list[int] | None:
    against = center_of(metric)
    digits = decimals(metric, formats) + (2 if METRICS[metric].unit == "percent" else 0)
    center = 0.0 if against == "zero" else round(whole, digits)
    away = np.nan_to_num(np.round(values, digits) - center)
    most, few = np.abs(away).max(initial=0.0), np.count_nonzero(~np.isnan(values)) < 2
    if against is None or center != center or not most or (few and (against == "average" or away.max() > 0)):
        return None
    if against == "zero":
        strength = np.rint(STRONGEST * np.sqrt(np.abs(away) / most))
        strength = np.where(away < 0, np.maximum(strength, 1), strength)  # a loss is marked however small
    else:
        strength = np.rint(STRONGEST * np.abs(away) / max(most, _FULL * abs(center)))
    sign = np.sign(away) * (1 if METRICS[metric].better == "up" else -1)
    found: list[int] = (sign * strength).astype(int).tolist()
    return found if any(found) else None


def explain_shades(metrics: Sequence[str]) -> str:
    """What the shades of columns of `metrics` mean, in a sentence; "" where none is shaded.

    >>> explain_shades(("ctr", "roi"))
    'Teal is better than the average, orange is worse; ROI: above and below zero.'
    """
    known = {metric: center_of(metric) for metric in metrics}
    zero = [METRICS[metric].short or METRICS[metric].label for metric, center in known.items() if center == "zero"]
    if "average" not in known.values():
        return "Teal is above zero, orange is below." if zero else ""
    more = f"; {', '.join(zero)}: above and below zero" if zero else ""
    return f"Teal is better than the average, orange is worse{more}."
