"""One campaign: what it costs and brings, against the comparison, among the others, and where. A panel over a page."""

from components.campaign_rank import place
from components.cards import cards
from components.figures.trend import trend
from components.tables import table
from components.visuals import Page

_SPLIT = ("spend", "revenue", "profit", "roas")
_SHADED = ("profit", "roas")

CAMPAIGN = Page(
    "campaign",
    "campaign",
    "Campaign",
    "",
    (
        place(
            "place",
            "Among the others",
            "Where does this campaign stand?",
            ("profit", "revenue", "spend", "roas", "roi"),
        ),
        cards(
            "figures",
            "Key figures",
            "What does it cost, what does it bring, and how did that change?",
            ("revenue", "spend", "profit", "conversions", "roas", "roi", "margin", "cac"),
        ),
        trend(
            "course",
            "Course",
            "How did it go, against the comparison?",
            ("revenue", "spend", "profit"),
            "Money",
            area="profit",
            per=True,
            height=260,
        ),
        table("regions", "By region", "Where does it work?", ("region",), _SPLIT, gradient=_SHADED),
        table("devices", "By device", "On which devices does it work?", ("device",), _SPLIT, gradient=_SHADED),
        table("segments", "By segment", "With whom does it work?", ("segment",), _SPLIT, gradient=_SHADED),
    ),
    comes_with=("executive", "cmo"),
    panel=True,
)
