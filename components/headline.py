"""The sentence over a page's figures, made of them by `kpi.headline`."""

from collections.abc import Set
from typing import Any, Final

import pandas as pd

from components.caveats import left_out
from components.page_data import TOTAL, PageData
from components.visuals import Visual
from kpi.formats import in_words
from kpi.headline import headline
from kpi.metrics import COMPANY_WIDE

_PLATFORM = ("platform",)

#: The shop's figures have no parts.
_NO_PARTS: Final = pd.DataFrame()


def sentence(leads: tuple[str, ...], drivers: tuple[str, ...]) -> Visual:
    """The sentence over the first of `leads` that has a value, explained by those of `drivers` that it is made of."""
    metrics = tuple(dict.fromkeys((*leads, *drivers)))

    def words(page_data: PageData) -> str:
        before, company = page_data.before, page_data.company
        if company and leads[0] in COMPANY_WIDE and page_data.company_knows(leads[0]):
            whole = headline(
                leads[:1],
                metrics,
                company.now,
                company.before,
                _NO_PARTS,
                None,
                page_data.formats,
                labels={metric: label for metric, (label, _) in company.labels.items()},
            )
            return in_words(whole)
        said = headline(
            leads,
            metrics,
            page_data.now[TOTAL],
            before.get(TOTAL),
            page_data.now[_PLATFORM],
            before.get(_PLATFORM),
            page_data.formats,
            page_data.longer,
        )
        lead = next((key for key in leads if page_data.now[TOTAL][key].notna().any()), None)
        if lead == "profit" and page_data.company_knows("store_revenue"):  # which stands beside what the shop banked
            said = f"By the platforms’ claims, {said[0].lower()}{said[1:]}"
        return " ".join([in_words(said), *(left_out((lead,), page_data) if said and lead else ())])

    def draw(page_data: PageData) -> dict[str, Any]:
        return {"text": words(page_data)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [{"text": words(page_data)}]

    def less(hidden: Set[str]) -> Visual | None:
        left = tuple(metric for metric in leads if metric not in hidden)
        return sentence(left, tuple(metric for metric in drivers if metric not in hidden)) if left else None

    return Visual(
        "headline",
        "In one sentence",
        "What happened, what drove it, and where?",
        "callouts",
        needs=(TOTAL, _PLATFORM),
        before=(TOTAL, _PLATFORM),
        metrics=metrics,
        columns=("text",),
        draw=draw,
        rows=rows,
        less=less,
    )
