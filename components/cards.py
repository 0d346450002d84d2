"""Metric cards: the figure, its change against the baseline, a sparkline."""

from collections.abc import Set
from typing import Any

from components.reading import TOTAL, Reading, block, drawn, exact
from components.visuals import Visual
from kpi.compare import change
from kpi.schema import DATE


def cards(name: str, title: str, question: str, metrics: tuple[str, ...], width: int = 12) -> Visual:
    """A row of cards, one a metric."""

    def values(reading: Reading) -> list[dict[str, Any]]:
        now, before = reading.now[TOTAL], reading.before.get(TOTAL)
        values = block(now, metrics)[:, 0].tolist()
        olds = block(before, metrics)[:, 0].tolist() if before is not None else [None] * len(metrics)
        found = []
        for metric, value, old in zip(metrics, values, olds, strict=True):
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
            "cards": [
                {
                    "value": card["value"],
                    "baseline": card["baseline"],
                    "change": card["change"],
                    "spark": drawn(reading.spark, card["metric"]),
                    "low": exact("reach", reading.reach_floor) if card["metric"] == "reach" else None,
                }
                for card in values(reading)
            ]
        }

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
