# ruff: noqa: E501 - exports in one line each
"""Exports as the platforms' consoles write them, by console, language and region: what each must come to."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.read.report_file import read_file
from ingest.results import ImportProblem

META = "Campaign name,Day,Amount spent (USD),Impressions,Link clicks\n"

#: Name of the file, its text, what its rows add up to ("currency" and "rows" beside the measures), its encoding.
EXPORTS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "meta_eur.csv",
        'Campaign name,Ad set name,Day,Campaign delivery,Attribution setting,Results,Result indicator,Reach,Frequency,Cost per results,Ad set budget,Ad set budget type,Amount spent (EUR),Ends,Impressions,"CPM (cost per 1,000 impressions) (EUR)",Link clicks,"CPC (cost per link click) (EUR)",CTR (link click-through rate),Clicks (all),Purchases,Purchases conversion value,Purchase ROAS (return on ad spend),Reporting starts,Reporting ends\nA,s,2025-07-01,active,7-day click or 1-day view,3,actions:offsite_conversion.fb_pixel_purchase,900,1.1,4,100,Daily,1234.5,Ongoing,1000,12,30,0.4,3,50,3,300.25,8,2025-07-01,2025-07-01\n',
        {"spend": 1234.5, "conversions": 3, "revenue": 300.25, "clicks": 30, "currency": "EUR"},
        "utf-8",
    ),
    (
        "meta_startend.csv",
        "Reporting starts,Reporting ends,Campaign name,Campaign delivery,Results,Result indicator,Amount spent (GBP),Impressions,Link clicks,Purchases,Purchases conversion value\n2025-07-01,2025-07-01,A,active,3,x,5.5,10,1,1,20\n2025-07-02,2025-07-02,A,active,3,x,5.5,10,1,1,20\n",
        {"spend": 11, "revenue": 40, "currency": "GBP"},
        "utf-8",
    ),
    (
        "meta_uk_dates.csv",
        "Campaign name,Day,Amount spent (GBP),Impressions,Link clicks,Purchases,Purchases conversion value,Reporting starts,Reporting ends\nA,01/07/2025,1.00,10,1,1,2,01/07/2025,01/07/2025\nA,02/07/2025,1.00,10,1,1,2,02/07/2025,02/07/2025\nA,03/07/2025,1.00,10,1,1,2,03/07/2025,03/07/2025\nA,04/07/2025,1.00,10,1,1,2,04/07/2025,04/07/2025\nA,05/07/2025,1.00,10,1,1,2,05/07/2025,05/07/2025\nA,06/07/2025,1.00,10,1,1,2,06/07/2025,06/07/2025\nA,07/07/2025,1.00,10,1,1,2,07/07/2025,07/07/2025\nA,08/07/2025,1.00,10,1,1,2,08/07/2025,08/07/2025\nA,09/07/2025,1.00,10,1,1,2,09/07/2025,09/07/2025\nA,10/07/2025,1.00,10,1,1,2,10/07/2025,10/07/2025\nA,11/07/2025,1.00,10,1,1,2,11/07/2025,11/07/2025\nA,12/07/2025,1.00,10,1,1,2,12/07/2025,12/07/2025\nA,13/07/2025,1.00,10,1,1,2,13/07/2025,13/07/2025\nA,14/07/2025,1.00,10,1,1,2,14/07/2025,14/07/2025\nA,15/07/2025,1.00,10,1,1,2,15/07/2025,15/07/2025\nA,16/07/2025,1.00,10,1,1,2,16/07/2025,16/07/2025\nA,17/07/2025,1.00,10,1,1,2,17/07/2025,17/07/2025\nA,18/07/2025,1.00,10,1,1,2,18/07/2025,18/07/2025\nA,19/07/2025,1.00,10,1,1,2,19/07/2025,19/07/2025\nA,20/07/2025,1.00,10,1,1,2,20/07/2025,20/07/2025\nA,21/07/2025,1.00,10,1,1,2,21/07/2025,21/07/2025\nA,22/07/2025,1.00,10,1,1,2,22/07/2025,22/07/2025\nA,23/07/2025,1.00,10,1,1,2,23/07/2025,23/07/2025\nA,24/07/2025,1.00,10,1,1,2,24/07/2025,24/07/2025\nA,25/07/2025,1.00,10,1,1,2,25/07/2025,25/07/2025\nA,26/07/2025,1.00,10,1,1,2,26/07/2025,26/07/2025\nA,27/07/2025,1.00,10,1,1,2,27/07/2025,27/07/2025\nA,28/07/2025,1.00,10,1,1,2,28/07/2025,28/07/2025\nA,29/07/2025,1.00,10,1,1,2,29/07/2025,29/07/2025\nA,30/07/2025,1.00,10,1,1,2,30/07/2025,30/07/2025\nA,31/07/2025,1.00,10,1,1,2,31/07/2025,31/07/2025\n",
        {"spend": 31, "currency": "GBP"},
        "utf-8",
    ),
    (
        "meta_de.csv",
        'Kampagnenname;Tag;Auslieferung;Ausgegebener Betrag (EUR);Impressionen;Link-Klicks;Käufe;Conversion-Wert für Käufe;Berichtsstart;Berichtsende\n"A";01.07.2025;active;1.234,56;12.345;1.001;12;2.345,60;01.07.2025;01.07.2025\n',
        {"spend": 1234.56, "impressions": 12345, "clicks": 1001, "revenue": 2345.6, "currency": "EUR"},
        "utf-8",
    ),
    (
        "meta_de2.csv",
        "Tag,Name der Kampagne,Ausgegebener Betrag (EUR),Impressionen,Klicks auf den Link,Käufe auf Website,Conversion-Wert der Website-Käufe,Beginn der Berichterstattung,Ende der Berichterstattung\n2025-07-01,A,12.5,100,10,1,20,2025-07-01,2025-07-01\n",
        {"spend": 12.5, "clicks": None, "currency": "EUR"},
        "utf-8",
    ),
    (
        "meta_fr.csv",
        "Nom de la campagne;Jour;Montant dépensé (EUR);Impressions;Clics sur un lien;Achats;Valeur de conversion des achats;Début des rapports;Fin des rapports\nA;2025-07-01;1\u202f234,56;12\xa0345;1 001;12;2 345,60;2025-07-01;2025-07-01\n",
        {"spend": 1234.56, "impressions": 12345, "clicks": 1001, "revenue": 2345.6, "currency": "EUR"},
        "utf-8",
    ),
    (
        "meta_es.csv",
        'Nombre de la campaña,Día,Importe gastado (MXN),Impresiones,Clics en el enlace,Compras,Valor de conversión de compras,Inicio del informe,Fin del informe\nA,2025-07-01,"1,234.56","12,345",1001,12,"2,345.60",2025-07-01,2025-07-01\n',
        {"spend": 1234.56, "impressions": 12345, "clicks": 1001, "revenue": 2345.6, "currency": "MXN"},
        "utf-8",
    ),
    (
        "meta_total_first.csv",
        "Campaign name,Day,Amount spent (USD),Impressions,Link clicks,Purchases,Purchases conversion value,Reporting starts,Reporting ends\n,,30,20,2,2,4,2025-07-01,2025-07-02\nTotal Recall,2025-07-01,10,10,1,1,2,2025-07-01,2025-07-01\nGesamt DE,2025-07-02,20,10,1,1,2,2025-07-02,2025-07-02\n",
        {"spend": 30, "currency": "USD"},
        "utf-8",
    ),
    (
        "meta_ids.csv",
        "Campaign name,Campaign ID,Day,Amount spent (USD),Impressions,Link clicks\nA,1.2E+17,2025-07-01,10,10,1\nB,1.2E+17,2025-07-01,10,10,1\n",
        {"spend": 20, "campaigns": 2},
        "utf-8",
    ),
    (
        "meta_sep.csv",
        "sep=;\nCampaign name;Day;Amount spent (USD);Impressions;Link clicks\nA;2025-07-01;10,5;10;1\nA;2025-07-02;1.010,50;10;1\n",
        {"spend": 1021.0},
        "utf-8",
    ),
    (
        "meta_sepcomma.csv",
        '"sep=,"\nCampaign name,Day,Amount spent (USD),Impressions,Link clicks\nA,2025-07-01,10.5,10,1\n',
        {"spend": 10.5},
        "utf-8",
    ),
    (
        "meta_mac.csv",
        "Campaign name,Day,Amount spent (USD),Impressions,Link clicks\rA,2025-07-01,10.5,10,1\rB,2025-07-01,1.5,10,1\r",
        {"spend": 12},
        "utf-8",
    ),
    (
        "meta_utf16be.csv",
        "\ufeffCampaign name\tDay\tAmount spent (USD)\tImpressions\tLink clicks\nÄ\t2025-07-01\t10.5\t10\t1\n",
        {"spend": 10.5},
        "utf-16-be",
    ),
    (
        "meta_utf16nobom.csv",
        "Campaign name\tDay\tAmount spent (USD)\tImpressions\tLink clicks\nA\t2025-07-01\t10.5\t10\t1\nA\t2025-07-01\t10.5\t10\t1\nA\t2025-07-01\t10.5\t10\t1\nA\t2025-07-01\t10.5\t10\t1\nA\t2025-07-01\t10.5\t10\t1\n",
        {"spend": 52.5},
        "utf-16-le",
    ),
    (
        "meta_cp1252.csv",
        "Kampagnenname;Tag;Ausgegebener Betrag (EUR);Impressionen;Link-Klicks;Käufe\nFrühling – Größe;01.07.2025;5,50;10;1;2\n",
        {"spend": 5.5, "conversions": 2},
        "cp1252",
    ),
    (
        "meta_dup.csv",
        "Campaign name,Day,Amount spent (USD),Amount spent (USD),Impressions,Link clicks,,\nA,2025-07-01,10,10,10,1,,\n",
        {"spend": 10},
        "utf-8",
    ),
    (
        "google_totals.csv",
        'Campaign report\n"July 1, 2025 - July 2, 2025"\nCampaign status,Campaign,Day,Currency code,Campaign type,Budget,Impr.,Clicks,CTR,Avg. CPC,Cost,Conversions,Conv. value,Conv. value / cost,Cost / conv.,All conv.\nEnabled,A,2025-07-01,USD,Search,10,"1,000",10,1.00%,1.00,"1,234.50",1.50,200,2,3,9\nEnabled,A,2025-07-02,USD,Search,10, --,0, --, --,0.00,0.00,0,0,0,0\nTotal: Campaigns, --, --,USD, --, --,"1,000",10,1%,1,"1,234.50",1.5,200,2,3,9\nTotal: Account, --, --,USD, --,10,"1,000",10,1%,1,"1,300.50",1.5,200,2,3,9\nTotal: Search, --, --,USD, --,10,"1,000",10,1%,1,"1,234.50",1.5,200,2,3,9\n',
        {"spend": 1234.5, "impressions": 1000, "conversions": 1.5, "revenue": 200, "currency": "USD"},
        "utf-8",
    ),
    (
        "google_names.csv",
        'Day,Campaign,Cost,Impr.,Clicks,Conversions,Conv. value\n"Tue, Jul 1, 2025",A,$1.50,10,1,0,0\n"Wed, Jul 2, 2025",A,"$1,001.50",10,1,0,0\n',
        {"spend": 1003},
        "utf-8",
    ),
    (
        "google_de.csv",
        "Kampagnenbericht\n1. Juli 2025 - 2. Juli 2025\nKampagnenstatus;Kampagne;Tag;Währungscode;Kosten;Impressionen;Klicks;Conversions;Conv.-Wert\nAktiviert;Gesamt DE;01.07.2025;EUR;1.234,50;1.000;10;1,50;200,00\nGesamt: Kampagnen; --; --;EUR;1.234,50;1.000;10;1,50;200,00\nGesamt: Konto; --; --;EUR;1.300,50;1.000;10;1,50;200,00\n",
        {"spend": 1234.5, "impressions": 1000, "conversions": 1.5, "revenue": 200, "currency": "EUR"},
        "utf-8",
    ),
    (
        "google_fr.csv",
        "Rapport sur les campagnes\n1 juillet 2025 - 2 juillet 2025\nÉtat de la campagne\tCampagne\tJour\tCode de devise\tCoût\tImpr.\tClics\tConversions\tValeur de conv.\nActivée\tA\t1 juil. 2025\tEUR\t1 234,50\t1 000\t10\t1,50\t200,00\nTotal\xa0: Compte\t --\t --\tEUR\t1 234,50\t1 000\t10\t1,50\t200,00\n",
        {"spend": 1234.5, "impressions": 1000, "currency": "EUR"},
        "utf-16",
    ),
    (
        "google_es.csv",
        'Informe de campaña\n1 de julio de 2025 - 2 de julio de 2025\nEstado de la campaña,Campaña,Día,Código de moneda,Coste,Impr.,Clics,Conversiones,Valor de conv.\nHabilitada,A,1 jul 2025,EUR,"1.234,50",1.000,10,"1,50","200,00"\nTotal: cuenta, --, --,EUR,"1.234,50",1.000,10,"1,50","200,00"\n',
        {"spend": 1234.5, "impressions": 1000, "currency": "EUR"},
        "utf-8",
    ),
    (
        "google_hour.csv",
        "Campaign,Day,Hour of the day,Cost,Impr.,Clicks,Currency code\nA,2025-07-01,0,1.5,10,1,USD\nA,2025-07-01,1,2.5,10,1,USD\n",
        {"spend": 4, "rows": 1},
        "utf-8",
    ),
    (
        "google_lt10.csv",
        "Campaign,Day,Cost,Impr.,Clicks,Search impr. share,Currency code\nA,2025-07-01,1.5,<10,1,< 10%,USD\n",
        {"spend": 1.5, "impressions": None},
        "utf-8",
    ),
    (
        "Sponsored_Products_Campaign_report.csv",
        'Start Date,End Date,Date,Portfolio name,Currency,Campaign Name,Retailer,Country,Status,Budget,Targeting Type,Bidding strategy,Impressions,Last Year Impressions,Clicks,Last Year Clicks,Click-Thru Rate (CTR),Spend,Last Year Spend,Cost Per Click (CPC),Last Year Cost Per Click (CPC),7 Day Total Orders (#),Total Advertising Cost of Sales (ACOS),Total Return on Advertising Spend (ROAS),7 Day Total Sales \n"Jan 01, 2024",,"Jul 01, 2025",P,USD,A,Amazon,United States,ENABLED,$10.00,AUTO,x,1000,900,10,9,1.0%,"$1,234.50",$5.00,$1.0,$1,7,10%,9,"$2,000.25"\n',
        {"spend": 1234.5, "revenue": 2000.25, "conversions": 7, "currency": "USD"},
        "utf-8",
    ),
    (
        "sb.csv",
        'Date,Portfolio name,Currency,Campaign Name,Impressions,Clicks,Click-Thru Rate (CTR),Cost Per Click (CPC),Spend,Total Advertising Cost of Sales (ACOS) ,Total Return on Advertising Spend (ROAS),14 Day Total Sales ,14 Day Total Orders (#),14 Day Total Units (#),14 Day Conversion Rate,14 Day New-to-brand Orders (#)\n"Jul 01, 2025",P,GBP,A,1000,10,1%,£1.00,£12.50,10%,9,£200.25,7,8,1%,2\n',
        {"spend": 12.5, "revenue": 200.25, "conversions": 7, "currency": "GBP"},
        "utf-8",
    ),
    (
        "amazon_new.csv",
        "Date,Campaign name,Campaign ID,Ad product,Budget currency,Impressions,Clicks,CTR,Total cost,CPC,Purchases,Sales,ACOS,ROAS\n2025-07-01,A,123,Sponsored Products,USD,1000,10,1%,12.50,1,7,200.25,1,2\n",
        {"spend": 12.5, "revenue": 200.25, "conversions": 7},
        "utf-8",
    ),
    (
        "amazon_de.csv",
        "Datum;Portfolioname;Währung;Kampagnenname;Impressionen;Klicks;Klickrate (CTR);Kosten pro Klick (CPC);Ausgaben;Zugeordnete Umsatzkosten (ACOS) gesamt ;Rentabilität der Werbekosten (ROAS) gesamt;7-Tage-Gesamtumsatz ;7-Tage-Gesamtbestellungen (#)\n01.07.2025;P;EUR;A;1.000;10;1,0000 %;1,00 €;1.234,50 €;10,00 %;9,00;2.000,25 €;7\n",
        {"spend": 1234.5, "revenue": 2000.25, "conversions": 7, "currency": "EUR"},
        "utf-8",
    ),
    (
        "amazon_fr.csv",
        "Date;Nom du portefeuille;Devise;Nom de la campagne;Impressions;Clics;Taux de clics (CTR);Coût par clic (CPC);Dépenses;Total du coût publicitaire des ventes (ACOS);Ventes totales sur 7 jours;Total des commandes sur 7 jours (#)\n01/07/2025;P;EUR;A;1000;10;1 %;1,00 €;1 234,50 €;10 %;2 000,25 €;7\n13/07/2025;P;EUR;A;1000;10;1 %;1,00 €;1,50 €;10 %;2,25 €;7\n",
        {"spend": 1236, "revenue": 2002.5, "conversions": 14, "currency": "EUR"},
        "utf-8",
    ),
    (
        "amazon_es.csv",
        "Fecha;Nombre de la cartera;Divisa;Nombre de la campaña;Impresiones;Clics;Tasa de clics (CTR);Coste por clic (CPC);Inversión;Coste de venta de la publicidad total (ACOS);Ventas totales en 7 días;Pedidos totales en 7 días (#)\n1 jul. 2025;P;EUR;A;1000;10;1 %;1,00 €;1.234,50 €;10 %;2.000,25 €;7\n",
        {"spend": 1234.5, "revenue": 2000.25, "conversions": 7, "currency": "EUR"},
        "utf-8",
    ),
    (
        "amazon_in.csv",
        'Date,Portfolio name,Currency,Campaign Name,Impressions,Clicks,Spend,7 Day Total Sales (₹),7 Day Total Orders (#)\n01-Jul-25,P,INR,A,1000,10,"Rs.1,23,201.68","₹ 2,00,000.25",7\n',
        {"spend": 123201.68, "revenue": 200000.25, "conversions": 7, "currency": "INR"},
        "utf-8",
    ),
    (
        "google_fr_short.csv",
        'Campagne,Jour,Code devise,Clics,Impressions,Coût,Conversions,Valeur conv.\nA,01/07/2025,EUR,5,10,"1 234,56","1,5","2 345,60"\nA,15/07/2025,EUR,5,10,"1,00","1,5","2,60"\n',
        {"spend": 1235.56, "conversions": 3, "revenue": 2348.2, "currency": "EUR"},
        "utf-8",
    ),
    (
        "google_es_short.csv",
        'Campaña,Día,Código de divisa,Clics,Impresiones,Coste,Conversiones,Valor conv.\nA,01/07/2025,EUR,1.001,12.345,"1.234,56","12,5","2.345,60"\nA,13/07/2025,EUR,1.001,12.345,"1,56","12,5","5,60"\n',
        {"spend": 1236.12, "clicks": 2002, "revenue": 2351.2, "currency": "EUR"},
        "utf-8",
    ),
    (
        "google_items.csv",
        "Item ID,Campaign,Day,Currency code,Clicks,Impr.,Cost,Conversions,Conv. value\ns1,A,2025-07-01,USD,1,10,1.5,0,0\ns2,A,2025-07-01,USD,1,10,2.5,0,0\n",
        {"spend": 4, "cut": "campaign+product"},
        "utf-8",
    ),
    (
        "google_mcc.csv",
        "Account,Customer ID,Campaign,Day,Currency code,Cost,Converted currency code,Cost (Converted currency),Impr.,Clicks\nDE,123-456-7890,A,2025-07-01,EUR,10,USD,11,100,1\n",
        {"spend": 10, "currency": "EUR"},
        "utf-8",
    ),
    (
        "tiktok_vta.csv",
        "Campaign name,By Day,Cost,Impressions,Clicks (destination),Conversions (VTA),Conversions (CTA),Conversions,VTA purchases (website),Purchases (VTA),Currency\nA,2025-07-01,10.00,1000,10,2,3,5,1,1,EUR\n",
        {"spend": 10, "conversions": 5},
        "utf-8",
    ),
    (
        "tiktok.csv",
        'Campaign name,Campaign ID,By Day,Primary status,Campaign Budget,Cost,CPC (destination),CPM,Impressions,Clicks (destination),CTR (destination),Reach,Cost per 1000 people reached,Frequency,Results,Result rate,Cost per result,Conversions,Purchases (website),Total purchase value (website),Currency\nA,="1790000000000001",2025-07-01,Active,100,12.50,1,1,1000,10,1.00%,900,1,1,3,1%,4,3,2,44.5,EUR\nTotal of 1 results,-,-,-,-,12.50,1,1,1000,10,1%,900,1,1,3,1%,4,3,2,44.5,EUR\n',
        {"spend": 12.5, "revenue": 44.5, "conversions": 2, "currency": "EUR"},
        "utf-8",
    ),
    (
        "tiktok_de.csv",
        "Kampagnenname,Nach Tag,Primärer Status,Kosten,Impressionen,Klicks (Ziel),Conversions,Währung\nA,2025-07-01,Aktiv,12.50,1000,10,3,EUR\n",
        {"spend": 12.5, "conversions": 3, "revenue": None, "currency": "EUR"},
        "utf-8",
    ),
    (
        "tiktok_total.csv",
        "Campaign name,Primary status,Date,Cost,Impressions,Clicks (destination),Conversions\nTotal of Everything,Active,2025-07-01 00:00:00,12.50,1000,10,3\nTotal of 1 results,,,12.50,1000,10,3\n",
        {"spend": 12.5},
        "utf-8",
    ),
    (
        "dbt.csv",
        "source_relation,date_day,platform,account_id,account_name,campaign_id,campaign_name,clicks,impressions,spend,conversions,conversions_value\n,2025-07-01,facebook_ads,1,Acc,2,A,1,10,5.5,1,20\n,2025-07-01,google_ads,1,Acc,2,A,1,10,5.5,1,20\n,2025-07-01,microsoft_ads,1,Acc,2,A,1,10,5.5,1,20\n",
        {"spend": 16.5, "revenue": 60, "conversions": 3},
        "utf-8",
    ),
]

#: How one amount is written, beside another: what both come to.
AMOUNTS: list[tuple[list[str], float]] = [
    (["1'234.50", "1’000.50", "5.25"], 2240.25),
    (["(5.00)", "10.00"], 5),
    (["1.234,56 €", "2,00 €"], 1236.56),
    (["US$1,234.56", "US$2.00"], 1236.56),
    (["R$ 1.234,56", "R$ 2,00"], 1236.56),
    (["1 234,50 kr", "2,00 kr"], 1236.5),
    (["1.5E+3", "2.5"], 1502.5),
    (["+5.5", "2.5"], 8),
    (["5.5 ", "  2.5"], 8),
    (["1,23,456.78", "2.00"], 123458.78),
    (['=""5.50""', '=""2.50""'], 8),
    (["1 234,56 zł", "2,00 zł"], 1236.56),
    (["CHF 1'234.56", "CHF 2.00"], 1236.56),
    (["1.234", "2.345"], 3.579),
]


@pytest.mark.parametrize(("name", "text", "expected", "encoding"), EXPORTS, ids=[each[0] for each in EXPORTS])
def test_an_export_comes_to(tmp_path: Path, name: str, text: str, expected: dict[str, Any], encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    (found,) = read_file(path)
    ((currency, sums),) = found.totals().items()
    told = {**sums, "currency": currency, "rows": len(found.frame), "campaigns": found.frame["campaign"].nunique()}
    told["cut"] = found.frame["cut"][0]
    assert {measure: told[measure] for measure in expected} == pytest.approx(expected)


@pytest.mark.parametrize(("amounts", "total"), AMOUNTS)
def test_amounts_as_they_are_written(tmp_path: Path, amounts: list[str], total: float) -> None:
    path = tmp_path / "amounts.csv"
    rows = (f'A,2025-07-{day:02},"{amount}",10,1\n' for day, amount in enumerate(amounts, 1))
    path.write_text(META + "".join(rows))
    (found,) = read_file(path)
    assert found.frame["spend"].sum() == pytest.approx(total)


def test_a_shop_that_writes_what_is_taken_off_with_a_minus(tmp_path: Path) -> None:
    path = tmp_path / "Sales over time.csv"
    path.write_text(
        "Day,Orders,Gross sales,Discounts,Returns,Net sales,Shipping,Taxes,Total sales\n"
        "2025-07-01,10,1000,-50,-20,930,10,5,945\n"
    )
    (found,) = read_file(path)
    (row,) = found.frame.to_dict("records")
    assert (row["orders"], row["revenue"], row["discounts"], row["returns"]) == (10, 930, 50, 20)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Campaign name,Week,Amount spent (USD),Impressions,Link clicks,Reporting starts,Reporting ends\n"
            "A,2025-07-01 - 2025-07-07,10,10,1,2025-07-01,2025-07-07\n",
            "holds the figures of 2025-07-01 to 2025-07-07 together",
        ),
        ("Campaign,Month,Cost,Impr.,Clicks,Currency code\nA,2025-07-01,1.5,10,1,USD\n", "“Month” names a period"),
        (
            "Nama kampanye,Hari,Jumlah yang dibelanjakan (IDR),Impresi,Klik tautan\nA,2025-07-01,10,10,1\n",
            "give a --mapping",
        ),
        (
            "Campagne,Jour,Coût,Clics,Impressions\nA,2025-07-01,5,1,10\n",
            "could be a report of Google: its headers do not say .* say it with --platform",
        ),
        ("Campaign ID,Campaign name,Campaign type,Budget\n1,A,Search,5\n", "is no advertising report known here"),
    ],
)
def test_what_is_not_by_day_or_in_no_known_language_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(text)
    with pytest.raises(ImportProblem, match=reason):
        read_file(path)


Sheets = dict[str, list[list[Any]]]


@pytest.mark.parametrize(
    ("sheets", "spend", "rows"),
    [
        (  # Meta's workbook: the same figures laid out twice
            {
                "Formatted Report": [
                    ["Campaign name", "Day", "Amount spent (USD)", "Link clicks"],
                    ["A", "2025-07-01", 5.5, 1],
                ],
                "Raw Data Report": [
                    ["Campaign name", "Day", "Amount spent (USD)", "Link clicks"],
                    ["A", "2025-07-01", 5.5, 1],
                ],
            },
            5.5,
            1,
        ),
        (  # Google's: a title, the period, numbers and days as text
            {
                "Campaign report": [
                    ["Campaign report"],
                    ["July 1, 2025 - July 2, 2025"],
                    [],
                    ["Campaign", "Day", "Currency code", "Cost", "Impr."],
                    ["A", "2025-07-01", "EUR", "1,234.50", "10"],
                    ["B", 45839, "EUR", "1.50", " --"],
                    ["Total: Account", " --", "EUR", "1,236.00", "10"],
                ]
            },
            1236,
            2,
        ),
        (  # Amazon's: a sheet of notes beside the report, ids as numbers
            {
                "Read me": [["Sponsored Products", None], ["Made for you", None]],
                "Sponsored_Products_Campaign_Repo": [
                    ["Date", "Portfolio name", "Currency", "Campaign Name", "Spend", "7 Day Total Sales "],
                    ["Jul 01, 2025", "P", "USD", "A", 12.5, 100],
                ],
            },
            12.5,
            1,
        ),
    ],
    ids=["meta", "google", "amazon"],
)
def test_workbooks(tmp_path: Path, sheets: Sheets, spend: float, rows: int) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title[:31])
        for row in cells:
            sheet.append(row)
    path = tmp_path / "report.xlsx"
    book.save(path)
    (found,) = read_file(path)
    assert (found.frame["spend"].sum(), len(found.frame)) == (spend, rows)
