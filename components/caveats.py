"""Adds to a visual’s answer what must be known of its figures: why a cell is empty, and what is late."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from components.page_data import TOTAL, PageData
from components.visuals import Visual
from kpi.left_out import leaves_out_otherwise, left_out_of, say_what_is_left_out
from kpi.metrics import METRICS
from kpi.schema import ACQUISITION_SPEND

Answer = dict[str, Any]

#: Why a row has none of the figures of new customers.
_EXISTING: Final = "Its ads are for existing customers: this spend buys no first order."


def with_caveats(visual: Visual, answer: Answer, page_data: PageData) -> Answer:
    """`answer` with a reason for each "–" that has one, and in `caveats` the sentences on what affects its figures.

    A chart all of whose figures are missing becomes the reason why. `in_words` puts the sentences into the answer.
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
    return _with(answer, [*_several(missing, page_data), *left_out(visual.metrics, page_data)])


def in_words(answer: Answer, known: Collection[str] = ()) -> Answer:
    """`answer` with the sentences of its `caveats` in the line below it, or in the words of an empty one; without those
    that are `known`.
    """
    caveats: Sequence[str] = answer.get("caveats", ())
    said = [text for text in dict.fromkeys(caveats) if text not in known]
    place = "text" if answer["state"] == "empty" else "line"
    rest = {name: value for name, value in answer.items() if name != "caveats"}
    return {**rest, place: " ".join(filter(None, [answer.get(place), *said])) or None} if said else rest


def once(
    visuals: Iterable[Visual], answers: Mapping[str, Answer], known: Iterable[str], hidden: Collection[str]
) -> dict[str, Answer]:
    """The `answers` of a page's visuals in words, no sentence twice: not what is `known` from the head of the page, nor
    what stands below an earlier visual that nobody has to open and that is not among the `hidden`.
    """
    before, found = set(known), {}
    for visual in visuals:
        answer = answers[visual.name]
        found[visual.name] = in_words(answer, before)
        if not (visual.folded or visual.choice or visual.name in hidden):
            before.update(answer.get("caveats", ()), _within_cards(answer))
    return found


def left_out(metrics: Iterable[str], page_data: PageData) -> list[str]:
    """What `metrics` leave out of the selection: what platforms do not report, and spend on existing customers."""
    metrics, caveats = list(metrics), page_data.caveats
    said = []
    if page_data.platforms is not None:
        said = say_what_is_left_out(metrics, page_data.platforms, page_data.formats, caveats.amounts)
        if (then := page_data.platforms_before) is not None:
            apart = [metric for metric in metrics if leaves_out_otherwise(metric, page_data.platforms, then)]
            said += [
                f"Before, {text}" for text in say_what_is_left_out(apart, then, page_data.formats, caveats.amounts)
            ]
    return [*said, *_on_existing(metrics, page_data)]


def _on_existing(metrics: Iterable[str], page_data: PageData) -> list[str]:
    """How much spend on existing customers `metrics` leave out."""
    of_new = [metric for metric in metrics if METRICS[metric].of_new_customers]
    if not of_new or not page_data.caveats.existing:
        return []
    return page_data.caveats.left_out(of_new, *page_data.spend_and_acquisition)


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
    if METRICS[metric].of_whole or not (
        page_data.caveats.missing_measures(metric) or _on_existing((metric,), page_data)
    ):
        return False
    whole = page_data.now[TOTAL]
    return metric in whole and bool(whole[metric].isna().all())


def _several(metrics: list[str], page_data: PageData) -> list[str]:
    """The reasons of several metrics, each once; those that leave a platform out say so themselves (`left_out`)."""
    platforms = page_data.platforms
    return list(
        dict.fromkeys(
            text
            for metric in metrics
            if platforms is None or not left_out_of(metric, platforms)
            for text in page_data.caveats.missing_measures(metric)
        )
    )


def _cards(answer: Answer, page_data: PageData) -> Answer:
    caveats = page_data.caveats
    cards = [
        {**card, "notes": notes, "noted": len(notes) > len(caveats.provisional_note())}
        for key, card in zip(answer["metrics"], answer["cards"], strict=True)
        for notes in [[*card.get("notes", ()), *left_out((key,), page_data), *caveats.on(key)]]
    ]
    said = [
        *_several(list(answer["metrics"]), page_data),
        *left_out(answer["metrics"], page_data),
        *caveats.ends(),
    ]
    answer = {**answer, "cards": cards}
    return _with(answer, [text for text in said if text not in _within_cards(answer)])


def _within_cards(answer: Answer) -> list[str]:
    """What cards without a value say in its place (assets/js/cards.js)."""
    return [card["notes"][0] for card in answer.get("cards", ()) if card["value"] is None and card["notes"]]


def _table(visual: Visual, answer: Answer, page_data: PageData) -> Answer:
    metrics = answer.get("metrics") or visual.spec["metrics"]
    caveats, why = page_data.caveats, {}
    existing: list[bool] | None = None
    for metric, values in zip(metrics, answer["values"], strict=True):
        gaps = [value != value for value in values]
        if not any(gaps):
            continue
        reasons = _reasons_of_platforms(metric, visual, answer, page_data)
        if METRICS[metric].of_new_customers and caveats.existing:
            existing = existing or _of_existing(visual, answer, page_data)
            reasons = [_EXISTING if none else reason for none, reason in zip(existing, reasons, strict=True)]
        if any(gap and reason for gap, reason in zip(gaps, reasons, strict=True)):
            why[metric] = [reason if gap else "" for gap, reason in zip(gaps, reasons, strict=True)]
    lacking = [metric for metric in metrics if caveats.missing_measures(metric)]
    answer = {**answer, "why": why} if why else answer
    return _with(answer, [*_several(lacking, page_data), *left_out(metrics, page_data)])


def _reasons_of_platforms(metric: str, visual: Visual, answer: Answer, page_data: PageData) -> list[str]:
    """By row why no platform of it tells `metric`, "" where one does."""
    caveats, keys = page_data.caveats, visual.spec["keys"]
    every = caveats.missing_measures(metric)
    if not every or "platform" not in keys:
        return [" ".join(every)] * len(answer["keys"][0])
    of_row = answer["keys"][keys.index("platform")]
    said = {name: " ".join(caveats.missing_measures(metric, name)) for name in dict.fromkeys(of_row)}
    return [said[name] for name in of_row]


def _of_existing(visual: Visual, answer: Answer, page_data: PageData) -> list[bool]:
    """By row whether all its spend is on existing customers."""
    sums = page_data.sums[visual.spec["keys"]]
    of_existing = np.isnan(sums[ACQUISITION_SPEND].to_numpy()) & ~np.isnan(sums["spend"].to_numpy())
    if not visual.spec["rank"]:
        return list(of_existing)
    lost = set(sums.index[of_existing])  # a ranking has its rows in an order of its own
    return [name in lost for name in zip(*answer["keys"], strict=True)]


def _with(answer: Answer, said: list[str]) -> Answer:
    return {**answer, "caveats": said} if said else answer
