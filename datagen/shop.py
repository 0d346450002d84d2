"""What the demo shop sold, day by day: `business_daily`, next to what the platforms claim.

The shop knows each order once; the platforms claim by their own rules, and two that touched one buyer both claim it.
So of each platform's claims only a share are orders that the shop has for it (`BANKED`: least where views count,
most where the sale is made on the platform), and more overlap the more is advertised at once. Orders that no platform
touched come on top (`UNPAID`: direct, search, mail). An outage of a platform's tracking takes its claims, not the
shop's sales. The claims of all platforms come to about 1.2 times what the shop sold.

First orders are a little smaller than others (`FIRST_ORDER`). Beside the ads there are an agency, paid by the month,
and affiliates, who have a share of first orders. The shop sells on its own site and on Amazon.
"""

from calendar import monthrange
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datagen.campaigns import PLATFORMS
from datagen.company import FIRST_ORDERS, SHOP, Company, stream
from datagen.simulate import CAMPAIGN_OF, plan, simulate
from datagen.table import EPOCH
from kpi.schema import DATE

Array = npt.NDArray[np.float64]

#: Of a platform's claims the share that the shop has as orders of its own: Meta, Google, Amazon, TikTok.
BANKED: Final = (0.52, 0.67, 0.84, 0.42)
#: Orders without any ad, as a share of the banked ones in an ordinary week.
UNPAID: Final = 0.22
#: The log standard deviation of a day's share of unpaid orders, and of what is banked.
_NOISE: Final = (0.08, 0.025)
_LEAST_TRACKED: Final = 0.05

#: What a first order comes to, as a share of what an order of the same ad does, and a day's log standard deviation.
FIRST_ORDER: Final = (0.93, 0.02)
#: Discounts and returns as shares of net sales.
DISCOUNTS: Final = 0.07
RETURNS: Final = 0.05
#: The agency's $ a month, and the affiliates' share of first orders.
AGENCY: Final = 24_000.0
AFFILIATES: Final = 0.02
CHANNELS: Final = "Amazon, Online store"

COUNTS: Final = ("orders", "new_orders", "new_customers")
MONEY: Final = (
    "revenue",
    "new_revenue",
    "discounts",
    "returns",
    "gross_profit",
    "cogs",
    "fees",
    "other_marketing",
)
SCHEMA: Final = pa.schema(
    [(DATE, pa.date32())]
    + [(name, pa.int64()) for name in COUNTS]
    + [(name, pa.float64()) for name in MONEY]
    + [("currency", pa.string()), ("channels", pa.string())]
)


def shop(company: Company, first: int, last: int) -> pa.Table:
    """Days `first` to `last` (ordinals, both included), one row each; revenue is net of discounts and returns, $."""
    days = [_day(company, day) for day in range(first, last + 1)]
    columns = {name: [day[name] for day in days] for name in (*COUNTS, *MONEY)}
    dates = pa.array(np.arange(first - EPOCH, last + 1 - EPOCH).astype("int32"), pa.int32()).cast(pa.date32())
    texts = {"currency": ["USD"] * len(days), "channels": [CHANNELS] * len(days)}
    return pa.table({DATE: dates, **columns, **texts}, schema=SCHEMA)


def truth_of_shop() -> dict[str, object]:
    """What is planted in the shop's days, for truth.json."""
    return {
        "banked": dict(zip(PLATFORMS, BANKED, strict=True)),
        "unpaid": UNPAID,
        "first_order_value": FIRST_ORDER[0],
        "discounts": DISCOUNTS,
        "returns": RETURNS,
        "agency_a_month": AGENCY,
        "affiliates": AFFILIATES,
        "channels": CHANNELS.split(", "),
    }


def _day(company: Company, day: int) -> dict[str, float]:
    made, planned = simulate(company, day), plan(company, day)
    draws = stream(company.seed, SHOP, day).normal(size=len(PLATFORMS) + 3)
    # What would have been claimed with every order tracked: an outage is the platform's, not the shop's.
    tracked = np.maximum(planned.levers["tracked"], _LEAST_TRACKED)
    pressed = planned.spend.sum() / company.budget.sum()
    overlap = np.clip(1.06 - 0.06 * pressed, 0.85, 1.05)
    banked = np.asarray(BANKED) * overlap * np.exp(_NOISE[1] * draws[: len(PLATFORMS)])
    share = banked[company.platform][CAMPAIGN_OF] / tracked
    unpaid = UNPAID * np.exp(_NOISE[0] * draws[-1])

    def shop_sum(values: Array, more: float = 1.0) -> float:
        return float((values * share).sum() * (1 + unpaid * more))

    revenue = round(shop_sum(made["revenue"]), 2)
    orders = round(shop_sum(made["conversions"]))
    new = min(round(shop_sum(made["new_customers"], 0.5)), orders)
    cogs = round(shop_sum(made["cogs"]), 2)
    claimed = np.maximum(made["conversions"], 1e-9)
    first_orders = made["revenue"] * made["new_customers"] / claimed
    size = FIRST_ORDER[0] * float(np.exp(FIRST_ORDER[1] * stream(company.seed, FIRST_ORDERS, day).normal()))
    new_revenue = round(min(shop_sum(first_orders, 0.5) * size, revenue), 2)
    of_month = date.fromordinal(day)
    return {
        "orders": orders,
        "new_orders": new,
        "new_customers": new,
        "revenue": revenue,
        "new_revenue": new_revenue,
        "discounts": round(revenue * DISCOUNTS * float(np.exp(0.15 * draws[-2])), 2),
        "returns": round(revenue * RETURNS * float(np.exp(0.12 * draws[-3])), 2),
        "gross_profit": round(revenue - cogs, 2),
        "cogs": cogs,
        "fees": round(shop_sum(made["variable_costs"]), 2),
        "other_marketing": round(AGENCY / monthrange(of_month.year, of_month.month)[1] + AFFILIATES * new_revenue, 2),
    }
