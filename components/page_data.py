"""`PageData`: everything that the visuals of a page read for one query. Each visual is a function of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from components.address import Query, write
from kpi.caveats import Caveats
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.own_dimensions import NO_OWN, OwnValues
from kpi.schema import ACQUISITION_SPEND
from kpi.selection import Grouping, Selection
from kpi.units import SHORTENED, USUAL, decimals

TOTAL: Final[Grouping] = ()
NO_CAVEATS: Final = Caveats(USUAL)


@dataclass(frozen=True, eq=False)
class Course:
    """A metrics frame over time in few points, and for each point in words which days it is of."""

    frame: pd.DataFrame
    days: tuple[str, ...] = ()


NO_COURSE: Final = Course(pd.DataFrame())


@dataclass(frozen=True, eq=False)
class Means:
    """Metrics frames of seven-day means, now and of the baseline; `short` counts those of fewer days with rows."""

    now: pd.DataFrame
    before: pd.DataFrame | None
    short: int


@dataclass(frozen=True, eq=False)
class Company:
    """Metrics frames of the whole company, whatever is filtered, over the days that both platforms and shop report.

    `now` and `before` have one row, `months` one a calendar month, `claims` one a month and platform; `spark` and
    `spark_before` are the courses over time. `days` is the number of days, `start` and `end` their ends, `days_before`
    the number of those compared. `outside` is the spend of marketplaces whose sales are not among the shop's, `gaps` on
    how many days the shop's days lack a measure (kpi.company).
    `labels` are of metrics that are called otherwise here, in full and in short; `with_tax` says that net sales are
    not net.
    """

    days: int
    start: date
    end: date
    now: pd.DataFrame
    before: pd.DataFrame | None
    months: pd.DataFrame
    claims: pd.DataFrame
    spark: Course
    spark_before: Course
    days_before: int = 0
    outside: Mapping[str, float] = field(default_factory=dict)
    gaps: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    with_tax: bool = False

    def partly(self, selection: Selection, formats: Formats) -> str:
        """A sentence where it does not cover all days of a selection, else ""."""
        if self.days == selection.days:
            return ""
        days = "1 day" if self.days == 1 else f"{formats.number(self.days)} days"
        return (
            f"The shop’s days tell of {days} of the {formats.number(selection.days)} chosen, "
            f"{formats.days(self.start, self.end)}: claims and spend are compared over these."
        )


@dataclass(frozen=True)
class PageData:
    """`now` and `before` hold a metrics frame (kpi.evaluate) for each grouping that the page needs, `sums` the totals
    frame that `now` is made of: what is said of several rows together is added up there and then divided.

    `around` holds those of all campaigns of all platforms, `before` those of the baseline, over time those of the
    baseline of lines; it is empty where there is none. `spark` and `spark_before` are the courses over time,
    `reach_floor` is the largest single row's reach. `company` is None for whom or where it does not exist;
    `no_company` says why. `means` are the seven-day means where they are asked for, `sums_before` the
    totals frames of `before`. `own` has the values of campaigns in the company's own dimensions. `platforms` is the
    totals frame by platform where some metrics are worked out of some rows only (kpi.basis), `platforms_before` that of
    the baseline.
    """

    query: Query
    selection: Selection
    baseline: Selection | None
    line_baseline: Selection | None
    now: Mapping[Grouping, pd.DataFrame]
    sums: Mapping[Grouping, pd.DataFrame]
    before: Mapping[Grouping, pd.DataFrame]
    spark: Course
    spark_before: Course = NO_COURSE
    reach_floor: float | None = None
    formats: Formats = USUAL
    company: "Company | None" = None
    no_company: str = ""
    around: Mapping[Grouping, pd.DataFrame] = field(default_factory=dict)
    caveats: Caveats = NO_CAVEATS
    means: Means | None = None
    sums_before: Mapping[Grouping, pd.DataFrame] = field(default_factory=dict)
    own: OwnValues = NO_OWN
    platforms: pd.DataFrame | None = None
    platforms_before: pd.DataFrame | None = None

    @cached_property
    def spend_and_acquisition(self) -> tuple[float | None, float | None]:
        """The selection's spend, and what of it can win customers."""
        whole = self.sums[TOTAL]
        spend, acquisition = (number(whole[name].iloc[0]) for name in ("spend", ACQUISITION_SPEND))
        return spend, acquisition

    @property
    def longer(self) -> float:
        """By which factor the selection has more days than its baseline; 1 where there is none."""
        return self.selection.days / self.baseline.days if self.baseline else 1.0

    def company_knows(self, metric: str) -> bool:
        """Whether the whole company is chosen, and the shop tells `metric` of all its days."""
        company = self.company
        if company is None or self.query.only or company.days != self.selection.days:
            return False
        return number(company.now[metric].iloc[0]) is not None

    def narrow_query(self, pairs: tuple[tuple[str, str], ...]) -> str:
        """The canonical query that filters to `pairs` on top of what is chosen."""
        return write(self.query.narrow(pairs))


