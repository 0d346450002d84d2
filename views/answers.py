"""Answers a query for one page: totals are read once, and every visual is drawn from them."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from zlib import crc32

import pandas as pd

from access.rights import Rights
from components.address import DEFAULT_LAST, Address, Query, period_label, read, write
from components.caveats import in_words, once, with_caveats
from components.page_data import NO_COURSE, TOTAL, PageData, number
from components.sparse import not_shown, without_comparison
from components.spec import shape_of, visuals_of
from components.visuals import Page, Visual
from facts import Facts, Scope
from facts.source import Source
from kpi.basis import BasisSum
from kpi.caveats import RESTATED, Caveats, caveats
from kpi.comparison import baseline, difference, line_baseline
from kpi.evaluate import REACH_FLOOR, evaluate, every_period
from kpi.formats import Formats
from kpi.metrics import COMPANY_WIDE
from kpi.retention import existing_among
from kpi.schema import DATE, label_of
from kpi.selection import Extent, Grain, Grouping, Selection, fitting_grain, periods
from views.company import company_of
from views.course import course
from views.emptiness import Emptiness, why_empty
from views.means import means_of
from views.past import Past, facts_of_address, past_banner
from views.visible import may_know_costs, visible_ranks

OVER_TIME: Final[Grouping] = (DATE,)
_PLATFORM: Final[Grouping] = ("platform",)
#: A dimension with more values than this is listed in part; the rest is found by name (`search_values`).
MANY: Final = 200
LISTED: Final = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ResolvedQuery:
    """What an address asks for, checked against the facts: `notes` say what was dropped.

    `baseline` is what totals are compared with, `line_baseline` what is drawn over time behind them.
    """

    query: Query
    notes: tuple[str, ...]
    selection: Selection
    baseline: Selection | None
    line_baseline: Selection | None
    options: dict[str, tuple[str, ...]]
    extent: Extent
    formats: Formats
    caveats: Caveats


#: For how many days each platform restates a day; None for what is usual.
ProvisionalDays = Mapping[str, int] | None


def ask(
    facts: Facts,
    address: Address,
    formats: Formats,
    scope: Scope,
    ranks: Sequence[str],
    provisional_days: ProvisionalDays = None,
    past: Past | None = None,
    drawn: bool = False,
    knows_costs: bool = False,
) -> ResolvedQuery:
    """Read a query string against the facts that `scope` and the rankings that `ranks` admit. Nothing in it raises.

    With `knows_costs` it says with whose costs profit is worked out, which tells of the goods and fees of any revenue.

    Where no grain is chosen it is the one that fits the days where they are `drawn`, and days in files. A chosen one
    that would be taken anyway is left out of the query.
    """
    options, extent = facts.options(scope), facts.extent()
    query, notes = read(address, options, extent, ranks)
    if past is None or past.version is None:
        query, notes = replace(query, as_of=""), (*notes, *([past.problem] if past else []))
    selection = query.selection(extent, formats.calendar)
    usual = fitting_grain(selection.days) if drawn else "day"
    selection = replace(selection, grain=query.grain or usual)
    query = replace(query, grain=None if query.grain == usual else query.grain)
    if query.rolling and selection.grain != "day":
        query = replace(query, rolling="")
        notes = (
            *notes,
            f"Seven-day means are of days, and each point is a {selection.grain} here; they were left out.",
        )
    before = baseline(selection, extent)
    known = caveats(
        tuple(each for each in facts.side.reported if each.platform in options["platform"]),
        selection,
        (before or selection).start,
        provisional_days if provisional_days is not None else {} if facts.demo else RESTATED,
        formats,
        facts.side.costs.sentence(selection, options, formats) if knows_costs else "",
        existing_among(facts.existing, options, selection.only),
        "spend" in ranks,  # who may rank by it sees it
    )
    line = line_baseline(selection, extent)
    return ResolvedQuery(query, notes, selection, before, line, options, extent, formats, known)


def resolve_query(
    source: Source,
    now: Facts,
    address: Address,
    writing: Callable[[Facts], Formats],
    rights: Rights,
    provisional_days: ProvisionalDays = None,
    drawn: bool = False,
) -> tuple[Facts, ResolvedQuery, Past | None]:
    """What a query string asks for, for who has `rights`: the facts of its version (`now` are today's), and the rest.

    The one way from an address to figures, for the server and for reports alike.
    """
    facts, past = facts_of_address(source, address, now)
    ranks = visible_ranks(rights, facts)
    knows = may_know_costs(rights)
    return facts, ask(facts, address, writing(facts), rights.rows, ranks, provisional_days, past, drawn, knows), past


def view(
    page: Page,
    facts: Facts,
    asked: ResolvedQuery,
    scope: Scope,
    problem: str | None = None,
    past: Past | None = None,
) -> dict[str, Any]:
    """The view of docs/wire.md, but for what differs from reader to reader."""
    every = (*page.visuals, page.headline) if page.headline else page.visuals
    page_data = page_data_of(every, facts, asked, scope) if page.visuals else None
    empty = why_there_is_nothing(asked, facts, scope) if page.visuals and page_data is None else None
    nothing = empty.text if empty else ""
    out = _left_out(page, page_data, asked) if page_data else []
    over = draw_visual(page.headline, page_data, asked, nothing) if page.headline else {}
    return {
        "page": page.key,
        "shape": shape_of(page),
        "headline": page.lead if empty else over.get("text", ""),
        "empty": empty and asdict(empty),
        "query": write(asked.query),
        "files": write(replace(asked.query, grain=_of_files(asked.selection))),
        "notes": asked.notes,
        "data": data_of(facts, asked.formats)
        | {"notice": notice(facts, problem), "platforms": freshness(facts, asked)},
        "as_of": past_banner(past, page, asked, facts, scope),
        "period": _period(asked, page, scope, facts.side.store is not None and not page.panel),
        "extent": {"first": asked.extent.first.isoformat(), "last": asked.extent.last.isoformat()},
        "options": {name: values if len(values) <= MANY else values[:LISTED] for name, values in asked.options.items()},
        "many": {name: len(values) for name, values in asked.options.items() if len(values) > MANY},
        "chosen": _chosen_controls(asked.query),
        "chips": [_chip(name, values, asked.options.get(name, ())) for name, values in asked.query.only],
        "scope": [f"{label_of(name)}: {', '.join(values)}" for name, values in scope],
        **({"spec": visuals_of(page)} if page.panel else {}),
        "left_out": out,
        "visuals": once(
            page.visuals,
            {visual.name: _draw(visual, page_data, asked, nothing) for visual in page.visuals},
            asked.caveats.ends(),
            [name for each in out for name in each["visuals"]],
        ),
    }


def search_values(values: Sequence[str], text: str) -> dict[str, Any]:
    """Those of a long list whose names have every word of `text`: the first of them, and how many there are."""
    words = text.casefold().split()
    having = [value for value in values if all(word in value.casefold() for word in words)] if words else values
    return {"values": having[:LISTED], "count": len(having)}


def page_data_of(visuals: Sequence[Visual], facts: Facts, asked: ResolvedQuery, scope: Scope) -> PageData | None:
    """What `visuals` read for a query, from one pass over the facts for each of its windows; None where no row is."""
    needed: dict[Grouping, dict[str, None]] = {TOTAL: {}}
    for visual in visuals:
        for grouping in visual.needs:
            needed.setdefault(grouping, {}).update(dict.fromkeys(visual.metrics))
    needed[TOTAL].update(dict.fromkeys(metric for visual in visuals for metric in visual.metrics))
    earlier = dict.fromkeys(grouping for visual in visuals for grouping in visual.before)
    windows = _earlier_windows(asked, earlier)
    if windows:
        facts.ahead(((asked.selection, needed), *((window, (TOTAL, *groups)) for window, groups in windows)), scope)
    totals = with_gaps(facts.totals(asked.selection, needed, scope), asked.selection)
    whole = totals[TOTAL]
    if not len(whole):
        return None
    some_left_out = any(isinstance(name, BasisSum) for name in whole.columns)
    platforms, platforms_before = (
        facts.totals(window, (_PLATFORM,), scope)[_PLATFORM] if some_left_out and window else None
        for window in (asked.selection, asked.baseline)
    )
    before: dict[Grouping, pd.DataFrame] = {}
    then: dict[Grouping, pd.DataFrame] = {}
    spark_before = NO_COURSE
    for window, groups in windows:
        of_window = with_gaps(facts.totals(window, dict.fromkeys((TOTAL, *groups)), scope), window)
        then |= {name: of_window[name] for name in groups}
        before |= {
            name: evaluate(of_window[name], needed[name], of_window[TOTAL]) for name in groups if len(of_window[name])
        }
        if OVER_TIME in groups and OVER_TIME in before:
            spark_before = course(then[OVER_TIME], window, needed[OVER_TIME], asked.formats)
    company, no_company = None, ""
    if any(not COMPANY_WIDE.isdisjoint(visual.metrics) for visual in visuals):
        company, no_company = company_of(facts, asked.selection, asked.baseline, scope, asked.formats)
    beyond = dict.fromkeys(grouping for visual in visuals for grouping in visual.around)
    around = {}
    if beyond:
        wider = facts.totals(asked.selection.narrow("campaign", ()).narrow("platform", ()), beyond, scope)
        metrics = dict.fromkeys(metric for visual in visuals if visual.around for metric in visual.metrics)
        around = {name: evaluate(wider[name], metrics) for name in beyond}
    return PageData(
        asked.query,
        asked.selection,
        asked.baseline,
        asked.line_baseline,
        {grouping: evaluate(totals[grouping], metrics, whole) for grouping, metrics in needed.items()},
        totals,
        before,
        course(totals[OVER_TIME], asked.selection, needed[OVER_TIME], asked.formats)
        if OVER_TIME in totals
        else NO_COURSE,
        spark_before,
        number(whole[REACH_FLOOR].iloc[0]),
        asked.formats,
        company,
        no_company,
        around,
        asked.caveats,
        means_of(facts, (asked.selection, asked.line_baseline), (totals, then), needed.get(OVER_TIME, ()), scope)
        if asked.query.rolling
        else None,
        then,
        facts.own,
        platforms,
        platforms_before,
    )


def _earlier_windows(asked: ResolvedQuery, earlier: Iterable[Grouping]) -> list[tuple[Selection, list[Grouping]]]:
    """The windows that a query is compared with, each with the groupings that are read of it: one, but for lines that
    lie weekday beside weekday while their totals are of the same dates.
    """
    windows: dict[Selection, list[Grouping]] = {}
    for grouping in earlier:
        window = asked.line_baseline if grouping == OVER_TIME else asked.baseline
        if window is not None:
            windows.setdefault(window, []).append(grouping)
    return list(windows.items())


def with_gaps(totals: dict[Grouping, pd.DataFrame], selection: Selection) -> dict[Grouping, pd.DataFrame]:
    """The calendar whole: a row for each period of a selection, without values where nothing ran."""
    if OVER_TIME not in totals or not len(totals[OVER_TIME]):
        return totals
    return {**totals, OVER_TIME: every_period(totals[OVER_TIME], periods(selection))}


def _left_out(page: Page, page_data: PageData, asked: ResolvedQuery) -> list[dict[str, Any]]:
    """The visuals of a page that are not shown for a query, with the reasons (docs/wire.md)."""
    alone = without_comparison(page.visuals, page_data, asked.baseline is not None)
    return [*alone, *not_shown(page.visuals, page_data)]


def draw_visual(visual: Visual, page_data: PageData | None, asked: ResolvedQuery, nothing: str = "") -> dict[str, Any]:
    """One visual's answer by itself; `nothing` is why there is none on the page. What goes wrong in one stays in it."""
    return in_words(_draw(visual, page_data, asked, nothing))


def _draw(visual: Visual, page_data: PageData | None, asked: ResolvedQuery, nothing: str) -> dict[str, Any]:
    """A visual's answer before its caveats are in words (`components.caveats`)."""
    if page_data is None:
        return {"state": "empty", "text": nothing}
    try:
        return with_caveats(visual, {"state": "ready", **visual.draw(page_data)}, page_data)
    except Exception:
        _log.exception("visual %s failed for %s", visual.name, write(asked.query))
        return {"state": "error", "text": f"“{visual.title}” could not be drawn. The other figures are not affected."}


def why_there_is_nothing(asked: ResolvedQuery, facts: Facts, scope: Scope) -> Emptiness:
    """Why nothing matches a query, and the ways out."""
    return why_empty(asked.query, asked.selection, asked.extent, facts, scope, asked.formats)


def data_of(facts: Facts, formats: Formats) -> dict[str, Any]:
    """Which data is shown."""
    through = facts.extent().last
    return {
        "version": facts.version,
        "demo": facts.demo,
        "rule": f"{crc32(repr(facts.existing).encode()):08x}",
        "through": through.isoformat(),
        "loaded": facts.loaded,
        "label": f"Data through {formats.one(formats.day, through)}, loaded {facts.loaded}",
    }


def freshness(facts: Facts, asked: ResolvedQuery) -> list[str]:
    """A line for each platform that may be seen: its last day, when it was imported, what is provisional."""
    formats, provisional, lines = asked.formats, dict(asked.caveats.provisional), []
    for each in facts.side.reported:
        if each.platform in asked.options["platform"]:
            line = f"{each.platform}: through {formats.one(formats.day, each.through)}"
            if each.imported:
                line += f", imported {formats.one(formats.day, each.imported.date())}, {each.imported:%H:%M} UTC"
            if each.platform in provisional:
                line += f"; provisional from {formats.one(formats.day, provisional[each.platform])}"
            lines.append(line)
    return lines


def notice(facts: Facts, problem: str | None) -> str | None:
    """A sentence where newer data could not be taken."""
    if problem is None:
        return None
    return f"Newer data was refused; showing the data loaded at {facts.loaded}. {problem}"


def _of_files(selection: Selection) -> Grain | None:
    """The grain by which files have the same rows as the page: without one they have days."""
    return None if selection.grain == "day" else selection.grain


def _period(asked: ResolvedQuery, page: Page, scope: Scope, shop: bool) -> dict[str, Any]:
    chosen, before, days = asked.selection, asked.baseline, asked.formats.days
    note = None
    if before is None and chosen.compare != "none":
        note = "no data a year earlier" if chosen.compare == "year" else "no earlier period"
    baseline = days(before.start, before.end) if before else None
    apart = f" ({words})" if before and (words := difference(chosen, before)) else ""
    against = f"compared with {baseline}{apart}" if baseline else f"{note} to compare with" if note else "not compared"
    length = "1 day" if chosen.days == 1 else f"{asked.formats.number(chosen.days)} days"
    caveats = " ".join([*asked.caveats.ends(), *asked.caveats.provisional_note()])
    costs = " ".join(asked.caveats.cost_note(metric for visual in page.visuals for metric in visual.metrics))
    return {
        "start": chosen.start.isoformat(),
        "end": chosen.end.isoformat(),
        "days": chosen.days,
        "grain": chosen.grain,
        "label": days(chosen.start, chosen.end),
        "last": period_label(last) if (last := _last(asked.query)) else None,
        "sentence": ". ".join(
            filter(None, [f"{length}, {against}", *_of_scope(scope, shop), " ".join(filter(None, (caveats, costs)))])
        ),
        "baseline": baseline,
        "baseline_note": note,
        "provisional_from": first.isoformat() if (first := asked.caveats.provisional_from) else None,
        "caveats": caveats or None,
    }


def _of_scope(scope: Scope, shop: bool) -> list[str]:
    """Which rows a reader's figures are of, where they are not all: nobody takes a part for the company. Nor are the
    figures of its `shop` shown to them.
    """
    said = [f"Only {', '.join(values)}, which is what you may see" for _, values in scope]
    whole = ["The shop’s own figures are the whole company’s, so they are not shown to you"]
    return said + whole if said and shop else said


def _chip(dimension: str, values: Sequence[str], options: Sequence[str]) -> dict[str, str]:
    """A filter in use, in words: its values in the list's order, the first two of more than three."""
    known = [each for each in options if each in values] if len(options) <= MANY else []
    ordered = known if len(known) == len(values) else values
    words = ", ".join(ordered)
    named = words if len(values) <= 3 else f"{', '.join(ordered[:2])} and {len(values) - 2} more"
    return {"dimension": dimension, "label": label_of(dimension), "named": named, "all": words}


def _last(query: Query) -> str | None:
    """The period that is chosen; None where days are."""
    return query.last or (None if query.start else DEFAULT_LAST)


def _chosen_controls(query: Query) -> dict[str, Any]:
    return {
        **dict(query.only),
        "last": _last(query),
        "from": query.start.isoformat() if query.start else None,
        "to": query.end.isoformat() if query.end else None,
        "compare": query.compare,
        "grain": query.grain,
        "rolling": query.rolling or None,
        "rank": query.rank,
        "as_of": query.as_of or None,
    }
