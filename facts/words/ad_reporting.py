"""The columns of dbt's `ad_reporting__*` models, the schema in which many warehouses hold all platforms' figures."""

from collections.abc import Mapping
from typing import Final

#: By field the headers that hold it, in normal form (facts.words.headers), the best first.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("date day",),
    "platform": ("platform",),
    "account": ("account name", "account id"),
    "campaign": ("campaign name",),
    "campaign_id": ("campaign id",),
    "region": ("country", "region"),
    "currency": ("currency", "currency code"),
    "spend": ("spend",),
    "impressions": ("impressions",),
    "clicks": ("clicks",),
    "conversions": ("conversions",),
    "revenue": ("conversions value",),
}

#: No other known table calls its days so.
MARK: Final = "date day"

#: The monthly models have this in its place.
MONTHS: Final = "date month"
