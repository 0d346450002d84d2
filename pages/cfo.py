"""CFO: what the ads cost, what they earn after all costs, and where the money is made and lost."""

from components.callouts import callouts
from components.cards import cards
from components.company_cards import account, company_cards
from components.figures.bars import bars
from components.figures.bridge import waterfall
from components.figures.heatmap import heatmap
from components.figures.objective import objective
from components.figures.pie import pie
from components.figures.reconciliation import reconciliation
from components.figures.trend import trend
from components.headline import sentence
from components.tables import table
from components.visuals import Page, alternatives, chapter, fold
from kpi.insights import pockets

_PLATFORM = ("platform",)
_POCKET = ("segment", "region")
_SUMMARY = (
    "impressions",
    "clicks",
    "conversions",
    "spend",
    "revenue",
    "profit",
    "ctr",
    "cvr",
    "cpa",
    "roas",
    "roi",
    "margin",
)

CFO = Page(
    "cfo",
    "cfo",
    "CFO dashboard",
    "What the ads cost, what is left after goods, fees and the ads themselves, and where money is made and lost.",
    (
        *chapter(
            "The shop’s own figures",
            company_cards(
                "banked-cards",
                "The shop’s own figures",
                "By the shop’s own books: what is left in the bank after the advertising?",
                ("store_revenue", "contribution_after_marketing", "cam_margin", "blended_cac", "new_roas", "mer"),
                account,
                (
                    *("store_orders", "store_new_customers", "store_new_revenue", "store_discounts", "store_returns"),
                    *("store_cogs", "store_fees", "spend", "other_marketing"),
                ),
            ),
        ),
        *chapter(
            "Result",
            cards(
                "core-cards",
                "Core figures",
                "Does the advertising pay, after all costs?",
                ("revenue", "spend", "profit", "margin", "roi", "cac", "profit_per_conversion"),
                instead={
                    **{"revenue": "clicks", "profit": "roas", "margin": "conversions", "roi": "cpa", "cac": "aov"},
                    **{"profit_per_conversion": "cpc"},
                },
            ),
            trend(
                "financial-trend",
                "Attributed revenue, spend and profit",
                "Does profit follow when spend moves?",
                ("revenue", "spend", "profit"),
                "Money",
                area="profit",
                per=True,
                height=240,
            ),
            *fold(
                waterfall(
                    "profit-bridge",
                    "Where the change of profit came from",
                    "Which factors made profit rise or fall, and by how much each?",
                )
            ),
        ),
        *chapter(
            "Claimed and banked",
            reconciliation(
                "reconciliation",
                "Claimed and banked",
                "Do the platforms claim more than the shop sold?",
                width=12,
                height=204,
            ),
        ),
        *chapter(
            "Platforms",
            *alternatives(
                "Columns",
                {
                    "Unit economics": table(
                        "unit-economics",
                        "Unit economics by platform",
                        "What does an order cost and bring on each platform?",
                        _PLATFORM,
                        ("cpa", "cac", "aov", "roas", "breakeven_roas", "margin"),
                        gradient=("cpa", "cac", "roas", "margin"),
                        width=7,
                    ),
                    "Cost efficiency": table(
                        "cost-efficiency",
                        "Cost efficiency by platform",
                        "What does attention, an order and a new customer cost on each platform?",
                        _PLATFORM,
                        ("cpc", "cpm", "cpa", "cac"),
                        gradient=("cpc", "cpm", "cpa", "cac"),
                        width=5,
                    ),
                    "Summary": table(
                        "platform-summary",
                        "Platform summary",
                        "How does each platform stand, from impression to profit?",
                        _PLATFORM,
                        _SUMMARY,
                        gradient=("profit", "ctr", "cvr", "cpa", "roas", "roi", "margin"),
                    ),
                },
            ),
            *fold(
                heatmap(
                    "profit-heatmap",
                    "Profit by platform and region",
                    "Which pairs of channel and market lift the result, which drag it down?",
                    ("platform", "region"),
                    "profit",
                    width=6,
                ),
                objective(
                    "objective-efficiency",
                    "Budget and ROI by objective",
                    "Does the money go to the objectives that return it?",
                    width=6,
                ),
                bars(
                    "margin-by-platform",
                    "Profit margin by platform",
                    "What share of each platform's revenue is left?",
                    "platform",
                    "margin",
                    width=4,
                ),
                pie(
                    "spend-share",
                    "Share of spend",
                    "Where does the money go?",
                    "platform",
                    "spend",
                    "spend_share",
                    width=4,
                ),
                pie(
                    "profit-share",
                    "Share of profit",
                    "Where is the profit made?",
                    "platform",
                    "profit",
                    "profit_share",
                    width=4,
                ),
            ),
        ),
        *chapter(
            "Customers",
            *fold(
                callouts(
                    "advanced-insight",
                    "Strongest and weakest pocket",
                    "Which audience in which market repays best, and which worst, by what its ads are for?",
                    needs=(_POCKET,),
                    metrics=("ltv_cac", "payback_months", "roi", "profit_per_conversion", "profit", "spend"),
                    find=lambda page_data: pockets(page_data.now[_POCKET], page_data.sums[_POCKET], page_data.formats),
                    nothing="No two pockets here can be compared. Loosen the segment or region filter.",
                    width=12,
                ),
                table(
                    "advanced-metrics",
                    "Value of a customer by segment and region",
                    "Where do new customers repay what they cost, and how soon?",
                    _POCKET,
                    ("profit_per_conversion", "roi", "ltv_cac", "payback_months"),
                    gradient=("profit_per_conversion", "roi", "ltv_cac", "payback_months"),
                    width=7,
                ),
                bars(
                    "regional-roi",
                    "ROI by region",
                    "Which regions earn more than the portfolio, which less?",
                    "region",
                    "roi",
                    lying=True,
                    width=5,
                    height=360,
                ),
            ),
        ),
    ),
    headline=sentence(
        leads=("profit", "revenue", "conversions"), drivers=("spend", "revenue", "roas", "clicks", "cvr")
    ),
)
