"""The industry's unified schema: dbt's `ad_reporting__campaign_report`, and its ad group and ad siblings."""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="dbt ad_reporting",
    platform=None,
    columns={
        "date": names("date day"),
        "platform": names("platform"),
        "account": names("account name|account id"),
        "account_id": names("account id"),
        "campaign": names("campaign name"),
        "campaign_id": names("campaign id"),
        "ad group": names("ad group id|ad group name"),
        "ad": names("ad id|ad name"),
        "keyword": names("keyword id|keyword text"),
        "search term": names("search query|search term"),
        "region": names("country|region"),
        "currency": names("currency|currency code"),
        "spend": names("spend"),
        "impressions": names("impressions"),
        "clicks": names("clicks"),
        "conversions": names("conversions"),
        "revenue": names("conversions value"),
    },
    marks=frozenset(names("date day")),
    absent={"revenue": "this model has no conversions_value", "conversions": "this model has no conversions"},
)
