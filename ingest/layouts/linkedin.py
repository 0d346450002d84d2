"""LinkedIn Campaign Manager: performance reports, below lines that say which days they are of."""

import re
from collections.abc import Sequence
from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="LinkedIn Campaign Manager",
    platform="LinkedIn",
    columns={
        "date": names("Start Date (in UTC)"),
        "account": names("Account Name"),
        "campaign": names("Campaign Name"),
        "campaign_id": names("Campaign ID"),
        "objective": names("Campaign Objective"),
        "ad": names("Ad ID|Ad Name|Creative Name"),
        "currency": names("Currency"),
        "spend": names("Total Spent"),
        "impressions": names("Impressions"),
        "clicks": names("Clicks"),
        "reach": names("Reach"),
        "conversions": names("Conversions"),
    },
    marks=frozenset(
        names("Start Date (in UTC)|Total Spent|Campaign Group Name|Campaign Group ID|Total Social Actions")
    ),
    absent={"revenue": "LinkedIn's report has no value of conversions", "conversions": "add the column “Conversions”"},
    period="choose the time breakdown Daily when exporting",
)

_BOUND: Final = re.compile(r"report (start|end):?\s*,?\s*(\S+)", re.IGNORECASE)


def is_one_sum(above: Sequence[str], days: Sequence[str]) -> bool:
    """Whether a report's rows are sums of all its days, as the lines above its header say: without a time breakdown
    each is of the day that the report starts on.
    """
    bounds = {found[1].casefold(): found[2] for line in above if (found := _BOUND.search(line))}
    return len(bounds) == 2 and bounds["start"] != bounds["end"] and list(days) == [bounds["start"]]
