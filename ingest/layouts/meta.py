"""Meta Ads Manager, and the tables of Meta's API as loaders keep them.

A click is a link click: "Clicks (all)" counts likes too and is never taken for one. "Results" is a purchase only where
its indicator says so on every row; other goals are not conversions.
"""

from typing import Final

from ingest.layouts.headers import Layout, names

PURCHASE: Final = (
    *("purchase", "kauf", "käufe", "achat", "compra", "acquist"),
    *("aankoop", "zakup", "alışveriş", "購入"),
)

#: Kinds of action that count as conversions in the API's table of actions; "lead" and "omni_…" repeat others.
ACTIONS: Final = frozenset(
    {
        "offsite_conversion.fb_pixel_purchase",
        "offsite_conversion.fb_pixel_lead",
        "offsite_conversion.fb_pixel_custom",
        "onsite_conversion.purchase",
        "onsite_conversion.lead_grouped",
    }
)

LAYOUT: Final = Layout(
    name="Meta Ads Manager",
    platform="Meta",
    columns={
        "date": names("Day|Tag|Jour|Día|Giorno|Dia|Dag|Dzień|Gün|日"),
        "start": names(
            "Reporting starts|Berichtsstart|Beginn des Berichts|Début des rapports|Inicio del informe"
            "|Inizio dei report|Início dos relatórios|Start rapportage|Rapor Başlangıcı|レポート開始日"
        ),
        "end": names(
            "Reporting ends|Berichtsende|Ende des Berichts|Fin des rapports|Fin del informe|Fine dei report"
            "|Término dos relatórios|Encerramento dos relatórios|Fim dos relatórios|Einde rapportage|Rapor Sonu"
            "|レポート終了日"
        ),
        "week": names("Week|Woche|Semaine|Semana"),
        "month": names("Month|Monat|Mois|Mes"),
        "account": names(
            "Account name|Kontoname|Name des Werbekontos|Nom du compte|Nombre de la cuenta|Account ID|Konto-ID"
            "|Identifiant du compte|Identificador de la cuenta"
        ),
        "campaign": names(
            "Campaign name|Kampagnenname|Name der Kampagne|Nom de la campagne|Nombre de la campaña"
            "|Nome della campagna|Nome da campanha|Campagnenaam|Naam campagne|Nazwa kampanii|Kampanya Adı"
            "|キャンペーン名"
        ),
        "campaign_id": names(
            "Campaign ID|Kampagnen-ID|Kampagnen-Identifikator|Identifiant de la campagne|ID de la campagne"
            "|Identificador de la campaña|Campagne-ID"
        ),
        "objective": names("Objective|Ziel|Objectif|Objetivo|Campaign objective|Kampagnenziel"),
        "ad group": names(
            "Ad set name|Ad set ID|Anzeigengruppenname|Name der Anzeigengruppe|Nom de l'ensemble de publicités"
            "|Nombre del conjunto de anuncios|Nome del gruppo di inserzioni|Nome do conjunto de anúncios"
            "|Naam advertentieset|Nazwa zestawu reklam|Reklam seti adı|広告セット名"
        ),
        "ad": names(
            "Ad name|Ad ID|Anzeigenname|Name der Anzeige|Nom de la publicité|Nombre del anuncio"
            "|Nome dell'inserzione|Nome do anúncio|Naam advertentie|Advertentienaam|Nazwa reklamy|Reklam Adı|広告名"
            "|広告の名前"
        ),
        "region": names("Country|Land|Pays|País|Region|Région|Región|DMA region|DMA-Region"),
        "device": names(
            "Impression device|Impressions-Gerät|Gerät für Impressionen|Impression-Gerät|Appareil d'impression"
            "|Dispositivo de la impresión|Dispositivo de impresión|Device platform|Geräteplattform"
            "|Plateforme d'appareil|Plataforma del dispositivo|Device|Gerät"
        ),
        "gender": names("Gender|Geschlecht|Genre|Sexe|Sexo|Género|Geslacht|Cinsiyet"),
        "age": names("Age|Alter|Âge|Edad|Leeftijd|Yaş"),
        "product": names("Product ID|Produkt-ID|ID du produit|Identificador del producto"),
        "placement": names(
            "Placement|Platzierung|Ubicación|Platform|Plattform|Plate-forme|Plateforme|Plataforma|Platform position"
        ),
        "currency": names("Currency|Währung|Devise|Divisa|Moneda"),
        "spend": names(
            "Amount spent|Ausgegebener Betrag|Montant dépensé|Importe gastado|Cantidad gastada|Importo speso"
            "|Valor usado|Montante gasto|Besteed bedrag|Wydana kwota|Harcanan Tutar|消化金額"
        ),
        "impressions": names(
            "Impressions|Impressionen|Impresiones|Impression|Impressões|Weergaven|Vertoningen|Wyświetlenia|Gösterim"
            "|インプレッション"
        ),
        "clicks": names(
            "Link clicks|Link-Klicks|Linkklicks|Clics sur un lien|Clics sur le lien|Clics en el enlace"
            "|Clic sul link|Cliques no link|Cliques na ligação|Klikken op links|Linkklikken|Kliknięcia linku"
            "|Bağlantı Tıklamaları|リンクのクリック|リンククリック"
        ),
        "engagements": names(
            "Post engagements|Post engagement|Beitragsinteraktionen|Interactions avec la publication"
            "|Interacciones con la publicación"
        ),
        "reach": names("Reach|Reichweite|Couverture|Alcance|Copertura|Bereik|Zasięg|Erişim|リーチ"),
        "conversions": names(
            "Purchases|Käufe|Achats|Compras|Acquisti|Website purchases|Website-Käufe|Achats sur le site web"
            "|Compras en el sitio web|Aankopen|Zakupy|Alışverişler|購入"
        ),
        "revenue": names(
            "Purchases conversion value|Purchase conversion value|Conversion-Wert für Käufe"
            "|Conversion-Wert von Käufen"
            "|Wert der Käufe|Valeur de conversion des achats|Valeur de conversion d'achat"
            "|Valor de conversión de compras|Valor de conversión de las compras|Valore di conversione degli acquisti"
            "|Valor de conversão da compra|Website purchases conversion value"
            "|Conversion-Wert für Website-Käufe|Valeur de conversion des achats sur le site web"
            "|Valor de conversión de compras en el sitio web|Conversiewaarde aankopen|Conversiewaarde van aankopen"
            "|Alışveriş dönüşüm değeri|購入のコンバージョン値"
        ),
        "results": names("Results|Ergebnisse|Résultats|Resultados|Risultati|Resultaten|Wyniki|Sonuçlar|結果"),
        "result kind": names(
            "Result indicator|Result type|Ergebnisindikator|Ergebnistyp|Indicateur de résultats|Type de résultat"
            "|Indicador de resultado|Indicador de resultados|Tipo de resultado|Indicatore di risultato"
            "|Resultaatindicator|Resultatenindicator|Resultaattype|Typ wyniku|Sonuç Göstergesi|Sonuç Türü"
            "|結果インジケーター"
        ),
    },
    marks=frozenset(
        names(
            "Reporting starts|Reporting ends|Amount spent|Campaign delivery|Ad set name|Impression device"
            "|Berichtsstart"
            "|Berichtsende|Ausgegebener Betrag|Kampagnenauslieferung|Début des rapports|Fin des rapports"
            "|Montant dépensé|Diffusion de la campagne|Inicio del informe|Fin del informe|Importe gastado"
            "|Entrega de la campaña|Attribution setting|Link clicks|Link-Klicks"
            "|Importo speso|Clic sul link|Inizio dei report|Valor usado|Cliques no link"
            "|Início dos relatórios|Término dos relatórios|Montante gasto|Cliques na ligação"
            "|Besteed bedrag|Klikken op links|Start rapportage|Wydana kwota|Kliknięcia linku|Nazwa zestawu reklam"
            "|Harcanan Tutar|Bağlantı Tıklamaları|Rapor Başlangıcı|Reklam seti adı"
            "|消化金額|リンクのクリック|リンククリック|レポート開始日"
        )
    ),
    absent={
        "clicks": "“Clicks (all)” counts more than link clicks: add the column “Link clicks”",
        "conversions": "add the column “Purchases”; “Results” can mix goals",
        "revenue": "add the column “Purchases conversion value”",
    },
    period="in Ads Manager choose Breakdown, By time, Day, and export again",
)

