"""Every figure can be proven: its parts recompute to what is shown, and tell nobody what they may not see."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from components.address import write
from components.visuals import Visual
from facts.memory.frame import FrameFacts
from kpi.comparison import baseline
from kpi.derive import tells
from kpi.metrics import COMPANY_WIDE
from kpi.schema import DATE
from pages import CAMPAIGN, PAGES
from tests.test_right_numbers import queries

#: Visuals whose figures can be named; the months of claimed and banked cannot, and say so.
SHOWN = [
    (page, visual)
    for page in (*PAGES, CAMPAIGN)
    for visual in page.visuals
    if visual.kind == "cards" or (visual.kind != "callouts" and visual.needs)
]


def figures(visual: Visual, rows: list[dict[str, Any]]) -> list[tuple[str, tuple[str, ...], Any]]:
    """Metric, key and value of every figure in a visual's rows."""
    if visual.kind == "cards":
        return [(row["metric"], (), row["value"]) for row in rows]
    by = visual.needs[0]
    return [
        (metric, tuple(row[name] for name in by), row[metric])
        for row in rows
        for metric in visual.metrics
        if metric in row and metric not in COMPANY_WIDE and all(name in row for name in by)
    ]


def recomputed(proof: dict[str, Any]) -> float | None:
    over, by = (
        None if None in [part["value"] for part in proof[side]] else sum(part["value"] for part in proof[side])
        for side in ("over", "by")
    )
    if over is None or by is None or (proof["by"] and by == 0):
        return None
    return proof["scale"] * over / (by if proof["by"] else 1.0)


@settings(max_examples=40)
@given(data=st.data())
def test_the_parts_of_every_figure_recompute_to_it(data: st.DataObject, client: FlaskClient, facts: FrameFacts) -> None:
    query = data.draw(queries(facts))
    page, visual = data.draw(st.sampled_from(SHOWN))
    rows = client.get(f"/data/{page.key}/{visual.name}.json?{write(query)}").json["rows"]
    found = figures(visual, rows)
    assume(found)
    for metric, key, value in data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=5)):
        asked = urlencode([("metric", metric), *(("key", each) for each in key)])
        answer = client.get(f"/proof/{page.key}/{visual.name}?{asked}&{write(query)}")
        assert answer.status_code == 200, (metric, key)
        proof = answer.json
        assert proof["value"] == (None if value is None else pytest.approx(value, rel=1e-9))
        if value is None:
            assert proof["text"] == "–"
            assert " no value: " in proof["note"]
        else:
            assert recomputed(proof) == pytest.approx(value, rel=1e-9)
        assert proof["sentence"].startswith(f"{proof['text']} = ")
        assert proof["rows"] > 0 or (value is None and visual.needs[0] == (DATE,)), "a day without rows"
        assert proof["address"] == f"data/{page.key}/{visual.name}.json{'?' if write(query) else ''}{write(query)}"
        known = baseline(query.selection(facts.extent()), facts.extent())
        assert proof["before"] is None or known is not None


def test_a_proof_in_words(client: FlaskClient) -> None:
    proof = client.get("/proof/cfo/unit-economics?metric=roas&key=Google&region=Europe").json
    over, by = proof["over"][0]["value"], proof["by"][0]["value"]

    assert proof["sentence"] == f"{over / by:.2f}× = ${over:,.0f} attributed revenue / ${by:,.0f} spend"
    assert (proof["of"], proof["filters"]) == ([["Platform", "Google"]], [["Region", ["Europe"]]])
    assert proof["days"] == "Sep 1 – 28, 2025"
    assert proof["before"]["days"] == "Aug 4 – 31, 2025"
    assert proof["before"]["change"].endswith("×")
    profit = client.get("/proof/cfo/core-cards?metric=profit").json
    assert [part["taken"] for part in profit["over"]] == [False, True, True, True]


def test_a_proof_of_the_shop_is_of_the_whole_company(client: FlaskClient) -> None:
    left = client.get("/proof/cfo/banked-cards?metric=contribution_after_marketing").json
    values = [part["value"] for part in left["over"]]
    labels = ["store net sales", "store cost of goods", "store fees", "spend", "other marketing"]
    assert [part["label"] for part in left["over"]] == labels
    assert left["value"] == pytest.approx(sum(values))
    assert min(values[0], -max(values[1:])) > 0, "each part is there, with its sign"
    assert left["company"] is True
    assert (
        client.get("/proof/cfo/banked-cards?metric=store_orders")
        .json["sentence"]
        .endswith(" = the sum of store orders in 28 days")
    )
    claimed, whole = (client.get(f"/proof/cmo/banked-cards?metric=cac{query}").json for query in ("&region=Europe", ""))
    assert claimed["value"] == whole["value"]
    assert claimed["filters"] == []


@pytest.mark.parametrize(
    "path",
    [
        "cfo/core-cards",
        "cfo/core-cards?metric=clicks",
        "cfo/core-cards?metric=roi&key=Meta",
        "cfo/unit-economics?metric=roas&key=Nobody",
        "cfo/unit-economics?metric=roas&key=Meta&key=Meta",
        "cfo/nothing?metric=roas",
        "nothing/core-cards?metric=roas",
        "cfo/financial-trend?metric=revenue&key=%00",
        "cfo/core-cards?" + "&".join(f"{n}={n}" for n in range(3000)),
    ],
)
def test_what_cannot_be_proven_is_a_sentence(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/proof/{path}")

    assert answer.status_code == 404
    assert answer.json["error"].endswith(".")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_proof_is_an_error_of_the_server(client: FlaskClient, one: str, other: str) -> None:
    asked = urlencode([("metric", "roi"), ("key", one), (other, one)], errors="replace")
    assert client.get(f"/proof/cfo/unit-economics?{asked}").status_code in (200, 404)


def test_parts_are_told_only_where_they_follow_from_what_is_seen() -> None:
    seen = ("spend", "revenue", "roas", "profit", "cvr", "conversions")

    assert tells(("revenue", "-cogs", "-variable_costs"), seen)  # profit and spend
    assert tells(("clicks",), seen)  # conversions through their rate
    assert not tells(("cogs",), seen)
    assert not tells(("impressions",), seen)
