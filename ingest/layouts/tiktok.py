"""TikTok Ads Manager, and the tables of its API as loaders keep them (by hour, in capitals).

A click is a click to the destination. "Conversions" counts whatever a campaign optimises for, so a column of purchases
is taken before it.
"""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="TikTok Ads Manager",
    platform="TikTok",
    columns={
        "date": names("By Day|Nach Tag|Par jour|Por día|Date|Datum|Fecha|Day|Tag|Jour|Día|Stat time"),
        "week": names("By week|Nach Woche|Par semaine|Por semana"),
        "month": names("By month|Nach Monat|Par mois|Por mes"),
        "account": names(
            "Account name|Advertiser name|Account ID|Advertiser ID|Kontoname|Nom du compte|Nombre de la cuenta"
        ),
        "campaign": names("Campaign name|Campaign|Kampagnenname|Nom de la campagne|Nombre de la campaña"),
        "campaign_id": names("Campaign ID|Kampagnen-ID|ID de campagne|ID de la campagne|ID de la campaña"),
        "objective": names("Advertising objective|Objective|Werbeziel|Objectif publicitaire|Objetivo publicitario"),
        "ad group": names(
            "Ad group name|Ad group ID|Anzeigengruppenname|Name der Anzeigengruppe|Nom du groupe de publicités"
            "|Nombre del grupo de anuncios"
        ),
        "ad": names("Ad name|Ad ID|Anzeigenname|Nom de la publicité|Nombre del anuncio"),
        "region": names("Country/Region|Country|Land/Region|Land|Pays/région|Pays|País/región|País|Region"),
        "device": names("Device|Operating system|OS|Gerät|Appareil|Dispositivo"),
        "gender": names("Gender|Geschlecht|Genre|Sexe|Género|Sexo"),
        "age": names("Age|Alter|Âge|Edad"),
        "placement": names("Placement|Platzierung|Ubicación"),
        "currency": names("Currency|Währung|Devise|Moneda|Divisa"),
        "spend": names("Cost|Kosten|Coût|Coste|Costo|Spend|Total cost"),
        "impressions": names("Impressions|Impressionen|Impresiones|Impression"),
        "clicks": names("Clicks (destination)|Klicks (Ziel)|Clics (destination)|Clics (destino)|Clicks|Klicks|Clics"),
        "reach": names("Reach|Reichweite|Couverture|Portée|Alcance"),
        "conversions": names(
            "Purchases (website)|Käufe (Website)|Achats (site web)|Compras (sitio web)|Complete payment|Conversions"
            "|Conversion|Conversiones"
        ),
        "revenue": names(
            "Purchase value (website)|Total purchase value (website)|Kaufwert (Website)|Valeur d'achat (site web)"
            "|Valor de compra (sitio web)|Total purchase value|Total complete payment value|Complete payment value"
            "|Purchase value"
        ),
    },
    marks=frozenset(
        names(
            "By Day|Nach Tag|Par jour|Por día|Primary status|Clicks (destination)|Klicks (Ziel)|Clics (destination)"
            "|Clics (destino)|CPC (destination)|CTR (destination)|Purchases (website)|Purchase value (website)"
            "|Payment completion ROAS (website)|Käufe (Website)|Achats (site web)|Compras (sitio web)"
            "|Complete payment|Total complete payment value|Conversion rate (CVR)|2-second video views"
            "|6-second video views|Video views at 25%"
        )
    ),
    absent={
        "revenue": "TikTok's export has no revenue column: add “Purchase value (website)”",
        "conversions": "add the column “Purchases (website)”",
        "clicks": "add the column “Clicks (destination)”",
    },
    period="choose the dimension Day when exporting",
)

API: Final = Layout(
    name="TikTok's API",
    platform="TikTok",
    columns={
        "date": names("stat time day|stat time hour"),
        "account": names("advertiser id|advertiser name"),
        "campaign": names("campaign name"),
        "campaign_id": names("campaign id"),
        "ad group": names("adgroup id|ad group id|adgroup name"),
        "ad": names("ad id"),
        "region": names("country code"),
        "gender": names("gender"),
        "age": names("age"),
        "currency": names("currency"),
        "spend": names("spend"),
        "impressions": names("impressions"),
        "clicks": names("clicks"),
        "reach": names("reach"),
        "conversions": names("conversion|conversions"),
        "revenue": names("total purchase value|total sales lead value"),
    },
    marks=frozenset(names("stat time day|stat time hour")),
    added=frozenset({"revenue"}),
    absent={"revenue": "this table has no purchase value"},
)

#: Reports of GMV Max: what the shop on TikTok sold, whatever brought it. Its own platform, as its revenue is no
#: advertisement's alone. The console writes no day into them.
GMV_MAX: Final = Layout(
    name="TikTok GMV Max",
    platform="TikTok GMV Max",
    columns={
        "date": names("Date|Day"),
        "campaign": names("Campaign name"),
        "campaign_id": names("Campaign ID"),
        "currency": names("Currency"),
        "spend": names("Cost"),
        "impressions": names("Product ad impressions"),
        "clicks": names("Product ad clicks"),
        "conversions": names("SKU orders|Orders (SKU)"),
        "revenue": names("Gross revenue"),
    },
    marks=frozenset(names("SKU orders|Orders (SKU)|Cost per order|Gross revenue|Net Cost")),
    needs=("spend", "revenue"),
    absent={"conversions": "add the column “SKU orders”"},
    period="TikTok exports GMV Max without days, so export one day at a time and add a column “Date” with that day",
)
