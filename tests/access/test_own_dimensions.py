"""Own dimensions on pages, in addresses and files, for who sees all rows and who sees some; and who may keep rules."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from deltalake import DeltaTable
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from components.address import RANKS, Address, Query, read, write
from facts.own_rules import keep_rules, rules_path
from kpi.selection import only
from tests.access.clients import signed_in_client
from tests.access.signing import Provider
from tests.asking import json_in, view
from tests.components.test_address import EXTENT, OPTIONS

RULES = """
[[brand]]
value = "Non-brand"
campaign = "*non-brand*"
[[brand]]
value = "Brand, own"
campaign = "*brand*"
[[line]]
value = "Zubehör 100%"
platform = "Google"
"""
#: As POLICY of conftest has it; `import` opens the Import page too.
POLICY = """
contact = "data-team@example.com"
[roles.all]
groups = ["grp-all"]
pages = ["executive", "cmo", "cfo", "import"]
rows = "all"
[roles.agency]
groups = ["grp-agency"]
pages = ["executive", "cmo", "cfo"]
rows = { platform = ["Meta"] }
hides = ["spend"]
[roles.meta]
groups = ["grp-meta"]
pages = ["executive", "cmo", "cfo"]
rows = { platform = ["Meta"] }
"""
OURS = {"X-Requested-With": "dashboard"}
Headers = Callable[[str], dict[str, str]]


@pytest.fixture
def table(facts_path: Path, tmp_path: Path) -> Path:
    """The demo's days as a company's table, with rules beside it."""
    copy = Path(shutil.copytree(facts_path, tmp_path / "R&D" / "facts"))
    keep_rules(rules_path(copy), RULES.encode())
    return copy


@pytest.fixture
def server(table: Path, provider: Provider, tmp_path: Path) -> Iterator[FlaskClient]:
    with signed_in_client(table, provider, POLICY, tmp_path) as client:
        yield client


@pytest.fixture
def headers(provider: Provider) -> Headers:
    return lambda role: {"X-Auth-Id-Token": provider.token([f"grp-{role}"])}


def spend_by(table: Path, *keys: str) -> "pd.Series[float]":
    """Spend of all days, with the own dimensions worked out row by row."""
    rows = DeltaTable(str(table)).to_pandas()[["platform", "campaign", "spend"]]
    names = rows["campaign"].str.casefold()
    brand = ["Non-brand" if "non-brand" in each else "Brand, own" if "brand" in each else "Other" for each in names]
    line = ["Zubehör 100%" if each == "Google" else "Other" for each in rows["platform"]]
    return rows.assign(**{"x.brand": brand, "x.line": line}).groupby(list(keys))["spend"].sum()


@given(data=st.data())
def test_an_address_with_own_dimensions_is_read_as_it_was_written(data: st.DataObject) -> None:
    options = OPTIONS | {"x.brand": ("Brand, own", "50%", "Other"), "x.line": ("a&b", "Ünï", "%2C")}
    chosen = {
        name: data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values) - 1, unique=True))
        for name, values in options.items()
        if data.draw(st.booleans())
    }
    query = Query(only(dict(reversed(chosen.items()))))

    assert read(Address.of(write(query)), options, EXTENT, RANKS) == (query, ())


def test_a_filter_narrows_figures_and_stands_in_the_address(server: FlaskClient, headers: Headers, table: Path) -> None:
    every = spend_by(table, "x.brand")

    told = view(server, "cmo", "x.brand=Other,Brand%252C own&last=all&platform=Google,Meta", headers("all")).json

    assert told["query"] == "platform=Google,Meta&x.brand=Brand%252C%20own,Other&last=all"
    assert told["options"]["x.brand"] == ["Non-brand", "Brand, own", "Other"]
    assert told["chosen"]["x.brand"] == ["Brand, own", "Other"]
    assert {"dimension": "x.brand", "label": "Brand", "named": "Brand, own, Other", "all": "Brand, own, Other"} in told[
        "chips"
    ]
    assert view(server, "cmo", "x.brand=Nothing", headers("all")).json["notes"] == [
        "There is no brand “Nothing” in the data; it was left out."
    ]
    assert "“x.gone” is no filter here" in view(server, "cmo", "x.gone=1", headers("all")).json["notes"][0]
    for value, spend in every.items():
        asked = f"x.brand={quote(str(value).replace(',', '%2C'))}&last=all"
        rows = server.get(f"/data/executive/period-cards.json?{asked}", headers=headers("all")).json["rows"]
        assert next(row["value"] for row in rows if row["metric"] == "spend") == pytest.approx(spend)


def test_a_table_and_files_are_by_own_dimensions(server: FlaskClient, headers: Headers, table: Path) -> None:
    told = server.get("/data/cmo/x-brand.json?last=all", headers=headers("all")).json["rows"]
    assert {row["x.brand"]: row["spend"] for row in told} == pytest.approx(spend_by(table, "x.brand").to_dict())

    expected = spend_by(table, "platform", "campaign", "x.brand", "x.line").reset_index()
    wanted = {tuple(row[:4]) for row in expected.itertuples(index=False)}
    for page in ("cmo", "executive"):
        body = server.get(f"/data/{page}/top-campaigns.csv?last=all", headers=headers("all")).data
        lines = pd.read_csv(io.BytesIO(body))
        assert list(lines.columns[:4]) == ["platform", "campaign", "x.brand", "x.line"]
        assert len(lines) >= 5
        assert set(lines.iloc[:, :4].itertuples(index=False, name=None)) <= wanted
        sheet = server.get(f"/data/{page}/top-campaigns.xlsx?last=all", headers=headers("all")).data
        assert list(pd.read_excel(io.BytesIO(sheet)).columns) == list(lines.columns)
    book = server.get("/data/cmo.xlsx?x.brand=Other", headers=headers("all")).data
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        texts = parts.read("xl/sharedStrings.xml").decode() + parts.read("xl/workbook.xml").decode()
    assert "By brand" in texts
    assert "Zubehör 100%" in texts
    proof = server.get("/proof/cmo/x-brand?metric=spend&key=Other&last=all", headers=headers("all"))
    assert ["Brand", "Other"] in proof.json["of"]
    drawn = view(server, "cmo", "last=all", headers("all")).json["visuals"]["top-campaigns"]
    spec = json_in(server.get("/cmo", headers=headers("all")).text, "spec")
    assert spec["dimensions"]["x.line"] == "Line"
    assert spec["pages"]["cmo"]["visuals"]["top-campaigns"]["keys"] == ["platform", "campaign", "x.brand", "x.line"]
    assert set(zip(*drawn["keys"], strict=True)) <= wanted


def test_a_narrowed_reader_learns_of_no_value_and_no_campaign_beyond_their_rows(
    server: FlaskClient, headers: Headers, table: Path
) -> None:
    paths = ["/cmo", "/", "/cfo", "/_dash-layout", "/options/x.line", "/options/x.brand", "/data/cmo/x-line.json"]
    paths += ["/data/cmo/x-brand.csv", "/data/cmo/top-campaigns.csv?last=all", "/data/executive.json", "/data/cmo.json"]
    mine = {path: server.get(path, headers=headers("meta")) for path in paths}
    whole = {path: server.get(path, headers=headers("all")).get_data(as_text=True) for path in paths}
    rows = DeltaTable(str(table)).to_pandas()
    others = sorted(set(rows["campaign"]) - set(rows.loc[rows["platform"] == "Meta", "campaign"]))
    words = ["Zubehör 100%", json.dumps("Zubehör 100%")[1:-1], "Non-brand", *others]

    assert {path: answer.status_code for path, answer in mine.items() if answer.status_code != 200} == {}
    assert any("Zubehör 100%" in text for text in whole.values())
    assert [
        (path, word) for path, answer in mine.items() for word in words if word in answer.get_data(as_text=True)
    ] == []
    assert mine["/options/x.line"].json == {"values": ["Other"], "count": 1}
    hidden = server.get("/data/cmo/x-brand.csv", headers=headers("agency")).get_data(as_text=True)
    assert hidden.startswith("x.brand,conversions,ctr")  # without spend, and what would tell it
    real, made_up = (
        view(server, "cmo", f"x.line={value}", headers("agency")).json for value in ("Zubehör 100%", "Zubehör 101%")
    )
    assert real["notes"] == [made_up["notes"][0].replace("101", "100")]
    told = view(server, "executive", "x.brand=Brand%252C own&last=all", headers("agency")).json
    brands = rows[(rows["platform"] == "Meta") & rows["campaign"].str.casefold().str.contains("brand")]
    shown = server.get(f"/data/executive/period-cards.json?{told['query']}", headers=headers("agency")).json["rows"]
    assert next(row["value"] for row in shown if row["metric"] == "revenue") == pytest.approx(brands["revenue"].sum())


def test_other_rules_make_another_answer_and_as_of_has_them_too(
    server: FlaskClient, headers: Headers, table: Path
) -> None:
    before = view(server, "cmo", "", headers("all")).json
    as_of = view(server, "cmo", "as_of=0", headers("all")).json
    assert as_of["options"]["x.brand"] == before["options"]["x.brand"]

    keep_rules(rules_path(table), b"[[stage]]\nvalue = 'Top'\ncampaign = '*video*'")
    server.source.refresh()  # type: ignore[attr-defined]
    after, past = (view(server, "cmo", query, headers("all")).json for query in ("", "as_of=0"))

    for told in (after, past):
        assert [name for name in told["options"] if name.startswith("x.")] == ["x.stage"]
        assert [name for name in told["visuals"] if name.startswith("x-")] == ["x-stage"]
    assert after["data"]["version"] != before["data"]["version"]
    assert after["shape"] != before["shape"]
    document = server.get("/cmo", headers=headers("all")).text
    assert 'data-visual="cmo.x-stage"' in document
    assert 'data-visual="cmo.x-brand"' not in document


def test_the_import_page_shows_what_rules_catch_and_then_keeps_them(
    server: FlaskClient, headers: Headers, table: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def ask(body: dict[str, Any], role: str = "all", **more: str) -> Any:
        return server.post("/import/dimensions", json=body, headers=headers(role) | OURS | more)

    there = ask({}).json
    assert (there["text"], there["kept"]) == (RULES, True)

    new = '[[line]]\nvalue = "Search <b>"\ncampaign = "search*"\n'
    told = ask({"text": new}).json

    rows = DeltaTable(str(table)).to_pandas()
    pairs = rows[["platform", "campaign"]].drop_duplicates()
    searched = int(pairs["campaign"].str.casefold().str.startswith("search").sum())
    assert searched > 0
    assert f'data-campaigns="{searched}" data-value="Search &lt;b&gt;"' in told["markup"]
    assert f'data-campaigns="{len(pairs) - searched}" data-value="Other"' in told["markup"]
    assert told["kept"] is False
    assert rules_path(table).read_text() == RULES
    wrong = ask({"text": "[[line]]\nvalue = 1", "keep": True, "mark": told["mark"]})
    assert (wrong.status_code, rules_path(table).read_text()) == (400, RULES)
    assert wrong.json["error"].startswith("Line, rule 1 has no value")
    assert ask({"text": new, "keep": True, "mark": "of others"}).status_code == 409

    with caplog.at_level("INFO", "dashboard.audit"):
        kept = ask({"text": new, "keep": True, "mark": told["mark"]})

    assert (kept.status_code, kept.json["kept"], rules_path(table).read_text()) == (200, True, new)
    assert ["x.line"] in [getattr(each, "told", {}).get("dimensions") for each in caplog.records]
    server.source.refresh()  # type: ignore[attr-defined]
    assert view(server, "cmo", "", headers("all")).json["options"]["x.line"] == ["Search <b>", "Other"]
    assert ask({"text": new}, "agency").status_code == 403
    assert ask({"text": new}, **{"X-Requested-With": "x"}).status_code == 403
    assert str(table.parent) not in json.dumps([told, kept.json, wrong.json])


def test_kept_rules_have_a_history_and_each_undo_goes_one_change_further_back(
    server: FlaskClient, headers: Headers, table: Path
) -> None:
    def ask(body: dict[str, Any], role: str = "all") -> Any:
        return server.post("/import/dimensions", json=body, headers=headers(role) | OURS)

    first, second = ('[[line]]\nvalue = "A"\n', '[[stage]]\nvalue = "B"\n')
    for text in (first, second):
        mark = ask({"text": text}).json["mark"]
        assert ask({"text": text, "keep": True, "mark": mark}).status_code == 200
    there = ask({}).json
    assert there["history"].count("<li>") == 3, "the rules that were there before the first are the first change"
    assert "u-all" not in there["history"] or "stage" in there["history"]

    assert ask({"undo": True, "mark": "of others"}).status_code == 409
    assert ask({"undo": True, "mark": there["mark"]}, "agency").status_code == 403
    assert rules_path(table).read_text() == second

    for wanted in (first, RULES, ""):
        undone = ask({"undo": True, "mark": ask({}).json["mark"]})
        assert undone.status_code == 200
        assert rules_path(table).read_text() == wanted
    assert "returned to no rules" in undone.json["history"]
    assert 'data-rules="undo"' not in undone.json["history"]
    nothing = ask({"undo": True, "mark": undone.json["mark"]})
    assert (nothing.status_code, nothing.json["error"][:18]) == (409, "No rules were kept")


def test_a_rule_for_a_platform_that_is_not_there_is_said_with_those_that_are(
    server: FlaskClient, headers: Headers
) -> None:
    text = '[[line]]\nvalue = "A"\nplatform = ["Gogle", "meta"]\n[[line]]\nvalue = "B"\nplatform = "Goo*"\n'
    told = server.post("/import/dimensions", json={"text": text}, headers=headers("all") | OURS).json["markup"]
    assert told.count("no platform here is called") == 1
    assert "line, rule 1 (“A”): no platform here is called “Gogle”; there are Meta, Google" in told


def test_a_picture_in_the_place_of_rules_is_named(server: FlaskClient, headers: Headers) -> None:
    picture = "\ufffdPNG\r\n\x1a\n\x00\x00\x00\rIHDR"  # as a browser reads one as a text
    told = server.post("/import/dimensions", json={"text": picture}, headers=headers("all") | OURS).json["error"]
    assert told == (
        "This is a file of another kind, not a text: rules are a TOML file, a text as docs/own-dimensions.md shows it."
    )


def test_the_demo_shows_what_rules_catch_and_keeps_none(client: FlaskClient, facts_path: Path) -> None:
    text = "[[brand]]\nvalue = 'Brand'\ncampaign = '*brand*'"
    shown = client.post("/import/dimensions", json={"text": text}, headers=OURS)
    assert re.search(r'data-campaigns="[1-9]\d*" data-value="Brand"', shown.json["markup"])
    refused = client.post("/import/dimensions", json={"text": text, "keep": True}, headers=OURS)
    assert refused.status_code == 403
    assert not rules_path(facts_path).exists()
