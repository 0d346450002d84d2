"""Figures as they travel: lists for charts and tables, and the shapes of small lines."""

import numpy as np

from components.page_data import heights, table_figures


def test_a_small_line_goes_from_its_lowest_to_its_highest() -> None:
    assert heights(np.array([5.0, np.nan, 10.0, 7.5, -10.0])) == [68, None, 90, 79, 0]
    assert heights(np.array([])) == []
    assert heights(np.array([3.0, 3.0])) == [0, 0]
    assert heights(np.array([np.nan])) == [None]


def test_tables_keep_every_digit_that_they_show() -> None:
    large, larger, rate = 113_421_967.93000001, -9_876_543_210_987.25, 0.2845671234567891
    *found, none = table_figures(np.array([large, 1_234_567_890_123.0, larger, rate, 0.0, np.nan]))
    assert found == [113_421_967.93, 1_234_567_890_123.0, larger, 0.284567123457, 0.0]
    assert np.isnan(none)
