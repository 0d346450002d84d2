"""A metric’s formula as data: what is added up, what it is divided by, and the same in words."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from kpi.schema import ACQUISITION_SPEND, OF_NEW_CUSTOMERS

Unit = Literal["money", "unit_money", "count", "people", "percent", "ratio", "months"]
Better = Literal["up", "down", "neither"]

#: How the measures are called inside a formula that a person reads.
MEASURE_LABELS: Final[dict[str, str]] = {
    "impressions": "impressions",
    "clicks": "clicks",
    "engagements": "engagements",
    "reach": "reach",
    "conversions": "conversions",
    "new_customers": "new customers",
    "spend": "spend",
    "revenue": "attributed revenue",
    "cogs": "cost of goods",
    "variable_costs": "variable costs",
    "lifetime_margin": "lifetime margin",
    "store_revenue": "store net sales",
    "store_orders": "store orders",
    "store_new_customers": "store new customers",
    "store_new_revenue": "net sales of first orders",
    "store_returns": "store returns",
    "store_discounts": "store discounts",
    "store_cogs": "store cost of goods",
    "store_fees": "store fees",
    "other_marketing": "other marketing",
    ACQUISITION_SPEND: "acquisition spend",
}


@dataclass(frozen=True)
class Metric:
    """One metric: `scale` × sum(`over`) / sum(`by`), or the plain sum where `by` is empty.

    `of_whole` divides by the selection's sum of `over` instead (a share). `decimals` is what a table shows, `short`
    what stands where the label has no room.
    """

    key: str
    label: str
    unit: Unit
    better: Better
    definition: str
    over: tuple[str, ...]
    by: tuple[str, ...] = ()
    scale: float = 1.0
    of_whole: bool = False
    decimals: int = 0
    short: str = ""

    @property
    def formula(self) -> str:
        """The formula in words, e.g. ``(revenue − cost of goods − variable costs − spend) / spend``."""
        over = _words(self.over)
        if self.of_whole:
            over = _bracket(over, self.over)
            return f"{over} / {over} of the whole selection"
        if not self.by and self.scale == 1:
            return over
        over = _bracket(over, self.over)
        if self.scale != 1:
            over = f"{self.scale:,.0f} × {over}"
        return f"{over} / {_bracket(_words(self.by), self.by)}" if self.by else over

    @property
    def divisor(self) -> str:
        """What it is divided by, in words; "" where it is a sum."""
        return _words(self.by)

    @property
    def is_difference(self) -> bool:
        """Whether measures are taken away, so that the value may be below zero."""
        return any(part.startswith("-") for part in self.over)

    @cached_property
    def measures(self) -> frozenset[str]:
        """The columns of the fact table this metric reads."""
        return frozenset("spend" if part == ACQUISITION_SPEND else part for part in self.parts)

    @cached_property
    def of_new_customers(self) -> bool:
        """Whether it says something of new customers only, and leaves existing ones out (kpi.retention)."""
        return not self.parts.isdisjoint((ACQUISITION_SPEND, *OF_NEW_CUSTOMERS))

    @cached_property
    def parts(self) -> frozenset[str]:
        """The sums that it is made of."""
        return frozenset(part.removeprefix("-") for part in (*self.over, *self.by))


def _words(parts: tuple[str, ...]) -> str:
    words = ""
    for part in parts:
        sign = " − " if part.startswith("-") else " + "
        words += (sign if words else "") + MEASURE_LABELS[part.removeprefix("-")]
    return words


def _bracket(words: str, parts: tuple[str, ...]) -> str:
    return f"({words})" if len(parts) > 1 else words
