"""Who is a customer already, and what CAC says of the spend on them."""

import pytest

from kpi.caveats import Caveats
from kpi.derive import follows, known_measures, withheld
from kpi.metrics import METRICS
from kpi.retention import existing_among, existing_customers
from kpi.selection import only
from kpi.units import USUAL

OPTIONS = {
    "objective": ("Awareness", "Conversion", "retention"),
    "segment": ("Prospecting", "Loyal customers", "Past buyers", "Unknown"),
    "region": ("Retention",),
}


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (("Loyal customers",), {"objective": ["retention"], "segment": ["Loyal customers"]}),
        (
            ("loyal CUSTOMERS", "Past buyers"),
            {"objective": ["retention"], "segment": ["Loyal customers", "Past buyers"]},
        ),
        (("nobody",), {"objective": ["retention"]}),
        ((), {"objective": ["retention"]}),
    ],
)
def test_the_objective_and_the_segments_that_a_setting_names(
    segments: tuple[str, ...], expected: dict[str, list[str]]
) -> None:
    assert existing_customers(OPTIONS, segments) == only(expected)


def test_only_what_a_reader_can_meet_is_named() -> None:
    existing = existing_customers(OPTIONS, ("Loyal customers",))
    narrowed = {**OPTIONS, "objective": ("Conversion",)}

    assert existing_among(existing, OPTIONS, ()) == ("retention", "Loyal customers")
    assert existing_among(existing, OPTIONS, only({"segment": ["Prospecting"]})) == ("retention",)
    assert existing_among(existing, narrowed, ()) == ("Loyal customers",)
    assert existing_among(existing, narrowed, only({"segment": ["Prospecting"]})) == ()


WHO = ("Retention", "Loyal customers")


@pytest.mark.parametrize(
    ("metrics", "spend", "acquisition", "sentence"),
    [
        (
            ("roi", "cac"),
            1_000_000.0,
            588_000.0,
            "CAC (paid) leaves out $412k of spend on existing customers (Retention, Loyal customers).",
        ),
        (
            ("cac", "ltv_cac", "payback_months"),
            20.0,
            8.0,
            "CAC (paid), LTV : CAC and Payback leave out $12 of spend on existing customers "
            "(Retention, Loyal customers).",
        ),
        (
            ("cac",),
            20.0,
            None,
            "CAC (paid) has no value: all spend here is on existing customers (Retention, Loyal customers).",
        ),
        (("cac",), 20.0, 20.0, None),
        (("cac",), None, None, None),
        (("roi", "cpa", "spend"), 20.0, 8.0, None),
    ],
)
def test_what_is_left_out_is_said_with_its_amount(
    metrics: tuple[str, ...], spend: float | None, acquisition: float | None, sentence: str | None
) -> None:
    assert Caveats(USUAL, existing=WHO).left_out(metrics, spend, acquisition) == ([sentence] if sentence else [])


def test_the_amount_is_not_for_who_may_not_see_spend() -> None:
    (said,) = Caveats(USUAL, existing=WHO, amounts=False).left_out(("cac",), 20.0, 8.0)
    assert said == "CAC (paid) leaves out spend on existing customers (Retention, Loyal customers)."


def test_acquisition_spend_gives_spend_away_and_follows_from_it() -> None:
    """By a filter: the spend of all segments but one is the acquisition spend of that selection."""
    assert follows("spend", ["cac", "new_customers"])
    assert follows("cac", ["spend", "new_customers"])
    assert follows("cac", ["spend", "ltv", "ltv_cac"])
    assert not follows("cac", ["spend", "conversions", "roas"])
    for hidden in ("spend", "cac", "profit"):
        gone = withheld({hidden})
        assert not follows(hidden, [key for key in METRICS if key not in gone])
    assert "acquisition_spend" in known_measures(frozenset())
    assert "acquisition_spend" not in known_measures(withheld({"spend"}))
