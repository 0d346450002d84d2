"""The frame's sums against pandas' own group-by, on small random facts with everything that real ones have."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts import ALL_ROWS, DataProblem
from facts.memory.frame import FrameFacts
from kpi.schema import DIMENSIONS, IDENTIFIERS, MEASURES, UNKNOWN
from kpi.selection import Grouping, Only, Selection, only, period_start

START = date(2025, 1, 29)
VALUES = {
    "platform": ["TikTok", "Meta", UNKNOWN, "Zeta"],
    "region": ["Europe", "North America"],
    "objective": ["Conversion", "Retention"],
    "device": ["Mobile", "TV", "Desktop"],
    "segment": ["Prospecting", "b", "loyal customers"],
    "campaign": ["Ünïcode, & more", "=x", "c"],
}
GROUPINGS = [
    (),
    ("date",),
    ("platform",),
    ("platform", "region"),
    ("segment", "device", "campaign"),
    ("objective",),
    ("date", "device"),
    ("date", "segment"),
]


def made(seed: int, rows: int, missing: float) -> pd.DataFrame:
    """Rows in no order, some days without any, some keys more than once, some measures missing."""
    rng = np.random.default_rng(seed)
    days = pd.to_datetime([START + timedelta(days=int(day)) for day in rng.choice([0, 1, 2, 5, 9, 33], rows)])
    text = {name: rng.choice(values, rows) for name, values in VALUES.items()}
    figures = {name: np.where(rng.random(rows) < missing, np.nan, rng.integers(0, 999, rows)) for name in MEASURES}
    return pd.DataFrame({"date": days, **text, **dict.fromkeys(IDENTIFIERS, "x"), **figures})


def gridded(seed: int, filled: float, missing: float) -> pd.DataFrame:
    """Every cell's row on every day, but for some: those of a grid that is `filled` so far, in no order."""
    rng = np.random.default_rng(seed)
    cells = made(seed, 12, 0)[list(VALUES)].drop_duplicates()
    days = pd.DataFrame({"date": pd.date_range(START, periods=20)})
    frame = days.merge(cells, how="cross").sample(frac=filled, random_state=seed)
    figures = {
        name: np.where(rng.random(len(frame)) < missing, np.nan, rng.integers(0, 999, len(frame))) for name in MEASURES
    }
    return frame.assign(**dict.fromkeys(IDENTIFIERS, "x"), **figures)


@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 60),
    filled=st.sampled_from([None, None, 1.0, 0.8, 0.5]),
    missing=st.sampled_from([0, 0.3, 0.95]),
    span=st.tuples(st.integers(-3, 40), st.integers(0, 40)),
    grain=st.sampled_from(["day", "week", "month"]),
    many=st.booleans(),
    data=st.data(),
)
def test_totals_are_those_of_a_group_by(
    seed: int,
    rows: int,
    filled: float | None,
    missing: float,
    span: tuple[int, int],
    grain: str,
    many: bool,
    data: st.DataObject,
) -> None:
    frame = made(seed, rows, missing) if filled is None else gridded(seed, filled, missing)
    names = data.draw(st.lists(st.sampled_from(list(VALUES)), unique=True, max_size=3))
    chosen = {name: data.draw(st.lists(st.sampled_from(VALUES[name]), min_size=1)) for name in names}
    scope = only({"platform": ["Meta", "Zeta"]}) if data.draw(st.booleans()) else ()
    start = START + timedelta(days=span[0])
    selection = Selection(start, start + timedelta(days=span[1]), only(chosen), grain=grain)

    with pytest.MonkeyPatch.context() as patch:
        if many:  # as with thousands of campaigns: cells are many, and two dimensions long
            patch.setattr("facts.memory.frame._SHORT", 2)
            patch.setattr("facts.memory.frame._MANY", 0)
        facts = FrameFacts(frame, "v")
    found = facts.totals(selection, GROUPINGS, scope)

    for grouping in GROUPINGS:
        told, groups = wanted(frame, selection, scope, grouping)
        assert len(found[grouping]) == groups
        np.testing.assert_allclose(
            found[grouping][list(told)].to_numpy(), told.reindex(found[grouping].index).to_numpy(), rtol=1e-12
        )


def wanted(frame: pd.DataFrame, selection: Selection, scope: Only, grouping: Grouping) -> tuple[pd.DataFrame, int]:
    """The totals frame of a grouping by pandas' own group-by, and how many groups it has."""
    kept = frame[frame["date"].dt.date.between(selection.start, selection.end)]
    for name, values in (*selection.only, *scope):
        kept = kept[kept[name].isin(values)]
    kept = kept.assign(date=pd.to_datetime([period_start(day.date(), selection) for day in kept["date"]]))
    lost = (kept["objective"] == "Retention") | (kept["segment"] == "loyal customers")
    kept = kept.assign(
        acquisition_spend=kept["spend"].where(~lost),
        **{name: kept[name].where(~lost) for name in ("new_customers", "lifetime_margin")},
    )
    groups = kept.groupby(list(grouping)) if grouping else kept.groupby(np.zeros(len(kept), dtype=int))
    told = groups[[*MEASURES, "acquisition_spend"]].sum(min_count=1)
    told["reach_floor"], told["rows"] = groups["reach"].max(), groups.size()
    return told.astype(float), groups.ngroups


def test_rows_lie_on_a_grid_where_most_of_it_is_rows() -> None:
    whole = gridded(2, 1, 0.1)

    def on_grid(frame: pd.DataFrame) -> bool:
        return FrameFacts(frame, "v")._on_grid

    assert on_grid(whole)
    assert on_grid(gridded(2, 0.8, 0.1))
    assert not on_grid(gridded(2, 0.5, 0.1))
    assert not on_grid(pd.concat([whole.iloc[1:], whole.iloc[-1:]]))  # as many rows, but two of a cell on a day


def test_options_come_in_the_order_in_which_they_are_shown_and_within_a_scope() -> None:
    facts = FrameFacts(made(1, 60, 0), "v")

    assert facts.options(ALL_ROWS)["platform"] == ("Meta", "TikTok", "Zeta", UNKNOWN)
    assert facts.options(only({"platform": ["Meta"]}))["platform"] == ("Meta",)
    assert facts.options(only({"platform": ["nobody"]})) == dict.fromkeys(DIMENSIONS, ())


def test_many_combinations_of_few_rows_are_numbered_sparsely() -> None:
    frame = made(3, 60, 0).assign(campaign=[f"c{place}" for place in range(60)], segment=[f"s{p}" for p in range(60)])

    found = FrameFacts(frame, "v").totals(
        Selection(START, START + timedelta(days=40)), [("segment", "campaign")], ALL_ROWS
    )

    assert sorted(found[("segment", "campaign")].index) == sorted((f"s{p}", f"c{p}") for p in range(60))


def test_no_rows_are_no_facts() -> None:
    with pytest.raises(DataProblem, match="no rows"):
        FrameFacts(made(1, 1, 0).iloc[:0], "v")
