"""The twenty campaigns of the demo company, before a seed bends them.

Rates are what the campaign reaches over all its rows on an ordinary day at its ordinary budget.
"""

from dataclasses import dataclass
from typing import Final

PLATFORMS: Final = ("Meta", "Google", "Amazon", "TikTok")
REGIONS: Final = ("North America", "Europe", "Asia Pacific", "Latin America")
DEVICES: Final = ("Mobile", "Desktop", "Tablet")
SEGMENTS: Final = ("Prospecting", "Retargeting", "Loyal customers")

ACCOUNTS: Final = {
    "Meta": "Larkfield Home – Meta (USD)",
    "Google": "Larkfield Home – Google Ads",
    "Amazon": "Larkfield Home Store – Sponsored Ads",
    "TikTok": "Larkfield_Home_Global_USD",
}


@dataclass(frozen=True)
class Campaign:
    """One campaign: budget in $ a day, CPM in $, CTR, CVR and engagement rate in %, order value in $.

    `elasticity` is d log impressions / d log spend at the ordinary budget, `shape` the Hill exponent, `carry_over` the
    adstock's daily retention, `segments` the share of spend by audience segment.
    """

    platform: str
    name: str
    campaign_id: str
    objective: str
    budget: float
    cpm: float
    ctr: float
    cvr: float
    order_value: float
    engagement: float
    elasticity: float
    shape: float
    carry_over: float
    segments: tuple[float, float, float]


COLD: Final = (0.78, 0.15, 0.07)
WARM: Final = (0.10, 0.62, 0.28)
MIXED: Final = (0.60, 0.25, 0.15)

# fmt: off
CAMPAIGNS: Final = (
    Campaign("Meta", "Prospecting – Broad – Advantage+ Shopping", "120211604418230457", "Conversion",
             6200, 13.5, 1.55, 2.07, 81, 2.9, 0.66, 1.0, 0.30, COLD),
    Campaign("Meta", "Prospecting – Lookalike 5–10 % – Purchasers 180d", "120211604420970457", "Conversion",
             3200, 14.5, 1.50, 1.05, 76, 2.6, 0.28, 1.1, 0.25, COLD),
    Campaign("Meta", "Retargeting – Cart & Viewed, <30 days", "120211987003310457", "Retention",
             4000, 17.0, 2.00, 4.20, 84, 2.4, 0.42, 1.0, 0.15, WARM),
    Campaign("Meta", "Brand Video – Décor d’Été", "120212240118650457", "Awareness",
             2000, 10.0, 0.95, 0.95, 74, 5.2, 0.78, 1.0, 0.50, COLD),
    Campaign("Meta", "Traffic – Gift Guides & Blog", "120212240121440457", "Consideration",
             700, 5.0, 3.80, 0.10, 72, 1.1, 0.80, 1.0, 0.20, COLD),
    Campaign("Google", "Search – Brand & Competitors", "20914477305", "Retention",
             2600, 73.0, 6.40, 7.00, 90, 0.2, 0.30, 1.2, 0.05, (0.38, 0.32, 0.30)),
    Campaign("Google", "Search – Non-Brand – Living Room Ideas", "20914481122", "Consideration",
             5000, 80.0, 4.20, 4.90, 100, 0.2, 0.55, 1.0, 0.08, MIXED),
    Campaign("Google", "Shopping – Bestsellers (Tier A)", "20987730146", "Conversion",
             4600, 19.0, 1.62, 5.15, 94, 0.4, 0.92, 1.0, 0.10, MIXED),
    Campaign("Google", "PMax | Feed-only | All products excl. clearance | tROAS 350 %", "21150362918", "Conversion",
             4800, 22.0, 1.75, 4.50, 93, 0.7, 0.60, 1.0, 0.18, MIXED),
    Campaign("Google", "YouTube – Brand Film 30s – In-Market", "21377049560", "Awareness",
             1600, 15.5, 1.35, 1.40, 90, 3.5, 0.82, 1.0, 0.45, COLD),
    Campaign("Amazon", "Sponsored Products – Auto, Close Match", "392817460125583", "Conversion",
             3400, 5.3, 0.62, 9.60, 35, 0.15, 0.72, 1.0, 0.08, MIXED),
    Campaign("Amazon", "Sponsored Products – Exact – Cushions & Throws", "392817466904317", "Conversion",
             3200, 6.1, 0.66, 10.2, 35, 0.15, 0.68, 1.0, 0.08, MIXED),
    Campaign("Amazon", "Sponsored Brands – Storefront – Category Terms", "401556728330941", "Consideration",
             1900, 4.5, 0.50, 7.60, 37, 0.30, 0.74, 1.0, 0.15, MIXED),
    Campaign("Amazon", "Sponsored Display – Views Remarketing 30d", "401556731187206", "Retention",
             1300, 4.4, 0.55, 9.00, 36, 0.20, 0.55, 1.0, 0.10, WARM),
    Campaign("Amazon", "DSP – In-Market Home & Kitchen – OLV", "577310290184465", "Awareness",
             1200, 4.0, 0.42, 5.40, 36, 0.60, 0.82, 1.0, 0.40, COLD),
    Campaign("TikTok", "Spark Ads – Creator Mix – Broad 18–44", "1790244138806305", "Conversion",
             2400, 6.5, 1.05, 2.44, 53, 5.8, 0.70, 1.0, 0.30, (0.86, 0.10, 0.04)),
    Campaign("TikTok", "Video Shopping Ads – Best of Home", "1790244142301249", "Conversion",
             1700, 6.0, 1.10, 2.45, 51, 4.6, 0.74, 1.0, 0.20, (0.80, 0.14, 0.06)),
    Campaign("TikTok", "TopView – New Collection Reach", "1801135570921505", "Awareness",
             900, 5.0, 0.70, 1.16, 52, 7.2, 0.80, 1.0, 0.50, (0.88, 0.08, 0.04)),
    Campaign("TikTok", "Traffic – #TidyHome Challenge – Landing Page", "1801135577418770", "Consideration",
             800, 4.0, 1.55, 0.58, 48, 6.4, 0.82, 1.0, 0.25, (0.88, 0.08, 0.04)),
    Campaign("TikTok", "Retargeting – Engaged Viewers 14d", "1808820346615841", "Retention",
             900, 8.0, 1.40, 3.45, 54, 4.9, 0.45, 1.0, 0.15, WARM),
)
# fmt: on
