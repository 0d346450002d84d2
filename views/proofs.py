"""The proof of one figure on a page: its formula, the sums in it, and which rows they are of."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from access.rights import Rights
from components.address import Address, write
from components.page_data import TOTAL
from components.proof import change_in_words, proof_answer
from components.visuals import Visual
from facts import Facts, Scope
from kpi.formats import Formats
from kpi.left_out import say_what_is_left_out
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.proof import Proof, prove
from kpi.retention import existing_among
from kpi.schema import DATE, STORE, label_of
from kpi.selection import Selection
from views.answers import ResolvedQuery, data_of, with_gaps
from views.company import ledger_of


class NoProof(Exception):
    """There is no such figure to prove; the message is a sentence."""


def proof_of(
    page: str,
    visual: Visual,
    facts: Facts,
    asked: ResolvedQuery,
    rights: Rights,
    metric: str,
    key: Sequence[str],
) -> dict[str, Any]:
    """The proof of a `metric` of the row `key` (a value a dimension; none for the whole) on a page that is `asked` for.

    `visual` is without what the reader may not see. Raises NoProof.
    """
    formats = asked.formats
    if metric not in visual.metrics:
        raise NoProof("This visual shows no such metric.")
    if key and not visual.needs:
        raise NoProof("This visual has no rows that can be named.")
    by = visual.needs[0] if key else TOTAL
    if len(key) != len(by):
        raise NoProof(f"A row here is named by its {' and '.join(by)}, one key each.")
    known = [each for each in METRICS if each not in rights.hides] if rights.hides else None
    of_company = metric in COMPANY_WIDE or visual.why_not is not None
    now = _prove(metric, key, by, facts, asked.selection, rights.rows, known, of_company)
    if now is None:
        raise NoProof("There is no such figure for these filters.")
    before = None
    if asked.baseline is not None and DATE not in by:
        before = _prove(metric, key, by, facts, asked.baseline, rights.rows, known, of_company)
    query = write(asked.query)
    whole = METRICS[metric]
    return {
        "metric": metric,
        "query": query,
        **proof_answer(
            now, formats, _left_out(now, by, key, facts, asked, rights.rows), asked.caveats.cost_note((metric,))
        ),
        "of": [["Date" if name == DATE else label_of(name), value] for name, value in zip(by, key, strict=True)],
        "company": of_company,
        "days": formats.days(asked.selection.start, asked.selection.end),
        "filters": [] if of_company else _with_labels(asked.query.only),
        "scope": _with_labels(rights.rows),
        "data": data_of(facts, formats)["label"],
        "version": facts.version,
        "address": f"data/{page}/{visual.name}.json{'?' if query else ''}{query}",
        "whole": whole.of_whole,
        "before": _before(now, before, asked, formats) if before else None,
    }


def figure_of(address: Address) -> tuple[str, tuple[str, ...], Address]:
    """The metric and the row's key that a proof's address names, and the page's own address. Raises NoProof."""
    if address.fields is None:
        raise NoProof("The address has too many parts to be read.")
    metric, key = (tuple(value for field, value in address.fields if field == name) for name in ("metric", "key"))
    return next(iter(metric), ""), key, address.without("metric", "key")


def _prove(
    metric: str,
    key: Sequence[str],
    by: tuple[str, ...],
    facts: Facts,
    selection: Selection,
    scope: Scope,
    known: Sequence[str] | None,
    of_company: bool,
) -> Proof | None:
    if of_company:
        ledger = None if scope or key else ledger_of(facts, selection)
        proof = prove(metric, ledger.total, (), ledger.total, known) if ledger else None
        days_alone = METRICS[metric].measures <= set(STORE)  # no row of the facts has them
        return replace(proof, rows=ledger.days) if proof and ledger and days_alone else proof
    totals = with_gaps(facts.totals(selection, dict.fromkeys((by, TOTAL)), scope), selection)
    return prove(metric, totals[by], key, totals[TOTAL], known) if len(totals[TOTAL]) else None


def _left_out(
    proof: Proof, by: Sequence[str], key: Sequence[str], facts: Facts, asked: ResolvedQuery, scope: Scope
) -> list[str]:
    """What the figure of one row leaves out: what platforms do not report, and spend on existing customers."""
    of_row = asked.selection
    for name, value in zip(by, key, strict=True):
        if name != DATE:
            of_row = of_row.narrow(name, (value,))
    existing = existing_among(facts.existing, asked.options, of_row.only)
    grouping = ("platform", *(name for name in by if name == DATE))
    platforms = facts.totals(of_row, (grouping,), scope)[grouping]
    if DATE in by:
        days = platforms.index.get_level_values(DATE).astype(str)
        platforms = platforms[days == key[by.index(DATE)]].droplevel(DATE)
    caveats = replace(asked.caveats, existing=existing)
    return [
        *say_what_is_left_out((proof.metric,), platforms, asked.formats, caveats.amounts),
        *caveats.left_out((proof.metric,), proof.spend, proof.acquisition),
    ]


def _with_labels(only: Sequence[tuple[str, Sequence[str]]]) -> list[list[Any]]:
    return [[label_of(name), list(values)] for name, values in only]


def _before(now: Proof, before: Proof, asked: ResolvedQuery, formats: Formats) -> dict[str, Any]:
    then = asked.baseline
    days = formats.days(then.start, then.end) if then else ""
    return {
        "days": days,
        "sentence": proof_answer(before, formats)["sentence"],
        "change": change_in_words(now, before, formats),
    }
