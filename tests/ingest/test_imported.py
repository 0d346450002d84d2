"""The imported table: nothing counts twice, a restatement replaces, and what was said before can be had again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from facts import ALL_ROWS
from facts.source import load
from ingest.one_file import How, import_file
from ingest.read.margins import read_margins
from ingest.read.options import Options
from ingest.read.rates import read_rates
from ingest.read.report_file import read_file
from ingest.results import ImportProblem
from ingest.write.shop import path_of
from ingest.write.table import NAME, lock_table, plan, store
from kpi.selection import Selection, only
from tests.ingest.read.conftest import FIXTURES

META = 7131.36
HEADER = (
    "Reporting starts,Reporting ends,Account name,Campaign name,Day,Amount spent (USD),Purchases conversion value\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "data" / "facts"


Bring = Callable[..., list[str]]


@pytest.fixture
def bring(table: Path) -> Bring:
    """Imports samples by name, or texts of exports; returns what was said."""

    def run(*files: str, **how: object) -> list[str]:
        said: list[str] = []
        for number, each in enumerate(files):
            path = FIXTURES / each
            if "\n" in each:
                path = table.parent.parent / f"export-{number}.csv"
                path.write_text(each)
            import_file(path, How(table, **{"by": "Ann", **how}), said.append)
        return said

    return run


def rows(*cells: tuple[object, ...]) -> str:
    """An export of Meta: account, campaign, day, spend, revenue."""
    return HEADER + "".join(
        f"{d},{d},{account},{name},{d},{spend},{value}\n" for account, name, d, spend, value in cells
    )


def total(table: Path, chosen: dict[str, list[str]] | None = None, measure: str = "spend") -> float:
    facts = load(table)
    extent = facts.extent()
    found = facts.totals(Selection(extent.first, extent.last, only(chosen or {})), [()], ALL_ROWS)[()]
    return found[measure].iloc[0] if len(found) else 0.0


CUTS = ["meta_en_daily.csv", "meta_en_device_breakdown.csv", "meta_en_country_breakdown.csv"]


@pytest.mark.parametrize("order", [CUTS, CUTS[::-1], [CUTS[1], CUTS[2]]])
def test_a_second_cut_complements_and_never_adds(table: Path, bring: Bring, order: list[str]) -> None:
    bring(*order, "google_en_daily_device.csv")

    facts = load(table)
    extent = facts.extent()
    asked = [(), ("platform",), ("device",), ("region",), ("platform", "device"), ("campaign",), ("date",)]
    found = facts.totals(Selection(extent.first, extent.last), asked, ALL_ROWS)

    for grouping in asked:
        assert found[grouping]["spend"].sum() == pytest.approx(META + 7308.94, abs=0.02), grouping
    assert found[("platform",)]["spend"]["Meta"] == pytest.approx(META, abs=0.02)
    assert found[("platform", "device")]["spend"]["Meta", "Desktop"] == pytest.approx(1697.80)
    assert found[("region",)]["spend"]["United Kingdom"] == pytest.approx(1712.13)
    assert total(table, {"device": ["Desktop"], "platform": ["Meta"]}) == pytest.approx(1697.80)
    assert {"United Kingdom", "Unknown"} <= set(facts.options(ALL_ROWS)["region"])
    assert "Desktop" in facts.options(only({"region": ["Unknown"]}))["device"]


def test_a_report_of_part_of_the_money_does_not_stand_for_the_whole(table: Path, bring: Bring) -> None:
    bring(
        "tiktok_gender_masked.csv",
        "tiktok_campaign_daily.csv",
        "amazon_sp_search_term_daily.xlsx",
        "amazon_sp_campaign_daily.csv",
    )
    assert total(table, measure="impressions") == 564_750 + 1_464_835
    assert total(table, {"segment": ["Male", "Female", "Unknown"], "platform": ["TikTok"]}) == pytest.approx(3630.73)


def test_the_same_file_again_changes_nothing_in_any_of_its_forms(table: Path, bring: Bring) -> None:
    bring("meta_en_daily.csv")
    said = bring("meta_en_daily.csv", "meta_de_excel_resaved_semicolon.csv", "meta_fr_daily.csv")
    assert sum(line.startswith("Nothing changed") for line in said) == 3
    assert DeltaTable(str(table)).version() == 0


def test_a_restatement_replaces_the_days_of_its_account_and_cut_alone(table: Path, bring: Bring) -> None:
    bring(
        rows(
            ("Acme", "A", "2025-07-01", 5, 1),
            ("Acme", "A", "2025-07-02", 6, 1),
            ("Acme", "B", "2025-07-02", 7, 1),
            ("O'Hara \\ Söhne", "A", "2025-07-02", 100, 1),
        )
    )
    said = bring(rows(("Acme", "A", "2025-07-02", 8, 1), ("Acme", "A", "2025-07-03", 9, 1)))
    assert total(table) == 5 + 8 + 9 + 100
    assert any("spend 13.00 → 17.00 (+4.00)" in line for line in said)
    assert any("1 campaign that the table has for these days is not in the file and goes: “B”" in line for line in said)

    bring(rows(("O'Hara \\ Söhne", "A", "2025-07-02", 50, 1)))
    assert total(table) == 5 + 8 + 9 + 50
    assert [version for version in range(3) if load(table, version=version).extent().last == date(2025, 7, 2)] == [0]


def test_figures_without_an_account_never_join_those_with_one(table: Path, bring: Bring) -> None:
    bring(rows(("Acme", "A", "2025-07-01", 5, 1)))
    nameless = rows(("", "A", "2025-07-01", 5, 1))
    with pytest.raises(ImportProblem, match=r"would count twice.*“Acme”\. Say --account"):
        bring(nameless)
    bring(nameless, options=Options(account="Acme"))
    assert total(table) == 5


def test_cuts_that_disagree_are_told(table: Path, bring: Bring) -> None:
    bring("meta_en_daily.csv")
    assert not any("filtered or older" in line for line in bring("meta_en_device_breakdown.csv"))
    some = (FIXTURES / "meta_en_country_breakdown.csv").read_text().splitlines(keepends=True)
    said = bring("".join(line for line in some if ",GB," not in line))
    assert any("the cut campaign+region" in line and "filtered or older" in line for line in said)


def test_amazons_products_and_brands_add_up(table: Path, bring: Bring) -> None:
    header = "Date,Program Type,Portfolio name,Currency,Campaign Name,Spend,7 Day Total Sales\n"
    bring(
        header + '"Jul 01, 2025",Sponsored Products,-,USD,A,5,1\n',
        header + '"Jul 01, 2025",Sponsored Brands,-,USD,B,7,1\n',
    )
    assert total(table) == 12


def test_missing_stays_missing(table: Path, bring: Bring) -> None:
    bring("Campaign name,By Day,Cost,Impressions,Currency\nA,2025-07-01,5,10,USD\n")
    facts = load(table)
    found = facts.totals(Selection(date(2025, 7, 1), date(2025, 7, 1)), [()], ALL_ROWS)[()]
    assert found[["revenue", "clicks", "cogs"]].isna().all(axis=None)
    history = DeltaTable(str(table)).history()[0]
    assert "TikTok's export has no revenue column" in history["import.missing"]


def test_the_demo_is_never_mixed_with(table: Path, bring: Bring) -> None:
    from datagen.__main__ import main

    assert main(["--days", "2", "--out", str(table)]) == 0
    assert load(table).demo
    demo = total(table)

    bring("meta_en_daily.csv")
    assert (load(table).demo, total(table)) == (False, pytest.approx(META))
    assert DeltaTable(str(table)).metadata().name == "marketing-dashboard facts"

    DeltaTable(str(table)).restore(0)
    assert (load(table).demo, total(table)) == (True, demo)


def test_a_table_of_someone_elses_is_left_alone(table: Path, bring: Bring, tmp_path: Path) -> None:
    write_deltalake(str(table), pa.table({"x": [1]}), name="sales")
    with pytest.raises(ImportProblem, match=r"no import made \(its name is 'sales'\)"):
        bring("meta_en_daily.csv")


def test_a_table_of_an_earlier_version_goes_on(
    table: Path, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are called part-…, as delta-rs writes them."""
    import cli

    bring(rows(("Acme", "A", "2025-07-01", 5, 1), ("Acme", "A", "2025-07-02", 6, 1)))
    stored = DeltaTable(str(table)).to_pyarrow_table()
    earlier = tmp_path / "earlier" / "facts"
    write_deltalake(str(earlier), stored, name=NAME, description="")
    second = "date = '2025-07-02'"
    write_deltalake(str(earlier), stored.slice(1, 1), mode="overwrite", predicate=second)
    (earlier / "part-00000-4a0c1d2e-c000.snappy.parquet").write_bytes(b"left by an import that was killed")
    theirs = {file.name: file.read_bytes() for file in earlier.glob("part-*")}
    monkeypatch.setenv("DASHBOARD_FACTS", str(earlier))

    report = tmp_path / "restated.csv"
    report.write_text(rows(("Acme", "A", "2025-07-02", 8, 1), ("Acme", "B", "2025-07-03", 9, 1)))
    assert cli.main(["import", str(report)]) == 0
    assert total(earlier) == 5 + 8 + 9
    assert cli.main(["undo"]) == 0
    assert total(earlier) == 5 + 6
    assert cli.main(["undo", "2"]) == 0
    assert total(earlier) == 5 + 8 + 9
    assert cli.main(["history", "--as-of", "0"]) == 0
    assert {file.name: file.read_bytes() for file in earlier.glob("part-*")} == theirs


