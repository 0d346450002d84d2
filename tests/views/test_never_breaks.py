"""Facts and addresses that nobody would wish for: every visual shows a value, "–" or its sentence."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import openpyxl
import pandas as pd
import pytest
from deltalake import write_deltalake
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from components.visuals import Page, Visual
from facts.source import DEMO_NAME, Source
from kpi.formula_guard import MARK, like_formula, unguard_formula
from kpi.schema import COUNTS, IDENTIFIERS, MEASURES
from pages import PAGES
from settings import from_environment
from tests.asking import view

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe",
    "@SUM(A1)",
    "x;=1+1;y",
    "＝1+1",
    '<a href="//x">x</a>',
    "a,b%2C",
]
VISUALS = [(page, visual) for page in PAGES for visual in page.visuals]
IDS = [f"{page.key}.{visual.name}" for page, visual in VISUALS]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Sixty days: names that are code, nothing but losses, no conversions on TikTok, no revenue from Other, gaps."""
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [pd.date_range("2025-01-15", periods=60), ["Meta", "TikTok", "Other"], HOSTILE],
        names=["date", "platform", "campaign"],
    )
    frame = index.to_frame(index=False)
    frame = frame[frame["date"] != "2025-02-20"]
    for name in ("region", "objective", "device", "segment", *IDENTIFIERS):
        frame[name] = frame["campaign"] if name == "region" else "Unknown"
    for name in MEASURES:
        frame[name] = rng.integers(1, 500, len(frame)).astype(float)
    frame["revenue"] = frame["spend"] / 10
    frame.loc[frame["platform"] == "TikTok", ["conversions", "new_customers", "lifetime_margin"]] = 0.0
    frame.loc[frame["platform"] == "Other", ["revenue", "cogs", "reach"]] = np.nan
    frame[list(COUNTS)] = frame[list(COUNTS)].astype("Int64")
    path = tmp_path_factory.mktemp("hostile") / "facts"
    write_deltalake(str(path), frame.assign(date=frame["date"].dt.date), name=DEMO_NAME)  # else nobody may look
    source = Source(path)
    assert source.problem is None
    yield create_app(from_environment({"DASHBOARD_FACTS": str(path)}), source).server.test_client()
    source.close()


ADDRESSES = [
    "",
    "platform=TikTok",
    "platform=Other",
    "last=all&grain=month",
    "from=2025-02-20&to=2025-02-20",
    "from=2025-01-15&to=2025-01-15&compare=year",
    "from=9999-12-31&to=0001-01-01",
    "to=0001-01-01",
    "platform=Meta&region=" + quote("a%2Cb%252C"),
    "campaign=" + quote(HOSTILE[0]),
    "campaign=" + "x" * 10_000,
    "platform=%00%ff&last=<b>&rank=__class__&grain=",
    "&".join(f"{place}={place}" for place in range(3000)),
]


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:40] or "default")
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_every_visual_answers(hostile: FlaskClient, of: Page, address: str) -> None:
    answer = view(hostile, of.key, address)

    assert answer.status_code == 200
    assert not re.search(rb"NaN|Infinity|Traceback", answer.data)
    for name, visual in answer.json["visuals"].items():
        assert visual["state"] in ("ready", "empty"), (name, visual)
        if visual["state"] == "empty":
            assert visual["text"].endswith(".")


