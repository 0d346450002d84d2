"""Call-outs: what stands out in a selection, as a sentence with its figures and what to filter to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from kpi.compare import change
from kpi.metrics import METRICS
from kpi.units import figure

Tone = Literal["good", "bad", "warning", "info"]
Narrow = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Insight:
    """`kind` names the finding; `narrow` filters to it, as (dimension, value) pairs; `figures` are those of the text."""

    kind: str
    tone: Tone
    title: str
    text: str
    narrow: Narrow = ()
    figures: dict[str, float | None] = field(default_factory=dict)


def platforms(now: pd.DataFrame, before: pd.DataFrame | None, since: str, currency: str = "USD") -> list[Insight]:
    """What to say of the platforms of a metrics frame indexed by platform.

    `now` and `before` need profit, roas, roi, spend and breakeven_roas; `since` names the earlier period in words. Best
    and worst are named only where two platforms or more have a value.
    """
    say = _teller(currency)
    found: list[Insight] = []
    if len(now) == 1:
        found += _alone(now, before, since, say)
    else:
        for metric in ("profit", "roas"):
            found += _extremes(now, metric, say)
        found += _mover(now, before, since, say)
    return found + _losses(now, say)


_Say = Callable[[str, float | None], str]


def _teller(currency: str) -> _Say:
    return lambda metric, value: figure(metric, _number(value), currency)


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def _names(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _figures(row: pd.Series, *metrics: str) -> dict[str, float | None]:
    return {metric: _number(row[metric]) for metric in metrics}


def _extremes(now: pd.DataFrame, metric: str, say: _Say) -> list[Insight]:
    """The best and the worst by `metric`; equal figures, as they are shown, are a tie."""
    values = now[metric].dropna()
    if len(values) < 2:
        return []
    shown = {str(name): say(metric, value) for name, value in values.items()}
    best, worst = shown[str(values.idxmax())], shown[str(values.idxmin())]
    label = "profit" if metric == "profit" else "ROAS"
    if best == worst:
        names = _names(list(shown))
        return [Insight(f"tied_{metric}", "info", f"A tie on {label}", f"{names} are level at {best} {label} each.")]
    found = []
    for kind, text in (("best", best), ("worst", worst)):
        names = [name for name, other in shown.items() if other == text]
        row = now.loc[names[0]]
        lead, tone, title = _extreme_words(kind, metric, names, text, float(row[metric]))
        if len(names) == 1:
            spend = f"on {say('spend', row['spend'])} spend"
            tail = (
                f" {spend} (ROI {say('roi', row['roi'])})."
                if metric == "profit"
                else f" {spend}; it breaks even at {say('breakeven_roas', row['breakeven_roas'])}."
            )
        else:
            tail = "."
        narrow = tuple(("platform", name) for name in names)
        figures = _figures(row, metric, "spend", "roi" if metric == "profit" else "breakeven_roas")
        found.append(Insight(f"{kind}_{metric}", tone, title, lead + tail, narrow, figures))
    return found


def _extreme_words(kind: str, metric: str, names: list[str], text: str, value: float) -> tuple[str, Tone, str]:
    who, several = _names(names), len(names) > 1
    if metric == "roas":
        high = "highest" if kind == "best" else "lowest"
        verb = "share" if several else "has"
        return (
            f"{who} {verb} the {high} ROAS, {text}",
            "good" if kind == "best" else "warning",
            f"{high.capitalize()} ROAS",
        )
    if value < 0:
        extent = "least" if kind == "best" else "most"
        verb = "lose" if several else "loses"
        return f"{who} {verb} the {extent}, {text.removeprefix('−')}", "bad", f"{extent.capitalize()} lost"
    extent = "most" if kind == "best" else "least"
    verb = "earn" if several else "earns"
    each = " each" if several else ""
    tone: Tone = "good" if kind == "best" else "info"
    return f"{who} {verb} the {extent}, {text} profit{each}", tone, f"{extent.capitalize()} profit"


def _moved(metric: str, value: float, earlier: float, since: str, say: _Say) -> str:
    """ "up $31,204 (+12.3%) from $252,118 in 4 – 31 Aug" """
    step = value - earlier
    if not step:
        return f"unchanged from {since}"
    share = change(metric, value, earlier)
    percent = "" if share is None else f" ({'+' if share > 0 else '−'}{abs(share) * 100:,.1f}%)"
    direction = "up" if step > 0 else "down"
    return f"{direction} {say(metric, abs(step))}{percent} from {say(metric, earlier)} in {since}"


def _mover(now: pd.DataFrame, before: pd.DataFrame | None, since: str, say: _Say) -> list[Insight]:
    if before is None:
        return []
    earlier = before["profit"].reindex(now.index)
    steps = (now["profit"] - earlier).dropna()
    if len(steps) < 2 or not steps.any():
        return []
    name = steps.abs().idxmax()
    value, old = float(now.loc[name, "profit"]), float(earlier.loc[name])
    text = f"{name}’s profit moved the most: {say('profit', value)}, {_moved('profit', value, old, since, say)}."
    tone: Tone = "good" if value > old else "bad"
    figures = {"profit": value, "profit_before": old, "change": change("profit", value, old)}
    return [Insight("mover", tone, "Largest mover", text, (("platform", str(name)),), figures)]


def _alone(now: pd.DataFrame, before: pd.DataFrame | None, since: str, say: _Say) -> list[Insight]:
    """With one platform there is no best or worst: against the earlier period instead."""
    name, row = str(now.index[0]), now.iloc[0]
    found = []
    for metric, words in (("profit", "profit"), ("roas", "ROAS")):
        value = _number(row[metric])
        if value is None:
            continue
        old = None if before is None or name not in before.index else _number(float(before.loc[name, metric]))
        against = _moved(metric, value, old, since, say) if old is not None else "with no earlier period to compare"
        tone: Tone = "info" if old is None or old == value else "good" if value > old else "bad"
        figures = {metric: value, f"{metric}_before": old}
        text = f"{name}’s {words} is {say(metric, value)}, {against}."
        narrow = (("platform", name),)
        found.append(Insight(f"alone_{metric}", tone, METRICS[metric].label, text, narrow, figures))
    return found


def _losses(now: pd.DataFrame, say: _Say) -> list[Insight]:
    """A warning for each platform that loses money, which is the same as running below its break-even ROAS."""
    found = []
    for name, row in now[now["profit"] < 0].iterrows():
        text = f"{name} loses money: {say('profit', -row['profit'])} lost on {say('spend', row['spend'])} spend."
        even = _number(row["breakeven_roas"])
        if even is not None and even > 0:
            text += f" Its ROAS of {say('roas', row['roas'])} is below its break-even of {say('breakeven_roas', even)}."
        elif _number(row["roas"]):
            text += " Its orders do not even cover their goods and fees, so no ROAS would break even."
        figures = _figures(row, "profit", "spend", "roas", "breakeven_roas")
        found.append(Insight("loss", "warning", "Loses money", text, (("platform", str(name)),), figures))
    return found


def pockets(metrics: pd.DataFrame, currency: str = "USD") -> list[Insight]:
    """The strongest and the weakest pocket by LTV : CAC of a metrics frame indexed by (segment, region).

    Needs ltv_cac, payback_months, profit and spend. A pocket with under 1 % of the spend is too small to judge.
    """
    say = _teller(currency)
    judged = metrics[(metrics["spend"] >= metrics["spend"].sum() * 0.01) & metrics["ltv_cac"].notna()]
    if len(judged) < 2:
        return []
    ordered = judged.sort_values("ltv_cac", kind="stable")
    shown = {say("ltv_cac", ordered["ltv_cac"].iloc[place]) for place in (0, -1)}
    if len(shown) == 1:
        text = f"All {len(judged)} pockets stand at an LTV : CAC of {shown.pop()}."
        return [Insight("tied_pockets", "info", "No pocket stands out", text)]
    found = []
    for kind, place, tone, title in (
        ("strongest", -1, "good", "Strongest pocket"),
        ("weakest", 0, "warning", "Weakest pocket"),
    ):
        segment, region = ordered.index[place]
        row = ordered.iloc[place]
        profit = float(row["profit"])
        outcome = "no profit figure" if profit != profit else _outcome(profit, say)
        text = (
            f"{segment} in {region}: LTV : CAC of {say('ltv_cac', row['ltv_cac'])}, repaid in "
            f"{say('payback_months', row['payback_months'])}; {outcome} on {say('spend', row['spend'])} spend."
        )
        figures = _figures(row, "ltv_cac", "payback_months", "profit", "spend")
        narrow = (("segment", str(segment)), ("region", str(region)))
        found.append(Insight(kind, tone, title, text, narrow, figures))  # type: ignore[arg-type]
    return found


def _outcome(profit: float, say: _Say) -> str:
    return f"{say('profit', -profit)} lost" if profit < 0 else f"{say('profit', profit)} profit"