def number(value: Any) -> float | None:
    """A float, or None where there is no value."""
    return None if value is None or value != value else float(value)


def exact(metric: str, value: Any) -> float | int | None:
    """Full precision for files and cards: whole where the metric counts and the value is whole, None where missing."""
    plain = number(value)
    if plain is not None and METRICS[metric].unit in ("count", "people") and plain.is_integer():
        return int(plain)
    return plain


def days_of(frame: pd.DataFrame) -> list[date]:
    """The days of a frame that is indexed by day or period."""
    return frame.index.to_numpy().astype("datetime64[D]").tolist()


def block(frame: pd.DataFrame, metrics: Sequence[str]) -> NDArray[np.float64]:
    """The values of `metrics` of a metrics frame, one row a metric; NaN where there is no value."""
    return frame.to_numpy()[:, [frame.columns.get_loc(metric) for metric in metrics]].T


def table_figures(values: NDArray[np.float64]) -> Any:
    """Lists of figures for tables, to twelve digits and never less than cents: more than is shown."""
    known = np.abs(np.where(np.isnan(values) | (values == 0), 1.0, values))
    scale = 10.0 ** np.clip(11 - np.floor(np.log10(known)), 2, 22)
    return (np.rint(values * scale) / scale).tolist()


def chart_figures(frame: pd.DataFrame, metric: str) -> list[float | int | None]:
    """A metrics frame's column as a chart draws it and its hover shows it, None where missing: rates to five decimals,
    amounts and counts to cents, or whole where some are thousands.
    """
    values = block(frame, (metric,))[0]
    if METRICS[metric].unit in ("percent", "ratio"):
        decimals = 5
    else:
        decimals = 2 if np.nanmax(np.abs(values), initial=0.0) < 1000 else 0
    whole = int if decimals == 0 else float
    return [None if value != value else whole(value) for value in np.round(values, decimals).tolist()]


def brief_figures(frame: pd.DataFrame, metric: str, formats: Formats) -> list[float | int | None]:
    """A metrics frame's column with the digits from which `brief` writes it, and no more; None where missing.

    Digits are cut off and not rounded: what is rounded twice may be written differently.
    """
    values = block(frame, (metric,))[0]
    known = np.where(np.isnan(values) | (values == 0), 1.0, np.abs(values))
    digits = decimals(metric, formats) + (3 if METRICS[metric].unit == "percent" else 1)
    places = np.full(len(values), float(digits))
    if METRICS[metric].unit in SHORTENED:
        places = np.where(known >= _SHORTENED_FROM, 3 - np.floor(np.log10(known)), places)
    scale = 10.0 ** np.abs(places)
    units = np.where(places < 0, values / scale, values * scale)
    whole = np.trunc(units * _CLOSE)
    cut = np.where(places < 0, whole * scale, whole / scale).tolist()
    return [None if value != value else int(value) if value.is_integer() else value for value in cut]


#: From here on amounts and counts are shortened; a product of floats may lie this much below a whole number.
_SHORTENED_FROM: Final = 999
_CLOSE: Final = 1 + 1e-14
