"""What the glossary adds to the catalogue of metrics: headings, and why a metric is defined as it is."""

from typing import Final

from kpi.metrics import Metric
from kpi.schema import ACQUISITION_SPEND, MONEY, STORE

#: The headings in their order.
GROUPS: Final = (
    "What happened",
    "Money",
    "Rates",
    "Costs",
    "Returns",
    "The shop’s own figures",
    "Shares of the whole",
)


def group(metric: Metric) -> str:
    """The heading that `metric` is listed under; it follows from the formula, so that a new metric has one."""
    if metric.of_whole:
        return "Shares of the whole"
    if not metric.measures.isdisjoint(STORE):
        return "The shop’s own figures"
    if not metric.by:
        return "Money" if metric.unit == "money" else "What happened"
    if metric.measures.isdisjoint(MONEY):
        return "Rates"
    cost = metric.over in (("spend",), (ACQUISITION_SPEND,)) and metric.unit == "unit_money"
    return "Costs" if cost else "Returns"


#: Why a metric is defined so, where its definition does not say it. Sentences that name a metric which is hidden from a
#: reader are left out for them (components.spec).
WHY: Final[dict[str, str]] = {
    "reach": "A person seen on two days or by two platforms is counted twice, and no export says how often that was.",
    "conversions": "Each platform counts by its own rules, and two may claim the same order: it is what is claimed, "
    "not what the shop sold.",
    "new_customers": "Winning a customer and selling to a known one are different work, and cost differently.",
    "spend": "More is neither better nor worse by itself: what it brings decides.",
    "revenue": "It is what the platforms claim. The shop’s own books say what was sold.",
    "ctr": "Of impressions, not of people, because people cannot be added up.",
    "cvr": "Of clicks, because whoever did not come to the shop could not order there.",
    "frequency": "An average that hides what it does not know would look exact. This one says on which side it errs.",
    "cpm": "Per thousand, as media is bought and sold.",
    "cpa": "Orders of known customers are in it: it does not say what a new customer costs.",
    "cac": "Only what changes with the ads: a budget decision compares ad money with what it brings. An audience that "
    "are customers already would look the dearest of all: ROI and profit per order judge it.",
    "aov": "Per order, not per customer: a customer may order twice.",
    "roas": "Averaging the rows’ ROAS would let a campaign of ten dollars weigh as much as one of a million.",
    "contribution": "It is what there is to pay for ads from.",
    "profit": "A profit that leaves the ads out shows a company in profit while it loses money.",
    "margin": "Of revenue, so that platforms of different size compare.",
    "roi": "A return must be of what is left, or the goods would count as earned.",
    "breakeven_roas": "It turns a ROAS into a verdict: above it the ads pay, below it they do not.",
    "ltv": "Twelve months, because a longer horizon is mostly a forecast. Margin, because revenue "
    "does not pay for ads.",
    "ltv_cac": "The sum of the margins is divided by the sum of the spend that can win a customer, so customers that "
    "never come back count too.",
    "payback_months": "The sources tell the sum of twelve months and not its course; an even pace is the plainest "
    "assumption.",
    "store_revenue": "What platforms claim overlaps and can be more than there was; the shop counts each order once.",
    "store_returns": "By the day of the refund, as the bank sees it: the days of a sale do not change afterwards.",
    "contribution_after_marketing": "Profit rests on what the platforms claim. This rests on nothing but what was "
    "sold, so it is what the advertising can be held against at the end of a month.",
    "cam_margin": "Of net sales, so that months of different size compare.",
    "mer": "It cannot be claimed twice. It says nothing of a single platform.",
    "blended_cac": "The platforms’ own figure divides by the customers that they claim; this one by those that came.",
    "new_roas": "Growth is paid by new customers. A ROAS of all orders counts those who were customers already.",
    "profit_share": "Shares of a sum with losses in it add up to more than all of it, and mislead.",
}
