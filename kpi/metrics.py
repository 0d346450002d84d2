"""The catalogue: every metric is a sum, or a sum divided by a sum.

Label, formula, unit, direction and definition stand here alone; cards, headers, tooltips, exports and the glossary read
them from `METRICS`. A formula is data: `over` names the measures that are added (or, with a leading "-", taken away),
`by` those they are divided by. Adding a metric is one entry.
"""

from dataclasses import dataclass
from typing import Final, Literal

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
    "revenue": "revenue",
    "cogs": "cost of goods",
    "variable_costs": "variable costs",
    "lifetime_margin": "lifetime margin",
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
            return f"{over} / {over} of the whole selection"
        if self.scale != 1:
            over = f"{self.scale:,.0f} × {over}"
        if not self.by:
            return over
        return f"{_bracket(over, self.over)} / {_bracket(_words(self.by), self.by)}"

    @property
    def is_difference(self) -> bool:
        """Whether measures are taken away, so that the value may be below zero."""
        return any(part.startswith("-") for part in self.over)

    @property
    def measures(self) -> frozenset[str]:
        """The columns of the fact table this metric reads."""
        return frozenset(part.removeprefix("-") for part in (*self.over, *self.by))


def _words(parts: tuple[str, ...]) -> str:
    words = ""
    for part in parts:
        sign = " − " if part.startswith("-") else " + "
        words += (sign if words else "") + MEASURE_LABELS[part.removeprefix("-")]
    return words


def _bracket(words: str, parts: tuple[str, ...]) -> str:
    return f"({words})" if len(parts) > 1 else words


_CONTRIBUTION = ("revenue", "-cogs", "-variable_costs")
_PROFIT = (*_CONTRIBUTION, "-spend")

