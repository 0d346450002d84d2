"""What a selection leaves nothing to compare in, and a sentence that says so where it would have stood."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from components.page_data import PageData
from components.visuals import Visual
from kpi.formats import in_words
from kpi.schema import label_of
from kpi.selection import Grouping


def without_comparison(visuals: Sequence[Visual], page_data: PageData, compared: bool = True) -> list[dict[str, Any]]:
    """What `left_out` says of a page, and the visuals that find fewer than two things to compare by themselves."""
    reasons = {visual.name: why for visual in visuals if visual.alone and (why := visual.alone(page_data))}
    return left_out(visuals, page_data.now, compared, reasons)


def left_out(
    visuals: Sequence[Visual],
    now: Mapping[Grouping, pd.DataFrame],
    compared: bool = True,
    reasons: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """For each chapter the visuals that compare fewer than two things of `now`, and why, in a sentence; where no other
    period is `compared`, also those that tell of a change alone. Others have `reasons` of their own, by their names.

    ``As Google is the only platform, there is nothing to compare in “Share of spend” and “Share of profit”.``
    """
    chapters: dict[str, dict[tuple[Grouping, str], list[Visual]]] = {}
    for visual in visuals:
        of_chapter = chapters.setdefault(visual.chapter, {})
        if visual.of_change and not compared:
            of_chapter.setdefault(((), _NO_EARLIER), []).append(visual)
        elif visual.compares and len(now[visual.compares]) < 2:
            by = _names_of(visual.compares)
            of_chapter.setdefault((by, _only(by, now[visual.compares])), []).append(visual)
        elif why := (reasons or {}).get(visual.name):
            of_chapter.setdefault(((), f"{why}, {_NOTHING}"), []).append(visual)
    return [
        {
            "chapter": chapter,
            "visuals": [visual.name for group in groups.values() for visual in group],
            "by": {dimension: label_of(dimension).lower() for by, _ in groups for dimension in by},
            "text": " ".join(_sentence(why, group) for (_, why), group in groups.items()),
        }
        for chapter, groups in chapters.items()
        if groups
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


_NO_EARLIER: Final = "As no earlier period is compared, there is nothing to tell in"
_NOTHING: Final = "there is nothing to compare in"


def _names_of(by: Grouping) -> Grouping:
    """The dimensions that name what is compared: a campaign needs no platform."""
    return ("campaign",) if "campaign" in by else by


def _only(by: Grouping, frame: pd.DataFrame) -> str:
    places = range(frame.index.nlevels) if len(by) == frame.index.nlevels else [-1]
    names = [str(frame.index.get_level_values(place)[0]) for place in places]
    reasons = [f"{in_words(name)} is the only {label_of(key).lower()}" for name, key in zip(names, by, strict=True)]
    return f"As {_enumerate(reasons)}, {_NOTHING}"


def _sentence(why: str, visuals: Sequence[Visual]) -> str:
    return f"{why} {_enumerate(list(dict.fromkeys(f'“{visual.title}”' for visual in visuals)))}."


def _enumerate(words: Sequence[str]) -> str:
    """``one, two and three``"""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