def test_currencies_are_converted_at_the_days_rate_or_refused(table: Path, bring: Bring, tmp_path: Path) -> None:
    bring(rows(("US", "A", "2025-07-04", 10, 20)))
    euros = rows(("DE", "A", "2025-07-05", 10, 20)).replace("USD", "EUR")
    with pytest.raises(ImportProblem, match="The money is in EUR and the table's in USD: give rates with --fx"):
        bring(euros)

    plain = tmp_path / "fx.csv"
    plain.write_text("date,currency,rate\n2025-07-04,EUR,1.25\n")
    bring(euros, rates=read_rates(plain))
    assert (total(table), total(table, measure="revenue")) == (10 + 12.5, 20 + 25)
    stored = DeltaTable(str(table)).to_pyarrow_table(filters=[("account", "=", "DE")]).to_pylist()[0]
    assert (stored["billed_currency"], stored["rate"], str(stored["rate_date"])) == ("EUR", 1.25, "2025-07-04")

    ecb = tmp_path / "eurofxref-hist.csv"
    ecb.write_text("Date,USD,GBP,\n2025-07-04,1.25,0.5,\n2025-07-03,1.2,N/A,\n")
    pounds = rows(("UK", "A", "2025-07-06", 4, 8)).replace("USD", "GBP")
    bring(pounds, rates=read_rates(ecb))
    assert total(table) == pytest.approx(10 + 12.5 + 4 * 2.5)
    with pytest.raises(ImportProblem, match="has no rate of GBP for 2025-07-20"):
        bring(pounds.replace("2025-07-06", "2025-07-20"), rates=read_rates(ecb))


