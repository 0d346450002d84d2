"""A roll-up has the totals of the rows it was made of, whoever reads it."""

from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from facts import ALL_ROWS
from facts.engines.choice import Engine
from facts.engines.lazy import LazyFacts
from facts.memory.frame import FrameFacts
from facts.source import load
from kpi.selection import Selection
from pages import PAGES


@pytest.mark.parametrize(("kind", "facts_class"), [("memory", FrameFacts), ("duckdb", LazyFacts)])
def test_a_roll_up_stands_for_its_rows(
    facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, facts_class: type
) -> None:
    from cli import main

    days = DeltaTable(str(facts_path)).to_pandas()
    days = days[days["date"] >= sorted(days["date"].unique())[-40]]
    twice = days.assign(account="second", reach=days["reach"] * 2)
    twice.loc[twice["platform"] == "Amazon", "engagements"] = None
    write_deltalake(str(tmp_path / "facts"), days)
    write_deltalake(str(tmp_path / "facts"), twice, mode="append")
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "facts"))
    assert main(["rollup", str(tmp_path / "rolled")]) == 0

    rows, rolled = load(tmp_path / "facts"), load(tmp_path / "rolled", engine=Engine(kind))

    assert isinstance(rolled, facts_class)
    assert len(DeltaTable(str(tmp_path / "rolled")).to_pandas()) == len(days)
    extent = rows.extent()
    assert rolled.extent() == extent
    selection = Selection(extent.first, extent.last, grain="week")
    groupings = tuple(dict.fromkeys(each for page in PAGES for visual in page.visuals for each in visual.needs))
    told, found = (facts.totals(selection, groupings, ALL_ROWS) for facts in (rows, rolled))
    for grouping in groupings:
        assert list(found[grouping].index) == list(told[grouping].index)
        one, other = (each[grouping][list(told[grouping].columns)].to_numpy() for each in (found, told))
        assert one == pytest.approx(other, rel=1e-9, nan_ok=True)
