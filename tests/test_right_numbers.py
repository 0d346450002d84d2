"""Every figure of every visual equals its formula on sums that a second computation gives, for any selection."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from deltalake import DeltaTable, write_deltalake
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from components.address import Query, write
from components.visuals import Page, Visual
from facts import ALL_ROWS, Facts
from facts.delta.table_names import DEMO_NAME
from facts.delta.table_names import path_of as shop_of
from facts.memory.frame import FrameFacts
from facts.source import Source, load
from kpi.comparison import baseline
from kpi.metrics import METRICS
from kpi.selection import Extent, Selection, only
from pages import PAGES
from settings import from_environment
from tests.asking import view
from tests.conftest import FIRST, LAST
from tests.oracle import FORMULAS, SHARES, Oracle, same

DIMENSIONS = ("date", "platform", "region", "objective", "device", "segment", "campaign")


@st.composite
def queries(draw: st.DrawFn, facts: FrameFacts) -> Query:
    """Any days, filters, comparison, grain and ranking, empty selections among them."""
    options = facts.options(ALL_ROWS)
    names = draw(st.lists(st.sampled_from(sorted(options)), unique=True, max_size=4))
    chosen = {name: draw(st.lists(st.sampled_from(options[name]), min_size=1, unique=True)) for name in names}
    chosen = {name: values for name, values in chosen.items() if len(values) < len(options[name])}
    days = sorted(draw(st.tuples(*[st.dates(FIRST, LAST)] * 2)))
    relative = draw(st.sampled_from([None, None, "7d", "28d", "12w", "month", "all"]))
    start, end = (None, None) if relative else days
    return Query(
        only(chosen),
        relative,
        start,
        end,
        draw(st.sampled_from(["previous", "year", "none"])),
        draw(st.sampled_from([None, "week", "month"])),
        "",
        draw(st.sampled_from(["profit", "roi", "roas", "cac"])),
    )


def rows(client: FlaskClient, page: Page, visual: Visual, query: Query) -> list[dict[str, Any]]:
    answer = client.get(f"/data/{page.key}/{visual.name}.json?{write(query)}")
    assert answer.status_code == 200
    assert answer.json["query"] == write(query)
    return answer.json["rows"]


@given(data=st.data())
def test_every_visual_equals_its_formulas_on_sums_by_sql(
    data: st.DataObject, client: FlaskClient, facts: FrameFacts, oracle: Oracle
) -> None:
    assert_right(data.draw(queries(facts)), data.draw(st.sampled_from(PAGES)), client, facts, oracle)


@pytest.mark.long
@settings(max_examples=300)
@given(data=st.data())
def test_every_visual_equals_its_formulas_for_many_more_addresses(
    data: st.DataObject, client: FlaskClient, facts: FrameFacts, oracle: Oracle
) -> None:
    assert_right(data.draw(queries(facts)), data.draw(st.sampled_from(PAGES)), client, facts, oracle)


def assert_right(query: Query, page: Page, client: FlaskClient, facts: Facts, oracle: Oracle) -> None:
    """Every visual of a page, as `client` serves it, equals its formulas on sums by SQL."""
    selection = query.selection(facts.extent())
    then = baseline(selection, facts.extent())
    whole = oracle.sums(selection).get((), {})
    before = oracle.sums(then).get(()) if then else None
    company = oracle.company(selection.start, selection.end).get((), {})
    company_before = oracle.company(then.start, then.end).get(()) if then else None
    scale = max((abs(value) for value in whole.values() if value), default=1.0)

    for visual in page.visuals:
        found = rows(client, page, visual, query)
        if not whole:
            assert found == []
        elif visual.why_not and query.only:
            assert found == [], "no filter splits the shop"
        elif visual.kind == "cards":
            leads = "contribution_after_marketing"
            shown = [key for key in visual.metrics if key != leads or visual.why_not or not query.only]
            assert [row["metric"] for row in found] == shown
            for row in found:
                key = row["metric"]
                of_company = visual.why_not or key in ("mer", "contribution_after_marketing")
                now, old = (company, company_before) if of_company else (whole, before)
                assert same(row["value"], oracle.metric(key, now, {}, now), scale)
                assert same(row["baseline"], oracle.metric(key, old, {}, old) if old else None, scale)
                assert same(row["change"], change(key, row["value"], row["baseline"]))
        elif visual.name == "reconciliation":
            assert_reconciled(found, oracle, selection)
        elif visual.name == "profit-bridge":
            assert_bridged(found, oracle, whole, before, scale)
        elif visual.kind != "callouts":
            by = tuple(name for name in DIMENSIONS if found and name in found[0])
            groups = oracle.sums(selection, by)
            if by == ("date",):
                found = assert_compared(found, oracle, selection, line_of(selection, then, facts.extent()), scale)
            elif then is not None:
                assert_beside(found, oracle, then, by, scale)
            if not visual.spec.get("rank"):
                assert len(found) == len(groups)
            for row in found:
                key = tuple(date.fromisoformat(row[name]) if name == "date" else row[name] for name in by)
                for metric in set(row) - set(by):
                    wanted = oracle.metric(metric, groups[key], groups, whole)
                    assert same(row[metric], wanted, 1 if METRICS[metric].by or metric in SHARES else scale), metric


@pytest.fixture(scope="module")
def with_gaps(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company, of which TikTok reports no sales, Google no first orders, and Amazon some costs only."""
    path = tmp_path_factory.mktemp("gaps") / "facts"
    rows = DeltaTable(str(facts_path)).to_pandas()
    sales = ["conversions", "revenue", "cogs", "variable_costs", "new_customers", "lifetime_margin"]
    rows[sales] = rows[sales].astype(float)
    rows.loc[rows["platform"] == "TikTok", sales] = np.nan
    rows.loc[rows["platform"] == "Google", sales[-2:]] = np.nan
    rows.loc[(rows["platform"] == "Amazon") & (rows["region"] == "Europe"), sales[2:4]] = np.nan
    write_deltalake(str(path), rows, name=DEMO_NAME)
    shutil.copytree(shop_of(facts_path), shop_of(path))
    return path


