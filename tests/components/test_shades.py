"""Shades of tables: alike where figures are written alike, nothing where it is noise, a loss always marked."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from components.shades import center_of, explain_shades, shades
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.units import figure

FORMATS = Formats()
RATES = ("ctr", "cvr", "cpa", "cac", "roas", "ltv_cac")
SIGNED = ("profit", "roi", "margin", "profit_per_conversion")
MISSING = st.just(float("nan"))


def shaded(metric: str, values: list[float], whole: float = 0.0) -> list[int] | None:
    return shades((metric,), np.array([values]), np.array([whole]), FORMATS)[0]


@given(st.sampled_from(RATES), st.lists(st.floats(0, 50) | MISSING, max_size=12), st.floats(0.001, 40))
def test_figures_that_are_written_alike_have_one_shade(metric: str, values: list[float], whole: float) -> None:
    found = shaded(metric, values, whole) or [0] * len(values)

    by_text: dict[str, set[int]] = {}
    for value, shade in zip(values, found, strict=True):
        by_text.setdefault(figure(metric, value, FORMATS), set()).add(shade)
    assert all(len(each) == 1 for each in by_text.values())
    assert by_text.get(figure(metric, whole, FORMATS), {0}) == {0}
    assert by_text.get("–", {0}) == {0}


@given(st.sampled_from(RATES), st.floats(4, 40), st.lists(st.floats(-0.022, 0.022), min_size=2, max_size=12))
def test_a_difference_of_a_fortieth_is_no_difference(metric: str, whole: float, shares: list[float]) -> None:
    assert shaded(metric, [whole * (1 + share) for share in shares], whole) is None


@given(st.sampled_from(SIGNED), st.lists(st.floats(-1e6, 1e6) | MISSING, min_size=1, max_size=12))
def test_a_loss_is_always_marked_and_a_profit_never_as_one(metric: str, values: list[float]) -> None:
    found = shaded(metric, values) or [0] * len(values)

    for value, shade in zip(values, found, strict=True):
        written = figure(metric, value, FORMATS)
        if written.startswith("−") and written.strip("−$%0.,"):
            assert shade < 0
        else:
            assert shade >= 0


def test_amazons_profit_is_not_pink_and_metas_loss_is_not_white() -> None:
    assert shaded("roi", [0.95, 0.22, 0.6], 0.7) == [4, 2, 3]
    assert shaded("profit", [240_000.0, -24_737.0, 180_000.0]) == [4, -1, 3]


def test_better_is_cheaper_for_costs_and_more_for_rates() -> None:
    assert shaded("cpa", [10.0, 20.0, 30.0], 20.0) == [4, 0, -4]
    assert shaded("ctr", [0.01, 0.02, 0.03], 0.02) == [-4, 0, 4]
    assert shaded("spend", [1.0, 2.0], 3.0) is None


def test_the_key_names_what_each_column_is_shaded_against() -> None:
    assert explain_shades(("ctr", "roi", "profit")) == (
        "Teal is better than the average, orange is worse; ROI, Profit: above and below zero."
    )
    assert explain_shades(("profit",)) == "Teal is above zero, orange is below."
    assert explain_shades(("spend",)) == ""
    assert {metric for metric in METRICS if center_of(metric) == "zero"} >= set(SIGNED)
