"""Figures as they travel: lists for charts and tables, and those of small lines."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from components.cards import _texts
from components.page_data import brief_figures, table_figures
from kpi.metrics import METRICS
from kpi.units import USUAL, brief


@given(
    st.sampled_from(["revenue", "clicks", "reach", "roi", "ctr", "roas", "cac", "payback_months"]),
    st.lists(st.floats(-1e6, 1e6) | st.floats(-2e3, 2e3) | st.decimals(-50, 50, places=3).map(float)),
)
def test_a_small_lines_figures_are_written_as_the_exact_ones(metric: str, values: list[float]) -> None:
    exact = [*values, float("nan"), 0.0]
    sent = brief_figures(pd.DataFrame({metric: exact}), metric, USUAL)
    assert [brief(metric, value) for value in sent] == [brief(metric, value) for value in exact]


def test_a_small_lines_figures_have_no_more_digits_than_are_read() -> None:
    frame = pd.DataFrame({"revenue": [154_321.98, 0.0, -12.3456], "ctr": [0.0123456, 1.0, float("nan")]})
    assert brief_figures(frame, "revenue", USUAL) == [154_300, 0, -12.3]
    assert brief_figures(frame, "ctr", USUAL) == [0.01234, 1, None]


def test_tables_keep_every_digit_that_they_show() -> None:
    large, larger, rate = 113_421_967.93000001, -9_876_543_210_987.25, 0.2845671234567891
    *found, none = table_figures(np.array([large, 1_234_567_890_123.0, larger, rate, 0.0, np.nan]))
    assert found == [113_421_967.93, 1_234_567_890_123.0, larger, 0.284567123457, 0.0]
    assert np.isnan(none)


def test_a_card_of_nothing_from_nothing_has_not_changed() -> None:
    said = _texts(METRICS["revenue"], {"value": 0.0, "baseline": 0.0, "change": None}, USUAL)
    assert said["step"] == "±0.0%"
    assert said["tone"] == ""
    assert _texts(METRICS["revenue"], {"value": 5.0, "baseline": 0.0, "change": None}, USUAL)["step"] == "+$5"
