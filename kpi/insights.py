"""Call-outs: what stands out in a selection, as a sentence with its figures and what to filter to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from kpi.compare import change
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.rank import rank
from kpi.units import USUAL, figure

Tone = Literal["good", "bad", "warning", "info"]
Narrow = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Insight:
    """`kind` names the finding, `narrow` the (dimension, value) pairs it filters to, `figures` those of the text."""

    kind: str
    tone: Tone
    title: str
    text: str
    narrow: Narrow = ()
    figures: dict[str, float | None] = field(default_factory=dict)


def platforms(now: pd.DataFrame, before: pd.DataFrame | None, since: str, formats: Formats = USUAL) -> list[Insight]:
    """What to say of the platforms of a metrics frame indexed by platform.

    `now` and `before` need profit, roas, roi, spend and breakeven_roas; `since` names the earlier period in words. Best
    and worst are named only where two platforms or more have a value.
    """
    say = _teller(formats)
    rows, earlier = _rows(now), _rows(before) if before is not None else {}
    found: list[Insight] = []
    if len(rows) == 1:
        found += _alone(*next(iter(rows.items())), earlier, since, say)
    else:
        for metric in ("profit", "roas"):
            found += _extremes(rows, metric, say)
        found += _mover(rows, earlier, since, say)
    return found + _losses(rows, say)


_Row = dict[str, float | None]
_Say = Callable[[str, float | None], str]


def _rows(frame: pd.DataFrame) -> dict[str, _Row]:
    """A metrics frame as plain rows, None where there is no value."""
    block = frame.to_numpy(dtype=float).tolist()
    names = list(frame.columns)
    return {
        str(key): {name: None if value != value else value for name, value in zip(names, values, strict=True)}
        for key, values in zip(frame.index, block, strict=True)
    }


def _teller(formats: Formats) -> _Say:
    return lambda metric, value: figure(metric, value, formats)


def _names(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _figures(row: _Row, *metrics: str) -> _Row:
    return {metric: row[metric] for metric in metrics}


def _extremes(rows: dict[str, _Row], metric: str, say: _Say) -> list[Insight]:
    """The best and the worst by `metric`; equal figures, as they are shown, are a tie."""
    values = {name: value for name, row in rows.items() if (value := row[metric]) is not None}
    if len(values) < 2:
        return []
    shown = {name: say(metric, value) for name, value in values.items()}
    best, worst = (shown[choose(values, key=values.__getitem__)] for choose in (max, min))
    label = "profit" if metric == "profit" else "ROAS"
    if best == worst:
        text = f"{_names(list(shown))} are level at {best} {label} each."
        return [Insight(f"tied_{metric}", "info", f"A tie on {label}", text)]
    found = []
    for kind, text in (("best", best), ("worst", worst)):
        names = [name for name, other in shown.items() if other == text]
        row = rows[names[0]]
        lead, tone, title = _extreme_words(kind, metric, names, text, values[names[0]])
        tail = "."
        if len(names) == 1:
            beside = (
                f" (ROI {say('roi', row['roi'])})"
                if metric == "profit"
                else f"; it breaks even at {say('breakeven_roas', row['breakeven_roas'])}"
            )
            tail = f" on {say('spend', row['spend'])} spend{beside}."
        narrow = tuple(("platform", name) for name in names)
        figures = _figures(row, metric, "spend", "roi" if metric == "profit" else "breakeven_roas")
        found.append(Insight(f"{kind}_{metric}", tone, title, lead + tail, narrow, figures))
    return found


def _extreme_words(kind: str, metric: str, names: list[str], text: str, value: float) -> tuple[str, Tone, str]:
    who, several = _names(names), len(names) > 1
    if metric == "roas":
        high = "highest" if kind == "best" else "lowest"
        verb = "share" if several else "has"
        tone: Tone = "good" if kind == "best" else "warning"
        return f"{who} {verb} the {high} ROAS, {text}", tone, f"{high.capitalize()} ROAS"
    each = " each" if several else ""
    if value < 0:
        extent = "least" if kind == "best" else "most"
        verb = "lose" if several else "loses"
        return f"{who} {verb} the {extent}, {text.removeprefix('−')}{each}", "bad", f"{extent.capitalize()} lost"
    extent = "most" if kind == "best" else "least"
    verb = "earn" if several else "earns"
    tone = "good" if kind == "best" else "info"
    return f"{who} {verb} the {extent}, {text} profit{each}", tone, f"{extent.capitalize()} profit"


def _moved(metric: str, value: float, earlier: float, since: str, say: _Say) -> str:
    """``up $31,204 (+12.3%) from $252,118 in 4 – 31 Aug``"""
    step = value - earlier
    if not step:
        return f"unchanged from {since}"
    share = change(metric, value, earlier)
    percent = "" if share is None else f" ({'+' if share > 0 else '−'}{say('roi', abs(share))})"
    direction = "up" if step > 0 else "down"
    return f"{direction} {say(metric, abs(step))}{percent} from {say(metric, earlier)} in {since}"


def _mover(rows: dict[str, _Row], earlier: dict[str, _Row], since: str, say: _Say) -> list[Insight]:
    """The platform whose profit changed most."""
    pairs = {
        name: (value, old)
        for name, row in rows.items()
        if (value := row["profit"]) is not None and (old := earlier.get(name, {}).get("profit")) is not None
    }
    if len(pairs) < 2:
        return []
    name, (value, old) = max(pairs.items(), key=lambda pair: abs(pair[1][0] - pair[1][1]))
    if value == old:
        return []
    text = f"{name}’s profit moved the most: {say('profit', value)}, {_moved('profit', value, old, since, say)}."
    tone: Tone = "good" if value > old else "bad"
    figures = {"profit": value, "profit_before": old, "change": change("profit", value, old)}
    return [Insight("mover", tone, "Largest mover", text, (("platform", name),), figures)]


def _alone(name: str, row: _Row, earlier: dict[str, _Row], since: str, say: _Say) -> list[Insight]:
    """With one platform there is no best or worst: against the earlier period instead."""
    found = []
    for metric, words in (("profit", "profit"), ("roas", "ROAS")):
        value, old = row[metric], earlier.get(name, {}).get(metric)
        if value is None:
            continue
        against = _moved(metric, value, old, since, say) if old is not None else "with no earlier period to compare"
        tone: Tone = "info" if old is None or old == value else "good" if value > old else "bad"
        text = f"{name}’s {words} is {say(metric, value)}, {against}."
        figures = {metric: value, f"{metric}_before": old}
        found.append(Insight(f"alone_{metric}", tone, METRICS[metric].label, text, (("platform", name),), figures))
    return found


def _losses(rows: dict[str, _Row], say: _Say) -> list[Insight]:
    """A warning for each platform that loses money, which is the same as running below its break-even ROAS."""
    found = []
    for name, row in rows.items():
        profit, even = row["profit"], row["breakeven_roas"]
        if profit is None or profit >= 0:
            continue
        text = f"{name} loses money: {say('profit', -profit)} lost on {say('spend', row['spend'])} spend."
        if even is not None and even > 0:
            text += f" Its ROAS of {say('roas', row['roas'])} is below its break-even of {say('breakeven_roas', even)}."
        elif row["roas"]:
            text += " Its orders do not even cover their goods and fees, so no ROAS would break even."
        figures = _figures(row, "profit", "spend", "roas", "breakeven_roas")
        found.append(Insight("loss", "warning", "Loses money", text, (("platform", name),), figures))
    return found


def pockets(metrics: pd.DataFrame, formats: Formats = USUAL) -> list[Insight]:
    """The strongest and the weakest pocket by LTV : CAC of a metrics frame indexed by (segment, region).

    Needs ltv_cac, payback_months, profit and spend. Pockets with too little spend to judge are left out.
    """
    say = _teller(formats)
    ranked = [rank(metrics, "ltv_cac", best=best, limit=1).rows for best in (True, False)]
    if len(rank(metrics, "ltv_cac", best=True, limit=2).rows) < 2:
        return []
    ((first, strongest), (last, weakest)) = ((frame.index[0], next(iter(_rows(frame).values()))) for frame in ranked)
    if say("ltv_cac", strongest["ltv_cac"]) == say("ltv_cac", weakest["ltv_cac"]):
        text = f"All pockets stand at an LTV : CAC of {say('ltv_cac', strongest['ltv_cac'])}."
        return [Insight("tied_pockets", "info", "No pocket stands out", text)]
    return [
        _pocket("strongest", "good", first, strongest, say),
        _pocket("weakest", "warning", last, weakest, say),
    ]


def _pocket(kind: str, tone: Tone, place: tuple[str, str], row: _Row, say: _Say) -> Insight:
    segment, region = place
    profit = row["profit"]
    if profit is None:
        outcome = "no profit figure"
    else:
        outcome = f"{say('profit', -profit)} lost" if profit < 0 else f"{say('profit', profit)} profit"
    text = (
        f"{segment} in {region}: LTV : CAC of {say('ltv_cac', row['ltv_cac'])}, repaid in "
        f"{say('payback_months', row['payback_months'])}; {outcome} on {say('spend', row['spend'])} spend."
    )
    figures = _figures(row, "ltv_cac", "payback_months", "profit", "spend")
    narrow = (("segment", segment), ("region", region))
    return Insight(kind, tone, f"{kind.capitalize()} pocket", text, narrow, figures)
