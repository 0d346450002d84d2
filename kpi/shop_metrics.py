"""The part of the catalogue that rests on the shop's own days: the whole company's, never split."""

from typing import Final

from kpi.formula import Metric

_AFTER_MARKETING = ("store_revenue", "-store_cogs", "-store_fees", "-spend", "-other_marketing")

SHOP_METRICS: Final = (
    Metric(
        "store_revenue",
        "Net sales",
        "money",
        "up",
        "What the shop sold by its own books, after discounts and returns and without tax, whoever brought the order. "
        "It is the whole company’s: filters other than dates do not apply to it.",
        ("store_revenue",),
    ),
    Metric(
        "store_orders",
        "Orders (shop)",
        "count",
        "up",
        "Orders in the shop’s own books, each counted once.",
        ("store_orders",),
    ),
    Metric(
        "store_new_customers",
        "New customers (shop)",
        "count",
        "up",
        "Customers whose first order the shop has in these days, whoever brought them.",
        ("store_new_customers",),
    ),
    Metric(
        "store_new_revenue",
        "Net sales of first orders",
        "money",
        "up",
        "What new customers’ first orders came to in the shop’s own books.",
        ("store_new_revenue",),
        short="First orders",
    ),
    Metric(
        "store_returns",
        "Returns (shop)",
        "money",
        "down",
        "What the shop paid back, by the day of the refund. Net sales are after it.",
        ("store_returns",),
    ),
    Metric(
        "store_discounts",
        "Discounts (shop)",
        "money",
        "neither",
        "What the shop took off its prices. Net sales are after it.",
        ("store_discounts",),
    ),
    Metric(
        "store_cogs",
        "Cost of goods (shop)",
        "money",
        "neither",
        "What the goods that the shop sold had cost.",
        ("store_cogs",),
    ),
    Metric(
        "store_fees",
        "Fees (shop)",
        "money",
        "neither",
        "What the shop paid for fulfilment, payment and sales channels.",
        ("store_fees",),
    ),
    Metric(
        "other_marketing",
        "Other marketing",
        "money",
        "neither",
        "Marketing beside the ads: agencies, affiliates, creative work, as the shop’s days have it.",
        ("other_marketing",),
    ),
    Metric(
        "contribution_after_marketing",
        "Contribution after marketing",
        "money",
        "up",
        "What is left of the shop’s net sales after goods, fees, ad spend and other marketing: what the bank sees, "
        "whatever the platforms claim. It is the whole company’s.",
        _AFTER_MARKETING,
        short="Left after marketing",
    ),
    Metric(
        "cam_margin",
        "Margin after marketing",
        "percent",
        "up",
        "What is left of the shop’s net sales after goods, fees and all marketing, as a share of them. It is the whole "
        "company’s.",
        _AFTER_MARKETING,
        ("store_revenue",),
        decimals=1,
    ),
    Metric(
        "mer",
        "Marketing efficiency ratio",
        "ratio",
        "up",
        "What the shop sold for each unit of ad spend on all platforms. It is the whole company’s: filters other than "
        "dates do not apply to it.",
        ("store_revenue",),
        ("spend",),
        decimals=2,
        short="MER",
    ),
    Metric(
        "blended_cac",
        "Blended CAC",
        "unit_money",
        "down",
        "All ad spend for one new customer of the shop, whichever platform claims them: no order is claimed twice, and "
        "spend on existing customers is in it. It is the whole company’s.",
        ("spend",),
        ("store_new_customers",),
        decimals=2,
    ),
    Metric(
        "new_roas",
        "New-customer ROAS",
        "ratio",
        "up",
        "Net sales of first orders for each unit of ad spend: what the ads bring where customers who would have come "
        "back anyway do not count. It is the whole company’s.",
        ("store_new_revenue",),
        ("spend",),
        decimals=2,
    ),
    Metric(
        "overclaim",
        "Over-claim factor",
        "ratio",
        "neither",
        "What the platforms claim together for each unit that the shop sold. Above 1 they claim more than there was; "
        "below 1 they may still claim orders that would have come anyway.",
        ("revenue",),
        ("store_revenue",),
        decimals=2,
        short="Over-claim",
    ),
)
