"""Snapchat Ads Manager. It calls spend and ad sets as Meta does; only its impressions are “Paid Impressions”."""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="Snapchat Ads Manager",
    platform="Snapchat",
    columns={
        "date": names("Date|Day"),
        "start": names("Start Time"),
        "end": names("End Time"),
        "week": names("Week"),
        "campaign": names("Campaign Name"),
        "campaign_id": names("Campaign ID"),
        "ad group": names("Ad Set Name|Ad Set ID"),
        "ad": names("Ad Name|Ad ID"),
        "spend": names("Amount Spent|Spend"),
        "impressions": names("Paid Impressions"),
        "clicks": names("Swipe-Ups|Swipe Ups|Clicks"),
        "conversions": names("Purchases"),
        "revenue": names("Purchases Value"),
    },
    marks=frozenset(names("Paid Impressions|Swipe-Ups|Swipe Ups|Purchases Value|Amount Spent|Ad Set Name")),
    needs=("spend", "impressions"),
    absent={"conversions": "add the column “Purchases”", "revenue": "add the column “Purchases Value”"},
    period="export it by day, with “Start Time” and “End Time”",
)
