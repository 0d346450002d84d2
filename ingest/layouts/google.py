"""Google Ads: the console's reports, and the tables of its API as loaders keep them (costs in millionths)."""

from typing import Final

from facts.words.headers import normal
from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="Google Ads",
    platform="Google",
    columns={
        "date": names("Day|Tag|Jour|Día|Giorno|Dia|Dag|Dzień|Gün|日|Date|Datum|Fecha"),
        "week": names("Week|Woche|Semaine|Semana"),
        "month": names("Month|Monat|Mois|Mes"),
        "account": names(
            "Account|Account name|Konto|Kontoname|Compte|Nom du compte|Cuenta|Nombre de la cuenta|Customer ID"
            "|Kundennummer|Numéro client|ID de cliente"
        ),
        "campaign": names(
            "Campaign|Kampagne|Campagne|Campaña|Campagna|Nome campagna|Campanha|Kampania|Kampanya|キャンペーン"
            "|Campaign name"
        ),
        "campaign_id": names(
            "Campaign ID|Kampagnen-ID|ID de la campagne|ID de la campaña|ID de campaña|Identyfikator kampanii"
            "|キャンペーン ID"
        ),
        "objective": names("Campaign type|Kampagnentyp|Type de campagne|Tipo de campaña|Tipo de campanha|Typ kampanii"),
        "ad group": names(
            "Ad group|Ad group ID|Anzeigengruppe|Groupe d'annonces|Grupo de anuncios|Grupo de anúncios"
            "|Grupa reklam|広告グループ"
        ),
        "keyword": names(
            "Search keyword|Keyword|Suchkeyword|Mot clé|Mot clé pour le Réseau de Recherche|Palabra clave"
            "|Słowo kluczowe|検索キーワード"
        ),
        "search term": names(
            "Search term|Suchbegriff|Terme de recherche|Término de búsqueda|Wyszukiwane hasło|Wyszukiwane hasła"
            "|検索語句"
        ),
        "product": names("Item ID|Product ID|Product title|Artikel-ID|Produkttitel|ID de l'article|ID del artículo"),
        "placement": names("Network (with search partners)|Network|Werbenetzwerk|Réseau|Red"),
        "region": names(
            "Country/Territory (User location)|Country/Territory (Matched)|Country/Territory|Country|Land/Gebiet|Land"
            "|Pays/Territoire|Pays|País/Territorio|País|Region (Matched)"
            "|Region|Région|Región"
        ),
        "device": names("Device|Gerät|Appareil|Dispositivo"),
        "gender": names("Gender|Geschlecht|Sexe|Sexo"),
        "age": names("Age|Age range|Alter|Âge|Edad"),
        "currency": names(
            "Currency code|Currency|Währungscode|Währung|Code de devise|Code devise|Devise"
            "|Código de moneda|Código de divisa|Moneda|Divisa|Codice valuta|Valuta|Kod waluty|通貨コード"
        ),
        "spend": names("Cost|Kosten|Coût|Coste|Costo|Custo|Koszt|Maliyet|費用"),
        "impressions": names(
            "Impr.|Impressions|Impressionen|Impresiones|Impressioni|Impressões|Vertoningen|Verton.|Vert.|Wyświetlenia"
            "|Wyświetl.|Göstr.|表示回数"
        ),
        "clicks": names("Clicks|Klicks|Clics|Clic|Cliques|Klikken|Kliknięcia|Tıklamalar|クリック数"),
        "engagements": names("Engagements|Interaktionen mit der Anzeige"),
        "conversions": names(
            "Conversions|Conversiones|Conversioni|Conversões|Conversies|Konwersje|Dönüşümler|コンバージョン"
        ),
        "revenue": names(
            "Conv. value|Conversion value|Total conv. value|Conv.-Wert|Conversion-Wert|Valeur de conv."
            "|Valeur conv.|Valeur de conversion|Valor de conv.|Valor conv.|Valor de conversión"
            "|Valore conv.|Conv.waarde|Conversiewaarde|Wartość konw.|Wartość konwersji|コンバージョン値"
            "|コンバージョンの価値"
        ),
    },
    marks=frozenset(
        names(
            "Campaign status|Campaign state|Kampagnenstatus|État de la campagne|Estado de la campaña|Impr.|Avg. CPC"
            "|Durchschn. CPC|CPC moy.|CPC medio|Currency code|Währungscode|Code de devise|Código de moneda"
            "|Conv. value"
            "|Conv.-Wert|Valeur de conv.|Valeur conv.|Valor de conv.|Valor conv."
            "|Code devise|Código de divisa|Cost / conv.|Campaign type|Stato campagna|Stato della campagna"
            "|Codice valuta|Valore conv.|Status da campanha|CPC méd.|Custo / conv."
            "|Conv.waarde|Verton.|Gem. CPC|Kosten/conv.|Wartość konw.|Wyświetl.|Śr. CPC|Koszt/konw.|Kod waluty"
            "|Göstr.|Ort. TBM|Kampanya durumu|通貨コード|コンバージョン値|コンバージョンの価値"
            "|平均クリック単価|コンバージョン単価"
        )
    ),
    absent={"revenue": "add the column “Conv. value”", "conversions": "add the column “Conversions”"},
    period="segment the report by day (Segment, Time, Day) and export again",
    labels_totals=True,
)


def _api(text: str, *resources: str) -> tuple[str, ...]:
    """The fields written with `|` between them, bare and below each of `resources`.

    Loaders write the dot as it is, as one underscore (BigQuery's transfers, Airbyte) or as two (dlt), and the API's
    own JSON has no underscores in names.
    """
    found: list[str] = []
    for bare in text.split("|"):
        forms = [bare, *(f"{resource}{sign}{bare}" for resource in resources for sign in (".", " "))]
        found += [*forms, *(each.replace(" ", "") for each in forms if "." in each)]
    return tuple(dict.fromkeys(normal(each) for each in found))


API: Final = Layout(
    name="Google's API",
    platform="Google",
    columns={
        "date": _api("date", "segments"),
        "account": _api("customer id|customer name|customer descriptive name|descriptive name", "customer")
        + names("customer.id|customer.name"),
        "campaign": names("campaign name|campaign.name|campaign campaign name"),
        "campaign_id": names("campaign id|campaign.id|id"),
        "ad group": names("ad group id|ad group.id|adgroup.id|base ad group|ad group base ad group|ad group"),
        "ad": names("ad id|ad group ad ad id|ad group ad.ad.id|adgroupad.ad.id"),
        "keyword": names("ad group criterion criterion id|keyword ad group criterion|ad group criterion.criterion id"),
        "search term": names("search term|search term view search term|search term view.search term"),
        "device": _api("device", "segments"),
        "currency": names("currency code|customer currency code|customer.currency code|customer.currencycode"),
        "spend": _api("cost micros", "metrics"),
        "impressions": _api("impressions", "metrics"),
        "clicks": _api("clicks", "metrics"),
        "conversions": _api("conversions", "metrics"),
        "revenue": _api("conversions value", "metrics"),
    },
    marks=frozenset(_api("cost micros", "metrics")),
)
