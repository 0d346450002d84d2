"""Spend on existing customers wins none: its rows have no new customers, in any engine; a setting says who they are."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from facts import ALL_ROWS, Facts
from facts.engines.choice import Engine
from facts.source import load
from kpi.evaluate import evaluate
from kpi.schema import DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.selection import Selection, only
from tests.engines import Fill

DAY = date(2025, 9, 1)
SELECTION = Selection(DAY, DAY)
OF_NEW = ["new_customers", "cac", "ltv", "ltv_cac", "payback_months"]


def row(objective: str, segment: str, spend: float, new: float | None, lifetime: float | None) -> dict[str, object]:
    texts = {**dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x"), "objective": objective, "segment": segment}
    figures = {**dict.fromkeys(MEASURES, 10.0), "spend": spend, "new_customers": new, "lifetime_margin": lifetime}
    return {"date": DAY, **texts, **figures}


#: Whatever the platforms say of new customers among them, 700 of 1,000 is spent on existing ones.
ROWS = pd.DataFrame(
    [
        row("Conversion", "Prospecting", 200, 4, 600),
        row("Awareness", "Prospecting", 100, 1, 300),
        row("Retention", "Prospecting", 300, 9, 9000),
        row("Conversion", "Loyal customers", 400, 2, 500),
    ]
)


def metrics_of(facts: Facts, grouping: tuple[str, ...], selection: Selection = SELECTION) -> pd.DataFrame:
    return evaluate(facts.totals(selection, [grouping], ALL_ROWS)[grouping], [*OF_NEW, "spend", "cpa"])


def test_rows_of_existing_customers_have_no_new_ones(fill: Fill) -> None:
    facts = fill(pa.Table.from_pandas(ROWS, preserve_index=False))

    (whole,) = metrics_of(facts, ()).to_dict("records")
    by_objective = metrics_of(facts, ("objective",))
    by_segment = metrics_of(facts, ("segment",))
    by_day = metrics_of(facts, ("date",))
    crossed = metrics_of(facts, ("date", "segment"))

    assert [whole[key] for key in OF_NEW] == [5, 60, 180, 3, 4]
    assert (whole["spend"], whole["cpa"]) == (1000, 25), "all spend is in what speaks of every order"
    assert by_day[OF_NEW].iloc[0].tolist() == [whole[key] for key in OF_NEW]
    assert by_objective.loc["Retention", OF_NEW].isna().all()
    assert by_segment.loc["Loyal customers", OF_NEW].isna().all()
    assert by_segment.loc["Loyal customers", ["spend", "cpa"]].tolist() == [400, 40]
    assert by_objective.loc["Conversion", OF_NEW].tolist() == [4, 50, 150, 3, 4]
    assert by_segment.loc["Prospecting", "cac"] == 60
    assert crossed[OF_NEW].isna().all(axis=1).tolist() == [False, True]


def test_a_filter_to_them_leaves_no_value_and_a_filter_beside_them_all(fill: Fill) -> None:
    facts = fill(pa.Table.from_pandas(ROWS, preserve_index=False))
    loyal, others = (
        metrics_of(facts, (), SELECTION.narrow("segment", [name])) for name in ("Loyal customers", "Prospecting")
    )

    assert loyal[OF_NEW].isna().all(axis=None)
    assert loyal["spend"].tolist() == [400]
    assert others["cac"].tolist() == [60]


def test_what_is_not_reported_stays_missing(fill: Fill) -> None:
    """No new customers reported is another thing than none to win, and both have no value, never 0."""
    unknown = pd.DataFrame([row("Conversion", "Prospecting", 200, None, None), row("Retention", "x", 300, 9, 900)])
    facts = fill(pa.Table.from_pandas(unknown, preserve_index=False))

    sums = facts.totals(SELECTION, [("objective",)], ALL_ROWS)[("objective",)]

    assert sums["acquisition_spend"].fillna(-1).to_dict() == {"Conversion": 200, "Retention": -1}
    assert sums[["new_customers", "lifetime_margin"]].isna().all(axis=None)
    assert sums["spend"].tolist() == [200, 300]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    write_deltalake(str(tmp_path / "facts"), pa.Table.from_pandas(ROWS, preserve_index=False))
    return tmp_path / "facts"


@pytest.mark.parametrize("kind", ["memory", "duckdb"])
@pytest.mark.parametrize(
    ("existing", "cac", "names"),
    [
        (("Loyal customers",), 60, [("objective", ("Retention",)), ("segment", ("Loyal customers",))]),
        ((), 100, [("objective", ("Retention",))]),
        (("prospecting",), 200, [("objective", ("Retention",)), ("segment", ("Prospecting",))]),
    ],
)
def test_a_setting_says_which_segments_are_customers(
    table: Path, kind: str, existing: tuple[str, ...], cac: float, names: list[object]
) -> None:
    facts = load(table, engine=Engine(kind, existing=existing))

    assert metrics_of(facts, ())["cac"].tolist() == [cac]
    assert facts.existing == tuple(names)


@pytest.mark.parametrize("kind", ["memory", "duckdb"])
def test_a_roll_up_keeps_what_was_reported_whoever_counts_as_a_customer(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """It has no column of its own for them, so that one of before is read as well and a setting can change."""
    from cli import main

    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    assert main(["rollup", str(tmp_path / "rolled")]) == 0

    rolled = DeltaTable(str(tmp_path / "rolled")).to_pandas()
    assert rolled["new_customers"].sum() == 16
    assert "acquisition_spend" not in rolled
    for existing, cac in ((("Loyal customers",), 60), ((), 100)):
        facts = load(tmp_path / "rolled", engine=Engine(kind, existing=existing))
        assert metrics_of(facts, ())["cac"].tolist() == [cac]


def test_reports_in_several_cuts_are_told_apart_as_well(tmp_path: Path) -> None:
    """A report by segment knows loyal customers, the plain one of the same days does not: only the objective counts."""
    plain = ROWS.assign(account="a", program="", currency="USD", cut="campaign", segment="Unknown")
    by_segment = ROWS.assign(account="a", program="", currency="USD", cut="campaign+segment")
    both = pd.concat([plain, by_segment], ignore_index=True)
    write_deltalake(str(tmp_path / "facts"), pa.Table.from_pandas(both, preserve_index=False))
    facts = load(tmp_path / "facts")

    by = metrics_of(facts, ("segment",))

    assert facts.existing == only({"objective": ["Retention"], "segment": ["Loyal customers"]})
    assert by.loc["Prospecting", "cac"] == 60
    assert np.isnan(by.loc["Loyal customers", "cac"])
    assert metrics_of(facts, ())["cac"].tolist() == [100]
