"""What a selection leaves nothing to compare in, and a sentence that says so where it would have stood."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.page_data import PageData
from components.visuals import Visual
from kpi.formats import in_words
from kpi.schema import label_of
from kpi.selection import Grouping


def left_out(
    visuals: Sequence[Visual], now: Mapping[Grouping, pd.DataFrame], compared: bool = True
) -> list[dict[str, Any]]:
    """For each chapter the visuals that compare fewer than two things of `now`, and why, in a sentence; where no other
    period is `compared`, also those that tell of a change alone.

    ``As Google is the only platform, there is nothing to compare in “Share of spend” and “Share of profit”.``
    """
    chapters: dict[str, dict[Grouping, list[Visual]]] = {}
    for visual in visuals:
        if visual.of_change and not compared:
            chapters.setdefault(visual.chapter, {}).setdefault((), []).append(visual)
        elif visual.compares and len(now[visual.compares]) < 2:
            chapters.setdefault(visual.chapter, {}).setdefault(visual.compares, []).append(visual)
    return [
        {
            "chapter": chapter,
            "visuals": [visual.name for group in groups.values() for visual in group],
            "by": {dimension: label_of(dimension).lower() for by in groups for dimension in by},
            "text": " ".join(
                _sentence(by, now[by], group) if by else _without_comparison(group) for by, group in groups.items()
            ),
        }
        for chapter, groups in chapters.items()
    ]


def not_shown(visuals: Sequence[Visual], page_data: PageData) -> list[dict[str, Any]]:
    """Those of `visuals` that are of the whole company and not shown for a query, each by itself with the reason."""
    filters = {dimension: label_of(dimension).lower() for dimension, _ in page_data.query.only}
    return [
        {
            "chapter": visual.name,
            "visuals": [visual.name],
            "by": filters if page_data.company else {},
            "text": why,
        }
        for visual in visuals
        if visual.why_not and (why := visual.why_not(page_data))
    ]


def _without_comparison(visuals: Sequence[Visual]) -> str:
    titles = _enumerate(list(dict.fromkeys(f"“{visual.title}”" for visual in visuals)))
    return f"As no earlier period is compared, there is nothing to tell in {titles}."


def _sentence(by: Grouping, frame: pd.DataFrame, visuals: Sequence[Visual]) -> str:
    titles = list(dict.fromkeys(f"“{visual.title}”" for visual in visuals))
    names = [frame.index.get_level_values(level)[0] for level in range(frame.index.nlevels)]
    reasons = [
        f"{in_words(str(name))} is the only {label_of(dimension).lower()}"
        for name, dimension in zip(names, by, strict=True)
    ]
    return f"As {_enumerate(reasons)}, there is nothing to compare in {_enumerate(titles)}."


def _enumerate(words: Sequence[str]) -> str:
    """``one, two and three``"""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
