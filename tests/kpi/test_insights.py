"""Call-outs say what the figures say, in singular, plural, tie and loss."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.insights import platforms, pockets
from kpi.rank import rank


def metrics(**rows: tuple[float, float, float, float]) -> pd.DataFrame:
    """profit, roas, spend, break-even ROAS by platform."""
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["profit", "roas", "spend", "breakeven_roas"])
    return frame.assign(roi=frame["profit"] / frame["spend"])


def told(*frames: pd.DataFrame | None) -> dict[str, str]:
    now, before = (*frames, None)[:2]
    return {each.kind: each.text for each in platforms(now, before, "over 4 – 31 Aug 2025")}


def test_best_worst_and_what_moved() -> None:
    now = metrics(Meta=(100.0, 2.0, 1000.0, 1.8), Google=(4000.0, 3.5, 2000.0, 1.9))
    before = metrics(Meta=(400.0, 2.4, 1000.0, 1.8), Google=(3900.0, 3.5, 2000.0, 1.9))

    assert list(told(now, before).items()) == [
        (
            "mover",
            "Meta’s profit moved the most: $100, down $300 (−75.0%) from $400 over 4 – 31 Aug 2025. "
            "It earns the least of all (ROI 10.0%). It has the lowest ROAS, 2.00×.",
        ),
        (
            "best_profit",
            "Google earns the most, $4,000 profit on $2,000 spend (ROI 200.0%). It has the highest ROAS, 3.50×.",
        ),
    ], "what changed first, each platform once"


def test_losses_are_called_losses() -> None:
    found = told(metrics(Meta=(-50.0, 1.5, 1000.0, 1.6), TikTok=(-900.0, 0.5, 1500.0, 1.7)))

    assert found["best_profit"] == (
        "Meta loses the least, $50 on $1,000 spend (ROI −5.0%). Its ROAS of 1.50× is below its break-even of 1.60×. "
        "It has the highest ROAS, 1.50×."
    )
    assert found["worst_profit"] == (
        "TikTok loses the most, $900 on $1,500 spend (ROI −60.0%). Its ROAS of 0.50× is below its break-even of 1.70×. "
        "It has the lowest ROAS, 0.50×."
    )
    assert "loss" not in found, "each is named once"


def test_every_loss_is_told_once_the_largest_first_and_no_loss_is_good_news() -> None:
    now = metrics(A=(5.0, 1.9, 10.0, 1.2), B=(-2.0, 1.1, 10.0, 1.2), C=(-9.0, 0.1, 10.0, 1.2), D=(-4.0, 0.8, 10.0, 1.2))
    said = [each for each in platforms(now, None, "") if "loses" in each.text]
    assert [(each.kind, each.narrow[0][1]) for each in said] == [("worst_profit", "C"), ("loss", "D"), ("loss", "B")]
    assert said[1].text == "D loses $4 on $10 spend (ROI −40.0%). Its ROAS of 0.80× is below its break-even of 1.20×."

    losing = metrics(A=(-1.0, 1.1, 10.0, 1.2), B=(-2.0, 1.0, 10.0, 1.2))
    assert {each.tone for each in platforms(losing, None, "")} == {"bad"}
    earning = metrics(A=(1.0, 3.1, 10.0, 1.2), B=(2.0, 4.0, 10.0, 1.2))
    assert {each.tone for each in platforms(earning, None, "")} <= {"good", "info"}


def test_what_moved_most_is_judged_by_the_day_where_the_periods_are_not_equally_long() -> None:
    now = metrics(Meta=(3100.0, 2.0, 1000.0, 1.8), Google=(500.0, 3.5, 2000.0, 1.9))  # of 31 days
    before = metrics(Meta=(2800.0, 2.0, 1000.0, 1.8), Google=(600.0, 3.5, 2000.0, 1.9))  # of 28
    found = platforms(now, before, "over Feb", longer=31 / 28)

    (moved,) = (each.text for each in found if each.kind == "mover")
    assert moved.startswith(
        "Google’s profit moved the most: $500, down $100 (−16.7%) from $600 over Feb, −24.7% a day."
    )
    assert "Meta’s profit moved the most" in told(now, before)["mover"]


@pytest.mark.parametrize(
    ("now", "before", "mover"),
    [
        (-300.0, -100.0, "A’s loss moved the most: $300, up $200 (+200.0%) from $100 over May."),
        (-300.0, 100.0, "A’s profit moved the most, from a profit of $100 over May to a loss of $300."),
        (300.0, -100.0, "A’s profit moved the most, from a loss of $100 over May to a profit of $300."),
        (-300.0, 0.0, "A’s profit moved the most, from no profit over May to a loss of $300."),
        (300.0, 0.0, "A’s profit moved the most: $300, up $300 from $0 over May."),
    ],
)
def test_a_profit_that_becomes_a_loss_is_told_without_a_share(now: float, before: float, mover: str) -> None:
    def frame(profit: float) -> pd.DataFrame:
        return metrics(A=(profit, 1.0, 9.0, 1.0), B=(1.0, 1.0, 9.0, 1.0))

    found = platforms(frame(now), frame(before), "over May")
    (moved,) = (each.text for each in found if each.kind == "mover")
    assert moved.startswith(mover)
    (alone, *_) = platforms(frame(now).loc[["A"]], frame(before).loc[["A"]], "over May")
    tail = mover.split("moved the most")[1].lstrip(",: ")
    noun = "loss" if now < 0 else "profit"
    assert alone.text in (f"A’s {noun} is {tail}", f"A went {tail}")


def test_equal_losses_are_so_each() -> None:
    loss = (-90.0, 0.5, 150.0, 1.7)
    found = told(metrics(Meta=loss, TikTok=loss, Google=(-10.0, 1.0, 100.0, 1.2)))

    assert found["worst_profit"] == "Meta and TikTok lose the most, $90 each."


def test_a_platform_that_cannot_break_even() -> None:
    found = told(metrics(Meta=(-50.0, 1.5, 1000.0, -3.0), Google=(5.0, 1.6, 10.0, 1.0)))
    assert found["worst_profit"].endswith(
        "Its orders do not even cover their goods and fees, so no ROAS would break even. It has the lowest ROAS, 1.50×."
    )


def test_ties_are_named_as_ties() -> None:
    level = told(metrics(Meta=(100.0, 2.0, 1000.0, 1.8), Google=(100.2, 2.0, 900.0, 1.8)))
    assert level["tied_profit"] == "Meta and Google are level at $100 profit each."
    assert level["tied_roas"] == "Meta and Google are level at 2.00× ROAS each."

    shared = told(metrics(A=(9.0, 3.0, 1.0, 1.0), B=(9.0, 3.0, 1.0, 1.0), C=(1.0, 2.0, 1.0, 1.0)))
    assert shared["best_profit"] == "A and B earn the most, $9 profit each."


def test_one_platform_is_held_against_the_earlier_period() -> None:
    now, before = metrics(Meta=(120.0, 2.0, 1000.0, 1.8)), metrics(Meta=(100.0, 2.5, 1000.0, 1.8))

    found = told(now, before)

    assert found["alone_profit"] == "Meta’s profit is $120, up $20 (+20.0%) from $100 over 4 – 31 Aug 2025."
    assert found["alone_roas"] == "Meta’s ROAS is 2.00×, down 0.50× (−20.0%) from 2.50× over 4 – 31 Aug 2025."
    assert told(now)["alone_profit"] == "Meta’s profit is $120, with no earlier period to compare."
    assert platforms(now, None, "", none="")[0].text == "Meta’s profit is $120."


def test_a_value_that_is_missing_is_not_ranked() -> None:
    found = told(metrics(Meta=(float("nan"), 2.0, 10.0, 1.0), Google=(5.0, float("nan"), 10.0, 1.0)))
    assert found == {}


def pocket_frames(**rows: tuple[float, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By ``Segment_Region`` ltv_cac, payback_months, roi, profit per order, profit, spend and acquisition spend."""
    columns = ["ltv_cac", "payback_months", "roi", "profit_per_conversion", "profit", "spend", "acquisition_spend"]
    frame = pd.DataFrame(list(rows.values()), columns=columns)
    frame.index = pd.MultiIndex.from_tuples([tuple(key.split("_")) for key in rows])
    return frame.drop(columns="acquisition_spend"), frame[["spend", "acquisition_spend"]]


