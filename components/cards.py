"""Metric cards: the figure, its change against the baseline, a sparkline. The whole company's are left out where the
shop's days are not known."""

from collections.abc import Set
from typing import Any

import pandas as pd

from components.reading import TOTAL, Reading, block, exact, outlined
from components.visuals import Visual
from kpi.compare import change
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.schema import DATE


def cards(name: str, title: str, question: str, metrics: tuple[str, ...], width: int = 12) -> Visual:
    """A row of cards, one a metric."""

    def shown(reading: Reading) -> tuple[str, ...]:
        return tuple(metric for metric in metrics if reading.company or metric not in COMPANY_WIDE)

    def values(reading: Reading) -> list[dict[str, Any]]:
        found = []
        for metric in shown(reading):
            company = reading.company if metric in COMPANY_WIDE else None
            now, before = (company.now, company.before) if company else (reading.now[TOTAL], reading.before.get(TOTAL))
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

    def draw(reading: Reading) -> dict[str, Any]:
        return {
            "metrics": shown(reading),
            "cards": [
                {
                    "value": card["value"],
                    "baseline": card["baseline"],
                    "change": card["change"],
                    "spark": outlined(spark(reading, card["metric"]), card["metric"]),
                    "low": exact("reach", reading.reach_floor) if card["metric"] == "reach" else None,
                }
                for card in values(reading)
            ],
            "line": _line(reading, shown(reading)),
        }

    def spark(reading: Reading, metric: str) -> pd.DataFrame:
        return reading.company.spark if reading.company and metric in COMPANY_WIDE else reading.spark

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


def _line(reading: Reading, metrics: tuple[str, ...]) -> str | None:
    """What must be known of the company's figures among others that are filtered."""
    names = [METRICS[metric].short or METRICS[metric].label for metric in metrics if metric in COMPANY_WIDE]
    if not names or reading.company is None:
        return None
    said = [f"{' and '.join(names)}: the whole company’s, whatever is filtered."] if reading.query.only else []
    return " ".join([*said, *filter(None, [reading.company.partly(reading.selection, reading.formats)])]) or None