_CATALOGUE: Final = (
    Metric("impressions", "Impressions", "count", "up", "How often an ad was shown.", ("impressions",)),
    Metric(
        "reach",
        "Reach",
        "people",
        "up",
        "People who saw an ad. People cannot be added up across days, campaigns or platforms: the true figure lies "
        "between the largest single row and the sum, so it is shown as “at most” the sum.",
        ("reach",),
    ),
    Metric("clicks", "Clicks", "count", "up", "Clicks on an ad's link, to the shop.", ("clicks",)),
    Metric("engagements", "Engagements", "count", "up", "Likes, comments, shares, saves and clicks.", ("engagements",)),
    Metric(
        "conversions",
        "Conversions",
        "count",
        "up",
        "Orders that the platforms attribute to their ads; a platform may attribute a part of an order.",
        ("conversions",),
    ),
    Metric(
        "new_customers",
        "New customers",
        "count",
        "up",
        "Attributed orders that were a customer's first.",
        ("new_customers",),
    ),
    Metric("spend", "Spend", "money", "neither", "What the platforms charged for the ads.", ("spend",)),
    Metric("revenue", "Revenue", "money", "up", "Order value that the platforms attribute to their ads.", ("revenue",)),
    Metric(
        "ctr",
        "Click-through rate",
        "percent",
        "up",
        "Share of impressions that were clicked.",
        ("clicks",),
        ("impressions",),
        decimals=2,
        short="CTR",
    ),
    Metric(
        "cvr",
        "Conversion rate",
        "percent",
        "up",
        "Share of clicks that led to an order.",
        ("conversions",),
        ("clicks",),
        decimals=2,
        short="Conv. rate",
    ),
    Metric(
        "engagement_rate",
        "Engagement rate",
        "percent",
        "up",
        "Share of impressions that people engaged with.",
        ("engagements",),
        ("impressions",),
        decimals=2,
        short="Eng. rate",
    ),
    Metric(
        "frequency",
        "Frequency (at least)",
        "ratio",
        "neither",
        "How often a person reached saw an ad. Reach is an upper bound, so this is a lower one.",
        ("impressions",),
        ("reach",),
        decimals=2,
    ),
    Metric(
        "cpc",
        "Cost per click",
        "unit_money",
        "down",
        "What one click cost.",
        ("spend",),
        ("clicks",),
        decimals=2,
        short="CPC",
    ),
    Metric(
        "cpm",
        "Cost per thousand impressions",
        "unit_money",
        "down",
        "What a thousand impressions cost.",
        ("spend",),
        ("impressions",),
        scale=1000,
        decimals=2,
        short="CPM",
    ),
    Metric(
        "cpa",
        "Cost per acquisition",
        "unit_money",
        "down",
        "Ad spend for one attributed order, of a new or a known customer.",
        ("spend",),
        ("conversions",),
        decimals=2,
        short="CPA",
    ),
    Metric(
        "cac",
        "Customer acquisition cost (paid)",
        "unit_money",
        "down",
        "Ad spend for one new customer. Salaries, tools and agencies are not in it.",
        ("spend",),
        ("new_customers",),
        decimals=2,
        short="CAC (paid)",
    ),
    Metric(
        "aov",
        "Average order value",
        "unit_money",
        "up",
        "Attributed revenue of one attributed order.",
        ("revenue",),
        ("conversions",),
        decimals=2,
        short="Order value",
    ),
    Metric(
        "roas",
        "Weighted ROAS",
        "ratio",
        "up",
        "Attributed revenue for each unit of spend. Summed first and then divided, which is the mean of the rows' "
        "ROAS weighted by spend. Costs are not in it: see ROI for what is earned.",
        ("revenue",),
        ("spend",),
        decimals=2,
        short="ROAS",
    ),
    Metric(
        "gross_profit",
        "Gross profit",
        "money",
        "up",
        "Revenue less the cost of the goods sold.",
        ("revenue", "-cogs"),
    ),
    Metric(
        "contribution",
        "Contribution before ads",
        "money",
        "up",
        "Revenue less goods and variable costs (fulfilment, payment and marketplace fees, returns), before ad spend.",
        _CONTRIBUTION,
        short="Contribution",
    ),
    Metric(
        "profit",
        "Profit (after ad spend)",
        "money",
        "up",
        "What is left of revenue after goods, variable costs and the ads themselves.",
        _PROFIT,
        short="Profit",
    ),
    Metric(
        "margin",
        "Profit margin",
        "percent",
        "up",
        "Profit after ad spend as a share of revenue.",
        _PROFIT,
        ("revenue",),
        decimals=1,
        short="Margin",
    ),
    Metric(
        "roi",
        "ROI",
        "percent",
        "up",
        "Profit after ad spend for each unit of spend. Not ROAS − 1: goods and variable costs are deducted too.",
        _PROFIT,
        ("spend",),
        decimals=1,
    ),
    Metric(
        "profit_per_conversion",
        "Profit per conversion",
        "unit_money",
        "up",
        "Profit after ad spend of one attributed order.",
        _PROFIT,
        ("conversions",),
        decimals=2,
        short="Profit / conv.",
    ),
    Metric(
        "breakeven_roas",
        "Break-even ROAS",
        "ratio",
        "down",
        "The ROAS at which contribution just pays for the ads. Below it, every order loses money.",
        ("revenue",),
        _CONTRIBUTION,
        decimals=2,
        short="Break-even",
    ),
    Metric(
        "ltv",
        "Lifetime value (12-month margin)",
        "unit_money",
        "up",
        "Contribution before ads expected from one new customer in 12 months, the first order included.",
        ("lifetime_margin",),
        ("new_customers",),
        decimals=2,
        short="LTV (12 m)",
    ),
    Metric(
        "ltv_cac",
        "LTV : CAC",
        "ratio",
        "up",
        "12-month margin of the new customers for each unit of spend. Below 1 the ads are not repaid within a year.",
        ("lifetime_margin",),
        ("spend",),
        decimals=2,
    ),
    Metric(
        "payback_months",
        "Payback period",
        "months",
        "down",
        "Months until a new customer's margin repays what it cost to win them, at an even pace over 12 months.",
        ("spend",),
        ("lifetime_margin",),
        scale=12,
        decimals=1,
        short="Payback",
    ),
    Metric(
        "spend_share",
        "Share of spend",
        "percent",
        "neither",
        "This part's spend as a share of the spend of the whole selection.",
        ("spend",),
        of_whole=True,
        decimals=1,
    ),
    Metric(
        "revenue_share",
        "Share of revenue",
        "percent",
        "neither",
        "This part's revenue as a share of the revenue of the whole selection.",
        ("revenue",),
        of_whole=True,
        decimals=1,
    ),
    Metric(
        "conversion_share",
        "Share of conversions",
        "percent",
        "neither",
        "This part's conversions as a share of the conversions of the whole selection.",
        ("conversions",),
        of_whole=True,
        decimals=1,
    ),
    Metric(
        "profit_share",
        "Share of profit",
        "percent",
        "up",
        "This part's profit as a share of the whole selection's profit. It exists only where every part makes one: "
        "a loss has no share of a whole.",
        _PROFIT,
        of_whole=True,
        decimals=1,
    ),
)

METRICS: Final[dict[str, Metric]] = {metric.key: metric for metric in _CATALOGUE}
