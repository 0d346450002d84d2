"""Every engine gives the same totals as pandas' own group-by, on rows with everything that real ones have."""

import itertools
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts import ALL_ROWS, DataProblem, Facts
from facts.deadline import NoAnswer
from facts.engines.duckdb_table import DuckTable
from facts.engines.lazy import LazyFacts
from facts.engines.table import Sessions
from kpi.schema import COUNTS, DIMENSIONS, MEASURES, SUMMED
from kpi.selection import Selection, only
from tests.engines import Fill
from tests.facts.test_frame import GROUPINGS, START, VALUES, gridded, made, wanted


@pytest.fixture(scope="session")
def tables(fill: Fill) -> list[tuple[pd.DataFrame, Facts]]:
    """Rows that are whole, that lack measures here and there, that report next to nothing; days and times; and those
    of every cell on nearly every day.
    """
    found = []
    for frame, times in (
        (made(1, 300, 0.0), False),
        (made(2, 60, 0.3), True),
        (made(3, 40, 0.95), False),
        (gridded(4, 0.9, 0.3), False),
    ):
        fractions = {name: frame[name] / 7 for name in MEASURES if name not in COUNTS}
        whole = frame.assign(**fractions)
        table = pa.Table.from_pandas(whole, preserve_index=False)
        if not times:
            table = table.set_column(0, "date", table["date"].cast(pa.date32()))
        found.append((whole, fill(table)))
    return found


@settings(max_examples=30)
@given(data=st.data())
def test_totals_are_those_of_a_group_by(data: st.DataObject, tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    frame, facts = data.draw(st.sampled_from(tables))
    names = data.draw(st.lists(st.sampled_from(list(VALUES)), unique=True, max_size=3))
    chosen = {name: data.draw(st.lists(st.sampled_from([*VALUES[name], "'; --"]), min_size=1)) for name in names}
    scope = only({"region": ["Europe"]}) if data.draw(st.booleans()) else ()
    start = START + timedelta(days=data.draw(st.integers(-3, 40)))
    grain = data.draw(st.sampled_from(["day", "week", "month"]))
    selection = Selection(start, start + timedelta(days=data.draw(st.integers(0, 40))), only(chosen), grain=grain)

    found = facts.totals(selection, GROUPINGS, scope)

    assert list(found) == GROUPINGS
    for grouping in GROUPINGS:
        told, groups = wanted(frame, selection, scope, grouping)
        assert len(found[grouping]) == groups
        told = told.reindex(found[grouping].index)
        np.testing.assert_allclose(found[grouping][list(told)].to_numpy(), told.to_numpy(), rtol=1e-9)
        whole = ["rows", *COUNTS]
        np.testing.assert_array_equal(found[grouping][whole].to_numpy(), told[whole].to_numpy())


@pytest.mark.parametrize("filled", [0.9, 0.4])
def test_a_part_of_what_was_answered_is_as_if_asked_alone(fill: Fill, filled: float) -> None:
    frame = gridded(9, filled, 0.2)
    facts = fill(pa.Table.from_pandas(frame, preserve_index=False))
    facts.totals(Selection(START - timedelta(days=3), START + timedelta(days=60)), GROUPINGS, ALL_ROWS)
    chosen = [
        {},
        {"device": ["TV", "Mobile"]},
        {"platform": ["Meta"], "segment": ["loyal customers", "b"]},
        {"region": ["nowhere"]},
    ]

    for first, last in ((-3, 2), (-3, -2), (0, 0), (3, 9), (12, 60), (25, 30)):
        days = START + timedelta(days=first), START + timedelta(days=last)
        for narrowed, grain in itertools.product(chosen, ["day", "month"]):
            part = Selection(*days, only(narrowed), grain=grain)
            found = facts.totals(part, GROUPINGS, ALL_ROWS)
            for grouping in GROUPINGS:
                told, groups = wanted(frame, part, (), grouping)
                assert len(found[grouping]) == groups
                told = told.reindex(found[grouping].index)
                np.testing.assert_allclose(found[grouping][list(told)].to_numpy(), told.to_numpy(), rtol=1e-9)


@pytest.mark.parametrize("filled", [0.9, 0.4])
def test_kept_cells_are_counted_with_all_that_they_hold(tmp_path: Path, filled: float) -> None:
    frame = gridded(9, filled, 0.3)
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), file := tmp_path / "facts.parquet")
    facts = LazyFacts(Sessions(DuckTable([str(file)], str(file))), "v")
    facts.totals(Selection(START, START + timedelta(days=60)), GROUPINGS, ALL_ROWS)

    def held(thing: object) -> int:
        if isinstance(thing, np.ndarray):
            return thing.nbytes
        if is_dataclass(thing):
            return sum(held(getattr(thing, field.name)) for field in fields(thing))
        parts = thing.values() if isinstance(thing, Mapping) else thing if isinstance(thing, tuple) else ()
        return sum(held(part) for part in parts)

    assert facts._kept
    for cells in facts._kept.values():
        assert sorted(place for places in cells.sums.reported for place in places) == list(range(len(SUMMED)))
        assert held(cells) <= cells.nbytes <= held(cells) + 2000
    facts.close()


