"""What metrics leave out where platforms do not report all of their measures, on sums that can be added by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from facts import ALL_ROWS
from facts.costs import costs_of_rows
from facts.memory.frame import FrameFacts
from facts.side_facts import SideFacts
from kpi.basis import bases
from kpi.caveats import PlatformReport
from kpi.costs import Cost
from kpi.coverage import missing_parts
from kpi.evaluate import evaluate
from kpi.formats import Formats
from kpi.left_out import leaves_out_otherwise, say_what_is_left_out
from kpi.schema import DIMENSIONS, MEASURES
from kpi.selection import Grouping, Selection

FIRST, LAST = date(2025, 9, 1), date(2025, 9, 2)


def totals(costs: tuple[Cost, ...], by: Grouping, days: tuple[date, date] = (FIRST, LAST)) -> pd.DataFrame:
    """Meta sells on both days, but for one blank cell; LinkedIn reports no sales; Google none of its orders."""
    rows = pd.DataFrame(
        [
            (FIRST, "Meta", 50.0, 100.0, 2.0),
            (LAST, "Meta", 100.0, 350.0, 3.0),
            (LAST, "Meta", 52.5, np.nan, np.nan),
            (FIRST, "LinkedIn", 310.0, np.nan, np.nan),
            (LAST, "Google", 40.0, 90.0, np.nan),
        ],
        columns=["date", "platform", "spend", "revenue", "conversions"],
    )
    rows = rows.assign(date=pd.to_datetime(rows["date"]))
    rows = rows.assign(**{name: "all" for name in DIMENSIONS if name != "platform"})
    rows = rows.assign(**{name: np.nan for name in MEASURES if name not in rows})
    rows, stated = costs_of_rows(rows, costs)
    facts = FrameFacts(rows, "v", side=SideFacts(costs=stated))
    return facts.totals(Selection(*days), [by], ALL_ROWS)[by]


def figures(costs: tuple[Cost, ...], by: Grouping = ()) -> dict[str, dict[object, float]]:
    found = evaluate(totals(costs, by), ["profit", "roi", "roas", "cpa", "aov", "spend", "revenue"])
    return {name: found[name].to_dict() for name in found}


def test_each_metric_is_of_the_platforms_that_report_all_of_it() -> None:
    found = figures((Cost(60, 5),))
    profit = 540 * 0.55 - 242.5
    assert found["spend"][0] == 552.5
    assert found["profit"][0] == pytest.approx(profit)
    assert found["roi"][0] == pytest.approx(profit / 242.5)
    assert found["roas"][0] == pytest.approx(540 / 242.5)
    assert found["cpa"][0] == pytest.approx(202.5 / 5)  # Meta's blank cell is no sale: its spend counts
    assert found["aov"][0] == pytest.approx(450 / 5)
    parts = figures((Cost(60, 5),), ("platform",))["profit"]
    assert parts["LinkedIn"] != parts["LinkedIn"]
    assert parts["Meta"] + parts["Google"] == pytest.approx(profit)
    days = figures((Cost(60, 5),), ("date",))["profit"]
    assert sum(days.values()) == pytest.approx(profit)


def test_costs_of_one_platform_make_its_profit_and_nobody_elses() -> None:
    assert figures((Cost(60, 5, "Meta"),))["profit"][0] == pytest.approx(450 * 0.55 - 202.5)
    assert figures((Cost(60, 5, since=LAST),))["profit"][0] == pytest.approx(440 * 0.55 - 192.5)


def test_what_is_left_out_is_said_with_its_spend() -> None:
    every = totals((Cost(60, 5),), ("platform",))
    said = say_what_is_left_out(["roi", "roas", "cpa", "spend"], every, Formats())
    assert said == [
        "ROI and ROAS are without LinkedIn: $310 spend, no attributed revenue reported.",
        "CPA is without Google and LinkedIn: $350 spend, no conversions reported.",
    ]
    assert "$" not in "".join(say_what_is_left_out(["roi", "cpa"], every, Formats(), amounts=False))
    from_a_day = totals((Cost(60, 5, since=LAST),), ("platform",))
    assert say_what_is_left_out(["profit"], from_a_day, Formats()) == [
        "Profit is without a part of Meta: $50 spend, no costs known; LinkedIn: $310 spend, "
        "no attributed revenue reported."
    ]


def test_periods_that_leave_out_otherwise_are_told_apart() -> None:
    costs = (Cost(60, 5, "Meta"), Cost(60, 5, "Google", since=LAST))
    now, then = (totals(costs, ("platform",), (day, day)) for day in (LAST, FIRST))
    assert leaves_out_otherwise("profit", now, then)
    assert not leaves_out_otherwise("profit", now, now)
    assert not leaves_out_otherwise("cpc", now, then)


def test_what_would_bring_a_platforms_profit_is_what_it_lacks() -> None:
    lacks = {"revenue": "no column", "cogs": "no report tells it", "variable_costs": "no report tells it"}
    reported = (PlatformReport("Meta", LAST), PlatformReport("LinkedIn", LAST, lacks=lacks))
    found = missing_parts(reported, shop=True, costs=True)
    assert [each.add for each in found] == ["Add reports of LinkedIn with attributed revenue"]  # no margin would
    del lacks["revenue"]
    assert [each.add for each in missing_parts(reported, shop=True, costs=True)] == ["Add your margin for LinkedIn"]


def test_what_everybody_reports_has_no_basis_of_its_own() -> None:
    assert bases({"Meta": ["spend", "revenue"], "Google": ["spend", "revenue"]}, ()) == ()
    (only,) = bases({"Meta": ["spend", "revenue"], "Google": ["spend"]}, ())
    assert (only.platforms, only.metrics) == (("Meta",), ("roas",))
