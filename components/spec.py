"""What the browser knows beforehand, once: labels, units, choices, and the unchanging part of every visual."""

from collections.abc import Sequence
from typing import Any

from components.url import choices
from components.visuals import Page
from kpi.metrics import METRICS
from kpi.schema import DIMENSIONS


def spec(pages: Sequence[Page], prefix: str, currency: str = "USD", locale: str = "en-US") -> dict[str, Any]:
    """The spec of docs/wire.md for `pages`; only the metrics that these pages show are in it."""
    shown = {metric for page in pages for visual in page.visuals for metric in visual.metrics}
    return {
        "prefix": prefix,
        "currency": currency,
        "locale": locale,
        "dimensions": DIMENSIONS,
        "metrics": {
            metric.key: {
                "label": metric.label,
                "short": metric.short or metric.label,
                "unit": metric.unit,
                "decimals": metric.decimals,
                "better": metric.better,
                "definition": metric.definition,
                "formula": metric.formula,
            }
            for metric in METRICS.values()
            if metric.key in shown
        },
        **choices(),
        "pages": {
            page.key: {
                "title": page.title,
                "path": page.path,
                "visuals": {visual.name: {"kind": visual.kind, **visual.spec} for visual in page.visuals},
            }
            for page in pages
        },
    }
