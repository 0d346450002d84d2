"""What belongs to a version of the facts beside its rows: the shop's own days, and why it has none.

It is read where the rows are (facts.alongside), travels with them as text, and becomes `Beside` where they become
facts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from facts.alongside import SHOP
from kpi.schema import DATE

_IMPORT: Final = (
    "Import the shop's own days to see what was banked beside what is claimed: a file with the columns date, orders "
    "and total_revenue."
)


@dataclass(frozen=True, eq=False)
class Beside:
    """`store`: by day `store_revenue` (kpi.schema.STORE) and, where known, the goods' and other costs of the shop;
    None where there are no such days, and `no_store` says why and what to do.
    """

    store: pd.DataFrame | None = None
    no_store: str = _IMPORT


NOTHING: Final = Beside()


def of_text(text: str | None) -> Beside:
    """`Beside` of what `facts.alongside.read` gave, as JSON."""
    content: Mapping[str, Any] = json.loads(text) if text else {}
    shop = content.get("shop")
    if not shop or not shop.get(DATE):
        return Beside(no_store=(shop or {}).get("problem", _IMPORT))
    days = pd.DatetimeIndex(pd.to_datetime(shop[DATE]).astype("datetime64[us]"), name=DATE)
    columns = {f"store_{name}": pd.Series(shop[name], index=days, dtype=float) for name in SHOP if name in shop}
    return Beside(pd.DataFrame(columns, index=days))
