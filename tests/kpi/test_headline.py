"""The sentence over a page says what its figures say."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.evaluate import evaluate
from kpi.formats import Formats
from kpi.headline import headline

LEADS = ("profit", "revenue", "conversions")
SHOWN = ("profit", "revenue", "spend", "roas", "conversions", "clicks", "cvr")


def frame(rows: dict[str, dict[str, float]]) -> pd.DataFrame:
    """A totals frame of revenue, spend, cogs, clicks and conversions by platform."""
    measures = ["revenue", "spend", "cogs", "clicks", "conversions", "rows"]
    found = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=measures)
    return found.assign(rows=1.0, variable_costs=0.0 if found["cogs"].notna().any() else float("nan"))


def said(
    now: dict[str, dict[str, float]],
    before: dict[str, dict[str, float]] | None = None,
    leads: tuple[str, ...] = LEADS,
    shown: tuple[str, ...] = SHOWN,
) -> str:
    def both(rows: dict[str, dict[str, float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
        totals = frame(rows)
        whole = totals.sum(min_count=1).to_frame().T
        return evaluate(whole, SHOWN), evaluate(totals, SHOWN)

    total, parts = both(now)
    total_before, parts_before = both(before) if before else (None, None)
    return headline(leads, shown, total, total_before, parts, parts_before, Formats())


def of(
    revenue: float, spend: float, cogs: float = 0.0, clicks: float = 100.0, orders: float = 10.0
) -> dict[str, float]:
    return {"revenue": revenue, "spend": spend, "cogs": cogs, "clicks": clicks, "conversions": orders}


def test_what_changed_what_drove_it_and_where() -> None:
    before = {"Amazon": of(500_000, 200_000), "Google": of(600_000, 300_000)}
    now = {"Amazon": of(480_000, 250_000), "Google": of(620_000, 310_000)}

    assert said(now, before) == (
        "Profit fell 10.0% to $540k: spend grew 12.0%, attributed revenue held; Amazon alone changed by −$70.0k."
    )


def test_the_platform_that_brought_most_of_it() -> None:
    before = {"Amazon": of(500, 200), "Google": of(600, 300)}
    now = {"Amazon": of(460, 200), "Google": of(590, 300)}

    assert said(now, before).endswith("; −$40 of it came from Amazon.")


@pytest.mark.parametrize(
    ("now", "before", "begins"),
    [
        (of(50, 100), of(200, 100), "A profit of $100 became a loss of $50: "),
        (of(200, 100), of(50, 100), "A loss of $50 became a profit of $100: "),
        (of(50, 100), of(80, 100), "The loss rose 150.0% to $50: "),
        (of(200, 100), of(200, 100), "Profit held at $100: "),
        (of(200, 100), of(100, 100), "Profit rose from $0 to $100: "),
        (of(float("nan"), 100), of(float("nan"), 90), "Conversions held at 10: clicks held, conversion rate held"),
    ],
)
def test_losses_turns_and_what_is_not_known(now: dict[str, float], before: dict[str, float], begins: str) -> None:
    assert said({"Meta": now}, {"Meta": before}).startswith(begins)


def test_without_a_comparison_it_says_how_much_and_from_where() -> None:
    now = {"Amazon": of(500, 200), "Google": of(700, 300)}

    assert said(now) == "Profit is $700, $400 of it from Google."
    assert said({"Meta": of(100, 300)}) == "The loss is $200."
    assert said({"Meta": of(float("nan"), 300, clicks=float("nan"), orders=float("nan"))}) == ""


def test_what_a_reader_may_not_see_is_not_said() -> None:
    before, now = {"Meta": of(500, 200)}, {"Meta": of(600, 100)}

    assert said(now, before, leads=("conversions",), shown=("conversions", "clicks")) == (
        "Conversions held at 10: clicks held."
    )


@given(st.lists(st.tuples(*[st.integers(0, 10**6)] * 4), min_size=1, max_size=5))
def test_a_platform_is_named_only_where_it_moved_the_way_the_whole_did(rows: list[tuple[int, int, int, int]]) -> None:
    names = [f"platform {number}" for number in range(len(rows))]
    now = {name: of(row[0], row[1]) for name, row in zip(names, rows, strict=True)}
    before = {name: of(row[2], row[3]) for name, row in zip(names, rows, strict=True)}

    sentence = said(now, before)

    steps = {name: (row[0] - row[1]) - (row[2] - row[3]) for name, row in zip(names, rows, strict=True)}
    whole = sum(steps.values())
    named = [name for name in names if name in sentence]
    assert sentence.endswith(".")
    assert len(named) == int(len(rows) > 1 and whole != 0)
    for name in named:
        assert steps[name] * whole > 0
        assert abs(steps[name]) == max(abs(step) for step in steps.values() if step * whole > 0)
