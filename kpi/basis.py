"""Which rows a metric is worked out of, where not every platform reports all that it is made of.

Profit takes spend from revenue. A platform that reports no revenue has spent something, but what it brought is not
known: its spend would be taken from what the others brought. So a metric of several measures is worked out of the
platforms that report all of them, and of their rows whose costs are known; the rest is left out of all of its terms,
and it is said of what (kpi.caveats).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kpi.costs import COST_MEASURES
from kpi.metrics import COMPANY_WIDE, METRICS


@dataclass(frozen=True)
class BasisSum:
    """The label of a column of a totals frame: `measure` added up over the rows that `metrics` are worked out of.

    Where it `counts`, the number of these rows that report it.
    """

    measure: str
    metrics: tuple[str, ...]
    counts: bool = False


@dataclass(frozen=True)
class Basis:
    """The rows that some `metrics` are worked out of: those of `platforms` of which the measures `costs` are known."""

    platforms: tuple[str, ...]
    costs: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def sums(self) -> tuple[BasisSum, ...]:
        """What is added up over these rows: all that the metrics are made of, and the spend."""
        parts = {"spend", *(part for key in self.metrics for part in METRICS[key].parts)}
        return tuple(BasisSum(part, self.metrics) for part in sorted(parts))


def bases(reports: Mapping[str, Collection[str]], cost_gaps: Collection[str]) -> tuple[Basis, ...]:
    """The bases that are not all rows. `reports` has by platform the measures that some row of it reports, `cost_gaps`
    the cost measures that rows with revenue lack.

    A metric of a measure that nobody reports has none: it has no value anyway.
    """
    everything = {measure for measures in reports.values() for measure in measures}
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for key, metric in METRICS.items():
        if len(metric.parts) < 2 or key in COMPANY_WIDE or not metric.measures <= everything:
            continue
        needed = metric.measures.difference(COST_MEASURES)
        platforms = tuple(name for name in sorted(reports) if needed <= set(reports[name]))
        costs = tuple(name for name in COST_MEASURES if name in metric.measures and name in cost_gaps)
        if costs or len(platforms) < len(reports):
            found.setdefault((platforms, costs), []).append(key)
    return tuple(Basis(*rows, tuple(keys)) for rows, keys in found.items())
