"""One sentence over a page: what its first figure is, how it changed, what drove that, and where it came from."""

from collections.abc import Collection, Mapping
from typing import Final

import pandas as pd

from kpi.compare import change, stated_change
from kpi.formats import MINUS, Formats
from kpi.metrics import METRICS
from kpi.units import brief, figure

#: What a figure is made of, in the order in which it is said: the parts that explain its change.
_DRIVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "contribution_after_marketing": ("store_revenue", "spend"),
    "profit": ("spend", "revenue"),
    "revenue": ("spend", "roas"),
    "conversions": ("clicks", "cvr"),
    "clicks": ("impressions", "ctr"),
    "impressions": (),
    "spend": (),
}

Figures = Mapping[str, float | None]

#: What the opposite of a figure that may be below nothing is called.
_LOSSES: Final[Mapping[str, str]] = {
    "profit": "loss",
    "contribution_after_marketing": "loss after marketing",
}


def headline(
    leads: Collection[str],
    shown: Collection[str],
    now: pd.DataFrame,
    before: pd.DataFrame | None,
    platforms: pd.DataFrame,
    platforms_before: pd.DataFrame | None,
    formats: Formats,
    longer: float = 1.0,
    labels: Mapping[str, str] = {},
) -> str:
    """The sentence over the first of `leads` that has a value; "" where none has. `labels` are of metrics that are
    called otherwise here.

    `now` and `before` are metrics frames of one row, `platforms` and `platforms_before` those by platform; a driver is
    named where it is among `shown`. Where the days are `longer` than those before by a factor, the platform is the one
    that changed most by the day. Without a comparison it says how much there is and where most of it comes from.

    ``Profit fell 13.4% to $508k: spend grew 9.1%, attributed revenue grew 2.1%; −$37k of it came from Amazon.``
    """
    row = _row(now)
    lead = next((key for key in leads if key in _DRIVERS and row.get(key) is not None), None)
    if lead is None:
        return ""
    value, old = row[lead], _row(before).get(lead) if before is not None else None
    assert value is not None
    if old is None:
        return f"{_amount(lead, value, formats, labels)}{_most(lead, value, platforms, formats)}."
    earlier = _row(before) if before is not None else {}
    drivers = [
        _step(key, row[key], earlier[key], formats)
        for key in _DRIVERS[lead]
        if key in shown and row.get(key) is not None and earlier.get(key) is not None
    ]
    said = _lead_sentence(lead, value, old, formats, labels)
    why = f": {', '.join(drivers)}" if drivers else ""
    return f"{said}{why}{_whence(lead, value - old, platforms, platforms_before, formats, longer)}."


def _row(frame: pd.DataFrame) -> dict[str, float | None]:
    values = frame.iloc[0].to_dict()
    return {str(key): None if value != value else float(value) for key, value in values.items()}


def _label(metric: str, labels: Mapping[str, str] = {}) -> str:
    label = labels.get(metric, METRICS[metric].label).partition(" (")[0]
    return label[0].lower() + label[1:]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _amount(metric: str, value: float, formats: Formats, labels: Mapping[str, str]) -> str:
    if metric in _LOSSES and value < 0:
        return f"The {_LOSSES[metric]} is {brief(metric, -value, formats)}"
    verb = "are" if METRICS[metric].unit == "count" else "is"
    return f"{_capital(_label(metric, labels))} {verb} {brief(metric, value, formats)}"


def _lead_sentence(metric: str, value: float, old: float, formats: Formats, labels: Mapping[str, str]) -> str:
    """``Profit fell 13.4% to $508k``; a profit that became a loss, and the other way, has no percentage."""
    now, then = brief(metric, abs(value), formats), brief(metric, abs(old), formats)
    if (loss := _LOSSES.get(metric)) and (value < 0) != (old < 0):
        gain = _label(metric, labels)
        return (
            f"A {gain} of {then} became a {loss} of {now}"
            if value < 0
            else f"A {loss} of {then} became a {gain} of {now}"
        )
    name = f"the {loss}" if loss and value < 0 else _label(metric, labels)
    step = change(metric, abs(value), abs(old))
    if step is None:
        return f"{_capital(name)} rose from {then} to {now}"
    size = figure("roi", abs(step), formats)
    if size == figure("roi", 0.0, formats):
        return f"{_capital(name)} held at {now}"
    return f"{_capital(name)} {'rose' if step > 0 else 'fell'} {size} to {now}"


def _step(metric: str, value: float | None, old: float | None, formats: Formats) -> str:
    """``spend grew 9.1%``; a rate changes by percentage points."""
    assert value is not None
    step = stated_change(metric, value, old)
    points = METRICS[metric].unit == "percent"
    if step is None:
        return f"{_label(metric)} {brief(metric, value, formats)}"
    size = f"{formats.number(abs(step) * 100, 2)} points" if points else figure("roi", abs(step), formats)
    if size in (f"{formats.number(0, 2)} points", figure("roi", 0.0, formats)):
        return f"{_label(metric)} held"
    return f"{_label(metric)} {'grew' if step > 0 else 'fell'} {size}"


def _whence(
    metric: str, step: float, now: pd.DataFrame, before: pd.DataFrame | None, formats: Formats, longer: float
) -> str:
    """``; −$37k of it came from Amazon``: the platform that changed most in the direction of the whole."""
    if before is None or metric not in before or len(now) < 2 or not step:
        return ""
    then = before[metric].reindex(now.index)
    steps = (now[metric] - then).dropna()
    steps = steps[steps * step > 0]
    if steps.empty:
        return ""
    name = (now[metric] - then * longer)[steps.index].abs().idxmax() if _adds_up(metric) else steps.abs().idxmax()
    part = float(steps[name])
    sign = MINUS if part < 0 else "+"
    size = f"{sign}{brief(metric, abs(part), formats)}"
    return f"; {size} of it came from {name}" if abs(part) < abs(step) else f"; {name} alone changed by {size}"


def _adds_up(metric: str) -> bool:
    """Whether a metric is of the days together, so that more days have more of it."""
    return METRICS[metric].unit in ("money", "count") and not METRICS[metric].by


def _most(metric: str, value: float, platforms: pd.DataFrame, formats: Formats) -> str:
    """``, $310k of it from Google``: where most of it comes from."""
    if metric not in platforms or len(platforms) < 2 or value <= 0:
        return ""
    parts = platforms[metric].dropna()
    if parts.empty or not (most := float(parts.max())) > 0:
        return ""
    amount = brief(metric, most, formats)
    return f", {amount} of it from {parts.idxmax()}" if most < value else f", with {amount} from {parts.idxmax()}"