@pytest.mark.parametrize(("of", "visual"), VISUALS, ids=IDS)
def test_files_hold_the_same_rows_and_no_formula(hostile: FlaskClient, of: Page, visual: Visual) -> None:
    """Names as they are in a workbook and in a script's CSV; guarded, and only that, in the CSV of the menu."""
    base = f"/data/{of.key}/{visual.name}"
    rows = hostile.get(f"{base}.json").json["rows"]

    table, menu = (
        list(csv.reader(io.StringIO(hostile.get(f"{base}.csv{query}").data.decode()))) for query in ("", "?for=excel")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(hostile.get(f"{base}.xlsx").data)).active

    names, *lines = table
    assert names[: len(visual.columns)] == list(visual.columns)
    assert [cell.value for cell in sheet[1]] == names
    assert menu[0] == [MARK + names[0], *names[1:]]
    assert len(lines) == len(menu) - 1 == len(rows) == sheet.max_row - 1
    for line, safe, row, cells in zip(lines, menu[1:], rows, sheet.iter_rows(min_row=2), strict=True):
        for name, text, other, cell in zip(names, line, safe, cells, strict=True):
            value = row.get(name)
            if isinstance(value, str):
                assert text == value
                assert unguard_formula(other) == value
                assert not re.match(r"[-=+@＝＋－＠\t\r]", other)
                assert (cell.value or "") == value
                assert cell.data_type != "f"
                assert not cell.quotePrefix, "an apostrophe that some show, and that lookups do not find"
                assert (cell.number_format == "@") == like_formula(value)
            else:
                assert (float(text) if text else None) == (None if value is None else pytest.approx(value))
                assert other == text
                number = None if cell.value is None else float(cell.value)
                assert number == (None if value is None else pytest.approx(value))


def test_names_reach_a_figure_as_text(hostile: FlaskClient) -> None:
    traces = view(hostile, "cfo").json["visuals"]["profit-heatmap"]["traces"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in traces[0]["x"]
    assert not [name for name in traces[0]["x"] if "<" in name]


def test_a_platform_that_reports_no_revenue_has_none(hostile: FlaskClient) -> None:
    table = hostile.get("/data/cfo/platform-summary.json").json["rows"]
    other = next(row for row in table if row["platform"] == "Other")
    assert other["revenue"] is None
    assert other["profit"] is None
    assert other["spend"] > 0


@given(
    st.text(max_size=60),
    st.sampled_from(["view", "data", "proof", "options"]),
    st.sampled_from(["csv", "json", "table", "xlsx", "exe", ""]),
)
def test_no_address_is_an_error_of_the_server(client: FlaskClient, text: str, kind: str, ending: str) -> None:
    for path in (
        f"/{kind}/{quote(text, safe='')}",
        f"/data/cfo/{quote(text, safe='')}.{ending}",
        f"/{quote(text.lstrip('/'))}",
    ):  # with two slashes a host would be asked
        assert client.get(path).status_code < 500


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/cfo/more", "/view/cfo", "/data/nothing.json", "/data/cfo/nothing.csv", "/data/cfo/core-cards.exe"],
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["nothing", "", "cfo/", "CFO", "\ud7ff", "__class__", "x" * 1000])
def test_a_page_that_does_not_exist_has_no_figures(client: FlaskClient, page: str) -> None:
    answer = view(client, page)
    assert (answer.status_code, answer.json) == (404, {"error": "There is nothing at this address."})


def test_json_is_the_contract(client: FlaskClient) -> None:
    answer = client.get("/data/cfo/core-cards.json?platform=Meta&platform=Nobody").json

    assert list(answer) == ["visual", "query", "data_through", "currency", "rows", "notes", "provisional_from"]
    assert (answer["visual"], answer["query"]) == ("cfo.core-cards", "platform=Meta")
    assert [set(row) for row in answer["rows"]] == [{"metric", "value", "baseline", "change"}] * 7


def test_without_data_it_says_so_and_is_not_ready(tmp_path: Path) -> None:
    source = Source(tmp_path / "none")
    empty = create_app(from_environment({}), source).server.test_client()

    assert empty.get("/healthz").status_code == 200
    assert empty.get("/readyz").status_code == 503
    assert view(empty, "cfo").status_code == 503
    assert "python -m datagen" in view(empty, "cfo").json["error"]
    assert empty.get("/").status_code == 200
    source.close()


def test_a_visual_that_fails_leaves_the_others_alone(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from components.figures import bars

    def fail(*_: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(bars, "_room", fail)
    visuals = view(client, "cfo", "last=13d").json["visuals"]

    states = {name: visual["state"] for name, visual in visuals.items()}
    assert {name for name, state in states.items() if state == "error"} == {"regional-roi", "margin-by-platform"}
    assert "broken on purpose" not in json.dumps(visuals)
