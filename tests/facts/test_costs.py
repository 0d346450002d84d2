"""Stated costs over every engine, against a second computation row by row."""

import math
from datetime import date, timedelta

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


def without_most_costs(frame: pd.DataFrame, own: str) -> pd.DataFrame:
    """Only the platform `own` reports costs, and not all revenue is known."""
    mine = (frame["platform"] == own).to_numpy()
    return frame.assign(
        cogs=np.where(mine, frame["cogs"], np.nan),
        variable_costs=np.where(mine, frame["variable_costs"], np.nan),
        revenue=np.where(frame["device"] == "TV", np.nan, frame["revenue"]),
    )


def profit_of(rows: pd.DataFrame, costs: tuple[Cost, ...]) -> float:
    """Profit, one row after the other: of the costs that hold the most telling, and none where a row has none."""
    parts: dict[str, list[float]] = {"revenue": [], "cogs": [], "variable_costs": [], "spend": []}
    lacking = False
    for row in rows.itertuples():
        holding = [
            each
            for each in costs
            if each.platform in ("", row.platform)
            and each.region in ("", row.region)
            and (each.since is None or pd.Timestamp(each.since) <= row.date)
        ]
        best = max(
            holding,
            key=lambda each: (
                2 * bool(each.platform) + bool(each.region),
                each.since or date.min,
            ),
            default=None,
        )
        for name, share in (
            ("cogs", best and 1 - best.margin / 100),
            ("variable_costs", best and best.fees / 100),
        ):
            told = getattr(row, name)
            if not math.isnan(told):
                parts[name].append(told)
            elif not math.isnan(row.revenue):
                if share is None:
                    lacking = True
                else:
                    parts[name].append(row.revenue * share)
        for name in ("revenue", "spend"):
            if not math.isnan(getattr(row, name)):
                parts[name].append(getattr(row, name))
    if lacking or not all(parts.values()):
        return math.nan
    return sum(parts["revenue"]) - sum(parts["cogs"]) - sum(parts["variable_costs"]) - sum(parts["spend"])


@pytest.mark.parametrize("costs", [STATED, STATED[2:4], STATED[:1], STATED[3:4]], ids=["all", "Meta", "one", "from"])
@pytest.mark.parametrize("times", [False, True])
def test_profit_is_that_of_each_row_with_its_costs(fill: Fill, costs: tuple[Cost, ...], times: bool) -> None:
    frame = without_most_costs(made(7, 120, 0.0) if times else gridded(8, 0.9, 0.0), "Zeta")
    frame = frame.assign(**{name: frame[name].astype(float) for name in MEASURES})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if not times:
        table = table.set_column(0, "date", table["date"].cast(pa.date32()))
    facts = fill(table, costs)
    scope = only({"region": ["Europe"]})
    known = 0
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
                wanted = profit_of(rows, costs)
                known += wanted == wanted
                assert told["profit"] == pytest.approx(wanted, nan_ok=True, rel=1e-9, abs=1e-6)
                assert told["roi"] == pytest.approx(wanted / rows["spend"].sum(), nan_ok=True)
    assert known > 20


def test_rows_that_report_costs_keep_them_and_it_is_known_of_which_platform(fill: Fill) -> None:
    frame = made(7, 60, 0.0).assign(cogs=1.0, variable_costs=2.0)
    frame.loc[frame["platform"] == "Meta", ["cogs", "variable_costs"]] = np.nan
    facts = fill(pa.Table.from_pandas(frame, preserve_index=False), (Cost(50, 10),))

    by = facts.totals(Selection(START, START + timedelta(days=40)), [("platform",)], ALL_ROWS)["platform",]

    meta = frame[frame["platform"] == "Meta"]
    assert by.loc["Meta", "cogs"] == pytest.approx(meta["revenue"].sum() * 0.5)
    assert by.loc["Zeta", "cogs"] == (frame["platform"] == "Zeta").sum()
