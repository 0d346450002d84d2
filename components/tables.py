"""Tables of metrics by one or two dimensions, with a totals row computed from sums; and rankings of campaigns."""

from collections.abc import Iterator, Set
from itertools import repeat
from typing import Any, Final

import pandas as pd

from components.address import RANKS
from components.caveats import left_out
from components.page_data import TOTAL, PageData, block, exact, table_figures
from components.shades import center_of, explain_shades, shades
from components.visuals import Visual
from kpi.compare import BASELINE, CHANGE, stated_change
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.rank import LEAST_SHARE, Ranking, order_by, rank
from kpi.selection import Grouping
from kpi.units import figure

_CAMPAIGN: Grouping = ("platform", "campaign")
#: The width of a table that has the page for itself.
_WHOLE: Final = 12


def table(
    name: str,
    title: str,
    question: str,
    by: Grouping,
    metrics: tuple[str, ...],
    *,
    gradient: tuple[str, ...] = (),
    sort: str | None = None,
    width: int = 12,
) -> Visual:
    """Metrics by the groups of `by`, in the order of their values, with a totals row; `gradient` columns are shaded."""

    def draw(page_data: PageData) -> dict[str, Any]:
        return {
            **_columns(page_data, page_data.now[by], metrics, gradient),
            "total": table_figures(block(page_data.now[TOTAL], metrics)[:, 0]),
            "line": None,
        }

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return _records(page_data.now[by], by, metrics, page_data.before.get(by))

    def less(hidden: Set[str]) -> Visual | None:
        left, shaded = _without_hidden(metrics, hidden), _without_hidden(gradient, hidden)
        if not left:
            return None
        sorted_by = None if sort in hidden else sort
        return table(name, title, question, by, left, gradient=shaded, sort=sorted_by, width=width)

    return Visual(
        name,
        title,
        question,
        "table",
        needs=(by, TOTAL),
        metrics=metrics,
        columns=(*by, *metrics),
        draw=draw,
        rows=rows,
        spec={"keys": by, "metrics": metrics, **_gradient(gradient), "sort": sort, "rank": False},
        width=width,
        less=less,
    )


def ranking(
    name: str,
    title: str,
    question: str,
    metrics: tuple[str, ...],
    *,
    best: bool,
    limit: int,
    halves: bool = False,
    gradient: tuple[str, ...] = (),
    width: int = 12,
    ranks: tuple[str, ...] = RANKS,
    own: tuple[str, ...] = (),
) -> Visual:
    """The best or worst campaigns by the query's ranking metric, those with too little spend to judge left out.

    No campaign stands in both of two `halves`. Files have a column for each of a company's `own` dimensions; a narrow
    table has none of them on the page.
    """
    keys = (*_CAMPAIGN, *(own if width == _WHOLE else ()))

    def rank_campaigns(page_data: PageData) -> Ranking:
        return rank(page_data.now[_CAMPAIGN], page_data.query.rank, best=best, limit=limit, halves=halves)

    def visible_metrics(page_data: PageData) -> tuple[str, ...]:
        by = page_data.query.rank
        return metrics if by in metrics else (by, *metrics)

    def draw(page_data: PageData) -> dict[str, Any]:
        found = rank_campaigns(page_data)
        if found.rows.empty:
            return _nothing_to_rank(found, page_data)
        columns = _columns(page_data, found.rows, visible_metrics(page_data), gradient)
        more = [[page_data.own.value(key, campaign) for campaign in found.rows.index] for key in keys[2:]]
        return {
            **columns,
            "keys": [*columns["keys"], *more],
            "metrics": visible_metrics(page_data),
            "sort": page_data.query.rank,
            "total": None,
            "line": line_below(found, page_data),
        }

    def alone(page_data: PageData) -> str:
        """Why the lower half has nothing to stand against the upper one."""
        count = len(order_by(page_data.now[_CAMPAIGN], page_data.query.rank, best=True))
        return "" if count > 1 else "As only one campaign can be judged" if count else "As no campaign can be ranked"

    def line_below(found: Ranking, page_data: PageData) -> str | None:
        return None if halves and not best else _left_out(found, page_data)  # the other half says it

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        found, before = rank_campaigns(page_data).rows, page_data.before.get(_CAMPAIGN)
        records = _records(found, _CAMPAIGN, visible_metrics(page_data), before)
        return [_with_own(record, own, page_data) for record in records]

    def with_own(names: tuple[str, ...]) -> Visual:
        return ranking(
            name,
            title,
            question,
            metrics,
            best=best,
            limit=limit,
            halves=halves,
            gradient=gradient,
            width=width,
            ranks=ranks,
            own=names,
        )

    def less(hidden: Set[str]) -> Visual | None:
        left, shaded, orders = (
            _without_hidden(metrics, hidden),
            _without_hidden(gradient, hidden),
            _without_hidden(ranks, hidden),
        )
        if "spend" in hidden or not orders:
            return None
        return ranking(
            name,
            title,
            question,
            left,
            best=best,
            limit=limit,
            halves=halves,
            gradient=shaded,
            width=width,
            ranks=orders,
            own=own,
        )

    return Visual(
        name,
        title,
        question,
        "table",
        needs=(_CAMPAIGN, TOTAL),
        metrics=tuple(dict.fromkeys((*metrics, "spend", *ranks))),
        columns=(*_CAMPAIGN, *own, *metrics),
        draw=draw,
        rows=rows,
        spec={
            "keys": keys,
            "metrics": metrics,
            **_gradient(gradient),
            "sort": None,
            "rank": True,
            "ranks": ranks,
        },
        width=width,
        less=less,
        own=with_own,
        compares=_CAMPAIGN,
        alone=alone if halves and not best else None,
    )


