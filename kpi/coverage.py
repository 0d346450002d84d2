"""What a company's data can never tell, whatever is chosen: metrics of measures that no platform reports."""

from collections.abc import Sequence
from typing import Final

from kpi.caveats import PlatformReport
from kpi.costs import COST_MEASURES
from kpi.formula import MEASURE_LABELS
from kpi.metrics import METRICS

_COSTS: Final = frozenset(COST_MEASURES)
#: What is missed most, first.
_WEIGHTY: Final = (
    "cogs",
    "variable_costs",
    "revenue",
    "conversions",
    "clicks",
    "impressions",
    "new_customers",
    "reach",
)


def unreported_measures(reported: Sequence[PlatformReport]) -> frozenset[str]:
    """The measures that every platform lacks; none where nothing is known of any platform."""
    return frozenset.intersection(*(frozenset(each.lacks) for each in reported)) if reported else frozenset()


def unknown_metrics(reported: Sequence[PlatformReport]) -> frozenset[str]:
    """The metrics that need a measure which every platform lacks."""
    missing = unreported_measures(reported)
    return frozenset(key for key, metric in METRICS.items() if metric.measures & missing)


def say_what_is_unknown(reported: Sequence[PlatformReport], gone: Sequence[str], shop: bool) -> str:
    """Which measures the data lack, which of the metrics `gone` from the pages need them, and what brings them.

    `gone` has the weightiest first; `shop` says whether the shop's days are there. "" where nothing is known to lack.
    """
    missing = unreported_measures(reported)
    needed = [name for name in _WEIGHTY if name in missing]
    if not missing and (shop or not reported):
        return ""
    said = []
    if missing and gone:
        measures = [MEASURE_LABELS[name] for name in (*needed, *sorted(missing - set(_WEIGHTY)))]
        metrics = [METRICS[key].short or METRICS[key].label for key in gone]
        said.append(f"Not in your data: {_few(measures, 4)}. Left out: {_few(metrics, 4)}.")
    if _COSTS & missing:
        said.append("Add your margin to see profit.")
    elif not shop:
        said.append("Add the shop’s days to see what was banked beside what is claimed.")
    return " ".join(said)


def _few(words: Sequence[str], most: int) -> str:
    return ", ".join(words) if len(words) <= most + 1 else f"{', '.join(words[:most])} and {len(words) - most} more"