@pytest.fixture(scope="module")
def client_with_gaps(with_gaps: Path) -> Iterator[FlaskClient]:
    source = Source(with_gaps)
    yield create_app(from_environment({"DASHBOARD_FACTS": str(with_gaps)}), source).server.test_client()
    source.close()


@settings(max_examples=40)
@given(data=st.data())
def test_where_platforms_lack_measures_every_visual_equals_its_formulas_on_what_is_known(
    data: st.DataObject, client_with_gaps: FlaskClient, with_gaps: Path
) -> None:
    facts = load(with_gaps)
    assert_right(
        data.draw(queries(facts)), data.draw(st.sampled_from(PAGES)), client_with_gaps, facts, Oracle(with_gaps)
    )


def test_a_platform_without_revenue_is_left_out_of_profit_everywhere_and_that_is_said(
    client_with_gaps: FlaskClient, with_gaps: Path
) -> None:
    rows = DeltaTable(str(with_gaps)).to_pandas()
    sold_nothing = (rows["platform"] == "Amazon") & (rows["revenue"] == 0)  # of which nothing is left to know
    known = rows[rows["cogs"].notna() | sold_nothing].fillna({"cogs": 0.0, "variable_costs": 0.0})
    profit = (known["revenue"] - known["cogs"] - known["variable_costs"] - known["spend"]).sum()
    roas = rows["revenue"].sum() / rows.loc[rows["platform"] != "TikTok", "spend"].sum()
    answer = view(client_with_gaps, "cfo", "last=all&compare=none").json
    cards = {row["metric"]: row["value"] for row in rows_of(client_with_gaps, "cfo/core-cards")}
    trend = rows_of(client_with_gaps, "cfo/financial-trend")
    proof = client_with_gaps.get("/proof/cfo/core-cards?metric=profit&last=all&compare=none").json
    notes = client_with_gaps.get("/data/cfo/core-cards.json?last=all&compare=none").json["notes"]

    assert cards["profit"] == pytest.approx(profit)
    assert cards["roi"] == pytest.approx(profit / known["spend"].sum())
    assert cards["roas"] == pytest.approx(roas) if "roas" in cards else True
    assert sum(row["profit"] for row in trend) == pytest.approx(profit)
    assert proof["value"] == pytest.approx(profit)
    for said in (answer["visuals"]["core-cards"]["line"], answer["headline"], proof["note"], " ".join(notes)):
        assert "TikTok: $" in said
        assert "no attributed revenue" in said
        assert "a part of Amazon: $" in said
        assert "no costs known" in said


