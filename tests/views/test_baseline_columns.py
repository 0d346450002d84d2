"""Files hold the comparison beside each row: the same figures as a file of those days alone has."""

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.compare import BASELINE, BASELINE_DATE, CHANGE
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from pages import PAGES
from views.answers import ask
from views.files import data_file

FROM, TO = date(2025, 6, 10), date(2025, 7, 4)
LENGTH = (TO - FROM).days + 1
EVERY = [(page.key, visual) for page in PAGES for visual in page.visuals]
TABLES = [(page, visual) for page, visual in EVERY if visual.kind == "table"]
WITH_ALL_ROWS = [(page, visual) for page, visual in TABLES if not visual.spec["rank"]]
NARROW = "segment=Prospecting,Retargeting"


@pytest.fixture(scope="module")
def facts() -> FrameFacts:
    """Two years of rows with random figures; a third of them are missing, so that groups come and go."""
    rng = np.random.default_rng(11)
    days, groups = pd.date_range("2024-01-01", "2025-12-31"), 12
    rows = pd.DataFrame({DATE: days.repeat(groups)})
    for name in (*DIMENSIONS, *IDENTIFIERS):
        rows[name] = "x"
    rows["platform"] = rng.choice(["Meta", "Google", "Amazon"], len(rows))
    rows["region"] = rng.choice(["Europe", "North America"], len(rows))
    rows["device"] = rng.choice(["Mobile", "Desktop", "Tablet"], len(rows))
    rows["segment"] = rng.choice(["Prospecting", "Retargeting", "Loyal customers"], len(rows))
    rows["campaign"] = rng.choice([f"campaign {place}" for place in range(8)], len(rows))
    for name in MEASURES:
        rows[name] = rng.uniform(1, 100, len(rows)).round(2)
    return FrameFacts(rows[rng.random(len(rows)) > 1 / 3].reset_index(drop=True), "v")


def rows_of(facts: FrameFacts, page: str, visual: Any, query: str) -> list[dict[str, Any]]:
    asked = ask(facts, Address.of(query), Formats(), ALL_ROWS, RANKS)
    rows: list[dict[str, Any]] = json.loads(data_file(page, visual, facts, asked, "json", ALL_ROWS))["rows"]
    return rows


def days(first: date, last: date, compare: str) -> str:
    return f"from={first}&to={last}&compare={compare}&{NARROW}"


@pytest.mark.parametrize("compare", ["previous", "year"])
@pytest.mark.parametrize(("page", "visual"), WITH_ALL_ROWS, ids=lambda value: getattr(value, "name", value))
def test_a_table_has_what_each_row_was_and_its_change(facts: FrameFacts, page: str, visual: Any, compare: str) -> None:
    back = timedelta(days=LENGTH if compare == "previous" else 365)
    now = rows_of(facts, page, visual, days(FROM, TO, compare))
    then = rows_of(facts, page, visual, days(FROM - back, TO - back, "none"))
    keys = [name for name in visual.columns if name in DIMENSIONS]
    earlier = {tuple(row[name] for name in keys): row for row in then}
    assert now
    for row in now:
        old = earlier.get(tuple(row[name] for name in keys), {})
        for metric in set(row) & set(METRICS):
            before = old.get(metric)
            assert row[metric + BASELINE] == (pytest.approx(before, rel=1e-12) if before is not None else None)
            if row[metric] is None or before is None or (not before and METRICS[metric].unit != "percent"):
                assert row[metric + CHANGE] is None
            elif METRICS[metric].unit == "percent":
                assert row[metric + CHANGE] == pytest.approx(row[metric] - before, abs=1e-12)
            else:
                assert row[metric + CHANGE] == pytest.approx((row[metric] - before) / abs(before), rel=1e-9)
    assert any(row[name] is not None for row in now for name in row if name.endswith(CHANGE))


def test_a_table_compared_with_nothing_has_no_such_columns(facts: FrameFacts) -> None:
    page, visual = WITH_ALL_ROWS[0]
    rows = rows_of(facts, page, visual, days(FROM, TO, "none"))
    assert rows
    assert set(rows[0]) == set(visual.columns)


def test_a_ranking_has_them_too(facts: FrameFacts) -> None:
    page, visual = next(each for each in TABLES if each[1].spec["rank"])
    rows = rows_of(facts, page, visual, days(FROM, TO, "previous"))
    assert any(row["profit" + BASELINE] is not None for row in rows)


def test_days_of_a_year_earlier_stand_beside_the_same_weekday(facts: FrameFacts) -> None:
    page, visual = next(each for each in EVERY if each[1].name == "financial-trend")
    now = rows_of(facts, page, visual, days(FROM, TO, "year"))
    back = timedelta(weeks=52)
    then = rows_of(facts, page, visual, days(FROM - back, TO - back, "none"))
    assert len(now) == LENGTH
    for row, old in zip(now, then, strict=True):
        day, before = date.fromisoformat(row[DATE]), date.fromisoformat(row[BASELINE_DATE])
        assert (before, before.weekday()) == (day - back, day.weekday())
        assert row["revenue" + BASELINE] == pytest.approx(old["revenue"], rel=1e-12)
