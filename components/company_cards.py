"""Cards of the whole company, made of the shop's own days: shown only where nothing is filtered."""

from collections.abc import Callable, Iterable, Set
from typing import Any

from components.cards import card_row, company_card
from components.company_words import missing_parts, name_of, outside_spend
from components.page_data import Company, PageData, number
from components.visuals import Visual
from kpi.formats import Formats
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.units import brief, figure

_FILTERED = "The shop’s own figures are the whole company’s: no filter splits them, so they are not shown here."

Words = Callable[[Company, Formats, Set[str]], Iterable[str]]


def company_cards(
    name: str,
    title: str,
    question: str,
    metrics: tuple[str, ...],
    words: Words,
    parts: tuple[str, ...] = (),
    claims: tuple[tuple[str, str], ...] = (),
) -> Visual:
    """A row of cards of the whole company, one for each of `metrics`; its data have rows of their `parts` too.

    `words` says below them what they are made of. `claims` are pairs of metrics, what the platforms claim and what the
    shop has: the data of the second have the `gap` between both.
    """

    def why_not(page_data: PageData) -> str:
        if page_data.company is None:
            return page_data.no_company
        return _FILTERED if page_data.query.only else ""

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        company = page_data.company
        if company is None or why_not(page_data):
            return []
        found = {metric: card_row(metric, company.now, company.before) for metric in (*metrics, *parts)}
        for claim, banked in claims:
            if {claim, banked} <= found.keys():
                found[banked]["gap"] = _gap(found[claim]["value"], found[banked]["value"])
        return list(found.values())

    def draw(page_data: PageData) -> dict[str, Any]:
        company, formats = page_data.company, page_data.formats
        if company is None or why_not(page_data):
            return {"state": "empty", "text": why_not(page_data)}
        drawn = [company_card(row, company, formats) for row in rows(page_data)[: len(metrics)]]
        said = [
            *words(company, formats, {*metrics, *parts}),
            *_notes(metrics, company, page_data),
        ]
        return {"metrics": metrics, "cards": drawn, "days": drawn[0]["days"], "line": " ".join(said) or None}

    def less(hidden: Set[str]) -> Visual | None:
        left, left_parts = (tuple(each for each in some if each not in hidden) for some in (metrics, parts))
        if COMPANY_WIDE.isdisjoint(left):
            return None
        return company_cards(name, title, question, left, words, left_parts, claims)

    return Visual(
        name,
        title,
        question,
        "cards",
        needs=(),
        metrics=(*metrics, *parts),
        columns=("metric", "value", "baseline", "change", *(("gap",) if claims else ())),
        draw=draw,
        rows=rows,
        spec={"metrics": metrics},
        less=less,
        why_not=why_not,
    )


def _gap(claimed: float | None, banked: float | None) -> float | None:
    return None if claimed is None or banked is None else banked - claimed


def _notes(metrics: Iterable[str], company: Company, page_data: PageData) -> list[str]:
    """What must be known of all cards: what they are without, and what the shop's days do not tell."""
    formats = page_data.formats
    missing = [text for metric in metrics for _, text in missing_parts(metric, company, formats)]
    taxes = "The shop’s net sales are with shipping and taxes here: import net sales." if company.with_tax else ""
    partly = company.partly(page_data.selection, formats)
    return [*filter(None, [outside_spend(company, formats), taxes, partly]), *dict.fromkeys(missing)]


def account(company: Company, formats: Formats, shown: Set[str]) -> list[str]:
    """How net sales come about and what is taken from them: a short account of the shop's books, of metrics `shown`."""

    def amounts(**names: str) -> list[str]:
        known = ((key, words, number(company.now[key].iloc[0])) for key, words in names.items() if key in shown)
        return [f"{brief(key, value, formats)} {words}" for key, words, value in known if value is not None]

    after = amounts(store_discounts="discounts", store_returns="returns")
    costs = amounts(store_cogs="goods", store_fees="fees", spend="ad spend")
    if not company.labels:
        costs += amounts(other_marketing="other marketing")
    orders = amounts(store_orders="orders")
    sales = f"Net sales{f' of {orders[0]}' if orders else ''}{f', after {_enumerate(after)}' if after else ''}"
    return [
        *([f"{sales}."] if orders or after else []),
        *([f"Taken off: {_enumerate(costs)}."] if costs else []),
        *(["Returns are not in: the shop’s days have none."] if "store_returns" in company.gaps else []),
    ]


def claims_and_banked(company: Company, formats: Formats, shown: Set[str]) -> list[str]:
    """How far what the platforms claim of new customers and orders is from the shop's own."""
    found = []
    for claim, banked in (("cac", "blended_cac"), ("roas", "new_roas")):
        if not {claim, banked} <= shown:
            continue
        claimed, own = (number(company.now[metric].iloc[0]) for metric in (claim, banked))
        if claimed is None or own is None:
            continue
        size, way = figure(banked, abs(own - claimed), formats), "above" if own >= claimed else "below"
        share = f" ({formats.between(formats.percent, abs(own - claimed) / abs(claimed), 0, 2)})" if claimed else ""
        found.append(f"{name_of(banked, company)} is {size}{share} {way} the platforms’ {METRICS[claim].short}.")
    return found


def _enumerate(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