def _with_own(record: dict[str, Any], own: tuple[str, ...], page_data: PageData) -> dict[str, Any]:
    """A campaign's row with its values in the `own` dimensions behind its name."""
    campaign = (record["platform"], record["campaign"])
    values = {key: page_data.own.value(key, campaign) for key in own}
    return {**dict(zip(_CAMPAIGN, campaign, strict=True)), **values, **record}


def _without_hidden(metrics: tuple[str, ...], hidden: Set[str]) -> tuple[str, ...]:
    return tuple(metric for metric in metrics if metric not in hidden)


def _gradient(metrics: tuple[str, ...]) -> dict[str, Any]:
    """Which columns are shaded, against what, and what that is in words."""
    return {"gradient": {metric: center_of(metric) for metric in metrics}, "shaded": explain_shades(metrics)}


def _columns(
    page_data: PageData, frame: pd.DataFrame, metrics: tuple[str, ...], gradient: tuple[str, ...]
) -> dict[str, Any]:
    keys = [frame.index.get_level_values(level).tolist() for level in range(frame.index.nlevels)]
    values, wholes = block(frame, metrics), block(page_data.now[TOTAL], metrics)[:, 0]
    places = [place for place, metric in enumerate(metrics) if metric in gradient]
    found = shades([metrics[place] for place in places], values[places], wholes[places], page_data.formats)
    by_place = dict(zip(places, found, strict=True))
    return {
        "keys": keys,
        "values": table_figures(values),
        "shades": [by_place.get(place) for place in range(len(metrics))],
    }


def _records(
    frame: pd.DataFrame, by: Grouping, metrics: tuple[str, ...], before: pd.DataFrame | None
) -> list[dict[str, Any]]:
    """One object a group, its dimensions first; where there is a `before`, each figure's baseline and change too."""
    values = frame[list(metrics)].itertuples(index=False, name=None)
    earlier = repeat(()) if before is None else _figures_of_baseline(frame, before, metrics)
    found = []
    for key, figures, then in zip(frame.index, values, earlier, strict=False):
        names = key if isinstance(key, tuple) else (key,)
        row = dict(zip(by, names, strict=True)) | {
            metric: exact(metric, value) for metric, value in zip(metrics, figures, strict=True)
        }
        for metric, value, old in zip(metrics, figures, then, strict=False):
            row |= {metric + BASELINE: exact(metric, old), metric + CHANGE: stated_change(metric, value, old)}
        found.append(row)
    return found


def _figures_of_baseline(
    frame: pd.DataFrame, before: pd.DataFrame, metrics: tuple[str, ...]
) -> Iterator[tuple[float, ...]]:
    """For each group of `frame` its figures in `before`; NaN where it was not there."""
    yield from before.reindex(frame.index)[list(metrics)].itertuples(index=False, name=None)


def _left_out(found: Ranking, page_data: PageData) -> str | None:
    if not found.too_small:
        return None
    least = figure("spend", found.least_spend, page_data.formats)
    campaigns = "campaign" if found.too_small == 1 else "campaigns"
    few, so_much = page_data.formats.number(found.too_small), enough(found.of_average, page_data.formats)
    return f"{few} {campaigns} with less than {so_much} ({least}) left out: too little to judge."


def enough(average: bool, formats: Formats) -> str:
    """The spend from which a campaign is ranked, in words; see `kpi.rank`."""
    if average:
        return "the average campaign’s spend"
    return f"{formats.between(formats.percent, LEAST_SHARE, 0, 2)} of the spend"


def _nothing_to_rank(found: Ranking, page_data: PageData) -> dict[str, Any]:
    known = METRICS[page_data.query.rank]
    small = _left_out(found, page_data)
    nothing = f"No campaign can be ranked by {known.short or known.label} here." + (f" {small}" if small else "")
    if page_data.spend_and_acquisition[1] is None and (why := left_out((page_data.query.rank,), page_data)):
        return {"state": "empty", "text": nothing, "caveats": why}
    return {"state": "empty", "text": f"{nothing} Choose more days."}
