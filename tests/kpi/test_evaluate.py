"""Totals to metrics, on three rows that can be checked by hand."""

import math

import pandas as pd
import pytest

from kpi.evaluate import SUMS, evaluate, pool_rows
from kpi.metrics import METRICS
from kpi.schema import STORE


def totals(**columns: list[float]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({name: columns.get(name, [0.0] * rows) for name in SUMS}, index=list("abc")[:rows])


def test_profit_deducts_goods_costs_and_ads() -> None:
    frame = totals(revenue=[100.0], cogs=[40.0], variable_costs=[15.0], spend=[30.0], conversions=[3.0])

    found = evaluate(frame, ["profit", "roi", "margin", "roas", "breakeven_roas", "profit_per_conversion"])

    assert found.iloc[0].tolist() == pytest.approx([15, 0.5, 0.15, 100 / 30, 100 / 45, 5])


def test_a_zero_or_missing_denominator_has_no_value() -> None:
    frame = totals(spend=[10.0, 10.0, 10.0], clicks=[0.0, float("nan"), 4.0])

    assert evaluate(frame, ["cpc"])["cpc"].tolist() == pytest.approx([math.nan, math.nan, 2.5], nan_ok=True)


def test_a_missing_part_leaves_no_value_and_does_not_touch_others() -> None:
    frame = totals(revenue=[float("nan"), 50.0], spend=[10.0, 20.0], clicks=[5.0, 5.0])

    found = evaluate(frame, ["roas", "profit", "cpc"])

    assert found["roas"].tolist() == pytest.approx([math.nan, 2.5], nan_ok=True)
    assert math.isnan(found["profit"].iloc[0])
    assert found["cpc"].tolist() == pytest.approx([2, 4])


def test_shares_are_of_the_whole_and_a_loss_has_none() -> None:
    frame = totals(spend=[30.0, 10.0], revenue=[100.0, 5.0])

    found = evaluate(frame, ["spend_share", "profit_share"], totals(spend=[40.0], revenue=[105.0]))

    assert found["spend_share"].tolist() == pytest.approx([0.75, 0.25])
    assert found["profit_share"].isna().all()


def test_no_frame_is_edited() -> None:
    frame = totals(revenue=[100.0], spend=[30.0])
    before = frame.copy()

    evaluate(frame, METRICS, frame)
    pool_rows(frame, 1)

    pd.testing.assert_frame_equal(frame, before)


def test_pooling_adds_neighbours_up_in_runs_of_one_length() -> None:
    assert pool_rows(totals(spend=[1.0, 2.0, 4.0]), 2)["spend"].tolist() == [6.0]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.key)
def test_every_metric_reads_measures_and_explains_itself(metric: object) -> None:
    assert metric.measures <= {*SUMS, *STORE}
    assert metric.definition.endswith(".")
    assert metric.formula
    assert "_" not in metric.label + metric.short + metric.formula
