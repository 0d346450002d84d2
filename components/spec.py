"""What the browser is sent once: labels, units, choices, and the part of every visual that never changes."""

import re
from collections.abc import Sequence, Set
from typing import Any
from zlib import crc32

from components.address import RANKS, choices
from components.visuals import Page
from kpi.formats import Formats
from kpi.metrics import METRICS, Metric
from kpi.schema import DIMENSIONS, label_of
from kpi.units import decimals


def spec(
    pages: Sequence[Page],
    prefix: str,
    formats: Formats,
    hidden: Set[str],
    own: Sequence[str] = (),
) -> dict[str, Any]:
    """The spec of docs/wire.md for `pages`; only the metrics that they show are in it, and no word of `hidden`.

    `own` are the keys of the company's own dimensions.
    """
    return {
        "prefix": prefix,
        "currency": formats.currency,
        "locale": formats.locale,
        "formats": formats.for_browser(),
        "dimensions": {**DIMENSIONS, **{key: label_of(key) for key in own}},
        "metrics": {
            metric.key: {
                "label": metric.label,
                "short": metric.short or metric.label,
                "unit": metric.unit,
                "decimals": decimals(metric.key, formats),
                "better": metric.better,
                "definition": without_hidden(metric.definition, hidden),
                "formula": formula if is_computed(formula := formula_of(metric, hidden)) else "",
            }
            for metric in metrics_of(pages)
        },
        **choices(tuple(rank for rank in RANKS if rank not in hidden)),
        "pages": {
            page.key: {
                "title": page.title,
                "path": page.path,
                **({"body": page.body} if page.body else {}),
                **({"own": True, "plotly": page.graphs} if page.own else {}),
                "shape": shape_of(page),
                "visuals": visuals_of(page),
            }
            for page in pages
            if not page.panel
        },
    }


def shape_of(page: Page) -> str:
    """What a page is made of: an answer of another shape fits no document of this one."""
    visuals = [(visual.name, visual.metrics) for visual in page.visuals]
    return f"{crc32(repr((visuals, page.own_dimensions)).encode()):08x}"


def metrics_of(pages: Sequence[Page]) -> list[Metric]:
    """The metrics that `pages` show, in the catalogue's order."""
    on_pages = {metric for page in pages for visual in page.visuals for metric in visual.metrics}
    return [metric for metric in METRICS.values() if metric.key in on_pages]


def formula_of(metric: Metric, hidden: Set[str]) -> str:
    """How `metric` is computed, "" where that names a measure of `hidden`."""
    return metric.formula if _plain(hidden).isdisjoint(metric.measures) else ""


def is_computed(formula: str) -> bool:
    """Whether a formula says more than the name of a measure."""
    return re.search("[/×−+]", formula) is not None


def visuals_of(page: Page) -> dict[str, Any]:
    """What does not change of each visual of `page`; that of a panel comes with its answer, and with its words."""
    words = {visual.name: {"title": visual.title, "question": visual.question} for visual in page.visuals}
    return {
        visual.name: {"kind": visual.kind, **visual.spec, **(words[visual.name] if page.panel else {})}
        for visual in page.visuals
    }


def without_hidden(definition: str, hidden: Set[str]) -> str:
    """`definition` without the sentences that name a metric of `hidden`."""
    names = [re.escape(name) for key in sorted(hidden) for name in {METRICS[key].label, METRICS[key].short} if name]
    if not names:
        return definition
    named = re.compile(rf"\b({'|'.join(names)})", re.IGNORECASE)
    return " ".join(sentence for sentence in re.split(r"(?<=\.) ", definition) if not named.search(sentence))


def _plain(hidden: Set[str]) -> frozenset[str]:
    """The measures that are themselves hidden metrics."""
    return frozenset(key for key in hidden if METRICS[key].over == (key,) and not METRICS[key].by)
