"""Amazon Ads: reports of sponsored products, brands and display, and the tables of its API as loaders keep them.

Sales and orders stand in windows of 7, 14 or 30 days; both are taken from the same one. "Start Date" is the campaign's
own, and "Last Year …" is another year's: neither is read.
"""

import re
from collections.abc import Sequence
from typing import Final

from ingest.layouts.headers import Layout, names

PROGRAMS: Final = ("Sponsored Products", "Sponsored Brands", "Sponsored Display")


def _windows(days: Sequence[int], *texts: str) -> tuple[str, ...]:
    return tuple(name for day in days for text in texts for name in names(text.replace("#d", str(day))))


_ORDERS: Final = (
    "#d Day Total Orders (#)|#d Day Total Orders",
    "Gesamtzahl der Bestellungen in #d Tagen (#)|Bestellungen insgesamt in #d Tagen (#)",
    "#d-Tage-Gesamtbestellungen (#)|Gesamtbestellungen in #d Tagen (#)|Gesamtbestellungen (#d Tage)",
    "Gesamtzahl Bestellungen (#d Tage)|#d Tage Bestellungen gesamt (#)",
    "Total des commandes sur #d jours (#)|Nombre total de commandes sur #d jours (#)",
    "Commandes totales sur #d jours (#)|Commandes totales (#d jours)|Total des commandes (#d jours)",
    "Pedidos totales en #d días (#)|Total de pedidos en #d días (#)|Número total de pedidos en #d días (#)",
    "Pedidos totales de #d días (#)|Total de pedidos de #d días (#)|Pedidos totales (#d días)",
    "Totale ordini (#) #d giorni|Ordini totali (#d giorni)",
    "広告がクリックされてから#d日間の合計注文数|#d日間の総注文数",
)
_SALES: Final = (
    "#d Day Total Sales",
    "Gesamtumsatz in #d Tagen|Gesamtumsatz (#d Tage)|#d-Tage-Gesamtumsatz|#d Tage Gesamtumsatz|Umsatz gesamt (#d Tage)",
    "Gesamter Umsatz in #d Tagen|#d Tage Umsatz gesamt",
    "Ventes totales sur #d jours|Total des ventes sur #d jours|Ventes totales (#d jours)|Total des ventes (#d jours)",
    "Ventas totales en #d días|Total de ventas en #d días|Ventas totales de #d días|Total de ventas de #d días",
    "Ventas totales (#d días)|Total de ventas (#d días)",
    "Vendite totali (€) #d giorni|Vendite totali (#d giorni)",
    "広告がクリックされてから#d日間の総売上高|#d日間の総売上高",
)

LAYOUT: Final = Layout(
    name="Amazon Ads",
    platform="Amazon",
    columns={
        "date": names("Date|Datum|Fecha|Data|日付"),
        "start": names("Start Date|Startdatum|Date de début|Fecha de inicio|開始日"),
        "end": names("End Date|Enddatum|Date de fin|Fecha de finalización|終了日"),
        "program": names("Program Type|Ad Product|Programmtyp|Type de programme|Tipo de programa"),
        "account": names("Account Name|Advertiser Name|Advertiser account name|Kontoname|Nom du compte|Entity ID"),
        "campaign": names(
            "Campaign Name|Campaigns|Kampagnenname|Nom de la campagne|Nombre de la campaña|Nombre de campaña"
            "|Nome campagna|キャンペーン名"
        ),
        "campaign_id": names("Campaign ID|Kampagnen-ID|ID de la campagne|ID de la campaña"),
        "ad group": names(
            "Ad Group Name|Ad Group ID|Anzeigengruppenname|Nom du groupe d'annonces|Nombre del grupo de anuncios"
            "|Nome gruppo di annunci|広告グループ名"
        ),
        "keyword": names("Targeting|Ausrichtung|Ciblage|Segmentación|Keyword|ターゲティング"),
        "search term": names(
            "Customer Search Term|Suchbegriff eines Kunden|Suchbegriff des Kunden|Terme de recherche client"
            "|Terme de recherche du client|Término de búsqueda de cliente|Término de búsqueda del cliente"
            "|Termine ricerca cliente|Termine di ricerca del cliente|カスタマーの検索キーワード"
        ),
        "product": names("Advertised ASIN|Advertised SKU|Beworbene ASIN|ASIN promu|ASIN anunciado"),
        "placement": names("Placement|Platzierung|Emplacement|Ubicación"),
        "region": names("Country|Land|Pays|País"),
        "currency": names("Currency|Budget currency|Währung|Devise|Moneda|Divisa|通貨"),
        "spend": names("Spend|Ausgaben|Dépenses|Gasto|Inversión|Importe gastado|Total cost|Spesa|費用|広告費"),
        "impressions": names("Impressions|Impressionen|Impresiones|Impressioni|Impression|インプレッション"),
        "clicks": names("Clicks|Klicks|Clics|Clic|クリック|クリック数"),
        "conversions": (*_windows((7, 14, 30), *_ORDERS), *names("Orders|Purchases|Bestellungen|Commandes|Pedidos")),
        "revenue": (*_windows((7, 14, 30), *_SALES), *names("Sales|Umsatz|Ventes|Ventas")),
    },
    marks=frozenset(
        {
            *_windows((7, 14, 30), *_ORDERS, *_SALES),
            *names(
                "Portfolio name|Portfolioname|Nom du portefeuille|Nombre de la cartera|Nombre del portafolio|Retailer"
                "|Program Type|Last Year Spend|Portfolio|NTB orders|Campaign bidding strategy"
                "|Total Advertising Cost of Sales (ACOS)|Customer Search Term|Ad product|ACOS|Budget currency"
                "|Zugeordnete Umsatzkosten (ACOS) gesamt|Advertised ASIN|Nome portafoglio|Termine ricerca cliente"
                "|広告費売上高比率(ACOS)合計|カスタマーの検索キーワード"
            ),
        }
    ),
    absent={"revenue": "add the column of total sales", "conversions": "add the column of total orders"},
    period="choose the time unit Daily when requesting the report",
)

