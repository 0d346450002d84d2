"""Call-outs: sentences about what stands out in a selection, with their figures and a filter to look closer."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.compare import stated_change
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.rank import order_by
from kpi.schema import ACQUISITION_SPEND
from kpi.units import USUAL, figure

Tone = Literal["good", "bad", "warning", "info"]
Narrow = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Insight:
    """`kind` names the finding, `narrow` the (dimension, value) pairs it filters to, `figures` those of the text.

    `additions` are the sentences that it adds where something else is said of the same platform before it.
    """

    kind: str
    tone: Tone
    title: str
    text: str
    narrow: Narrow = ()
    figures: dict[str, float | None] = field(default_factory=dict)
    additions: tuple[str, ...] = ()


#: What is said of a platform that stands alone and has nothing to be compared with.
NO_EARLIER: Final = "with no earlier period to compare"


def platforms(
    now: pd.DataFrame,
    before: pd.DataFrame | None,
    since: str,
    formats: Formats = USUAL,
    none: str = NO_EARLIER,
    longer: float = 1.0,
) -> list[Insight]:
    """What to say of the platforms of a metrics frame indexed by platform.

    `now` and `before` need profit, roas, roi, spend and breakeven_roas; `since` says when the earlier period was (“over
    Aug 4 – 31”), `none` that there was none ("" where nobody asked for one). The period is `longer` than the earlier
    one by that factor, and what moved most is then what did by the day. Best and worst are named only where two
    platforms or more have a value. What changed comes first, then what most money is about; a platform is named once.
    """
    say = _teller(formats)
    rows, earlier = _rows(now), _rows(before) if before is not None else {}
    if len(rows) == 1:
        return _alone(*next(iter(rows.items())), earlier, since, none, say) + _losses(rows, say)
    extremes = _extremes(rows, "profit", say)
    several = {name for each in extremes if len(each.narrow) > 1 for _, name in each.narrow}
    found = [*extremes, *_losses(rows, say, several), *_extremes(rows, "roas", say)]
    found.sort(key=lambda insight: _stake(insight, rows), reverse=True)
    return _once_each([*_mover(rows, earlier, since, say, longer), *found])


def _stake(insight: Insight, rows: "dict[str, _Row]") -> float:
    """The money that an insight is about: what the platforms it names earn or lose."""
    return max((abs(rows[name]["profit"] or 0.0) for _, name in insight.narrow), default=0.0)


def _once_each(insights: list[Insight]) -> list[Insight]:
    """One insight a platform: what is said of it later is added to the first. What is said of several stays."""
    found: dict[Narrow, Insight] = {}
    for insight in insights:
        alone = len(insight.narrow) == 1
        key = insight.narrow if alone else ((insight.kind, ""),)
        first = found.get(key)
        if first is None:
            found[key] = insight
            continue
        tone = max(first.tone, insight.tone, key=_TONES.index)
        text = " ".join([first.text, *(each for each in insight.additions if each not in first.text)])
        found[key] = replace(first, tone=tone, text=text, figures=insight.figures | first.figures)
    return list(found.values())


#: The more alarming the later.
_TONES: Final[tuple[Tone, ...]] = ("info", "good", "warning", "bad")

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
        lead, tone, title = _extreme_words(kind, metric, names, text, row)
        text = f"{lead}." if len(names) > 1 else f"{lead} {_spend_and_benchmark(metric, row, say)}"
        narrow = tuple(("platform", name) for name in names)
        figures = _figures(row, *_BENCHMARKS[metric])
        additions = _extreme_additions(kind, metric, row, say)
        found.append(Insight(f"{kind}_{metric}", tone, title, text, narrow, figures, additions))
    return found


def _extreme_additions(kind: str, metric: str, row: _Row, say: _Say) -> tuple[str, ...]:
    """``It has the highest ROAS, 3.50×.``, behind what is said of a platform already."""
    if metric == "roas":
        return (f"It has the {'highest' if kind == 'best' else 'lowest'} ROAS, {say('roas', row['roas'])}.",)
    loses = (row["profit"] or 0.0) < 0
    extent = "the most" if (kind == "best") != loses else "the least"
    said = f"It {'loses' if loses else 'earns'} {extent} of all (ROI {say('roi', row['roi'])})."
    return (said, *filter(None, [_below(row, say).strip()]))


#: The figures beside the one that a platform is named for.
_BENCHMARKS = {
    "profit": ("profit", "spend", "roi", "roas", "breakeven_roas"),
    "roas": ("roas", "spend", "breakeven_roas"),
}


def _spend_and_benchmark(metric: str, row: _Row, say: _Say) -> str:
    """``on $588,068 spend, above its break-even of 1.98×.``"""
    spend = f"on {say('spend', row['spend'])} spend"
    if metric == "profit":
        return f"{spend} (ROI {say('roi', row['roi'])}).{_below(row, say)}"
    side = _side(row)
    return f"{spend}, {side} its break-even of {say('breakeven_roas', row['breakeven_roas'])}." if side else f"{spend}."


def _side(row: _Row) -> str:
    """On which side of its break-even a ROAS is, "" where there is none."""
    roas, even = row["roas"], row["breakeven_roas"]
    if roas is None or even is None or even <= 0:
        return ""
    return "above" if roas > even else "below" if roas < even else "at"


def _below(row: _Row, say: _Say) -> str:
    """Why a platform loses money, "" where it does not."""
    even = row["breakeven_roas"]
    if row["profit"] is None or row["profit"] >= 0 or even is None or not row["roas"]:
        return ""
    if even <= 0:
        return " Its orders do not even cover their goods and fees, so no ROAS would break even."
    return f" Its ROAS of {say('roas', row['roas'])} is below its break-even of {say('breakeven_roas', even)}."


def _extreme_words(kind: str, metric: str, names: list[str], text: str, row: _Row) -> tuple[str, Tone, str]:
    who, several, value = _names(names), len(names) > 1, row[metric] or 0.0
    if metric == "roas":
        high = "highest" if kind == "best" else "lowest"
        verb = "share" if several else "has"
        pays = _side(row) != "below"
        tone: Tone = ("good" if kind == "best" else "info") if pays else "warning"
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


def _change_sentence(metric: str, value: float, earlier: float, since: str, say: _Say) -> str:
    """``up $31,204 (+12.3%) from $252,118 over 4 – 31 Aug``; a share of nothing or of a loss says nothing."""
    step = value - earlier
    if not re.search("[1-9]", say(metric, abs(step))):  # nothing between values that print alike
        return f"the same as {since}"
    share = stated_change(metric, value, earlier) if earlier > 0 else None
    percent = "" if share is None else f" ({'+' if share > 0 else '−'}{say('roi', abs(share))})"
    direction = "up" if step > 0 else "down"
    return f"{direction} {say(metric, abs(step))}{percent} from {say(metric, earlier)} {since}"


def _turn_sentence(value: float, earlier: float, since: str, say: _Say) -> str | None:
    """How a profit became a loss or a loss a profit; None where neither did."""
    if (value < 0) == (earlier < 0):
        return None

    def profit_or_loss(each: float) -> str:
        return f"a {'loss' if each < 0 else 'profit'} of {say('profit', abs(each))}" if each else "no profit"

    before, now = profit_or_loss(earlier), profit_or_loss(value)
    return f"from {before} {since} to {now}"


def _mover(rows: dict[str, _Row], earlier: dict[str, _Row], since: str, say: _Say, longer: float) -> list[Insight]:
    """The platform whose profit changed most, by the day where the periods are not equally long."""
    pairs = {
        name: (value, old)
        for name, row in rows.items()
        if (value := row["profit"]) is not None and (old := earlier.get(name, {}).get("profit")) is not None
    }
    if len(pairs) < 2:
        return []
    name, (value, old) = max(pairs.items(), key=lambda pair: abs(pair[1][0] - pair[1][1] * longer))
    if value == old:
        return []
    if turned := _turn_sentence(value, old, since, say):
        text = f"{name}’s profit moved the most, {turned}."
    else:
        what, size, was = ("loss", -value, -old) if value < 0 else ("profit", value, old)
        moved = _change_sentence("profit", size, was, since, say)
        a_day = stated_change("profit", size, was * longer) if longer != 1 else None
        by_day = "" if a_day is None else f", {'+' if a_day > 0 else '−'}{say('roi', abs(a_day))} a day"
        text = f"{name}’s {what} moved the most: {say('profit', size)}, {moved}{by_day}."
    tone: Tone = "good" if value > old else "bad"
    figures = {"profit": value, "profit_before": old, "change": stated_change("profit", value, old)}
    return [Insight("mover", tone, "Largest mover", text, (("platform", name),), figures)]


def _alone(name: str, row: _Row, earlier: dict[str, _Row], since: str, none: str, say: _Say) -> list[Insight]:
    """With one platform there is no best or worst: against the earlier period instead."""
    found = []
    for metric, words in (("profit", "profit"), ("roas", "ROAS")):
        value, old = row[metric], earlier.get(name, {}).get(metric)
        if value is None:
            continue
        tone: Tone = "info" if old is None or old == value else "good" if value > old else "bad"
        if metric == "profit" and old is not None and (turned := _turn_sentence(value, old, since, say)):
            text = f"{name} went {turned}."
        else:
            lost = metric == "profit" and value < 0
            size, was = (-value, None if old is None else -old) if lost else (value, old)
            against = none if was is None else _change_sentence(metric, size, was, since, say)
            text = f"{name}’s {'loss' if lost else words} is {say(metric, size)}{', ' if against else ''}{against}."
        figures = {metric: value, f"{metric}_before": old}
        found.append(Insight(f"alone_{metric}", tone, METRICS[metric].label, text, (("platform", name),), figures))
    return found


def _losses(rows: dict[str, _Row], say: _Say, known: Collection[str] = ()) -> list[Insight]:
    """A warning for each platform that loses money, which is the same as running below its break-even ROAS.

    `known` are those whose loss is told already.
    """
    found = []
    for name, row in sorted(rows.items(), key=lambda each: each[1]["profit"] or 0.0):
        profit = row["profit"]
        if profit is None or profit >= 0 or name in known:
            continue
        text = f"{name} loses {say('profit', -profit)} {_spend_and_benchmark('profit', row, say)}"
        figures = _figures(row, *_BENCHMARKS["profit"])
        narrow = (("platform", name),)
        found.append(
            Insight(
                "loss", "warning", "Loses money", text, narrow, figures, tuple(filter(None, [_below(row, say).strip()]))
            )
        )
    return found


def pockets(metrics: pd.DataFrame, sums: pd.DataFrame, formats: Formats = USUAL) -> list[Insight]:
    """The strongest and the weakest pocket of a metrics frame indexed by (segment, region), by what each is for.

    Pockets that can win customers are judged by LTV : CAC. Those of existing customers, which have no acquisition spend
    in the totals frame `sums`, are judged by ROI: the strongest is named, and the weakest where it loses money, since a
    retention audience that earns is no weak one. Needs ltv_cac, payback_months, roi, profit_per_conversion, profit and
    spend. Pockets with too little spend to judge are left out.
    """
    say, keys, rows = _teller(formats), metrics.index.tolist(), list(_rows(metrics).values())
    left_out = (sums["spend"].to_numpy() - sums[ACQUISITION_SPEND].to_numpy()).tolist()
    each = [_Pocket(*pocket) for pocket in zip(keys, rows, left_out, strict=True)]
    of_existing = np.isnan(sums[ACQUISITION_SPEND].to_numpy())
    return [
        *_acquisition_pockets(_ends(each, order_by(metrics, "ltv_cac", best=True)), say),
        *_retention_pockets(_ends(each, order_by(metrics, "roi", best=True, among=of_existing)), say),
    ]


@dataclass(frozen=True)
class _Pocket:
    """A segment in a region, its metrics, and what of its spend is on existing customers."""

    key: tuple[str, str]
    row: _Row
    left_out: float

    @property
    def narrow(self) -> Narrow:
        return ("segment", self.key[0]), ("region", self.key[1])


def _ends(pockets: list[_Pocket], order: NDArray[np.intp]) -> list[_Pocket]:
    """The best and the worst, none where fewer than two can be judged."""
    return [pockets[order[0]], pockets[order[-1]]] if len(order) > 1 else []


def _acquisition_pockets(ends: list[_Pocket], say: _Say) -> list[Insight]:
    if not ends:
        return []
    best, worst = (say("ltv_cac", each.row["ltv_cac"]) for each in ends)
    if best == worst:
        text = f"All pockets that win customers stand at an LTV : CAC of {best}."
        return [Insight("tied_pockets", "info", "No acquisition pocket stands out", text)]
    found = []
    for kind, pocket in zip(("strongest", "weakest"), ends, strict=True):
        row = pocket.row
        worth, months = row["ltv_cac"] or 0.0, row["payback_months"]
        repaid = "" if months is None else f", repaid in {say('payback_months', months)}"
        known = f", {say('spend', pocket.left_out)} of it on existing customers" if pocket.left_out >= 0.5 else ""
        text = (
            f"{_place(pocket)}: a new customer is worth {say('ltv_cac', worth)} what it costs to win "
            f"(LTV : CAC){repaid}; {_outcome(row, say)}{known}."
        )
        tone: Tone = "warning" if worth < 1 else "good" if kind == "strongest" else "info"
        figures = _figures(row, "ltv_cac", "payback_months", "profit", "spend")
        found.append(Insight(kind, tone, f"{kind.capitalize()} acquisition pocket", text, pocket.narrow, figures))
    return found


def _retention_pockets(ends: list[_Pocket], say: _Say) -> list[Insight]:
    found = []
    for kind, pocket in zip(("strongest", "weakest"), ends, strict=False):
        row = pocket.row
        loses = (row["roi"] or 0.0) < 0
        if kind == "weakest" and not loses:
            continue
        text = (
            f"{_place(pocket)}, who are customers already: an ROI of {say('roi', row['roi'])} and "
            f"{say('profit_per_conversion', row['profit_per_conversion'])} profit per order; {_outcome(row, say)}."
        )
        tone: Tone = "warning" if loses else "good"
        figures = _figures(row, "roi", "profit_per_conversion", "profit", "spend")
        title = f"{kind.capitalize()} retention pocket"
        found.append(Insight(f"{kind}_retention", tone, title, text, pocket.narrow, figures))
    return found


def _place(pocket: _Pocket) -> str:
    return " in ".join(pocket.key)


def _outcome(row: _Row, say: _Say) -> str:
    """``$10 profit on $100 spend``."""
    profit = row["profit"]
    if profit is None:
        outcome = "no profit figure"
    else:
        outcome = f"{say('profit', -profit)} lost" if profit < 0 else f"{say('profit', profit)} profit"
    return f"{outcome} on {say('spend', row['spend'])} spend"
