"""Executive summary: is advertising growing, what does it bring, where to look first."""

from components.callouts import callouts
from components.cards import cards
from components.figures.dots import dots
from components.figures.radar import radar
from components.figures.trend import trend
from components.headline import sentence
from components.page_data import PageData
from components.tables import ranking
from components.visuals import Page, alternatives
from kpi.insights import NO_EARLIER, Insight, platforms

_PLATFORM = ("platform",)
_PROFILE = ("roas", "roi", "ctr")
_RANKED = ("profit", "revenue", "spend", "roi", "roas")


def _platform_insights(page_data: PageData) -> list[Insight]:
    earlier = page_data.baseline
    since = ""
    if earlier:
        days = unbroken(page_data.formats.days(earlier.start, earlier.end))
        since = f"{'on' if earlier.start == earlier.end else 'over'} {days}"
    none = "" if page_data.query.compare == "none" else NO_EARLIER
    return platforms(
        page_data.now[_PLATFORM], page_data.before.get(_PLATFORM), since, page_data.formats, none, page_data.longer
    )


def unbroken(days: str) -> str:
    """`days` broken after its dash only: browsers break there, and a no-break space would open the next line."""
    return days.replace(" ", "\u00a0").replace("–\u00a0", "– ")


EXECUTIVE = Page(
    "executive",
    "",
    "Executive summary",
    "Is advertising growing the business, what does the spend bring, and where to look first.",
    (
        cards(
            "period-cards",
            "This period",
            "Is the business of advertising growing, and at what cost?",
            ("contribution_after_marketing", "revenue", "spend", "profit", "conversions"),
            instead={"profit": "clicks", "revenue": "impressions"},
        ),
        cards(
            "efficiency-cards",
            "Efficiency",
            "What does the spend bring?",
            ("roas", "roi", "margin", "cac", "mer"),
            instead={"roas": "cpc", "roi": "cpa", "margin": "ctr", "cac": "cvr"},
        ),
        trend(
            "profit-trend",
            "Profit and spend",
            "Does profit follow when spend moves?",
            ("profit", "spend"),
            "Money",
            area="profit",
            per=True,
            height=260,
            instead={"profit": "revenue"},
        ),
        callouts(
            "insights",
            "Where to look first",
            "Which platform leads, which trails, what moved, and who loses money?",
            needs=(_PLATFORM,),
            before=(_PLATFORM,),
            metrics=("profit", "roas", "roi", "spend", "breakeven_roas"),
            find=_platform_insights,
            nothing="Nothing stands out here: no platform has a profit or a ROAS to compare. Loosen a filter.",
            width=7,
        ),
        *alternatives(
            "Platform profile as",
            {
                "Radar": radar(
                    "platform-radar",
                    "Platform profile",
                    "What are the strengths and gaps of each channel?",
                    _PROFILE,
                    width=5,
                    height=360,
                ),
                "Dots": dots(
                    "platform-dots",
                    "Platform figures",
                    "How far apart are the channels, each figure on its own scale?",
                    _PROFILE,
                    width=12,
                    height=360,
                ),
            },
            width=5,
        ),
        ranking(
            "top-campaigns",
            "Top campaigns",
            "Which campaigns deserve more?",
            _RANKED,
            best=True,
            limit=5,
            halves=True,
            gradient=("profit", "roi", "roas"),
            width=6,
        ),
        ranking(
            "bottom-campaigns",
            "Bottom campaigns",
            "Which campaigns should be cut or mended?",
            _RANKED,
            best=False,
            limit=5,
            halves=True,
            gradient=("profit", "roi", "roas"),
            width=6,
        ),
    ),
    headline=sentence(
        leads=("contribution_after_marketing", "profit", "revenue", "conversions"),
        drivers=("spend", "revenue", "roas", "clicks", "cvr", "store_revenue"),
    ),
)
