"""What exports do that a plain reader gets wrong, one small file each."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from ingest.read.options import Options
from ingest.read.report_file import read_file
from ingest.results import Import, ImportProblem
from kpi.schema import DIMENSIONS, MEASURES

File = Callable[..., Path]

META = "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (USD),Impressions,Link clicks,Purchases\n"
GOOGLE = "Campaign status,Campaign,Campaign ID,Day,Currency code,Clicks,Impr.,Cost,Conversions,Conv. value\n"
TIKTOK = "Campaign name,By Day,Cost,Impressions,Clicks (destination),Purchases (website),Currency\n"
AMAZON = (
    "Date,Portfolio name,Currency,Campaign Name,Impressions,Clicks,Spend,7 Day Total Orders (#),7 Day Total Sales \n"
)


def one(path: Path, **options: object) -> Import:
    (found,) = read_file(path, Options(**options))
    return found


def campaigns(found: Import) -> list[str]:
    return sorted(set(found.frame["campaign"]))


def dropped(found: Import) -> dict[str, int]:
    return {each.reason: each.rows for each in found.dropped}


def findings(found: Import) -> str:
    return " ".join(each.text for each in found.findings)


def test_totals_go_and_campaigns_that_are_called_like_totals_stay(file: File) -> None:
    found = one(
        file(
            'Campaign performance\n"July 1, 2025 - July 2, 2025"\n'
            + GOOGLE
            + "Enabled,Total Recall,1,2025-07-01,USD,1,10,5,0,0\n"
            "Enabled,Gesamt DE,2,2025-07-01,USD,1,10,5,0,0\n"
            "Enabled,Total: all,3,2025-07-02,USD,1,10,5,0,0\n"
            "Total: Campaigns, --, --,,USD,3,30,15,0,0\nTotal: Account,,,,USD,3,31,16,0,0\n"
        )
    )
    assert campaigns(found) == ["Gesamt DE", "Total Recall", "Total: all"]
    assert (dropped(found), found.frame["spend"].sum()) == ({"totals": 2}, 15)

    found = one(
        file(
            TIKTOK + "Total of summer,2025-07-01,5,10,1,0,USD\nTotal of 12 results,2025-07-02,5,10,1,0,USD\n"
            "Total of 2 results,-,10,20,2,0,USD\n"
        )
    )
    assert campaigns(found) == ["Total of 12 results", "Total of summer"]
    assert dropped(found) == {"totals": 1}


def test_a_row_without_a_campaign_is_a_total_only_where_it_adds_up(file: File) -> None:
    rows = "2025-07-01,2025-07-01,A,2025-07-01,5,1,1,0\n2025-07-01,2025-07-01,B,2025-07-01,6,1,1,0\n"
    total = one(file(META + rows + "2025-07-01,2025-07-01,,2025-07-01,11,2,2,0\n"))
    assert (total.frame["spend"].sum(), dropped(total)) == (11, {"totals": 1})

    other = one(file(META + rows + "2025-07-01,2025-07-01,,2025-07-01,3,2,2,0\n"))
    assert other.frame["spend"].sum() == 14
    assert "Unknown" in campaigns(other)


@pytest.mark.parametrize("text", ["--", " --", "-", "", "n/a", "< 10%", "<5", "–"])
def test_what_is_not_told_is_missing(file: File, text: str) -> None:
    found = one(
        file(META + f"2025-07-01,2025-07-01,A,2025-07-01,5,{text},1,0\n2025-07-01,2025-07-01,B,2025-07-01,5,7,1,0\n")
    )
    assert found.frame["impressions"].isna().sum() == 1
    assert found.frame["impressions"].sum() == 7


@pytest.mark.parametrize(
    ("cells", "spend"),
    [
        (["Rs.201.68", "Rs.1,00,201.68"], [201.68, 100201.68]),
        (["€1.234,56", "€ 0,50"], [1234.56, 0.5]),
        (["$1,234.56", "-$5.00"], [1234.56, -5]),
        (["1.234", "1.234.567"], [1234, 1234567]),
        (["1.234", "0,5"], [1234, 0.5]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["1 234,50 €", "7,00 €"], [1234.5, 7]),
        (["1’234.50", "(2.00)"], [1234.5, -2]),
        (['="12.50"', "3.00"], [12.5, 3]),
    ],
)
def test_thousands_and_decimals_by_the_whole_column(file: File, cells: list[str], spend: list[float]) -> None:
    rows = "".join(
        f'2025-07-0{n};2025-07-0{n};A;2025-07-0{n};"{c.replace(chr(34), chr(34) * 2)}";1;1;0\n'
        for n, c in enumerate(cells, 1)
    )
    found = one(file(META.replace(",", ";") + rows))
    assert list(found.frame["spend"]) == pytest.approx(spend)


def test_counts_are_whole_whatever_the_sign_of_thousands(file: File) -> None:
    found = one(file(META + '2025-07-01,2025-07-01,A,2025-07-01,1.50,"1,234",1.234,0\n'))
    assert (found.frame["impressions"][0], found.frame["clicks"][0]) == (1234, 1234)


def test_a_column_that_proves_both_signs_is_refused_with_its_rows(file: File) -> None:
    rows = '2025-07-01,2025-07-01,A,2025-07-01,0.50,1,1,0\n2025-07-02,2025-07-02,A,2025-07-02,"0,75",1,1,0\n'
    with pytest.raises(ImportProblem, match=r"row 2: “Amount spent \(USD\)” is 0.50, but 0,75 in .*row 3"):
        one(file(META + rows))


def test_a_cell_that_is_no_number_is_named(file: File) -> None:
    with pytest.raises(ImportProblem, match=r"export.csv, row 3: “Impressions” is “many”, which is no number"):
        one(file(META + "2025-07-01,2025-07-01,A,2025-07-01,1,1,1,0\n2025-07-02,2025-07-02,A,2025-07-02,1,many,1,0\n"))


def test_the_currency_comes_from_header_column_or_sign(file: File) -> None:
    row = "2025-07-01,2025-07-01,A,2025-07-01,5,1,1,0\n"
    assert set(one(file(META.replace("USD", "SEK") + row)).frame["currency"]) == {"SEK"}
    assert set(one(file(GOOGLE + "Enabled,A,1,2025-07-01,CHF,1,1,1,1,1\n")).frame["currency"]) == {"CHF"}
    signed = AMAZON.replace("Currency,", "") + '"Jul 01, 2025",-,A,1,1,€5.00,1,€9.00\n'
    assert set(one(file(signed)).frame["currency"]) == {"EUR"}
    found = one(file(AMAZON.replace("Currency,", "") + '"Jul 01, 2025",-,A,1,1,5.00,1,9.00\n'))
    assert set(found.frame["currency"]) == {""}
    assert "No currency is named" in findings(found)


def days(file: File, texts: list[str], **options: object) -> list[str]:
    rows = "".join(f"{text},-,USD,A,1,1,{number},1,1\n" for number, text in enumerate(texts))
    return [f"{day:%Y-%m-%d}" for day in one(file(AMAZON + rows), **options).frame["date"]]


def test_day_first_or_month_first_by_evidence(file: File) -> None:
    assert days(file, ["13/07/2025", "01/07/2025"]) == ["2025-07-01", "2025-07-13"]
    assert days(file, ["07/13/2025", "07/01/2025"]) == ["2025-07-01", "2025-07-13"]
    first = [f"{day:02}/07/2025" for day in range(1, 13)]
    assert days(file, first)[-1] == "2025-07-12"
    assert days(file, [f"07/{day:02}/2025" for day in range(1, 13)])[-1] == "2025-07-12"
    assert days(file, ["01.02.2025"]) == ["2025-02-01"]
    assert days(file, ["07/07/2025"]) == ["2025-07-07"]
    assert days(
        file, ['"Jul 01, 2025"', "2. Juli 2025", "3 juil. 2025", "4 de julio de 2025", "2025-07-05 7:00:00"]
    ) == [f"2025-07-0{day}" for day in range(1, 6)]
    written = ["45839", "mer. 2 juil. 2025", '"Do., 3. Juli 2025"', "4 jul. 2025", "2025-07-05T00:00:00Z"]
    assert days(file, written) == [f"2025-07-0{day}" for day in range(1, 6)]


def test_an_undecidable_order_is_asked_for(file: File) -> None:
    with pytest.raises(ImportProblem, match=r"row 2: “Date” is 05/07/2025.*--dates dmy or --dates mdy"):
        days(file, ["05/07/2025"])
    assert days(file, ["05/07/2025"], dates="dmy") == ["2025-07-05"]
    assert days(file, ["05/07/2025"], dates="mdy") == ["2025-05-07"]


def test_a_day_that_is_none_is_named(file: File) -> None:
    with pytest.raises(ImportProblem, match=r"row 3: “Date” is “31.02.2025”"):
        days(file, ["01.02.2025", "31.02.2025"])


def test_trailing_spaces_and_duplicated_and_empty_columns(file: File) -> None:
    header = "Campaign status , Campaign,Day ,Currency code,Clicks ,Impr.,Cost ,Cost ,Conversions,,\n"
    found = one(file(header + "Enabled,A,2025-07-01,USD,1,2,3,3,,,\n"))
    assert (found.frame["spend"].sum(), found.missing["conversions"]) == (3, "add the column “Conversions”")
    with pytest.raises(ImportProblem, match="“Cost” more than once with different values"):
        one(file(header + "Enabled,A,2025-07-01,USD,1,2,3,4,1,,\n"))


def test_ids_that_excel_destroyed_are_none(file: File) -> None:
    found = one(
        file(GOOGLE + "Enabled,A,1.2E+17,2025-07-01,USD,1,1,1,1,1\nEnabled,B,1.2E+17,2025-07-01,USD,1,1,1,1,1\n")
    )
    assert set(found.frame["campaign_id"]) == {""}
    assert campaigns(found) == ["A", "B"]
    assert "spoilt by Excel" in findings(found)


def test_conversions_may_be_fractions(file: File) -> None:
    assert one(file(GOOGLE + "Enabled,A,1,2025-07-01,USD,1,1,1,2.33,1\n")).frame["conversions"].sum() == 2.33


def test_a_campaigns_start_date_is_not_the_rows_day(file: File) -> None:
    header = "Start Date,End Date,Portfolio name,Currency,Campaign Name,Impressions,Clicks,Spend,7 Day Total Sales\n"
    with pytest.raises(ImportProblem, match=r"2025-07-01 to 2025-07-31 together, .*: choose the time unit Daily"):
        one(file(header + '"Jul 01, 2025","Jul 31, 2025",-,USD,A,1,1,1,1\n'))
    both = one(file(AMAZON.replace("Date,", "Date,Start Date,") + '"Jul 05, 2025","Jan 01, 2020",-,USD,A,1,1,1,1,1\n'))
    assert str(both.first) == "2025-07-05"


def test_a_period_is_never_piled_onto_a_day(file: File) -> None:
    plain = META.replace("Day,", "")
    with pytest.raises(ImportProblem, match="2025-07-01 to 2025-07-14 together"):
        one(file(plain + "2025-07-01,2025-07-14,A,5,1,1,0\n"))
    assert str(one(file(plain + "2025-07-01,2025-07-01,A,5,1,1,0\n")).last) == "2025-07-01"
    with pytest.raises(ImportProblem, match="“Month” names a period; segment the report by day"):
        one(file(GOOGLE.replace("Day", "Month") + "Enabled,A,1,2025-07-01,USD,1,1,1,1,1\n"))


def test_results_are_purchases_only_where_all_say_so(file: File) -> None:
    header = (
        "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (USD),Results,Result indicator,Clicks (all)\n"
    )
    row = "2025-07-01,2025-07-01,{},2025-07-01,5,3,actions:offsite_conversion.{},9\n"
    mixed = one(file(header + row.format("A", "fb_pixel_purchase") + row.format("B", "link_click")))
    assert mixed.frame["conversions"].isna().all()
    assert "mixes goals" in mixed.missing["conversions"]
    assert mixed.frame["clicks"].isna().all()
    assert "link clicks" in mixed.missing["clicks"]
    assert one(file(header + row.format("A", "fb_pixel_purchase"))).frame["conversions"].sum() == 3


def test_cost_per_click_and_last_year_are_not_cost(file: File) -> None:
    header = AMAZON.replace("Spend,7 Day Total Orders (#)", "Cost Per Click (CPC),Last Year Spend")
    with pytest.raises(ImportProblem, match="no column for spend, such as “spend”"):
        one(file(header + '"Jul 01, 2025",-,USD,A,1,1,9,9,1\n'))


def test_several_rows_of_one_key_are_summed_and_reach_is_not(file: File) -> None:
    header = "Reporting starts,Reporting ends,Campaign name,Ad set name,Day,Amount spent (USD),Reach\n"
    found = one(file(header + "2025-07-01,2025-07-01,A,x,2025-07-01,5,10\n2025-07-01,2025-07-01,A,y,2025-07-01,6,20\n"))
    assert (len(found.frame), found.rows, found.frame["spend"][0]) == (1, 2, 11)
    assert found.frame["reach"].isna().all()
    assert found.frame["cut"][0] == "campaign+ad group"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (META, "has nothing below its header"),
        (META + "2025-07-01,2025-07-31,,,9,9,9,9\n", "only totals"),
        ("No data available\n", "row 1 says that there is no data"),
        (GOOGLE + "No data available,,,,,,,,,\n", "row 2 says that there is no data"),
        ("name,age\nAnn,7\n", "is no advertising report known here.*“name”, “age”"),
        ("Campaign,Day,Clicks,Impr.\nA,2025-07-01,1,1\n", "Google Ads, but its header .* has no column for spend"),
        ("date,campaign,spend\n2025-07-01,A,5\n", "which platform.*--platform"),
        ("", "is empty"),
        ('[{"date": "2025-07-01", "spend": 5}]', "is JSON, XML or a web page"),
        (META + "2025-07-01,2025-07-01,A,2025-07-01,5,1,1,0\n\n" + META.replace("Day", "Age,Day"), "holds two tables"),
        (
            META + "2025-07-01,2025-07-01,Sale, July,2025-07-01,5,1,1,0\n",
            "row 2: it has 9 cells where",
        ),
        (META + '2025-07-01,2025-07-01,"Sale,2025-07-01,5,1,1,0\n' + "x" * 200_000, "row 2: a quotation mark opens"),
        (
            META + f"2025-07-01,2025-07-01,{'x' * 500_000},2025-07-01,5,1,1,0\n",
            "row 2: a cell has more than 131,072 characters",
        ),
        (META + "2025-07-01,2025-07-01,A,,5,1,1,0\n", "row 2: “Day” is empty"),
        (META + "2025-07-01,2025-07-01,A,2025-07-01,5,-1,1,0\n", "row 2: “Impressions” is below zero"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(file: File, content: str, reason: str) -> None:
    with pytest.raises(ImportProblem, match=rf"(?s)export\.csv.*{reason}"):
        one(file(content))


def test_a_mapping_reads_any_other_language(file: File) -> None:
    mapping = file(
        'platform = "Google"\ncurrency = "SEK"\n[columns]\ndate = "Datum"\ncampaign = "Kampanjnamn"\nspend = "Belopp"\n'
        'device = "Enhet"\n[values.device]\n"Mobiltelefon" = "Mobile"\n',
        "svenska.toml",
    )
    path = file("Datum;Kampanjnamn;Belopp;Enhet\n2025-07-01;Sommar;5,50;mobiltelefon\n")
    (found,) = read_file(path, Options().with_mapping(mapping))
    assert found.frame.loc[0, ["platform", "campaign", "spend", "currency", "device"]].tolist() == [
        "Google",
        "Sommar",
        5.5,
        "SEK",
        "Mobile",
    ]
    with pytest.raises(ImportProblem, match="“cost” is no column of the facts"):
        Options().with_mapping(file('[columns]\ncost = "Belopp"\n', "bad.toml"))


def test_the_industrys_unified_schema_and_its_siblings(file: File) -> None:
    header = (
        "source_relation,date_day,platform,account_id,account_name,campaign_id,campaign_name,clicks,impressions,spend,"
        "conversions,conversions_value\n"
    )
    found = one(
        file(
            header + "x,2025-07-01,facebook_ads,1,Acme,9,A,1,2,3.5,1,8\nx,2025-07-01,microsoft_ads,2,Acme,9,B,1,2,4,,\n"
        )
    )
    assert dict(zip(found.frame["platform"], found.frame["spend"], strict=True)) == {
        "Meta": 3.5,
        "Microsoft Advertising": 4,
    }
    assert found.frame["cut"][0] == "campaign"
    group = one(
        file(
            header.replace("clicks,", "ad_group_id,ad_group_name,clicks,")
            + "x,2025-07-01,google_ads,1,Acme,9,A,7,G,1,2,3.5,1,8\n"
        )
    )
    assert group.frame["cut"][0] == "campaign+ad group"


def test_a_platform_that_is_said_needs_no_mark(file: File) -> None:
    plain = file("Campaign,Day,Cost,Clicks\nA,2025-07-01,5,1\n")
    with pytest.raises(ImportProblem, match="--platform"):
        one(plain)
    assert one(plain, platform="Google").source == "Google Ads"
    brands = file("Date,Campaign Name,Spend,Impressions\n2025-07-01,A,5,1\n", "Sponsored_Brands_Campaign.csv")
    assert one(brands, platform="Amazon").frame["program"][0] == "Sponsored Brands"


def test_sums_of_weeks_are_warned_of(file: File) -> None:
    weeks = "".join(f"A,2025-07-{day:02},5,1,1,0,USD\n" for day in (7, 14, 21, 28))
    assert "whole weeks apart" in findings(one(file(TIKTOK + weeks)))


def test_amazons_sales_and_orders_are_of_one_window(file: File) -> None:
    header = AMAZON.replace("7 Day Total Orders (#)", "14 Day Total Orders (#),7 Day Total Orders (#)")
    found = one(file(header + '"Jul 01, 2025",-,USD,A,1,1,1,9,4,7\n'))
    assert (found.frame["conversions"].sum(), found.frame["revenue"].sum()) == (4, 7)


def test_campaigns_that_did_not_run_have_no_day_and_no_figures(file: File) -> None:
    period = "2025-07-01,2025-07-31"
    found = one(file(META + f"2025-07-01,2025-07-01,A,2025-07-01,5,1,1,0\n{period},P,,,,,\n{period},B,,0.00,0,0,0\n"))
    assert (campaigns(found), dropped(found)) == (["A"], {"without a day and without figures": 2})


def test_the_dashboards_own_table_comes_in_as_it_is(facts_path: Path, tmp_path: Path) -> None:
    own = DeltaTable(str(facts_path)).to_pyarrow_table(filters=[("date", "=", date(2025, 7, 4))])
    pq.write_table(own, tmp_path / "own.parquet")
    found = one(tmp_path / "own.parquet")
    assert (found.source, len(found.frame), found.frame["cut"][0]) == (
        "a plain table",
        720,
        "campaign+region+device+segment",
    )
    for measure in MEASURES:
        assert found.frame[measure].sum() == pytest.approx(sum(own[measure].to_pylist())), measure
    for text in (*DIMENSIONS, "account", "campaign_id"):
        assert set(found.frame[text]) == set(own[text].to_pylist()), text


WEEKS = 'platform = "Google"\ncurrency = "EUR"\nweeks = true\n[columns]\ndate = "Week of"\n'


def test_sums_of_weeks_are_spread_where_a_mapping_says_so_and_nothing_is_lost(file: File) -> None:
    mapping = file(
        'currency = "EUR"\nweeks = true\n[columns]\ndate = "week"\nregion = "geo"\n[values.platform]\nfb = "Meta"\n'
        '[wide]\nspend = "{channel}_spend"\nimpressions = "{channel}_imp"\n',
        "mapping.toml",
    )
    path = file(
        "Model data\nweek,geo,FB_imp,FB_spend,TV_spend,Organic_imp\n"
        "2025-06-30,North,100,70.07,7,9\n2025-07-07,North,3,,14,9\n"
    )
    with pytest.raises(ImportProblem, match="a column for each channel"):
        one(path)

    (found,) = read_file(path, Options().with_mapping(mapping))

    frame = found.frame
    assert frame.groupby(["platform", "campaign"])[["spend", "impressions"]].sum(min_count=1).to_dict("index") == {
        ("Meta", "FB"): {"spend": pytest.approx(70.07), "impressions": 103},
        ("Other", "TV"): {"spend": pytest.approx(21), "impressions": pytest.approx(float("nan"), nan_ok=True)},
    }
    assert (str(found.first), str(found.last), set(frame["region"])) == ("2025-06-30", "2025-07-13", {"North"})
    first = frame[(frame["campaign"] == "FB") & (frame["date"] < "2025-07-07")]
    assert first["impressions"].tolist() == [15, 15, 14, 14, 14, 14, 14]
    assert first["spend"].tolist() == pytest.approx([10.01] * 7)
    assert "spread evenly" in findings(found)


def test_days_are_not_taken_for_weeks(file: File) -> None:
    mapping = file(WEEKS, "mapping.toml")
    path = file("Week of,campaign,spend\n2025-07-01,A,5\n2025-07-02,A,5\n")
    with pytest.raises(ImportProblem, match="says weeks, but 2025-07-02 follows less than 7 days"):
        read_file(path, Options().with_mapping(mapping))
