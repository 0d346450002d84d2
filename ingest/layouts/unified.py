"""The industry's unified schema: dbt's `ad_reporting__campaign_report`, and its ad group and ad siblings."""

from typing import Final

from facts.words import ad_reporting
from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="dbt ad_reporting",
    platform=None,
    columns={
        **ad_reporting.COLUMNS,
        "account_id": names("account id"),
        "ad group": names("ad group id|ad group name"),
        "ad": names("ad id|ad name"),
        "keyword": names("keyword id|keyword text"),
        "search term": names("search query|search term"),
    },
    marks=frozenset({ad_reporting.MARK}),
    absent={"revenue": "this model has no conversions_value", "conversions": "this model has no conversions"},
)
