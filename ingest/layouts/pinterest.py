"""Pinterest Ads Manager: a click is one that leaves for the advertiser's site; conversions are checkouts."""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="Pinterest Ads Manager",
    platform="Pinterest",
    columns={
        "date": names("Date"),
        "campaign": names("Campaign name"),
        "campaign_id": names("Campaign ID"),
        "ad group": names("Ad group name|Ad group ID"),
        "ad": names("Ad name|Ad ID"),
        "spend": names("Spend in account currency"),
        "impressions": names("Impressions"),
        "clicks": names("Outbound clicks"),
        "engagements": names("Engagements"),
        "reach": names("Reach"),
        "conversions": names("Total conversions (Checkout)"),
        "revenue": names("Total order value (Checkout)"),
    },
    marks=frozenset(
        names("Spend in account currency|Total conversions (Checkout)|Total order value (Checkout)|Pin clicks|Saves")
    ),
    absent={
        "clicks": "“Pin clicks” stay on Pinterest: add the column “Outbound clicks”",
        "conversions": "add the column “Total conversions (Checkout)”",
        "revenue": "add the column “Total order value (Checkout)”",
    },
    period="export the report by day",
)
