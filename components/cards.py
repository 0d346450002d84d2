"""Metric cards: a figure, its change against the baseline, a sparkline; company-wide ones only with the shop's days."""

from collections.abc import Set
from typing import Any

import pandas as pd

from components.page_data import TOTAL, PageData, block, exact, sparkline
from components.visuals import Visual
from kpi.compare import change
from kpi.formats import Formats
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.schema import DATE
from kpi.units import brief, step


def cards(name: str, title: str, question: str, metrics: tuple[str, ...], width: int = 12) -> Visual:
    """A row of cards, one a metric."""

    def visible_metrics(page_data: PageData) -> tuple[str, ...]:
        return tuple(metric for metric in metrics if page_data.company or metric not in COMPANY_WIDE)

    def values(page_data: PageData) -> list[dict[str, Any]]:
        found = []
        for metric in visible_metrics(page_data):
            company = page_data.company if metric in COMPANY_WIDE else None
            now, before = (
                (company.now, company.before) if company else (page_data.now[TOTAL], page_data.before.get(TOTAL))
            )
            value = block(now, (metric,))[0, 0].item()
            old = block(before, (metric,))[0, 0].item() if before is not None else None
            found.append(
                {
                    "metric": metric,
                    "value": exact(metric, value),
                    "baseline": exact(metric, old),
                    "change": change(metric, value, old),
                }
            )
        return found

    def draw(page_data: PageData) -> dict[str, Any]:
        return {
            "metrics": visible_metrics(page_data),
            "cards": [
                {
                    "value": card["value"],
                    "baseline": card["baseline"],
                    "change": card["change"],
                    **_texts(card, page_data.formats),
                    "spark": sparkline(spark(page_data, card["metric"]), card["metric"]),
                    "low": exact("reach", page_data.reach_floor) if card["metric"] == "reach" else None,
                }
                for card in values(page_data)
            ],
            "line": _line(page_data, visible_metrics(page_data)),
        }

    def spark(page_data: PageData, metric: str) -> pd.DataFrame:
        return page_data.company.spark if page_data.company and metric in COMPANY_WIDE else page_data.spark

    def less(hidden: Set[str]) -> Visual | None:
        left = tuple(metric for metric in metrics if metric not in hidden)
        return cards(name, title, question, left, width) if left else None

    return Visual(
        name,
        title,
        question,
        "cards",
        needs=(TOTAL, (DATE,)),
        before=(TOTAL,),
        metrics=metrics,
        columns=("metric", "value", "baseline", "change"),
        draw=draw,
        rows=values,
        spec={"metrics": metrics},
        width=width,
        less=less,
    )


def _texts(card: dict[str, Any], formats: Formats) -> dict[str, str | None]:
    """The figure in short, its change, and whether that is good or bad ("" where it is neither)."""
    metric = METRICS[card["metric"]]
    most = "≤ " if metric.unit == "people" and card["value"] is not None else ""
    text, change = most + brief(metric.key, card["value"], formats), step(metric.key, card["change"], formats)
    judged = change is not None and change[0] != "±" and metric.better != "neither"
    tone = "" if not judged else "good" if (card["change"] > 0) == (metric.better == "up") else "bad"
    return {"text": text, "step": change, "tone": tone}


def _line(page_data: PageData, metrics: tuple[str, ...]) -> str | None:
    """What must be known of the company's figures among others that are filtered."""
    names = [METRICS[metric].short or METRICS[metric].label for metric in metrics if metric in COMPANY_WIDE]
    if not names or page_data.company is None:
        return None
    said = [f"{' and '.join(names)}: the whole company’s, whatever is filtered."] if page_data.query.only else []
    return " ".join([*said, *filter(None, [page_data.company.partly(page_data.selection, page_data.formats)])]) or None
