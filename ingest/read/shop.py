"""Reads the shop's own figures to its days, from days or from a list of its orders."""

import numpy as np
import pandas as pd

from ingest.layouts import business
from ingest.read import dimensions
from ingest.read.dates import newest
from ingest.read.normalize import Table
from ingest.read.sums import daily, refuse_beyond
from ingest.results import CURRENCY, Import
from kpi.schema import DATE

_ORDER, _NEW = "order", "new"


def shop_days(table: Table) -> Import:
    """What `table` says of the shop, by day. Raises ImportProblem."""
    if table.has(_ORDER):
        _leave_out_unsold(table)
    measures = table.numbers(business.MEASURES, business.COUNTS, business.MONEY)
    frame = pd.DataFrame(
        {
            DATE: table.days(DATE, newest()).astype("datetime64[us]"),
            **{name: measures.get(name, np.full(len(table), np.nan)) for name in business.MEASURES},
            CURRENCY: dimensions.currency(table),
        }
    )
    named = frame[CURRENCY].astype(str).drop_duplicates()
    places = {code: table.where(place) for place, code in named.items() if code}
    table.refuse_faults()
    for name in ("discounts", "returns"):  # some shops write what is taken off with a minus
        if (frame[name].dropna() <= 0).all():
            frame[name] = frame[name].abs()
    known = {name for name in business.MEASURES if table.has(name)}
    if table.has(_ORDER):
        frame = _by_order(table, frame)
        known |= {name for name in business.MEASURES if frame[name].notna().any()}
    sums = frame.groupby([DATE, CURRENCY], observed=True, sort=True)[list(business.MEASURES)].sum(min_count=1)
    refuse_beyond(table, sums)
    frame = sums.reset_index()
    if table.options.weeks:
        frame = daily(table, frame, business.COUNTS, business.MONEY, (CURRENCY,))
    return Import(
        file=table.name,
        kind="business",
        source=table.known.layout.name,
        frame=frame[list(business.COLUMNS)],
        rows=len(table),
        dropped=tuple(table.dropped),
        findings=tuple(table.findings),
        channels=_channels(table),
        missing={name: "the file has no such column" for name in business.MEASURES if name not in known},
        basis=_basis(table),
        places=places,
    )


def _basis(table: Table) -> str:
    """What the revenue is made of, empty where the file does not say."""
    layout, places = table.known.layout.name, table.known.positions.get("revenue", ())
    header = table.known.normal[places[0]] if places else ""
    return business.REVENUE_LAYOUTS.get(layout) or business.REVENUE_HEADERS.get(header, "")


def _channels(table: Table) -> str:
    """The sales channels that the file names, one after another; a day without orders in one is of it all the same."""
    if not table.has(business.CHANNELS):
        return ""
    texts = table.texts(business.CHANNELS, "")
    return ", ".join(sorted({str(texts.categories[code]) for code in np.unique(texts.codes)} - {""}))


def _leave_out_unsold(table: Table) -> None:
    """Drop the orders that never became sales, with all their lines."""
    unsold = np.zeros(len(table), dtype=bool)
    if table.has("state"):
        states = table.texts("state", "")
        unsold |= np.array([each.casefold() in business.NO_SALES for each in states.categories])[states.codes]
    if table.has("cancelled"):
        unsold |= np.asarray(table.texts("cancelled", "") != "")
    orders = np.asarray(table.texts(_ORDER, "").codes)
    table.keep(~np.isin(orders, np.unique(orders[unsold])), "orders that were cancelled or never paid")


def _by_order(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """One row an order, of its own day, where its lines repeat what it came to; and of each refund, where the shop
    lists refunds as rows of their own days with a minus.
    """
    frame = frame.assign(**{_ORDER: np.asarray(table.texts(_ORDER, ""), dtype=object)})
    if table.has("customer"):
        customers = table.texts("customer", "")
        new = np.array([each.casefold() == _NEW for each in customers.categories])[customers.codes]
        frame["new_orders"] = frame["new_customers"] = new.astype(float)
        frame["new_revenue"] = np.where(new, frame["revenue"], 0.0)
    refunds = frame["revenue"] < 0
    if refunds.any() and not table.has("returns"):
        back = frame[refunds].assign(returns=-frame["revenue"], orders=0.0, new_orders=0.0, new_customers=0.0)
        frame = frame[~refunds]
    else:
        back = frame[:0]
    orders = frame.groupby(_ORDER, sort=False, observed=True).first().assign(orders=1.0)
    if table.has("returns"):
        orders["revenue"] -= orders["returns"].fillna(0)
        orders["new_revenue"] -= orders["returns"].where(orders["new_revenue"] != 0, 0).fillna(0)
        table.note("Revenue is what the orders came to, with shipping and taxes, less what was paid back.")
    table.note(f"{len(orders):,} orders, each counted once, on its own day.")
    return pd.concat([orders.reset_index(drop=True), back.drop(columns=_ORDER)], ignore_index=True)
