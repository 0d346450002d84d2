"""CMO: how far the ads reach, who responds, on which device, in which region and segment."""

from components.cards import cards
from components.company_cards import claims_and_banked, company_cards
from components.figures.funnel import funnel
from components.figures.pie import pie
from components.figures.spend_conversions import spend_conversions
from components.figures.trend import trend
from components.headline import sentence
from components.tables import ranking, table
from components.visuals import Page, Visual
from kpi.schema import label_of

_RESPONSE = ("conversions", "ctr", "cvr", "cpa", "roas")
_SHADED = ("ctr", "cvr", "cpa", "roas")


def _by_own(key: str) -> Visual:
    """A table by one of the company's own dimensions."""
    label = label_of(key)
    return table(
        key.replace(".", "-").replace("_", "-"),
        f"By {label.lower()}",
        f"How do the ads work by {label.lower()}?",
        (key,),
        ("spend", "conversions", "ctr", "cvr", "cpa", "roas"),
        gradient=_SHADED,
        width=12,
    )


CMO = Page(
    "cmo",
    "cmo",
    "CMO dashboard",
    "How far the ads reach, who responds, and which campaigns, devices, regions and audiences turn it into orders.",
    (
        cards(
            "scope-cards",
            "Scope",
            "How many people do the ads reach, and what does an order cost?",
            ("impressions", "reach", "clicks", "cpa"),
            instead={"reach": "spend", "cpa": "cpc"},
        ),
        cards(
            "engagement-cards",
            "Engagement",
            "Do people respond, and does the response pay?",
            ("ctr", "cvr", "engagement_rate", "roas"),
            instead={"engagement_rate": "conversions", "roas": "cpm"},
        ),
        funnel("funnel", "Funnel", "Where between impression and order are people lost?", width=4),
        trend(
            "rate-trend",
            "Click-through and conversion rate",
            "Are the ads wearing out, or is the shop converting better?",
            ("ctr", "cvr"),
            "Rate, %",
            apart=True,
            width=8,
        ),
        company_cards(
            "banked-cards",
            "New customers: claimed and banked",
            "What does a new customer really cost, and what do first orders bring?",
            ("cac", "blended_cac", "roas", "new_roas"),
            claims_and_banked,
            claims=(("cac", "blended_cac"), ("roas", "new_roas")),
        ),
        spend_conversions(
            "spend-conversions",
            "Spend and conversions by platform",
            "Does each platform bring orders in proportion to what it takes?",
            width=6,
        ),
        pie(
            "device-share",
            "Conversions by device",
            "On which devices do people order?",
            "device",
            "conversions",
            "conversion_share",
            width=6,
            height=320,
        ),
        table(
            "device-table",
            "Devices",
            "Which device turns clicks into orders at the lowest cost?",
            ("device",),
            _RESPONSE,
            gradient=_SHADED,
            width=6,
        ),
        table(
            "region-table",
            "Regions",
            "Where do the ads work best?",
            ("region",),
            _RESPONSE,
            gradient=_SHADED,
            width=6,
        ),
        table(
            "segment-table",
            "Audience segments",
            "Which audience is worth the most for what it costs?",
            ("segment",),
            ("conversions", "cvr", "cpa", "cac", "roas", "roi"),
            gradient=("cvr", "cpa", "cac", "roas", "roi"),
            width=12,
        ),
        ranking(
            "top-campaigns",
            "Top campaigns",
            "Which ten campaigns lead, and on what?",
            ("impressions", "ctr", "cvr", "cpa", "roas", "conversions"),
            best=True,
            limit=10,
            gradient=_SHADED,
            width=12,
        ),
    ),
    headline=sentence(leads=("conversions", "clicks", "impressions"), drivers=("clicks", "cvr", "impressions", "ctr")),
    by_own=_by_own,
    own_after="segment-table",
)
