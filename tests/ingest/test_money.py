"""Money is never lost, counted twice or called by another currency without a word."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

import cli
from ingest.one_file import How, import_file
from ingest.read.options import Options
from ingest.read.rates import read_rates
from ingest.results import ImportProblem
from ingest.uploaded import answer_request
from ingest.watch import watch
from ingest.write.shop import path_of

META = "Day,Campaign name,Amount spent (EUR),Impressions,Link clicks,Purchases,Purchases conversion value\n"
ONE = (
    META + "2025-09-01,Brand,10,1000,10,1,50\n2025-09-01,Prospecting,100,900,10,1,50\n2025-09-02,Brand,20,2000,20,2,9\n"
)
OTHER = META + "2025-09-01,Brand,7,700,7,1,40\n2025-09-02,Brand,8,800,8,0,0\n"
GOOGLE = (
    "segments_date,campaign_name,metrics_cost_micros,metrics_impressions,metrics_clicks\n2025-09-01,Search,{},90,3\n"
)
ORDERS = (
    "Name,Financial Status,Currency,Subtotal,Taxes,Total,Refunded Amount,Created at,Lineitem quantity,Lineitem name\n"
    "#1,paid,EUR,50,9,64,0,2025-09-01 10:15:00 +0200,1,Shoe\n#2,paid,EUR,50,9,64,0,2025-09-02 10:15:00 +0200,1,Shoe\n"
)
NET_DAYS = "Day,Orders,Net sales\n2025-09-01,10,850\n2025-09-02,8,740\n2025-09-03,7,600\n"
Put = Callable[[str, str], Path]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "data" / "facts"))
    return tmp_path / "data" / "facts"


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def run(*words: object) -> int:
    return cli.main([str(word) for word in words])


def rows(table: Path) -> pd.DataFrame:
    return DeltaTable(str(table)).to_pandas()


def spend(table: Path) -> dict[str, float]:
    """The spend by account."""
    return rows(table).groupby("account")["spend"].sum().to_dict()


def revenue(table: Path) -> float:
    return float(rows(path_of(table))["revenue"].sum())


class TestTwoAccountsWithoutNames:
    """Two accounts' reports that share a campaign's name, in one command."""

    def test_the_second_is_refused_until_somebody_says_what_it_is(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("import", put("one.csv", ONE), put("other.csv", OTHER)) == 1
        said = capsys.readouterr().err
        assert "other.csv and one.csv have campaigns that are called alike (“Brand”) with other figures" in said
        assert "--account" in said
        assert spend(table) == {"Unknown": 130}

        assert run("import", "--replace", put("one.csv", ONE), put("other.csv", OTHER)) == 0
        assert spend(table) == {"Unknown": 15}

    def test_by_device_it_would_be_hidden_behind_the_first(self, table: Path, put: Put) -> None:
        devices = OTHER.replace("Day,", "Impression device,Day,").replace("2025-", "iPhone,2025-")
        assert run("import", put("one.csv", ONE), put("devices.csv", devices)) == 1
        same = ONE.replace("Day,", "Impression device,Day,").replace("2025-", "iPhone,2025-")
        assert run("import", put("one.csv", ONE), put("same.csv", same)) == 0

    def test_a_file_that_the_table_held_already_is_one_of_them(self, table: Path, put: Put) -> None:
        assert run("import", put("one.csv", ONE)) == 0
        assert run("import", put("one.csv", ONE), put("other.csv", OTHER)) == 1
        assert spend(table) == {"Unknown": 130}

    def test_so_is_it_in_a_watched_folder(
        self, table: Path, put: Put, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        inbox = tmp_path / "in"
        inbox.mkdir()
        (inbox / "one.csv").write_text(ONE)
        (inbox / "other.csv").write_text(OTHER)
        assert watch(inbox, How(table), every=0.01, once=True) == 0
        assert (inbox / "failed" / "other.csv").exists()
        assert "called alike" in capsys.readouterr().out
        assert spend(table) == {"Unknown": 130}

    def test_so_is_it_in_an_archive_and_on_the_import_page(self, table: Path, put: Put, tmp_path: Path) -> None:
        one, other = put("one.csv", ONE), put("other.csv", OTHER)
        with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
            archive.write(one, "one.csv")
            archive.write(other, "other.csv")
        with pytest.raises(ImportProblem, match="account"):
            import_file(tmp_path / "both.zip", How(table), lambda line: None)
        asked = {"facts": str(table), "files": [str(one), str(other)], "options": {}, "by": "Ann"}
        answer = answer_request(asked)
        assert "called alike" in answer["refused"]
        assert answer["hint"] == ["account", "replace"]
        assert "plan" in answer_request(asked | {"options": {"replace": "yes"}})

    def test_a_later_statement_of_the_same_account_is_none(self, table: Path, put: Put) -> None:
        days = "".join(f"2025-09-{day:02},Brand,{day},100,10,1,50\n" for day in range(1, 21))
        later = days.replace("-20,Brand,20,", "-20,Brand,25,").replace("-19,Brand,19,", "-19,Brand,19.5,")
        assert run("import", put("a.csv", META + days), put("b.csv", META + later)) == 0
        assert spend(table) == {"Unknown": 215.5}

    def test_campaigns_that_are_called_alike_with_other_identifiers_are_other_campaigns(
        self, table: Path, put: Put
    ) -> None:
        text = META.replace("Campaign name", "Campaign name,Campaign ID") + "2025-09-01,Brand,{},10,100,10,1,50\n"
        assert run("import", put("a.csv", text.format(77))) == 0
        assert run("import", put("b.csv", text.format(88))) == 1
        assert spend(table) == {"Unknown": 10}


class TestAccountNamedLater:
    """`--account` for a file whose campaigns were imported without one."""

    def test_they_move_to_it_and_undo_takes_that_back(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        one = put("one.csv", ONE)
        assert run("import", one) == 0
        assert run("import", "--account", "DE", one) == 0
        assert "2 campaigns (“Brand”, “Prospecting”) that stood under Unknown on 2 days move to “DE”" in (
            capsys.readouterr().out
        )
        assert spend(table) == {"DE": 130}
        assert run("undo") == 0
        assert spend(table) == {"Unknown": 130}

    def test_another_accounts_are_not_taken_for_it(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        one, other = put("one.csv", ONE), put("other.csv", OTHER)
        assert run("import", one) == 0
        assert run("import", "--account", "AT", other) == 1
        assert "import that account's file again first with its --account" in capsys.readouterr().err
        assert run("import", "--account", "DE", one) == 0
        assert run("import", "--account", "AT", other) == 0
        assert spend(table) == {"DE": 130, "AT": 15}

    def test_what_is_not_in_the_file_stays_and_other_cuts_get_the_name(self, table: Path, put: Put) -> None:
        devices = ONE.replace("Day,", "Impression device,Day,").replace("2025-", "iPhone,2025-")
        early = META + "2025-08-31,Brand,3,1,1,0,0\n"
        assert run("import", put("one.csv", ONE), put("devices.csv", devices), put("early.csv", early)) == 0
        brand = "".join(line for line in ONE.splitlines(keepends=True) if "Prospecting" not in line)
        assert run("import", "--account", "DE", put("brand.csv", brand)) == 0
        found = rows(table).groupby(["account", "cut"])["spend"].sum().to_dict()
        assert found == {
            ("DE", "campaign"): 30,
            ("DE", "campaign+device"): 30,
            ("Unknown", "campaign"): 103,
            ("Unknown", "campaign+device"): 100,
        }


class TestAssumedCurrency:
    """Figures whose file names no currency."""

    def test_they_are_in_what_a_later_file_names_and_that_is_said(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        google = put("google.csv", GOOGLE.format(22750000))
        assert run("import", google) == 0
        assert "the table is taken to be in USD" in capsys.readouterr().out
        assert run("import", put("meta.csv", ONE)) == 0
        assert "were taken for USD and are EUR now, with the same amounts" in capsys.readouterr().out
        assert set(rows(table)["currency"]) == {"EUR"}
        assert rows(table)["spend"].sum() == 152.75

        version = DeltaTable(str(table)).version()
        assert run("import", google) == 0
        assert DeltaTable(str(table)).version() == version
        assert run("history") == 0
        assert "the assumed currency USD → EUR" in capsys.readouterr().out
        assert run("undo") == 0
        assert set(rows(table)["currency"]) == {"USD"}

    def test_they_are_in_what_somebody_says_afterwards(self, table: Path, put: Put) -> None:
        google = put("google.csv", GOOGLE.format(22750000))
        assert run("import", google) == 0
        assert run("import", "--currency", "GBP", google) == 0
        assert set(rows(table)["currency"]) == {"GBP"}
        assert rows(table)["spend"].sum() == 22.75
        assert run("import", put("meta.csv", ONE)) == 1  # which was said by somebody
        assert run("import", google) == 0
        assert run("import", put("meta.csv", ONE)) == 1  # and is not taken back by a file that says nothing

    def test_files_of_the_same_command_that_name_one_are_asked_first(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("import", put("google.csv", GOOGLE.format(22750000)), put("meta.csv", ONE)) == 0
        said = capsys.readouterr().out
        assert "taken for EUR, which other files name" in said
        assert "USD" not in said
        assert set(rows(table)["currency"]) == {"EUR"}

    def test_the_shops_named_currency_counts_too(self, table: Path, put: Put) -> None:
        assert run("import", "--currency", "GBP", put("shop.csv", NET_DAYS)) == 0
        assert run("import", put("google.csv", GOOGLE.format(22750000))) == 0
        assert set(rows(table)["currency"]) == {"GBP"}

    def test_money_that_a_file_named_is_never_relabeled(self, table: Path, put: Put) -> None:
        assert run("import", put("meta.csv", ONE)) == 0
        assert run("import", "--currency", "USD", put("google.csv", GOOGLE.format(1000000))) == 1
        assert set(rows(table)["currency"]) == {"EUR"}


class TestShop:
    """The shop's days beside the platforms' figures."""

    def test_another_currency_than_the_platforms_is_said_with_what_to_do(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shop = put("shop.csv", NET_DAYS)
        assert run("import", "--currency", "GBP", shop) == 0
        capsys.readouterr()
        assert run("import", put("meta.csv", ONE)) == 0
        said = capsys.readouterr().out
        assert "The shop's days are in GBP and the platforms' figures in EUR" in said
        assert "--fx" in said

        few = put("few.csv", "Day,Orders,Net sales\n2025-09-01,10,850\n")
        rates = put("fx.csv", "date,currency,rate\n2025-08-30,GBP,1.5\n")
        assert run("import", "--currency", "GBP", "--fx", rates, few) == 0
        assert set(rows(path_of(table))["currency"]) == {"EUR"}
        assert revenue(table) == 2190 * 1.5

    def test_a_correction_of_the_currency_names_both_and_history_does(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shop = put("shop.csv", NET_DAYS)
        assert run("import", put("meta.csv", ONE)) == 0
        assert run("import", shop) == 0
        capsys.readouterr()
        assert run("import", "--currency", "USD", shop) == 0
        said = capsys.readouterr().out
        assert "orders 25 · revenue 2,190.00 EUR → orders 25 · revenue 2,190.00 USD" in said
        assert run("history", "--business") == 0
        newest, *_ = capsys.readouterr().out.splitlines()
        assert newest.endswith("shop.csv: revenue 2,190.00 EUR → 2,190.00 USD")

    def test_what_is_no_currency_is_refused(self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]) -> None:
        shop = put("shop.csv", NET_DAYS)
        mapping = put("mapping.toml", 'kind = "business"\ncurrency = "XXQ"\n')
        for words in (("--currency", "XXQ"), ("--into", "XXQ"), ("--mapping", mapping)):
            assert run("import", *words, shop) == 1
            assert "“XXQ” is no currency: write its code in three letters" in capsys.readouterr().err
        assert not path_of(table).exists()
        assert run("import", "--currency", "gbp", shop) == 0
        assert set(rows(path_of(table))["currency"]) == {"GBP"}

    def test_one_is_not_several(self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]) -> None:
        wrong = put("wrong.csv", ONE.replace(",10,1000", ",ten,1000").replace(",20,2000", ",twenty,2000"))
        assert run("import", wrong) == 1
        assert "1 more row has faults; --problems" in capsys.readouterr().err
        assert run("import", put("shop.csv", "Day,Orders,Net sales\n2025-09-01,10,850\n")) == 0
        assert "new: the shop's 1 day from 2025-09-01 to 2025-09-01" in capsys.readouterr().out

    def test_columns_and_rows_in_two_currencies_are_named(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        two = ONE.replace("Amount spent (EUR)", "Amount spent (EUR),Amount spent (USD)").replace(
            ",10,1000", ",10,11,1000"
        )
        assert (
            run("import", put("two.csv", two.replace(",100,900", ",100,110,900").replace(",20,2000", ",20,22,2000")))
            == 1
        )
        assert "two.csv has “Amount spent (EUR)” and “Amount spent (USD)”: columns in several currencies" in (
            capsys.readouterr().err
        )
        days = "Day,Orders,Net sales,Currency\n2025-09-01,10,850,EUR\n{},8,740,USD\n"
        for day in ("2025-09-02", "2025-09-01"):
            assert run("import", put("shop.csv", days.format(day))) == 1
            said = capsys.readouterr().err
            assert "shop.csv has the shop's days in several currencies (EUR in row 2, USD in row 3)" in said
        rates = put("fx.csv", "date,currency,rate\n2025-08-30,USD,0.9\n")
        assert run("import", "--fx", rates, put("shop.csv", days.format("2025-09-01"))) == 1
        assert "a day in two currencies (2025-09-01; EUR in row 2, USD in row 3)" in capsys.readouterr().err

    def test_a_list_of_orders_asks_before_it_takes_the_place_of_net_sales(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("import", "--currency", "EUR", put("days.csv", NET_DAYS)) == 0
        orders = put("orders.csv", ORDERS)
        assert run("import", orders) == 1
        said = capsys.readouterr().err
        assert "orders.csv has what its orders came to, with shipping and taxes" in said
        assert "2 of its days are there from days.csv with net sales" in said
        assert revenue(table) == 2190
        assert run("import", "--replace", orders) == 0
        assert revenue(table) == 728
        assert "The shop's other days hold net sales" in capsys.readouterr().out
        assert run("import", put("days.csv", NET_DAYS)) == 1  # nor the other way round

    def test_days_of_earlier_versions_are_not_replaced_by_orders_either(self, table: Path, put: Put) -> None:
        plain = put("days.csv", NET_DAYS.replace("Net sales", "Revenue"))
        assert run("import", "--currency", "EUR", plain) == 0
        assert run("import", put("orders.csv", ORDERS)) == 1
        assert run("import", put("days.csv", NET_DAYS.replace(",850", ",851"))) == 0

    def test_history_tells_of_days_that_got_a_currency(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("import", put("shop.csv", NET_DAYS)) == 0
        assert run("import", put("meta.csv", ONE)) == 0
        capsys.readouterr()
        assert run("history", "--business") == 0
        assert "the assumed currency USD → EUR, with the same figures" in capsys.readouterr().out.splitlines()[0]


class TestDryRun:
    """A dry run of several files says what the real command would, and writes nothing."""

    def test_it_refuses_what_would_be_refused(self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]) -> None:
        other = META + "2025-09-01,Elsewhere,7,700,7,1,40\n"
        assert run("import", "--dry-run", put("one.csv", ONE), put("other.csv", other)) == 1
        assert "other.csv has none of the 2 campaigns" in capsys.readouterr().err
        assert not table.exists()

    def test_it_says_what_the_real_command_says(
        self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("import", put("early.csv", META + "2025-09-01,Brand,10,1000,10,1,50\n")) == 0
        files = put("one.csv", ONE), put("shop.csv", NET_DAYS), put("more.csv", ONE.replace("Brand,20", "Brand,21"))
        version = DeltaTable(str(table)).version()
        capsys.readouterr()
        assert run("import", "--dry-run", *files) == 0
        dry = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("Dry run")]
        assert DeltaTable(str(table)).version() == version
        assert not path_of(table).exists()

        assert run("import", *files) == 0
        real = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(("Imported", "To look"))]
        assert dry == real
        assert any("spend 130.00 → 131.00" in line for line in dry)

    def test_it_names_no_copy(self, table: Path, put: Put, capsys: pytest.CaptureFixture[str]) -> None:
        table.mkdir(parents=True)
        (table / "theirs.parquet").write_text("x")
        assert run("import", "--dry-run", put("one.csv", ONE), put("b.csv", ONE)) == 1
        assert str(table) in capsys.readouterr().err


def test_the_first_missing_rate_is_named(table: Path, put: Put) -> None:
    pounds = META.replace("EUR", "GBP") + "".join(f"2025-09-{day:02},U,1,1,1,1,1\n" for day in range(1, 29))
    rates = put("fx.csv", "date,currency,rate\n2025-09-01,GBP,1.15\n")
    assert run("import", put("one.csv", ONE)) == 0
    known = read_rates(rates)
    with pytest.raises(ImportProblem, match="no rate of GBP for 2025-09-09 or the week before"):
        import_file(put("uk.csv", pounds), How(table, Options(account="UK"), known), lambda line: None)


def test_a_folder_of_exports_is_told_from_a_file(table: Path, put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    folder = put("one.csv", ONE).parent
    put("two.csv", ONE)
    assert run("import", folder) == 1
    assert "is a folder with one.csv and 1 more in it, and no file: name the files" in capsys.readouterr().err
