"""Costs from the shop's own books where no report has them: the month's goods and fees as a share of its sales.

A month, not a day: books post goods and fees late and in batches, and a month's quotient of sums hardly notices.
"""

from typing import Final

import numpy as np
import pandas as pd

from kpi.schema import DATE

FROM_THE_SHOP: Final = "Costs are the month's share of the shop's own sales, where a platform's rows tell none."


def with_shop_costs(frame: pd.DataFrame, store: pd.DataFrame | None) -> tuple[pd.DataFrame, str]:
    """`frame` with `cogs` and `variable_costs` where the source reports none and the shop's `store` has them for the
    month, and a sentence on how, "" where nothing was added.

    Where the shop tells goods and no fees, fees are what its gross profit lacks of sales less goods; where it lacks
    nothing they are not known, and stay missing: a profit before unknown fees would be too high.
    """
    if store is None or "store_cogs" not in store or not (frame["cogs"].isna() & frame["revenue"].notna()).any():
        return frame, ""
    month = store.index.to_period("M")
    goods = _share(store["store_cogs"], store["store_revenue"], month)
    fees = _share(store["store_fees"], store["store_revenue"], month) if "store_fees" in store else goods * np.nan
    if fees.isna().all() and "store_gross_profit" in store:
        rest = store["store_revenue"] - store["store_cogs"] - store["store_gross_profit"]
        told = rest.abs() > 0.01 * store["store_revenue"].abs()  # else its gross profit is only sales less goods
        fees = _share(rest.where(told, np.nan), store["store_revenue"], month)
    of_row = frame[DATE].dt.to_period("M")
    cogs = frame["cogs"].fillna(frame["revenue"] * of_row.map(goods).astype(float))
    added = cogs.notna() & frame["cogs"].isna()
    if not added.any():
        return frame, ""
    of_sales = frame["revenue"] * of_row.map(fees).astype(float)
    variable = frame["variable_costs"].where(~added | frame["variable_costs"].notna(), of_sales)
    return frame.assign(cogs=cogs, variable_costs=variable), FROM_THE_SHOP


def _share(costs: pd.Series, sales: pd.Series, month: pd.PeriodIndex) -> pd.Series:
    """By month the quotient of sums over the days that tell both; NaN where there is none that makes sense."""
    both = costs.notna() & sales.notna()
    sums = pd.DataFrame({"costs": costs[both], "sales": sales[both]}).groupby(month[both]).sum()
    return (sums["costs"] / sums["sales"]).where(sums["sales"] > 0)