NONE = float("nan")


def test_pockets_are_judged_by_what_they_are_for() -> None:
    strongest, weakest, retention = pockets(
        *pocket_frames(
            Warm_Europe=(3.0, 4.0, 0.1, 5.0, 10.0, 100.0, 60.0),
            New_Asia=(9.0, 1.3, 2.0, 5.0, 1.0, 0.5, 0.5),
            New_Europe=(0.5, 24.0, -0.35, -7.0, -70.0, 200.0, 200.0),
            Loyal_Europe=(NONE, NONE, 0.95, 12.0, 190.0, 200.0, NONE),
            Loyal_Asia=(NONE, NONE, 0.4, 6.0, 80.0, 200.0, NONE),
        )
    )

    assert strongest.text == (
        "Warm in Europe: a new customer is worth 3.00× what it costs to win (LTV : CAC), repaid in 4.0 months; "
        "$10 profit on $100 spend, $40 of it on existing customers."
    )
    assert weakest.text == (
        "New in Europe: a new customer is worth 0.50× what it costs to win (LTV : CAC), repaid in 24.0 months; "
        "$70 lost on $200 spend."
    )
    assert retention.text == (
        "Loyal in Europe, who are customers already: an ROI of 95.0% and $12.00 profit per order; "
        "$190 profit on $200 spend."
    )
    assert [each.title for each in (strongest, weakest, retention)] == [
        "Strongest acquisition pocket",
        "Weakest acquisition pocket",
        "Strongest retention pocket",
    ]
    assert (strongest.tone, weakest.tone, retention.tone) == ("good", "warning", "good")
    assert weakest.narrow == (("segment", "New"), ("region", "Europe"))


