"""X Ads: a click is a link click."""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="X Ads",
    platform="X",
    columns={
        "date": names("Time period"),
        "campaign": names("Campaign name"),
        "campaign_id": names("Campaign ID"),
        "objective": names("Objective"),
        "ad group": names("Ad Group name"),
        "ad": names("Ad name|Ad ID"),
        "spend": names("Spend"),
        "impressions": names("Impressions"),
        "clicks": names("Link clicks"),
        "engagements": names("Engagements"),
    },
    marks=frozenset(names("Time period|On/Off|Delivery status|Campaign start|Campaign end|Cost per link click")),
    absent={
        "clicks": "“Clicks” are all clicks on X: add the column “Link clicks”",
        "conversions": "X's export names no purchases",
        "revenue": "X's export names no revenue",
    },
    period="choose the time period Day when exporting",
)
