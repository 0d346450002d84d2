"""The command costs: profit appears at once, every change can be undone, and refusals change nothing."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

import cli
from facts import ALL_ROWS, Facts
from facts.costs import costs_now
from facts.engines.choice import Engine, costs_log, engine_of
from facts.source import Source, load
from ingest.costs import CostsStore
from kpi.costs import Cost
from kpi.evaluate import evaluate
from kpi.selection import Selection
from settings import from_environment

ROWS = (
    "date,platform,account,campaign,region,currency,spend,impressions,clicks,conversions,revenue\n"
    "2025-08-31,Meta,Acme,A,Germany,USD,10,1000,10,5,100\n"
    "2025-09-01,Meta,Acme,A,Germany,USD,100,1000,10,5,300\n"
    "2025-09-05,Google,Acme,B,France,USD,100,1000,10,5,200\n"
)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    (tmp_path / "rows.csv").write_text(ROWS)
    assert cli.main(["import", str(tmp_path / "rows.csv")]) == 0
    return tmp_path / "facts"


def costs(*arguments: str) -> int:
    return cli.main(["costs", *arguments])


def profit(facts: Facts, *by: str) -> dict[str, float]:
    extent = facts.extent()
    totals = facts.totals(Selection(extent.first, extent.last), [by], ALL_ROWS)[by]
    return evaluate(totals, ["profit"])["profit"].to_dict()


def test_costs_beyond_all_revenue_are_warned_of(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert costs("--margin", "40", "--fees", "40") == 0
    assert "warning" not in capsys.readouterr().out
    assert costs("--fees", "70", "--platform", "Meta") == 0
    assert "warning: Goods and fees (Meta) are 130 % of revenue, so each sale is a loss" in capsys.readouterr().out
    assert costs("--margin", "80", "--platform", "Meta") == 0
    assert "warning" not in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["memory", "duckdb"])
def test_profit_appears_and_an_undo_takes_it_away_again(table: Path, kind: str) -> None:
    engine = Engine(kind)
    before = load(table, engine=engine)
    assert profit(before)[0] != profit(before)[0]

    assert costs("--margin", "62", "--fees", "8 %") == 0
    assert costs("--margin", "50", "--platform", "fb", "--region", "de") == 0

    after = load(table, engine=engine)
    wanted = {"Meta": 400 * (0.5 - 0.08) - 110, "Google": 200 * (0.62 - 0.08) - 100}
    assert profit(after, "platform") == pytest.approx(wanted)
    assert profit(after)[0] == pytest.approx(sum(wanted.values()))
    assert len({before.version, after.version}) == 2
    first = load(table, engine=engine, version=1)
    assert profit(first)[0] == pytest.approx(600 * 0.54 - 210)
    assert first.side.costs.costs == (Cost(62, 8),)

    assert cli.main(["undo"]) == 0
    assert profit(load(table, engine=engine))[0] == pytest.approx(600 * 0.54 - 210)
    assert cli.main(["undo", "0"]) == 0
    assert profit(load(table, engine=engine))[0] != profit(load(table, engine=engine))[0]


def test_what_one_platform_states_leaves_the_rest_as_all_have_it(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert costs("--margin", "60", "--fees", "5") == 0
    assert costs("--margin", "50", "--platform", "Google") == 0
    assert costs("--fees", "12", "--platform", "Meta") == 0
    said = capsys.readouterr().out
    assert "margin 50 %  fees (5 %)  Google" in said  # in brackets what is taken over
    assert "margin (60 %)  fees 12 %  Meta" in said
    wanted = {"Meta": 400 * (0.6 - 0.12) - 110, "Google": 200 * (0.5 - 0.05) - 100}
    assert profit(load(table), "platform") == pytest.approx(wanted)

    assert costs("--margin", "70") == 0  # the fees of all stay too
    wanted = {"Meta": 400 * (0.7 - 0.12) - 110, "Google": 200 * (0.5 - 0.05) - 100}
    assert profit(load(table), "platform") == pytest.approx(wanted)
    assert costs("--fees", "0") == 0
    wanted["Google"] = 200 * 0.5 - 100
    assert profit(load(table), "platform") == pytest.approx(wanted)


def test_the_history_names_each_change_and_imports_keep_the_costs(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert costs("--margin", "62") == 0
    (tmp_path / "more.csv").write_text(ROWS.splitlines()[0] + "\n2025-09-06,Google,Acme,B,France,USD,1,1,1,1,1000\n")
    assert cli.main(["import", str(tmp_path / "more.csv")]) == 0
    assert profit(load(table))[0] == pytest.approx(1600 * 0.62 - 211)
    capsys.readouterr()
    assert cli.main(["history"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "costs: with your margin of 62 %" in told[1]
    assert costs("--clear") == 0
    assert cli.main(["history"]) == 0
    assert "costs: none any more" in capsys.readouterr().out


def test_from_a_day_on_is_no_profit_of_days_before_it(table: Path) -> None:
    assert costs("--margin", "62", "--from", "2025-09-01") == 0
    facts = load(table)
    assert profit(facts)[0] == pytest.approx(500 * 0.62 - 200), "August's goods are not known, its spend is left out"
    assert profit(facts, "platform")["Google"] == pytest.approx(200 * 0.62 - 100)
    source = Source(table)
    try:
        assert costs("--margin", "40") == 0
        assert source.refresh()
        assert profit(source.current())[0] == pytest.approx(100 * 0.4 + 500 * 0.62 - 210)
    finally:
        source.close()


def test_costs_in_files_win(table: Path, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "date,platform,account,campaign,currency,spend,revenue,cogs,variable_costs\n"
        "2025-09-02,Amazon,Acme,Z,USD,10,100,1,2\n"
    )
    assert cli.main(["import", str(tmp_path / "own.csv")]) == 0
    assert costs("--margin", "50", "--fees", "10") == 0
    facts = load(table)
    assert profit(facts, "platform")["Amazon"] == pytest.approx(100 - 1 - 2 - 10)
    assert facts.side.costs.reported == ("Amazon",)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--margin", "abc"), "is no percentage"),
        (("--margin", "0.62"), "write 62 for 62 %"),
        (("--margin", "50", "--fees", "101"), "more than 100 %"),
        (("--margin", "50", "--from", "1.9.2025"), "is no day"),
        (("--margin", "50", "--platform", "Pinterest"), "There is no platform “Pinterest” in your data: Meta, Google."),
        (("--margin", "50", "--region", "Spain"), "There is no region “Spain” in your data"),
        (("--fees", "3"), "state a gross margin too"),
        (("--platform", "Meta"), "--margin PERCENT or --fees PERCENT states costs"),
        (("--remove",), "No costs are stated for exactly this"),
    ],
)
def test_a_refusal_says_what_to_write_and_changes_nothing(
    table: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], why: str
) -> None:
    assert costs(*arguments) == 1
    assert why in capsys.readouterr().err
    assert DeltaTable(str(table)).version() == 0


def test_the_demo_and_no_data_take_none(
    facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = DeltaTable(str(facts_path)).version()
    for path, why in ((facts_path, "the demo’s figures"), (tmp_path / "none", "import some first")):
        monkeypatch.setenv("DASHBOARD_FACTS", str(path))
        assert costs("--margin", "62") == 1
        assert why in capsys.readouterr().err
    assert DeltaTable(str(facts_path)).version() == version


def test_facts_that_nobody_writes_here_have_them_in_the_state_folder(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = DeltaTable(str(table)).to_pyarrow_table()
    pq.write_table(rows, tmp_path / "facts.parquet")
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts.parquet"))
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    settings = from_environment()
    source = Source(settings.facts, engine=engine_of(settings))
    try:
        facts = source.current()
        assert facts is not None
        assert profit(facts)[0] != profit(facts)[0]
        assert costs("--margin", "62", "--fees", "8", "--platform", "Meta") == 0
        assert costs("--margin", "50", "--platform", "Google") == 0
        source.refresh()  # unless its own thread was quicker
        wanted = {"Meta": 400 * 0.54 - 110, "Google": 200 * 0.5 - 100}
        newer = source.current()
        assert newer is not None
        assert profit(newer, "platform") == pytest.approx(wanted)
        assert newer.version != facts.version
        assert costs("--undo") == 0
        source.refresh()  # unless its own thread was quicker
        assert profit(source.current(), "platform")["Google"] != wanted["Google"]
    finally:
        source.close()
    log = costs_log(settings.facts, settings.state)
    assert log.stat().st_mode & 0o777 == 0o600
    assert costs_now(log) == (Cost(62, 8, "Meta"),)
    assert [each.undone for each in CostsStore(settings.facts, log).changes()] == [False, False, True]


def test_a_roll_up_has_none_of_them(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert costs("--margin", "62") == 0
    assert cli.main(["rollup", str(tmp_path / "rolled")]) == 0
    assert "Your costs are no part of it" in capsys.readouterr().out
    assert DeltaTable(str(tmp_path / "rolled")).to_pandas()["cogs"].isna().all()


def test_each_undo_of_a_warehouses_costs_goes_one_change_further_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as database:
        database.sql(
            "create table t as select date '2025-09-01' as date_day, 'google_ads' as platform, 100.0 as spend, "
            "500.0 as conversions_value"
        )
    monkeypatch.setenv("DASHBOARD_FACTS", f"duckdb://{tmp_path}/warehouse.duckdb?table=t")
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    settings = from_environment()

    def now() -> float:
        return profit(load(settings.facts, engine=engine_of(settings)))[0]

    for margin, wanted in (("40", 100), ("50", 150), ("60", 200)):
        assert costs("--margin", margin) == 0
        assert now() == pytest.approx(wanted)

    assert costs("--undo") == 0
    assert now() == pytest.approx(150)
    assert costs("--undo") == 0
    assert now() == pytest.approx(100)
    assert costs("--margin", "80") == 0
    assert costs("--undo") == 0  # over what was undone before, to what was there
    assert now() == pytest.approx(100)
    assert costs("--undo") == 0
    assert now() != now(), "profit is missing as before the first change"
    capsys.readouterr()
    assert costs("--undo") == 1
    assert "there is nothing to undo" in capsys.readouterr().err
    assert costs("--history") == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 8
    assert "with your margin of 40 %" in told[-1]
    assert "returned to: no costs any more" in told[0]