#: The API's daily tables: ads, and account totals by country or region.
API: Final = Layout(
    name="Meta's API",
    platform="Meta",
    columns={
        "date": names("date|date start"),
        "account": names("account name|account id"),
        "campaign": names("campaign name"),
        "campaign_id": names("campaign id"),
        "ad group": names("adset id|ad set id|adset name"),
        "ad": names("ad id|ad name"),
        "region": names("country|region"),
        "gender": names("gender"),
        "age": names("age"),
        "device": names("impression device|device platform"),
        "currency": names("account currency|currency"),
        "spend": names("spend"),
        "impressions": names("impressions"),
        "clicks": names("inline link clicks"),
        "reach": names("reach"),
    },
    marks=frozenset(names("inline link clicks")),
    absent={
        "conversions": "Meta's API keeps them in its table of actions: import that too",
        "revenue": "Meta's API keeps it in its table of action values: import that too",
    },
)

#: The API's table of actions, one row an action type: other figures of the ads above, not another cut of them.
ACTION_TABLE: Final = Layout(
    name="Meta's API, actions",
    platform="Meta",
    columns={
        "date": names("date"),
        "account": names("account id"),
        "ad": names("ad id"),
        "action": names("action type"),
        "conversions": names("value"),
    },
    marks=frozenset(names("action type")),
    needs=("conversions", "action"),
    absent={"spend": "a table of actions has no spend: it stands in the table of ads"},
)
