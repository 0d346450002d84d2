"""Stated costs over every engine, against a second computation row by row."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from facts import ALL_ROWS
from kpi.costs import Cost
from kpi.evaluate import evaluate
from kpi.schema import MEASURES
from kpi.selection import Selection, only
from tests.engines import Fill
from tests.facts.test_frame import GROUPINGS, START, gridded, made

METRICS = ("profit", "roi", "margin")
STATED = (
    Cost(60, 8),
    Cost(45, 5, region="Europe"),
    Cost(55, 3, "Meta"),
    Cost(70, 1, "Meta", since=START + timedelta(days=5)),
    Cost(35.5, 0, "Meta", "Europe"),
)

#: Fees for everybody, a margin for Meta and for Europe, other fees for Meta in Europe.
APART = (Cost(None, 8), Cost(55, None, "Meta"), Cost(40, None, region="Europe"), Cost(None, 2, "Meta", "Europe"))


def without_most_costs(frame: pd.DataFrame, own: str) -> pd.DataFrame:
    """Only the platform `own` reports costs, and not all revenue is known."""
    mine = (frame["platform"] == own).to_numpy()
    return frame.assign(
        cogs=np.where(mine, frame["cogs"], np.nan),
        variable_costs=np.where(mine, frame["variable_costs"], np.nan),
        revenue=np.where(frame["device"] == "TV", np.nan, frame["revenue"]),
    )


def holding(row: Any, costs: tuple[Cost, ...], what: str) -> float | None:
    """What the most telling of the costs that hold for a row and state it say, in percent."""
    stated = [
        each
        for each in costs
        if each.platform in ("", row.platform)
        and each.region in ("", row.region)
        and (each.since is None or pd.Timestamp(each.since) <= row.date)
        and getattr(each, what) is not None
    ]
    weight = lambda each: (2 * bool(each.platform) + bool(each.region), each.since or date.min)  # noqa: E731
    best = max(stated, key=weight, default=None)
    return best and getattr(best, what)


def money_of(rows: pd.DataFrame, costs: tuple[Cost, ...], earning: set[str]) -> tuple[float, float]:
    """Profit and spend, one row after the other, of the rows of platforms that report revenue, the `earning`, whose
    costs are known: none where there are none.
    """
    parts: dict[str, list[float]] = {"revenue": [], "cogs": [], "variable_costs": [], "spend": []}
    for row in rows[rows["platform"].isin(earning)].itertuples():
        margin, fees = holding(row, costs, "margin"), holding(row, costs, "fees")
        if fees is None and margin is not None:
            fees = 0.0
        shares = {
            "cogs": None if margin is None else 1 - margin / 100,
            "variable_costs": None if fees is None else fees / 100,
        }
        sold = row.revenue if row.revenue == row.revenue else 0.0
        told = {name: getattr(row, name) for name in shares}
        if any(
            told[name] != told[name] and share is None and (sold or row.platform != "Zeta")
            for name, share in shares.items()
        ):
            continue
        for name, share in shares.items():
            if told[name] == told[name] or (share is not None and row.revenue == row.revenue):
                parts[name].append(told[name] if told[name] == told[name] else row.revenue * share)
        for name in ("revenue", "spend"):
            if getattr(row, name) == getattr(row, name):
                parts[name].append(getattr(row, name))
    if not all(parts.values()):
        return math.nan, math.nan
    revenue, cogs, fees, spend = (sum(parts[name]) for name in ("revenue", "cogs", "variable_costs", "spend"))
    return revenue - cogs - fees - spend, spend


@pytest.mark.parametrize(
    "costs",
    [STATED, STATED[2:4], STATED[:1], STATED[3:4], APART],
    ids=["all", "Meta", "one", "from", "margin and fees apart"],
)
@pytest.mark.parametrize("times", [False, True])
def test_profit_is_that_of_each_row_with_its_costs(fill: Fill, costs: tuple[Cost, ...], times: bool) -> None:
    frame = without_most_costs(made(7, 120, 0.0) if times else gridded(8, 0.9, 0.0), "Zeta")
    frame = frame.assign(**{name: frame[name].astype(float) for name in MEASURES})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if not times:
        table = table.set_column(0, "date", table["date"].cast(pa.date32()))
    facts = fill(table, costs)
    scope = only({"region": ["Europe"]})
    known, earning = 0, set(frame.loc[frame["revenue"].notna(), "platform"])
    for first, last, narrowed, seen in (
        (0, 40, {}, ALL_ROWS),
        (6, 40, {"platform": ["Meta"]}, ALL_ROWS),
        (2, 9, {"device": ["TV", "Mobile"]}, scope),
        (0, 4, {"platform": ["Zeta"]}, ALL_ROWS),
    ):
        selection = Selection(START + timedelta(days=first), START + timedelta(days=last), only(narrowed))
        days = pd.Timestamp(selection.start), pd.Timestamp(selection.end)
        mine = frame[frame["date"].between(*days)]
        for name, values in (*selection.only, *seen):
            mine = mine[mine[name].isin(values)]

        found = facts.totals(selection, GROUPINGS, seen)

        for grouping in GROUPINGS:
            values = evaluate(found[grouping], METRICS)
            groups = dict(iter(mine.groupby(list(grouping)))) if grouping else {(): mine}
            assert len(values) == len(groups)
            for key, rows in groups.items():
                told = values.iloc[0] if not grouping else values.loc[key if len(grouping) > 1 else key[0]]
                wanted, spent = money_of(rows, costs, earning)
                known += wanted == wanted
                assert told["profit"] == pytest.approx(wanted, nan_ok=True, rel=1e-9, abs=1e-6)
                assert told["roi"] == pytest.approx(wanted / spent, nan_ok=True)
    assert known > 20


def test_rows_that_report_costs_keep_them_and_it_is_known_of_which_platform(fill: Fill) -> None:
    frame = made(7, 60, 0.0).assign(cogs=1.0, variable_costs=2.0)
    frame.loc[frame["platform"] == "Meta", ["cogs", "variable_costs"]] = np.nan
    facts = fill(pa.Table.from_pandas(frame, preserve_index=False), (Cost(50, 10),))

    by = facts.totals(Selection(START, START + timedelta(days=40)), [("platform",)], ALL_ROWS)["platform",]

    meta = frame[frame["platform"] == "Meta"]
    assert by.loc["Meta", "cogs"] == pytest.approx(meta["revenue"].sum() * 0.5)
    assert by.loc["Zeta", "cogs"] == (frame["platform"] == "Zeta").sum()
