"""`business_daily`: what the shop itself sold, day by day, whoever claims to have brought it."""

from typing import Final

from ingest.layouts.headers import Layout, names
from kpi.schema import DATE

#: Whole numbers a day.
COUNTS: Final = ("orders", "new_orders", "new_customers")

#: Money a day. `revenue` is what the shop calls its sales; net of discounts and returns where the shop says so.
MONEY: Final = ("revenue", "discounts", "returns", "gross_profit", "cogs", "fees")

MEASURES: Final = COUNTS + MONEY
COLUMNS: Final = (DATE, *MEASURES, "currency")

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
        "discounts": names("discounts|Rabatte|Réductions|Descuentos"),
        "returns": names("returns|refunds|Retouren|Retours|Devoluciones"),
        "gross_profit": names("gross profit|Rohertrag|Marge brute|Beneficio bruto"),
        "cogs": names("cogs|cost of goods sold|Wareneinsatz|Coût des marchandises|Coste de ventas"),
        "fees": names(
            "fees|variable costs|transaction fees|payment fees|fulfilment costs|fulfillment costs|Gebühren|Frais"
            "|Comisiones"
        ),
        "currency": names("currency|Währung|Devise|Moneda|Divisa"),
    },
    needs=("orders", "revenue"),
)
