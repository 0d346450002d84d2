"""The rank of one campaign among all others by several metrics, in one sentence."""

from collections.abc import Set
from typing import Any, Final

from components.address import RANKS
from components.page_data import PageData
from components.tables import enough
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.rank import of_average, rank_of
from kpi.selection import Grouping

_CAMPAIGN: Final[Grouping] = ("platform", "campaign")


def place(
    name: str, title: str, question: str, metrics: tuple[str, ...], width: int = 12, ranks: tuple[str, ...] = RANKS
) -> Visual:
    """The place of the one campaign of the selection among all campaigns, by the query's ranking and by `metrics`."""

    def ranks_by_metric(page_data: PageData) -> list[tuple[str, int, int]]:
        key = page_data.now[_CAMPAIGN].index[0]
        order = dict.fromkeys((page_data.query.rank, *metrics))
        found = ((metric, rank_of(page_data.around[_CAMPAIGN], key, metric)) for metric in order)
        return [(metric, *place) for metric, place in found if place]

    def draw(page_data: PageData) -> dict[str, Any]:
        found = ranks_by_metric(page_data)
        least = enough(of_average(len(page_data.around[_CAMPAIGN])), page_data.formats)
        if not found:
            return {"items": [_item("Not ranked", f"It has less than {least}: too little to judge by.")]}
        (first, at, of), *others = found
        if of == 1:
            return {"items": [_item("The only one", "No other campaign here has enough spend to be compared with.")]}
        also = ", ".join(f"{ordinal(at)} by {_name(metric)}" for metric, at, _ in others)
        among = f"among {of:,} campaigns of all platforms with {least} or more"
        text = f"{also[0].upper() + also[1:]}, {among}." if also else f"{among.capitalize()}."
        return {"items": [_item(f"{ordinal(at)} of {of:,} by {_name(first)}", text)]}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [{"metric": metric, "place": at, "of": of} for metric, at, of in ranks_by_metric(page_data)]

    def less(hidden: Set[str]) -> Visual | None:
        left = tuple(metric for metric in metrics if metric not in hidden)
        orders = tuple(metric for metric in ranks if metric not in hidden)
        return place(name, title, question, left, width, orders) if orders and "spend" not in hidden else None

    return Visual(
        name,
        title,
        question,
        "callouts",
        needs=(_CAMPAIGN,),
        around=(_CAMPAIGN,),
        metrics=tuple(dict.fromkeys((*metrics, "spend", *ranks))),
        columns=("metric", "place", "of"),
        draw=draw,
        rows=rows,
        width=width,
        less=less,
    )


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``, ``21st``."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _name(metric: str) -> str:
    """A metric within a sentence: nothing cut short, capitals only where it is an abbreviation."""
    known = METRICS[metric]
    label = known.short if known.short and "." not in known.short else known.label
    return label if label[1:2].isupper() else label[0].lower() + label[1:]


def _item(title: str, text: str) -> dict[str, Any]:
    return {"kind": "info", "title": title, "text": text, "query": None}
