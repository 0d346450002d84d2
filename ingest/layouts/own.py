"""A plain table with the dashboard’s own column names, or the plain English ones that people use.

The platform stands in a column, is said with `--platform`, or is the one that the file's name names.
"""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="a plain table",
    platform=None,
    columns={
        "date": names("date|day"),
        "platform": names("platform|channel platform|ad platform|data source name|data source|traffic source"),
        "account": names("account|account name|account id"),
        "campaign": names("campaign|campaign name"),
        "campaign_id": names("campaign id"),
        "objective": names("objective|tactic"),
        "region": names("region|country|state|geo|market"),
        "device": names("device"),
        "segment": names("segment|audience|audience segment"),
        "ad group": names("ad group|ad group name|adset|ad set"),
        "ad": names("ad|ad name"),
        "currency": names("currency|currency code"),
        "spend": names("spend|cost|amount spent"),
        "impressions": names("impressions|impression"),
        "clicks": names("clicks|link clicks"),
        "engagements": names("engagements"),
        "reach": names("reach"),
        "conversions": names("conversions|orders|purchases"),
        "new_customers": names("new customers"),
        "revenue": names("revenue|attributed revenue|conversion value|conversions value|sales"),
        "cogs": names("cogs"),
        "variable_costs": names("variable costs"),
        "lifetime_margin": names("lifetime margin"),
    },
)
