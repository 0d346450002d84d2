"""Criteo: reports of its console, and those of its statistics API, whose headers are the API's names.

The API's metrics: developers.criteo.com/marketing-solutions/docs/campaign-statistics. Sales are those within 30 days
after a click.
"""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="Criteo",
    platform="Criteo",
    columns={
        "date": names("Day"),
        "account": names("Advertiser|AdvertiserId"),
        "campaign": names("Campaign|Adset"),
        "campaign_id": names("CampaignId|AdsetId"),
        "device": names("Device"),
        "currency": names("Currency"),
        "spend": names("Cost|AdvertiserCost"),
        "impressions": names("Displays"),
        "clicks": names("Clicks"),
        "conversions": names("Sales (PC30D)|SalesPc30d"),
        "revenue": names("Revenue (PC30D)|RevenueGeneratedPc30d"),
    },
    marks=frozenset(
        names("Displays|AdvertiserCost|Sales (PC30D)|Revenue (PC30D)|SalesPc30d|RevenueGeneratedPc30d|AdvertiserId")
    ),
    absent={
        "conversions": "add the metric “Sales (PC30D)”",
        "revenue": "add the metric “Revenue (PC30D)”",
    },
    period="add the dimension Day",
)
