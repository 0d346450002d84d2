"""`SideFacts`: what comes with the rows of a version, such as the shop's own days, or why there are none.

It is read where the rows are (facts.delta.side_data), travels with them as text, and becomes `SideFacts` where they
become facts.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from facts.delta.side_data import SHOP, SHOP_TEXTS
from kpi.caveats import PlatformReport
from kpi.costs import COST_MEASURES, NO_COSTS, Assumption
from kpi.schema import DATE, MEASURES, STORE, in_order

_IMPORT: Final = (
    "Import the shop's own days to see what was banked beside what is claimed: a file with the columns date, orders "
    "and total_revenue."
)


#: Why there are no days of the shop beside a table that is read where it is.
TABLE_WITHOUT_SHOP: Final = "The table that is shown is read where it is, and has no days of the shop."


@dataclass(frozen=True, eq=False)
class SideFacts:
    """`store`: by day the columns of `kpi.schema.STORE`, NaN where the shop's days do not tell one, and their texts
    (SHOP_TEXTS); None where there are no such days, and `no_store` says why and what to do. `reported` tells of each
    platform's data,
    `costs` are those that somebody stated; `missing_cut` says that a cut is named which no rows have,
    `reason` why the shop's days cannot be read: both to whoever runs the dashboard. `other_marketing` says whether the
    shop's days tell of marketing beside the ads.
    """

    store: pd.DataFrame | None = None
    no_store: str = _IMPORT
    reported: tuple[PlatformReport, ...] = ()
    costs: Assumption = NO_COSTS
    missing_cut: str = ""
    reason: str = ""
    other_marketing: bool = False

    @property
    def has_no_shop(self) -> bool:
        """Whether nobody has imported the shop's days; where they cannot be read, they are there."""
        return self.store is None and self.no_store in (_IMPORT, TABLE_WITHOUT_SHOP)

    @cached_property
    def shop_gaps(self) -> frozenset[str]:
        """The measures that the shop's days tell on no day; none where there are no such days."""
        store = self.store
        return frozenset() if store is None else frozenset(name for name in STORE if not store[name].notna().any())

    @property
    def takes_imports(self) -> bool:
        """Whether the shop's days and margins can be imported beside the rows."""
        return self.no_store != TABLE_WITHOUT_SHOP


NO_SIDE_FACTS: Final = SideFacts()

#: Why a measure is missing that no import has a word about.
_UNTOLD: Final = "the data tell none"
_NOT_IN_TABLE: Final = "the table has none"
_COSTS: Final = "no report tells it: add your margin on the Import page, or with `marketing-dashboard costs`"
_NO_COSTS_HERE: Final = "your margin holds for none of its rows"


def of_text(text: str | None) -> SideFacts:
    """The shop's part of `SideFacts`, of what `facts.delta.side_data.read` gave, as JSON."""
    content: Mapping[str, Any] = json.loads(text) if text else {}
    shop = content.get("shop")
    if not shop or not shop.get(DATE):
        return SideFacts(no_store=(shop or {}).get("problem", _IMPORT), reason=(shop or {}).get("reason", ""))
    days = pd.DatetimeIndex(pd.to_datetime(shop[DATE]).astype("datetime64[us]"), name=DATE)
    figures = {name: pd.Series(shop.get(name, np.nan), index=days, dtype=float) for name in SHOP}
    texts = {name: [text or "" for text in shop.get(name, [""] * len(days))] for name in SHOP_TEXTS}
    goods = figures["cogs"].fillna(figures["revenue"] - figures["gross_profit"])
    columns = {f"store_{name}": values for name, values in (figures | {"cogs": goods}).items()}
    # A bill stands on some days and on no others; where there is none at all, the pages say so (views.company).
    columns["other_marketing"] = figures["other_marketing"].fillna(0.0)
    told = bool(figures["other_marketing"].notna().any())
    return SideFacts(pd.DataFrame({name: columns[name] for name in STORE} | texts, index=days), other_marketing=told)


def stated_costs(text: str | None) -> str | None:
    """The costs in what `facts.delta.rows.fetch` gave, as JSON, as a version has them (facts.costs)."""
    found: str | None = json.loads(text).get("costs") if text else None
    return found


def reports_of_platforms(frame: pd.DataFrame, text: str | None, costs: bool = False) -> tuple[PlatformReport, ...]:
    """What is known of each platform's data, of its rows and what `facts.delta.side_data.imports` gave, as JSON.

    `costs`: whether somebody stated some.
    """
    content: Mapping[str, Any] = json.loads(text).get("imports", {}) if text else {}
    last = frame.groupby("platform", observed=True)[DATE].max()
    gaps = [name for name in MEASURES if frame[name].isna().any()]
    told = frame.groupby("platform", observed=True)[gaps].count()
    found = []
    for platform in in_order("platform", (str(each) for each in last.index)):
        known = content.get(platform, {})
        reasons = known.get("lacks", {})
        found.append(
            PlatformReport(
                platform,
                last[platform].date(),
                datetime.fromisoformat(known["at"]) if known else None,
                tuple((date.fromisoformat(day), date.fromisoformat(at)) for day, at in known.get("recent", ())),
                {name: _why(name, costs, reasons) for name in gaps if not told[name][platform]},
            )
        )
    return tuple(found)


def reports_of_counts(told: Iterable[Mapping[str, Any]]) -> tuple[PlatformReport, ...]:
    """What is known of each platform's data in a warehouse: by platform its `last` day and how many rows report each
    measure.
    """
    by_platform = {str(each["platform"]): each for each in told}
    found = []
    for platform in in_order("platform", by_platform):
        known = by_platform[platform]
        last = known["last"]
        lacks = {name: _NOT_IN_TABLE for name in MEASURES if not known[name]}
        found.append(PlatformReport(platform, last.date() if isinstance(last, datetime) else last, lacks=lacks))
    return tuple(found)


def _why(measure: str, costs: bool, reasons: Mapping[str, str]) -> str:
    """Why no row of a platform reports `measure`; `costs`: whether somebody stated some."""
    if measure in COST_MEASURES:
        return _NO_COSTS_HERE if costs else _COSTS
    return reasons.get(measure, _UNTOLD)
