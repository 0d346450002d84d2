"""What a company's data can never tell, whatever is chosen: metrics of measures that no platform reports."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final, Literal

from kpi.caveats import PlatformReport
from kpi.costs import COST_MEASURES
from kpi.formula import MEASURE_LABELS
from kpi.metrics import METRICS
from kpi.schema import STORE

_COSTS: Final = frozenset(COST_MEASURES)
_PROFITS: Final = ("profit", "roi", "margin", "breakeven_roas")
#: What the shop's days bring, first what most people ask for.
_BANKED: Final = (
    "store_revenue",
    "contribution_after_marketing",
    "cam_margin",
    "blended_cac",
    "new_roas",
    "mer",
    "overclaim",
)
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
    return metrics_of_measures(unreported_measures(reported))


def metrics_of_measures(missing: Set[str]) -> frozenset[str]:
    """The metrics that need one of the measures `missing`."""
    return frozenset(key for key, metric in METRICS.items() if metric.measures & missing)


@dataclass(frozen=True)
class MissingPart:
    """What a company's data lack and somebody may add.

    `add` says what it is, `brings` what it would bring, `place` where on the Import page it is added.
    """

    add: str
    brings: str
    place: Literal["costs", "files"]


def missing_parts(
    reported: Sequence[PlatformReport], shop: bool, costs: bool, untold: Set[str] = frozenset()
) -> list[MissingPart]:
    """What may be added to the data: costs, the shop's days, columns that no platform reports.

    `shop` says whether the shop's days are there, `untold` which measures they never tell, `costs` whether somebody
    stated some.
    """
    missing = unreported_measures(reported)
    found = []
    unsold = [each.platform for each in reported if "revenue" in each.lacks and "revenue" not in missing]
    without = [each.platform for each in reported if _COSTS & each.lacks.keys() and each.platform not in unsold]
    if without and not costs:
        found.append(MissingPart("Add your margin", _few_labels(_PROFITS), "costs"))
    elif without:
        found.append(MissingPart(f"Add your margin for {', '.join(without)}", "their profit", "costs"))
    if unsold:  # no margin makes profit of what is not known to have been sold
        add = f"Add reports of {', '.join(unsold)} with {MEASURE_LABELS['revenue']}"
        found.append(MissingPart(add, "their ROAS and profit", "files"))
    if not shop:
        found.append(MissingPart("Add the shop’s days", _few_names(_BANKED), "files"))
    elif lost := [key for key in _BANKED if METRICS[key].measures & untold]:
        found.append(MissingPart(f"Add the shop’s {_in_words(lost, untold)}", _few_names(lost), "files"))
    for measure in _WEIGHTY:
        if measure in missing - _COSTS:
            brings = [key for key, metric in METRICS.items() if measure in metric.measures and not metric.of_whole]
            others = [key for key in brings if key != measure]
            found.append(MissingPart(f"Add reports with {MEASURE_LABELS[measure]}", _few_labels(others), "files"))
    return found


def _few_names(metrics: Sequence[str]) -> str:
    """What metrics are called whole, but for what is known by its abbreviation."""
    known = [METRICS[key] for key in metrics]
    return _few([metric.short if metric.short.isupper() else metric.label for metric in known], 4)


def _few_labels(metrics: Sequence[str]) -> str:
    return _few([METRICS[key].short or METRICS[key].label for key in metrics], 4)


def _in_words(metrics: Sequence[str], untold: Set[str]) -> str:
    """The measures among `untold` that `metrics` need: ``cost of goods, fees``."""
    needed = frozenset[str]().union(*(METRICS[key].measures for key in metrics)) & untold
    return _few([MEASURE_LABELS[name].removeprefix("store ") for name in STORE if name in needed], 4)


def say_what_is_unknown(
    reported: Sequence[PlatformReport],
    gone: Sequence[str],
    shop: bool,
    imports: bool,
    untold: Set[str] = frozenset(),
) -> str:
    """Which measures the data lack, which of the metrics `gone` from the pages need them, and what brings them.

    `gone` has the weightiest first; `shop` says whether the shop's days are there, `untold` which measures they never
    tell, `imports` whether they can be imported: a warehouse's table needs columns. "" where nothing is known to lack.
    """
    missing = unreported_measures(reported)
    needed = [name for name in _WEIGHTY if name in missing]
    lost = [key for key in _BANKED if METRICS[key].measures & untold]
    if not missing and not lost and (shop or not reported):
        return ""
    said = []
    if missing and gone:
        measures = [MEASURE_LABELS[name] for name in (*needed, *sorted(missing - set(_WEIGHTY)))]
        metrics = [METRICS[key].short or METRICS[key].label for key in gone]
        said.append(f"Not in your data: {_few(measures, 4)}. Left out: {_few(metrics, 4)}.")
    if not imports:
        said += ["With columns for goods and fees the table would show profit."] if _COSTS & missing else []
    elif _COSTS & missing:
        said.append("Add your margin to see profit.")
    elif not shop:
        said.append("Add the shop’s days to see what was banked beside what is claimed.")
    elif lost:
        said.append(f"Add the shop’s {_in_words(lost, untold)} to see {METRICS[lost[0]].label.lower()}.")
    return " ".join(said)


def _few(words: Sequence[str], most: int) -> str:
    return ", ".join(words) if len(words) <= most + 1 else f"{', '.join(words[:most])} and {len(words) - most} more"
