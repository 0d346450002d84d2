"""The fact table: one row is one day × account × campaign × region × device × segment.

Filter bar, address, engines, importers and demo data all iterate over these names; a new dimension or measure is one
line here. Text columns never hold null (what a source does not report is `UNKNOWN`); a measure that a source does not
report is null, never 0.
"""

from collections.abc import Iterable
from typing import Final

DATE: Final = "date"
UNKNOWN: Final = "Unknown"

#: What a reader can filter and group by, with its label; the order is that of the filter bar and of the address.
DIMENSIONS: Final[dict[str, str]] = {
    "platform": "Platform",
    "region": "Region",
    "objective": "Objective",
    "device": "Device",
    "segment": "Audience segment",
    "campaign": "Campaign",
}

#: How the keys of a company's own dimensions begin (kpi.own_dimensions), so that they shadow none of these.
OWN: Final = "x."

#: Text that identifies a row beside the dimensions; not filtered by.
IDENTIFIERS: Final = ("account", "campaign_id")

#: Whole numbers, never negative. `reach` counts people within its row only, so its sum is an upper bound.
COUNTS: Final = ("impressions", "clicks", "engagements", "reach")

#: Sums that may be fractional: a platform attributes parts of an order.
EVENTS: Final = ("conversions", "new_customers")

#: Sums of money in the table's one currency.
MONEY: Final = ("spend", "revenue", "cogs", "variable_costs", "lifetime_margin")

MEASURES: Final = COUNTS + EVENTS + MONEY

#: What rows of existing customers have no value of (kpi.retention): their spend buys no first order.
OF_NEW_CUSTOMERS: Final = ("new_customers", "lifetime_margin")

#: The spend of all other rows, which new customers cost. No table has it: it follows from a row's dimensions.
ACQUISITION_SPEND: Final = "acquisition_spend"

#: What is added up.
SUMMED: Final = (*MEASURES, ACQUISITION_SPEND)

#: What the shop itself tells of a day, for the whole company: no row of the fact table has it, no dimension splits it.
STORE_COUNTS: Final = ("store_orders", "store_new_customers")
STORE_MONEY: Final = (
    "store_revenue",
    "store_new_revenue",
    "store_returns",
    "store_discounts",
    "store_cogs",
    "store_fees",
    "other_marketing",
)
STORE: Final = STORE_COUNTS + STORE_MONEY

#: What a roll-up has beside them: how many rows a row of its stands for, and the largest reach of one of those.
ROLLED: Final = ("rows", "reach_floor")

TEXT: Final = (*DIMENSIONS, *IDENTIFIERS)
COLUMNS: Final = (DATE, *TEXT, *MEASURES)

#: Values are shown in this order, any others after them by name; `UNKNOWN` comes last.
ORDER: Final[dict[str, tuple[str, ...]]] = {
    "platform": ("Meta", "Google", "Amazon", "TikTok", "Other"),
    "region": ("North America", "Europe", "Asia Pacific", "Latin America"),
    "objective": ("Awareness", "Consideration", "Conversion", "Retention"),
    "device": ("Mobile", "Desktop", "Tablet", "TV"),
    "segment": ("Prospecting", "Retargeting", "Loyal customers"),
}


def is_own(dimension: str) -> bool:
    """Whether a dimension is a company's own."""
    return dimension.startswith(OWN)


def label_of(dimension: str) -> str:
    """What a dimension is called on a page; `x.funnel_stage` is “Funnel stage”."""
    if is_own(dimension):
        words = dimension.removeprefix(OWN).replace("_", " ")
        return words[:1].upper() + words[1:]
    return DIMENSIONS[dimension]


def in_order(dimension: str, values: Iterable[str]) -> tuple[str, ...]:
    """`values` of `dimension` in the order in which they are shown."""
    known = {value: place for place, value in enumerate(ORDER.get(dimension, ()))}
    last = len(known)
    return tuple(
        sorted(set(values), key=lambda value: (value == UNKNOWN, known.get(value, last), value.casefold(), value))
    )