def test_options_and_extent(tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    frame, facts = tables[0]

    assert facts.extent().first == frame["date"].min().date()
    assert facts.extent().last == frame["date"].max().date()
    assert facts.options(ALL_ROWS)["platform"] == ("Meta", "TikTok", "Zeta", "Unknown")
    assert facts.options(only({"platform": ["Meta"]}))["platform"] == ("Meta",)
    assert facts.options(only({"platform": ["nobody"]})) == dict.fromkeys(DIMENSIONS, ())


def test_a_scope_admits_no_other_row(tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    """Whatever was asked before, with more rights: no cell that was kept serves another scope."""
    frame, facts = tables[0]
    every = Selection(START, START + timedelta(days=60))
    scope = only({"region": ["Europe"], "platform": ["Meta", "TikTok"]})
    mine = frame[frame["region"].isin(["Europe"]) & frame["platform"].isin(["Meta", "TikTok"])]

    everything = facts.totals(every, [("region",), ("platform", "region")], ALL_ROWS)
    found = facts.totals(every, [("region",), ("platform", "region")], scope)
    nothing = facts.totals(every, [("region",), ()], only({"region": ["nowhere"]}))
    outside = facts.totals(every.narrow("region", ["North America"]), [("region",)], scope)

    assert everything[("region",)]["rows"].sum() == len(frame)
    assert list(found[("region",)].index) == ["Europe"]
    assert found[("region",)]["rows"].sum() == len(mine)
    assert set(found[("platform", "region")].index) <= {("Meta", "Europe"), ("TikTok", "Europe")}
    assert [len(each) for each in nothing.values()] == [0, 0]
    assert len(outside[("region",)]) == 0


def test_empty_cells_and_rows_are_refused(fill: Fill, request: pytest.FixtureRequest) -> None:
    table = pa.Table.from_pandas(made(1, 20, 0), preserve_index=False)
    if "pandas" in request.node.name:
        pytest.skip("what is read into memory is checked before: tests/facts/test_store.py")
    place = table.schema.names.index("region")
    with pytest.raises(DataProblem, match="no rows"):
        fill(table.slice(0, 0))
    with pytest.raises(DataProblem, match=r"region .*empty cells"):
        fill(table.set_column(place, "region", pa.array([None, *["Europe"] * 19], pa.string())))
    with pytest.raises(DataProblem, match="no column cogs"):
        fill(table.drop_columns(["cogs"]))
    with pytest.raises(DataProblem, match=r"spend .*must hold numbers"):
        fill(table.set_column(table.schema.names.index("spend"), "spend", pa.array(["1"] * 20)))


def test_a_roll_up_gives_the_totals_of_its_rows(fill: Fill) -> None:
    frame = made(5, 200, 0.2).drop(columns=["account", "campaign_id"])
    keys = ["date", *DIMENSIONS]
    rolled = frame.groupby(keys, as_index=False)[list(MEASURES)].sum(min_count=1)
    rolled["reach_floor"] = frame.groupby(keys)["reach"].max().to_numpy()
    rolled["rows"] = frame.groupby(keys).size().to_numpy()
    whole = Selection(START, START + timedelta(days=60))

    few = fill(pa.Table.from_pandas(rolled, preserve_index=False)).totals(whole, GROUPINGS, ALL_ROWS)

    assert len(rolled) < 200
    for grouping in GROUPINGS:
        told, groups = wanted(frame, whole, (), grouping)
        assert len(few[grouping]) == groups
        np.testing.assert_allclose(
            few[grouping][list(told)].to_numpy(), told.reindex(few[grouping].index).to_numpy(), rtol=1e-9
        )


def test_days_outside_the_data_have_no_row(tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    facts = tables[0][1]
    found = facts.totals(Selection(date(2020, 1, 1), date(2020, 1, 31)), GROUPINGS, ALL_ROWS)
    assert [len(frame) for frame in found.values()] == [0] * len(GROUPINGS)


def test_long_dimensions_stand_beside_short_ones(fill: Fill) -> None:
    """An engine may group by the numbers of few values; of many it groups by their texts."""
    frame = made(7, 400, 0.1)
    frame["region"] = [f"Région {number % 40:02}" for number in range(len(frame))]
    whole = Selection(START, START + timedelta(days=60), only({"region": ["Région 03", "Région 39"]}))

    found = fill(pa.Table.from_pandas(frame, preserve_index=False)).totals(whole, GROUPINGS, ALL_ROWS)

    for grouping in GROUPINGS:
        told, groups = wanted(frame, whole, (), grouping)
        assert len(found[grouping]) == groups
        np.testing.assert_allclose(
            found[grouping][list(told)].to_numpy(), told.reindex(found[grouping].index).to_numpy(), rtol=1e-9
        )


def test_a_value_that_came_after_the_files_were_opened_is_no_answer(tmp_path: Path) -> None:
    frame = made(8, 50, 0)
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), file := tmp_path / "facts.parquet")
    facts = LazyFacts(Sessions(DuckTable([str(file)], str(file))), "v")
    pq.write_table(pa.Table.from_pandas(frame.assign(region="Antarctica"), preserve_index=False), file)

    with pytest.raises(NoAnswer, match="A region came into the data"):
        facts.totals(Selection(START, START + timedelta(days=60)), [("region",)], ALL_ROWS)
    facts.close()
