"""The whole company's figures for a query: what the platforms claim beside what the shop sold."""

from components.reading import Company
from facts import Facts, Scope
from kpi.company import Ledger, ledger
from kpi.evaluate import evaluate, pooled
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.schema import DATE
from kpi.selection import Grouping, Selection

_BY: Grouping = ("platform", DATE)
_WANTED = tuple(key for key in METRICS if not METRICS[key].of_whole)


def company_of(
    facts: Facts, selection: Selection, baseline: Selection | None, scope: Scope, formats: Formats, points: int
) -> tuple[Company | None, str]:
    """The company over a selection's days, whatever else is chosen, or why there is none.

    A reader of some rows gets none: the shop's figures cannot be split. A baseline that the shop does not know in full
    is none.
    """
    store = facts.beside.store
    if store is None:
        return None, facts.beside.no_store
    if scope:
        return None, "The shop's figures are the whole company's, of which you see a part."
    now = ledger_of(facts, selection)
    if now is None:
        first, last = (day.date() for day in (store.index.min(), store.index.max()))
        return None, (
            f"The shop's days cover {formats.days(first, last)}, none of those chosen. Choose other dates, or import "
            "its newer days."
        )
    then = ledger_of(facts, baseline) if baseline else None
    return Company(
        now.days,
        now.first,
        now.last,
        evaluate(now.total, _WANTED),
        evaluate(then.total, _WANTED) if then and baseline and then.days == baseline.days else None,
        evaluate(now.months, _WANTED),
        evaluate(now.claims, _WANTED),
        evaluate(pooled(now.course, points), _WANTED),
    ), ""


def ledger_of(facts: Facts, selection: Selection) -> Ledger | None:
    """The ledger of a selection's days, of all rows: neither filters nor grain are the company's."""
    store = facts.beside.store
    if store is None:
        return None
    days = Selection(selection.start, selection.end, compare="none")
    return ledger(facts.totals(days, (_BY,))[_BY], store)
