"""Call-outs on a page: the sentences of kpi.insights, each linked to the filter it speaks of."""

from collections.abc import Callable
from typing import Any

from components.page_data import PageData
from components.visuals import Visual
from kpi.formats import in_words
from kpi.insights import Insight
from kpi.selection import Grouping


def callouts(
    name: str,
    title: str,
    question: str,
    needs: tuple[Grouping, ...],
    metrics: tuple[str, ...],
    find: Callable[[PageData], list[Insight]],
    nothing: str,
    *,
    before: tuple[Grouping, ...] = (),
    width: int = 12,
) -> Visual:
    """Call-outs found by `find`; `nothing` is the text when nothing is found."""

    def draw(page_data: PageData) -> dict[str, Any]:
        found = find(page_data)
        if not found:
            return {"state": "empty", "text": nothing}
        return {
            "items": [
                {
                    "kind": each.tone,
                    "title": each.title,
                    "text": in_words(each.text),
                    "query": page_data.narrow_query(each.narrow) if each.narrow else None,
                }
                for each in found
            ]
        }

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [
            {"kind": each.kind, "text": each.text, "query": page_data.narrow_query(each.narrow), **each.figures}
            for each in find(page_data)
        ]

    return Visual(
        name,
        title,
        question,
        "callouts",
        needs=needs,
        before=before,
        metrics=metrics,
        columns=("kind", "text", "query"),
        draw=draw,
        rows=rows,
        width=width,
    )
