"""Adds to a visual’s answer what must be known of its figures: why a cell is empty, and what is late."""

from typing import Any

from components.page_data import TOTAL, PageData
from components.visuals import Visual
from kpi.metrics import METRICS

Answer = dict[str, Any]


def with_caveats(visual: Visual, answer: Answer, page_data: PageData) -> Answer:
    """`answer` with a reason for each "–" that has one and a line for what affects its figures.

    A chart all of whose figures are missing becomes the reason why.
    """
    if answer["state"] == "empty" and visual.kind == "chart":
        return _without_figures(
            answer, [metric for metric in visual.metrics if _is_missing(metric, page_data)], page_data
        )
    if answer["state"] != "ready":
        return answer
    if visual.kind == "cards":
        return _cards(answer, page_data)
    if visual.kind == "table":
        return _table(visual, answer, page_data)
    missing = [metric for metric in visual.metrics if _is_missing(metric, page_data)]
    if missing and visual.kind == "chart" and len(missing) == len(set(visual.metrics)):
        return _without_figures(answer, missing, page_data)
    return _with_line(answer, _several(missing, page_data)) if visual.kind == "chart" else answer


def _without_figures(answer: Answer, missing: list[str], page_data: PageData) -> Answer:
    """What a chart shows whose figures are `missing`: why, and not that a filter is to blame."""
    if not missing:
        return answer
    said = _several(missing, page_data)
    return {"state": "empty", "text": " ".join([f"There is no value of {METRICS[missing[0]].label} here.", *said])}


def _is_missing(metric: str, page_data: PageData) -> bool:
    """Whether the whole selection has no value of `metric`, for a reason that is known."""
    if METRICS[metric].of_whole or not page_data.caveats.missing_measures(metric):
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
        for notes in [caveats.on(key)]
    ]
    said = [*_several(list(answer["metrics"]), page_data), *caveats.ends()]
    return _with_line({**answer, "cards": cards}, said)


def _table(visual: Visual, answer: Answer, page_data: PageData) -> Answer:
    caveats = page_data.caveats
    metrics = answer.get("metrics") or visual.spec["metrics"]
    keys: tuple[str, ...] = visual.spec["keys"]
    of_row = answer["keys"][keys.index("platform")] if "platform" in keys else []
    why = {}
    for metric in metrics:
        if reasons := caveats.missing_measures(metric):
            by_platform = {name: " ".join(caveats.missing_measures(metric, name)) for name in dict.fromkeys(of_row)}
            why[metric] = {"": " ".join(reasons), **by_platform}
    if not why:
        return answer
    return _with_line({**answer, "why": why}, _several(list(why), page_data))


def _with_line(answer: Answer, said: list[str]) -> Answer:
    known = answer.get("line")
    return {**answer, "line": " ".join(dict.fromkeys([*([known] if known else []), *said])) or None}
