"""Adds to a visual’s answer what must be known of its figures: why a cell is empty, and what is late."""

from collections.abc import Iterable
from typing import Any, Final

from components.page_data import TOTAL, PageData, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.schema import ACQUISITION_SPEND

Answer = dict[str, Any]

#: Why a row has none of the figures of new customers.
_EXISTING: Final = "Its ads are for existing customers: this spend buys no first order."


def with_caveats(visual: Visual, answer: Answer, page_data: PageData) -> Answer:
    """`answer` with a reason for each "–" that has one and a line for what affects its figures.

    A chart all of whose figures are missing becomes the reason why.
    """
    if answer["state"] == "empty" and visual.kind == "chart":
        return _without_figures(answer, _missing_metrics(visual, page_data), page_data)
    if answer["state"] != "ready":
        return answer
    if visual.kind == "cards":
        return _cards(answer, page_data)
    if visual.kind == "table":
        return _table(visual, answer, page_data)
    if visual.kind != "chart":
        return answer
    missing = _missing_metrics(visual, page_data)
    if missing and len(missing) == len(set(visual.metrics)):
        return _without_figures(answer, missing, page_data)
    return _with_line(answer, [*_several(missing, page_data), *left_out(visual.metrics, page_data)])


def left_out(metrics: Iterable[str], page_data: PageData) -> list[str]:
    """How much spend on existing customers `metrics` leave out of the whole selection."""
    of_new = [metric for metric in metrics if METRICS[metric].of_new_customers]
    if not of_new or not page_data.caveats.existing:
        return []
    whole = page_data.sums[TOTAL]
    return page_data.caveats.left_out(of_new, *(number(whole[name].iloc[0]) for name in ("spend", ACQUISITION_SPEND)))


def _missing_metrics(visual: Visual, page_data: PageData) -> list[str]:
    return [metric for metric in visual.metrics if _is_missing(metric, page_data)]


def _without_figures(answer: Answer, missing: list[str], page_data: PageData) -> Answer:
    """What a chart shows whose figures are `missing`: why, and not that a filter is to blame."""
    if not missing:
        return answer
    said = [*_several(missing, page_data), *left_out(missing, page_data)]
    return {"state": "empty", "text": " ".join([f"There is no value of {METRICS[missing[0]].label} here.", *said])}


def _is_missing(metric: str, page_data: PageData) -> bool:
    """Whether the whole selection has no value of `metric`, for a reason that is known."""
    if METRICS[metric].of_whole or not (page_data.caveats.missing_measures(metric) or left_out((metric,), page_data)):
        return False
    whole = page_data.now[TOTAL]
    return metric in whole and bool(whole[metric].isna().all())


def _several(metrics: list[str], page_data: PageData) -> list[str]:
    """The reasons of several metrics, each once."""
    return list(dict.fromkeys(text for metric in metrics for text in page_data.caveats.missing_measures(metric)))


def _cards(answer: Answer, page_data: PageData) -> Answer:
    caveats = page_data.caveats
    cards = [
        {**card, "notes": notes, "noted": len(notes) > len(caveats.provisional_note())}
        for key, card in zip(answer["metrics"], answer["cards"], strict=True)
        for notes in [[*left_out((key,), page_data), *caveats.on(key)]]
    ]
    said = [
        *_several(list(answer["metrics"]), page_data),
        *left_out(answer["metrics"], page_data),
        *caveats.ends(),
    ]
    return _with_line({**answer, "cards": cards}, said)


def _table(visual: Visual, answer: Answer, page_data: PageData) -> Answer:
    metrics = answer.get("metrics") or visual.spec["metrics"]
    why = {}
    for metric, values in zip(metrics, answer["values"], strict=True):
        gaps = [value != value for value in values]
        if any(gaps):
            reasons = _reasons(metric, visual, answer, page_data)
            why[metric] = [reason if gap else "" for gap, reason in zip(gaps, reasons, strict=True)]
    why = {metric: reasons for metric, reasons in why.items() if any(reasons)}
    lacking = [metric for metric in metrics if page_data.caveats.missing_measures(metric)]
    answer = {**answer, "why": why} if why else answer
    return _with_line(answer, [*_several(lacking, page_data), *left_out(metrics, page_data)])


def _reasons(metric: str, visual: Visual, answer: Answer, page_data: PageData) -> list[str]:
    """By row why it may have no value of `metric`."""
    caveats, names = page_data.caveats, list(zip(*answer["keys"], strict=True))
    keys: tuple[str, ...] = visual.spec["keys"]
    reasons = [""] * len(names)
    if caveats.missing_measures(metric):
        place = keys.index("platform") if "platform" in keys else None
        of_platform = {
            each: " ".join(caveats.missing_measures(metric, each))
            for each in (dict.fromkeys(row[place] for row in names) if place is not None else [None])
        }
        reasons = [of_platform[None if place is None else row[place]] for row in names]
    if METRICS[metric].of_new_customers and caveats.existing:
        sums = page_data.sums[keys]
        lost = set(sums.index[sums[ACQUISITION_SPEND].isna() & sums["spend"].notna()])
        reasons = [
            _EXISTING if (row if len(keys) > 1 else row[0]) in lost else reason
            for row, reason in zip(names, reasons, strict=True)
        ]
    return reasons


def _with_line(answer: Answer, said: list[str]) -> Answer:
    if not said:
        return answer
    known = answer.get("line")
    return {**answer, "line": " ".join(dict.fromkeys([*([known] if known else []), *said])) or None}