def test_a_new_table_in_two_currencies_needs_its_own_named(table: Path, bring: Bring) -> None:
    header = "Campaign name,By Day,Cost,Impressions,Currency\n"
    with pytest.raises(ImportProblem, match="EUR and USD, which are never added up"):
        bring(header + "A,2025-07-01,5,1,USD\nB,2025-07-01,5,1,EUR\n")


def test_costs_come_from_a_margin_table(table: Path, bring: Bring, tmp_path: Path) -> None:
    margins = tmp_path / "margins.toml"
    margins.write_text(
        "[[margin]]\ngross_margin = 60\nfees = 5\n"
        '[[margin]]\nplatform = "Meta"\nfrom = 2025-07-02\ngross_margin = 50\nfees = 10\n'
    )
    export = rows(("US", "A", "2025-07-01", 1, 100), ("US", "A", "2025-07-02", 1, 100))
    bring(export, margins=read_margins(margins))
    assert total(table, measure="cogs") == pytest.approx(40 + 50)
    assert total(table, measure="variable_costs") == pytest.approx(5 + 10)
    margins.write_text("[[margin]]\ngross_margin = 160\nfees = 5\n")
    with pytest.raises(ImportProblem, match="entry 1: gross_margin must be a percentage"):
        read_margins(margins)


def test_the_shops_days_stand_beside_the_facts(table: Path, bring: Bring) -> None:
    bring("business_daily.csv", "business_daily.csv")
    shop = DeltaTable(str(path_of(table)))
    assert shop.version() == 0
    assert shop.to_pyarrow_table()["orders"].to_pandas().sum() == 1932
    bring("date,orders,total_revenue\n2025-07-14,1,2.5\n")
    assert shop.to_pyarrow_table().num_rows == 14
    assert DeltaTable(str(path_of(table))).to_pyarrow_table()["orders"].to_pandas().sum() == 1932 - 142 + 1
    assert not table.exists()


def test_a_plan_does_not_outlive_the_version_it_was_made_on(table: Path, bring: Bring) -> None:
    old = plan(table, read_file(FIXTURES / "google_en_daily.csv"))
    bring("meta_en_daily.csv")
    with pytest.raises(ImportProblem, match="changed meanwhile"):
        store(old, {})


def test_a_second_import_waits_for_the_first(table: Path) -> None:
    with lock_table(table), pytest.raises(ImportProblem, match="Another import is writing"), lock_table(table, wait=0):
        pass


def test_days_between_those_that_a_restatement_has_stay(table: Path, bring: Bring) -> None:
    bring(rows(*(("Acme", "A", f"2025-07-{day:02}", day, 1) for day in (1, 2, 3, 9))))
    bring(rows(("Acme", "A", "2025-07-01", 100, 1), ("Acme", "A", "2025-07-09", 900, 1)))
    assert total(table) == 100 + 2 + 3 + 900
    assert DeltaTable(str(table)).to_pyarrow_table().num_rows == 4