def rows_of(client: FlaskClient, visual: str) -> list[dict[str, Any]]:
    answer = client.get(f"/data/{visual}.json?last=all&compare=none")
    assert answer.status_code == 200
    return answer.json["rows"]


def line_of(selection: Selection, then: Selection | None, extent: Extent) -> Selection | None:
    """What days and weeks are drawn before: those of 364 days ago where a year earlier is asked for."""
    if selection.compare != "year" or selection.grain == "month":
        return then
    start, end = (day - timedelta(days=364) for day in (selection.start, selection.end))
    return replace(selection, start=start, end=end) if extent.first <= start else None


def assert_beside(
    found: list[dict[str, Any]], oracle: Oracle, then: Selection, by: tuple[str, ...], scale: float
) -> None:
    """A table's rows have what they were and the change, which are taken off."""
    groups, whole = oracle.sums(then, by), oracle.sums(then).get((), {})
    for row in found:
        sums = groups.get(tuple(row[name] for name in by))
        for name in [name for name in row if name.endswith("_baseline")]:
            metric, value = name.removesuffix("_baseline"), row.pop(name)
            wanted = oracle.metric(metric, sums, groups, whole) if sums else None
            assert same(value, wanted, 1 if METRICS[metric].by or metric in SHARES else scale), name
            assert same(row.pop(f"{metric}_change"), change(metric, row[metric], value)), name


def assert_bridged(found: list[dict[str, Any]], oracle: Oracle, whole: Any, before: Any, scale: float) -> None:
    """A bridge leads from the one profit to the other."""
    profits = [oracle.metric("profit", sums, {}, sums) for sums in (before, whole) if sums]
    if not before or (not found and None in profits):
        assert found == []
        return
    values = {row["factor"]: row["value"] for row in found}
    first, last = values.pop("baseline"), values.pop("current")
    assert same(first, oracle.metric("profit", before, {}, before), scale)
    assert same(last, oracle.metric("profit", whole, {}, whole), scale)
    assert same(first + sum(values.values()), last, scale)


def assert_compared(
    found: list[dict[str, Any]], oracle: Oracle, selection: Selection, then: Selection | None, scale: float
) -> list[dict[str, Any]]:
    """A trend's rows without their comparison, which is right, and without those of periods that have no facts."""
    assert [row["date"] for row in found] == starts(selection)
    if then is not None and found and "baseline_date" in found[0]:
        earlier = oracle.sums(replace(then, grain=selection.grain), ("date",))
        beside = dict(zip(starts(selection), starts(replace(then, grain=selection.grain)), strict=False))
        for row in found:
            day = row.pop("baseline_date")
            assert day == beside.get(row["date"])
            sums = earlier.get((date.fromisoformat(day),)) if day else None
            for name in [name for name in row if name.endswith("_baseline")]:
                metric = name.removesuffix("_baseline")
                wanted = oracle.metric(metric, sums, {}, sums) if sums else None
                assert same(row.pop(name), wanted, 1 if METRICS[metric].by else scale), name
    known = oracle.sums(selection, ("date",))
    for row in found:
        if (date.fromisoformat(row["date"]),) not in known:
            assert set(row.values()) == {row["date"], None}, "nothing ran"
    return [row for row in found if (date.fromisoformat(row["date"]),) in known]


