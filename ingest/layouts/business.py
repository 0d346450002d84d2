"""`business_daily`: what the shop itself sold, day by day, whoever claims to have brought it.

Shops export days (Shopify's sales over time, WooCommerce's revenue, GA4) or lists of orders, which are counted here by
the order's own day (ingest.read.shop).
"""

from typing import Final

from ingest.layouts.headers import Layout, names
from kpi.schema import DATE

#: Whole numbers a day.
COUNTS: Final = ("orders", "new_orders", "new_customers")

#: Money a day. `revenue` is what the shop calls its sales; net of discounts and returns where the shop says so, and
#: `new_revenue` what of it first orders brought. `other_marketing` are agencies, affiliates, creative work.
MONEY: Final = (
    "revenue",
    "new_revenue",
    "discounts",
    "returns",
    "gross_profit",
    "cogs",
    "fees",
    "other_marketing",
)

MEASURES: Final = COUNTS + MONEY
COLUMNS: Final = (DATE, *MEASURES, "currency")

#: The text column that names where an order was placed: the web shop, a till, a marketplace.
CHANNELS: Final = "channels"

LAYOUT: Final = Layout(
    name="business_daily",
    platform=None,
    kind="business",
    columns={
        "date": names("date|day|Tag|Datum|Jour|Día|Fecha"),
        "orders": names("orders|# of orders|total orders|Bestellungen|Commandes|Pedidos"),
        "new_orders": names("new orders|# of new orders"),
        "new_customers": names("new customers|first-time customers|Neukunden|Nouveaux clients|Nuevos clientes"),
        "revenue": names(
            "total revenue|revenue|net sales|total sales|Nettoumsatz|Umsatz|Chiffre d'affaires|Ventes nettes"
            "|Ventas netas|Ingresos"
        ),
        "new_revenue": names(
            "new revenue|new customer revenue|new customer sales|new customer net sales|net sales of first orders"
            "|first-time customer sales|first order revenue"
        ),
        "discounts": names("discounts|coupons|Rabatte|Réductions|Descuentos"),
        "returns": names("returns|refunds|sales reversals|Retouren|Retours|Devoluciones"),
        "gross_profit": names("gross profit|Rohertrag|Marge brute|Beneficio bruto"),
        "cogs": names("cogs|cost of goods sold|Wareneinsatz|Coût des marchandises|Coste de ventas"),
        "fees": names(
            "fees|variable costs|transaction fees|payment fees|fulfilment costs|fulfillment costs|Gebühren|Frais"
            "|Comisiones"
        ),
        "other_marketing": names("other marketing|other marketing costs|agency and affiliates"),
        CHANNELS: names("sales channel|sales channels|channels|Verkaufskanal|Canal de vente|Canal de ventas"),
        "currency": names("currency|Währung|Devise|Moneda|Divisa"),
    },
    needs=("orders", "revenue"),
)

#: GA4's events, under the names that its reports and explorations show.
#: developers.google.com/analytics/devguides/reporting/data/v1/api-schema
GA4: Final = Layout(
    name="GA4",
    platform=None,
    kind="business",
    columns={
        "date": names("Date"),
        "orders": names("Transactions|Ecommerce purchases"),
        "new_customers": names("First-time purchasers|First time purchasers"),
        "revenue": names("Purchase revenue|Total revenue"),
        "returns": names("Refund amount"),
        "currency": names("Currency"),
    },
    marks=frozenset(names("Purchase revenue|Transactions|Ecommerce purchases")),
    needs=("orders", "revenue"),
    period="add the dimension Date",
)

#: Lists of orders. `order` tells orders apart; `state` and `cancelled` say which never became sales.
SHOPIFY_ORDERS: Final = Layout(
    name="Shopify's orders",
    platform=None,
    kind="business",
    columns={
        "date": names("Created at"),
        "order": names("Name"),
        "revenue": names("Total"),
        "discounts": names("Discount Amount"),
        "returns": names("Refunded Amount"),
        "currency": names("Currency"),
        "state": names("Financial Status"),
        CHANNELS: names("Source"),
        "cancelled": names("Cancelled at|Canceled at"),
    },
    marks=frozenset(names("Financial Status|Lineitem name|Lineitem quantity|Refunded Amount|Lineitem price")),
    needs=("order", "date", "revenue"),
    period="export the orders as CSV, with “Created at”",
)
WOOCOMMERCE_ORDERS: Final = Layout(
    name="WooCommerce's orders",
    platform=None,
    kind="business",
    columns={
        "date": names("Date"),
        "order": names("Order #"),
        "revenue": names("Net Sales"),
        "state": names("Status"),
        "customer": names("Customer type"),
    },
    marks=frozenset(names("Order #|N. Revenue (formatted)|Customer type|Product(s)|Coupon(s)")),
    needs=("order", "date", "revenue"),
    period="download the orders of Analytics",
)
BIGCOMMERCE_ORDERS: Final = Layout(
    name="BigCommerce's orders",
    platform=None,
    kind="business",
    columns={
        "date": names("Order Date"),
        "order": names("Order ID"),
        "revenue": names("Order Total (inc tax)"),
        "discounts": names("Coupon Value"),
        "returns": names("Refund Amount"),
        "currency": names("Order Currency Code"),
        "state": names("Order Status"),
    },
    marks=frozenset(names("Order Total (inc tax)|Order Total (ex tax)|Subtotal (inc tax)|Order Currency Code")),
    needs=("order", "date", "revenue"),
    period="export the orders as CSV, with “Order Date”",
)
SHOPS: Final = (GA4, SHOPIFY_ORDERS, WOOCOMMERCE_ORDERS, BIGCOMMERCE_ORDERS)

#: What a shop's revenue is made of, by its header or the list it is counted from; other headers leave it open.
NET: Final = "net sales"
TOTAL: Final = "total sales, with shipping and taxes"
ORDERS: Final = "what its orders came to, with shipping and taxes"
SEEN_BY_GA4: Final = "purchases that GA4 saw"
REVENUE_HEADERS: Final = {
    **dict.fromkeys(names("net sales|Nettoumsatz|Ventes nettes|Ventas netas"), NET),
    **dict.fromkeys(names("total sales"), TOTAL),
}
REVENUE_LAYOUTS: Final = {
    GA4.name: SEEN_BY_GA4,
    **dict.fromkeys((SHOPIFY_ORDERS.name, BIGCOMMERCE_ORDERS.name), ORDERS),
    WOOCOMMERCE_ORDERS.name: NET,
}

#: States, in lower case, of orders that never became sales: nobody paid, or nobody finished.
NO_SALES: Final = frozenset(
    (
        "voided",
        "expired",
        "cancelled",
        "canceled",
        "failed",
        "declined",
        "incomplete",
        "draft",
        "checkout-draft",
        "trash",
    )
)
