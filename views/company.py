"""The whole company’s figures for a query: what the platforms claim and what the shop sold."""

from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from cachetools import LRUCache

from components.page_data import NO_COURSE, Company
from facts import ALL_ROWS, Facts, Scope
from kpi.company import Ledger, ledger
from kpi.evaluate import evaluate
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.schema import DATE
from kpi.selection import Grouping, Selection
from views.course import course

_BY: Grouping = ("platform", DATE)
_WANTED = tuple(key for key in METRICS if not METRICS[key].of_whole)

#: What is left where nobody says what other marketing costs.
_WITHOUT_OTHER_MARKETING: Final = {
    "contribution_after_marketing": ("Contribution after ad spend", "Left after ad spend"),
    "cam_margin": ("Margin after ad spend", "Margin after ad spend"),
}

#: Companies by facts and days: no other filter is theirs, so that most changes find them made.
_MOST: Final = 32
_made: WeakKeyDictionary[Facts, LRUCache[object, Company | None]] = WeakKeyDictionary()
_lock: Final = Lock()


def company_of(
    facts: Facts, selection: Selection, baseline: Selection | None, scope: Scope, formats: Formats
) -> tuple[Company | None, str]:
    """The company over a selection's days, whatever else is chosen, or why there is none.

    A reader of some rows gets none: the shop's figures cannot be split. A baseline that the shop does not know in full
    is none.
    """
    store = facts.side.store
    if store is None:
        return None, facts.side.no_store
    if scope:
        return None, "The shop’s figures are the whole company’s, of which you see a part."
    company = _cached_company(facts, selection, baseline, formats)
    if company is None:
        first, last = (day.date() for day in (store.index.min(), store.index.max()))
        return None, (
            f"The shop’s days cover {formats.days(first, last)}, none of those chosen. Choose other dates, or import "
            "its newer days."
        )
    return company, ""


def _cached_company(facts: Facts, selection: Selection, baseline: Selection | None, formats: Formats) -> Company | None:
    key = (selection.start, selection.end, baseline and (baseline.start, baseline.end), formats)
    with _lock:
        known = _made.setdefault(facts, LRUCache(_MOST))
        if key in known:
            return known[key]
    company = _company(facts, selection, baseline, formats)
    with _lock:
        known[key] = company
    return company


def _company(facts: Facts, selection: Selection, baseline: Selection | None, formats: Formats) -> Company | None:
    """The company over a selection's days; None where the shop and the platforms have none of them in common."""
    now = ledger_of(facts, selection)
    if now is None:
        return None
    earlier = _earlier(facts, selection, now, baseline) if baseline else None
    side = facts.side
    of_days = side.store[side.store.index.isin(now.course.index)] if side.store is not None else None
    return Company(
        now.days,
        now.first,
        now.last,
        evaluate(now.total, _WANTED),
        evaluate(earlier.total, _WANTED) if earlier else None,
        evaluate(now.months, _WANTED),
        evaluate(now.claims, _WANTED),
        course(now.course, Selection(now.first, now.last), _WANTED, formats),
        course(earlier.course, Selection(earlier.first, earlier.last), _WANTED, formats) if earlier else NO_COURSE,
        earlier.days if earlier else 0,
        now.outside,
        now.gaps,
        {} if side.other_marketing else _WITHOUT_OTHER_MARKETING,
        of_days is not None and bool(of_days["basis"].str.contains("tax").any()),
    )


def _earlier(facts: Facts, selection: Selection, now: Ledger, baseline: Selection) -> Ledger | None:
    """What `now` is compared with: whole windows, or both cut to the same positions; None for anything else, and where
    one has the spend of marketplaces and the other has not.
    """
    cut = now.days < selection.days
    if cut and baseline.days != selection.days:
        return None
    days = None
    if cut:
        start, then = (np.datetime64(each, "D") for each in (selection.start, baseline.start))
        days = now.course.index.to_numpy().astype("datetime64[D]") - start + then
    earlier = ledger_of(facts, baseline, days)
    whole = now.days if cut else baseline.days
    return earlier if earlier and earlier.days == whole and earlier.outside.keys() == now.outside.keys() else None


def ledger_of(facts: Facts, selection: Selection, only: np.ndarray | None = None) -> Ledger | None:
    """The ledger of a selection's days, of all rows: neither filters nor grain are the company's.

    Where `only` some days count, it is of these.
    """
    store = facts.side.store
    if store is None:
        return None
    days = Selection(selection.start, selection.end, compare="none")
    claims = facts.totals(days, (_BY,), ALL_ROWS)[_BY]
    return ledger(claims, store, store["channels"], only, selection.calendar)