def starts(selection: Selection) -> list[str]:
    """The first days of a selection's periods, counted day by day."""
    days = (selection.start + timedelta(days=number) for number in range((selection.end - selection.start).days + 1))
    found = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
    }[selection.grain]
    return list(dict.fromkeys(found(day).isoformat() for day in days))


def assert_reconciled(found: list[dict[str, Any]], oracle: Oracle, selection: Selection) -> None:
    """A row a month and platform and one for all of a month's, equal to SQL over both tables, no filter applied."""
    months = oracle.company(selection.start, selection.end, ["month"])
    parts = oracle.company(selection.start, selection.end, ["month", "platform"])
    assert len(found) == len(months) + len(parts)
    for row in found:
        key = row["month"], row["platform"]
        sums = months[key[:1]] if row["platform"] == "All platforms" else parts[key]
        for metric in ("spend", "revenue", "store_revenue", "overclaim", "mer"):
            assert same(row[metric], oracle.metric(metric, sums, {}, sums), 1e9), (key, metric)


def change(metric: str, value: float | None, before: float | None) -> float | None:
    if value is None or before is None:
        return None
    if METRICS[metric].unit == "percent":
        return value - before
    if (value < 0 < before) or (before < 0 < value):  # a sign that turned has no percentage
        return None
    return (value - before) / abs(before) if before else None


@given(data=st.data())
def test_the_parts_of_a_selection_add_up_to_the_whole(data: st.DataObject, facts: FrameFacts) -> None:
    query = data.draw(queries(facts))
    selection = query.selection(facts.extent())
    name = data.draw(st.sampled_from(["platform", "region", "objective", "device", "segment", "campaign"]))
    measures = ["impressions", "clicks", "conversions", "spend", "revenue", "cogs", "lifetime_margin", "rows"]

    whole = facts.totals(selection, [()], ALL_ROWS)[()][measures].sum()
    chosen = dict(selection.only).get(name, facts.options(ALL_ROWS)[name])
    parts = [facts.totals(selection.narrow(name, [value]), [()], ALL_ROWS)[()][measures].sum() for value in chosen]

    assert sum(parts).to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-9)


@given(data=st.data())
def test_a_totals_row_is_the_formula_on_summed_parts(
    data: st.DataObject, client: FlaskClient, facts: FrameFacts, oracle: Oracle
) -> None:
    query = data.draw(queries(facts))
    page = data.draw(st.sampled_from(PAGES))
    whole = oracle.sums(query.selection(facts.extent())).get((), {})

    seen = view(client, page.key, write(query)).json

    for visual in page.visuals:
        answer = seen["visuals"][visual.name]
        assert answer["state"] in ("ready", "empty")
        assert answer["state"] == "ready" or answer["text"].endswith(".")
        may_be_empty = visual.kind in ("callouts", "chart") or visual.why_not or visual.spec.get("rank")
        assert not whole or answer["state"] == "ready" or may_be_empty
        if answer.get("total"):
            for metric, value in zip(visual.spec["metrics"], answer["total"], strict=True):
                assert same(value, oracle.metric(metric, whole, {}, whole), 1 if METRICS[metric].by else 1e8)


def test_the_second_computation_knows_every_metric() -> None:
    assert set(FORMULAS) | set(SHARES) == set(METRICS)


def test_any_rate_is_not_the_mean_of_its_rows(client: FlaskClient, oracle: Oracle, facts: FrameFacts) -> None:
    """The fault of the first dashboard, on rows where it shows."""
    answer = view(client, "cmo").json["visuals"]["region-table"]
    column = PAGES[1].visuals[7].spec["metrics"].index("roas")
    mean = sum(answer["values"][column]) / len(answer["values"][column])
    assert abs(answer["total"][column] / mean - 1) > 0.01


@pytest.mark.parametrize("campaign", ["Search – Brand & Competitors", "nothing, here", "100% cotton"])
def test_an_address_is_quoted_like_any_query(client: FlaskClient, campaign: str) -> None:
    assert client.get(f"/data/cfo/core-cards.json?campaign={quote(campaign)}").status_code == 200
