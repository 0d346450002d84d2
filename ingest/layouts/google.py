"""Google Ads: the console's reports, and the tables of its API as loaders keep them (costs in millionths)."""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="Google Ads",
    platform="Google",
    columns={
        "date": names("Day|Tag|Jour|Día|Date|Datum|Fecha"),
        "week": names("Week|Woche|Semaine|Semana"),
        "month": names("Month|Monat|Mois|Mes"),
        "account": names(
            "Account|Account name|Konto|Kontoname|Compte|Nom du compte|Cuenta|Nombre de la cuenta|Customer ID"
            "|Kundennummer|Numéro client|ID de cliente"
        ),
        "campaign": names("Campaign|Kampagne|Campagne|Campaña|Campaign name"),
        "campaign_id": names("Campaign ID|Kampagnen-ID|ID de la campagne|ID de la campaña|ID de campaña"),
        "objective": names("Campaign type|Kampagnentyp|Type de campagne|Tipo de campaña"),
        "ad group": names("Ad group|Ad group ID|Anzeigengruppe|Groupe d'annonces|Grupo de anuncios"),
        "keyword": names(
            "Search keyword|Keyword|Suchkeyword|Mot clé|Mot clé pour le Réseau de Recherche|Palabra clave"
        ),
        "search term": names("Search term|Suchbegriff|Terme de recherche|Término de búsqueda"),
        "product": names("Item ID|Product ID|Product title|Artikel-ID|Produkttitel|ID de l'article|ID del artículo"),
        "placement": names("Network (with search partners)|Network|Werbenetzwerk|Réseau|Red"),
        "region": names(
            "Country/Territory (User location)|Country/Territory (Matched)|Country/Territory|Country|Land/Gebiet|Land"
            "|Pays/Territoire|Pays|País/Territorio|País|Region (Matched)|Region|Région|Región"
        ),
        "device": names("Device|Gerät|Appareil|Dispositivo"),
        "gender": names("Gender|Geschlecht|Sexe|Sexo"),
        "age": names("Age|Age range|Alter|Âge|Edad"),
        "currency": names(
            "Currency code|Currency|Währungscode|Währung|Code de devise|Code devise|Devise"
            "|Código de moneda|Código de divisa|Moneda|Divisa"
        ),
        "spend": names("Cost|Kosten|Coût|Coste|Costo"),
        "impressions": names("Impr.|Impressions|Impressionen|Impresiones"),
        "clicks": names("Clicks|Klicks|Clics"),
        "engagements": names("Engagements|Interaktionen mit der Anzeige"),
        "conversions": names("Conversions|Conversiones"),
        "revenue": names(
            "Conv. value|Conversion value|Total conv. value|Conv.-Wert|Conversion-Wert|Valeur de conv."
            "|Valeur conv.|Valeur de conversion|Valor de conv.|Valor conv.|Valor de conversión"
        ),
    },
    marks=frozenset(
        names(
            "Campaign status|Campaign state|Kampagnenstatus|État de la campagne|Estado de la campaña|Impr.|Avg. CPC"
            "|Durchschn. CPC|CPC moy.|CPC medio|Currency code|Währungscode|Code de devise|Código de moneda|Conv. value"
            "|Conv.-Wert|Valeur de conv.|Valeur conv.|Valor de conv.|Valor conv."
            "|Code devise|Código de divisa|Cost / conv.|Campaign type"
        )
    ),
    absent={"revenue": "add the column “Conv. value”", "conversions": "add the column “Conversions”"},
    period="segment the report by day (Segment, Time, Day) and export again",
)

API: Final = Layout(
    name="Google's API",
    platform="Google",
    columns={
        "date": names("date|segments.date"),
        "account": names("customer id|customer name|customer descriptive name"),
        "campaign": names("campaign name"),
        "campaign_id": names("campaign id|id"),
        "ad group": names("ad group id|base ad group|ad group base ad group|ad group"),
        "ad": names("ad id"),
        "keyword": names("ad group criterion criterion id|keyword ad group criterion"),
        "search term": names("search term"),
        "device": names("device"),
        "currency": names("currency code|customer currency code"),
        "spend": names("cost micros|metrics.cost micros"),
        "impressions": names("impressions|metrics.impressions"),
        "clicks": names("clicks|metrics.clicks"),
        "conversions": names("conversions|metrics.conversions"),
        "revenue": names("conversions value|metrics.conversions value"),
    },
    marks=frozenset(names("cost micros|metrics.cost micros")),
    scale={"cost micros": 1e-6, "metrics.cost micros": 1e-6},
)