def test_a_retention_pocket_is_weak_only_where_it_loses_money() -> None:
    """The fault: loyal customers with 95 % ROI were the weakest pocket, by an LTV : CAC of few new customers."""
    earning = {"Loyal_Europe": (NONE, NONE, 0.95, 12.0, 190.0, 200.0, NONE)}
    losing = {"Loyal_Asia": (NONE, NONE, -0.4, -6.0, -80.0, 200.0, NONE)}

    found = pockets(*pocket_frames(**earning, **losing))

    assert [(each.kind, each.tone, each.narrow[1][1]) for each in found] == [
        ("strongest_retention", "good", "Europe"),
        ("weakest_retention", "warning", "Asia"),
    ]
    assert pockets(*pocket_frames(**earning)) == []


@pytest.mark.parametrize(
    ("by", "best", "expected"),
    [("profit", True, ["b", "a"]), ("profit", False, ["a", "b"]), ("cac", True, ["a", "b"])],
)
def test_a_ranking_goes_by_better_and_names_what_it_leaves_out(by: str, best: bool, expected: list[str]) -> None:
    frame = pd.DataFrame(
        {
            "spend": [500.0, 500.0, 1.0, 100.0],
            "profit": [1.0, 2.0, 99.0, float("nan")],
            "cac": [3.0, 4.0, 1.0, float("nan")],
        },
        index=list("abcd"),
    )

    found = rank(frame, by, best=best, limit=2)

    assert (found.rows.index.tolist(), found.too_small) == (expected, 1)


def test_of_many_campaigns_those_above_their_average_are_ranked() -> None:
    spend = np.arange(1.0, 1001.0)
    found = rank(pd.DataFrame({"spend": spend, "roas": -spend}), "roas", best=True, limit=3)
    assert found.of_average
    assert found.least_spend == 500.5
    assert found.rows.index.tolist() == [500, 501, 502]
    assert found.too_small == 500


@given(
    values=st.lists(st.integers(-3, 3), min_size=1, max_size=15),
    by=st.sampled_from(["profit", "cpa"]),
    limit=st.integers(1, 6),
)
def test_no_campaign_stands_among_the_best_and_the_worst(values: list[int], by: str, limit: int) -> None:
    frame = pd.DataFrame({by: [float(value) for value in values], "spend": 100.0})

    best, worst = (rank(frame, by, best=end, limit=limit, halves=True).rows for end in (True, False))

    assert set(best.index).isdisjoint(worst.index)
    assert len(best) + len(worst) == min(len(values), 2 * limit)
    assert 0 <= len(best) - len(worst) <= 1
    if len(worst):
        side = -1 if by == "cpa" else 1
        assert (side * worst[by]).max() <= (side * best[by]).min()