API: Final = Layout(
    name="Amazon's API",
    platform="Amazon",
    columns={
        "date": names("date|report date"),
        "account": names("profile id|account name"),
        "campaign": names("campaign name|campaignName"),
        "campaign_id": names("campaign id|campaignId"),
        "ad group": names("ad group id|ad group name|adGroupName|adGroupId"),
        "ad": names("ad id"),
        "keyword": names("keyword id|targeting"),
        "search term": names("search term|searchTerm"),
        "product": names("advertised asin|advertised sku"),
        "currency": names("campaign budget currency code|campaignBudgetCurrencyCode|currency"),
        "spend": names("cost|spend"),
        "impressions": names("impressions"),
        "clicks": names("clicks"),
        "conversions": names("purchases 30 d|purchases30d|purchases 14 d|purchases14d|purchases 7 d|purchases7d"),
        "revenue": names("sales 30 d|sales30d|sales 14 d|sales14d|sales 7 d|sales7d"),
    },
    marks=frozenset(
        names(
            "campaign bidding strategy|campaign budget currency code|campaignBudgetCurrencyCode|purchases 30 d"
            "|purchases7d|purchases14d|purchases30d"
        )
    ),
    absent={"revenue": "this table has no sales", "conversions": "this table has no purchases"},
)


def windows_of(headers: Sequence[str], held: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """`held` with orders and sales of the same window: the longest or shortest is worse than two that differ."""
    if "conversions" not in held or "revenue" not in held:
        return held
    layout = API if any(header in API.marks for header in headers) else LAYOUT
    places = {header: place for place, header in reversed(list(enumerate(headers)))}
    orders = {_days(header): header for header in reversed(layout.columns["conversions"]) if header in places}
    sales = {_days(header): header for header in reversed(layout.columns["revenue"]) if header in places}
    if _days(headers[held["conversions"][0]]) == _days(headers[held["revenue"][0]]):
        return held
    for days in reversed(orders):
        if days in sales:
            return held | {"conversions": (places[orders[days]],), "revenue": (places[sales[days]],)}
    return held


def _days(header: str) -> str:
    found = re.search(r"\d+", header)
    return found[0] if found else ""


def program_of(title: str, headers: Sequence[str]) -> str:
    """The advertising product that a report without a column for it is of, by its sheet's or file's name."""
    plain = re.sub(r"[\s_+-]+", " ", title).casefold()
    for program in PROGRAMS:
        short = "".join(word[0] for word in program.split()).casefold()
        if program.casefold()[:-1] in plain or re.search(rf"(^|\W){short}(\W|$)", plain):
            return program
    if any(re.search(r"\b14\b", header) for header in headers if header in LAYOUT.marks):
        return "Sponsored Brands or Display"
    return PROGRAMS[0]
