"""Packed lists give the same figures back, and the shape of small lines; the browser reads both as they are written."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.packed import FROM, course, figures
from components.page_data import table_figures

ALPHABET = [chr(code) for code in range(ord("#"), 127) if chr(code) != "\\"]

amounts = st.one_of(st.none(), st.floats(-1e9, 1e9), st.integers(-(10**12), 10**12).map(float), st.just(0.0))


def unpacked(text: str) -> list[float | None]:
    """Read by the rule of docs/wire.md, digit by digit."""
    lowest, decimals, width, digits = re.fullmatch(r"(-?\d+):(\d+):(\d+):(.*)", text).groups()
    count = len(digits) // int(width)
    found = []
    for place in range(count):
        number = 0
        for digit in digits[place::count]:
            number = number * 91 + ALPHABET.index(digit)
        found.append((int(lowest) + number - 1) / 10 ** int(decimals) if number else None)
    return found


@given(st.lists(amounts, min_size=FROM, max_size=2 * FROM), st.sampled_from([0, 2, 5]))
def test_the_same_figures_come_back(values: list[float | None], decimals: int) -> None:
    given_values = np.array([np.nan if value is None else value for value in values])
    told = figures(given_values, decimals)
    if told is None:
        assert all(value is None for value in values) or np.nanmax(np.abs(given_values)) * 10**decimals >= 2**52
        return
    assert not set(told) & set('"\\\n')
    for found, value in zip(unpacked(told), values, strict=True):
        assert (found is None) == (value is None)
        assert value is None or found == pytest.approx(value, rel=1e-12, abs=10.0**-decimals * 0.5000001)


def test_rounded_figures_come_back_to_the_last_digit() -> None:
    rng = np.random.default_rng(3)
    for decimals, size in ((0, 1e6), (2, 900), (5, 2)):
        values = np.round(rng.normal(0, size, 731), decimals)
        assert unpacked(figures(values, decimals)) == values.tolist()


def test_few_or_no_figures_stay_a_list() -> None:
    assert figures(np.ones(FROM - 1), 0) is None
    assert figures(np.full(FROM, np.nan), 0) is None
    assert figures(np.full(FROM, 1e17), 0) is None


def test_a_course_goes_from_its_lowest_to_its_highest() -> None:
    heights = [ALPHABET.index(each) for each in course(np.array([5.0, np.nan, 10.0, 7.5, -10.0]))]
    assert heights == [68, 0, 90, 79, 1]
    assert course(np.array([])) == ""
    assert [ALPHABET.index(each) for each in course(np.array([3.0, 3.0]))] == [1, 1]


def test_tables_keep_every_digit_that_they_show() -> None:
    large, larger, rate = 113_421_967.93000001, -9_876_543_210_987.25, 0.2845671234567891
    *found, none = table_figures(np.array([large, 1_234_567_890_123.0, larger, rate, 0.0, np.nan]))
    assert found == [113_421_967.93, 1_234_567_890_123.0, larger, 0.284567123457, 0.0]
    assert np.isnan(none)
