"""A page of somebody's own: its readers', with their rows, and nothing to anybody else."""

import base64
import hashlib
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import pytest
from dash import Dash
from flask.testing import FlaskClient

from app import create_app
from cli import main
from facts.source import Source
from pages import EVERY
from settings import SETTINGS, WrongSetting, from_environment
from tests.access.own_pages import MARGIN, POLICY, honest, put_page
from tests.access.signing import Provider
from tests.access.stack import ROOT
from tests.asking import CALLBACK, callback_body, json_in, view
from web.operations import Lines

Post = Callable[..., Any]
ALL = {"Europe", "North America", "Latin America", "Asia Pacific"}


def test_a_page_is_unknown_to_who_may_not_open_it(
    own_client: FlaskClient, own_headers: dict[str, dict[str, str]]
) -> None:
    """Its name, its address, its callbacks on the server and in the browser, and their scripts."""
    words = ("margin-watch", "Margin watch", "bars.figure", '"broken.', '"local.', "margin in the browser", "own_pages")
    texts = {}
    for role in ("watcher", "europe", "marketing"):
        start = "/cmo" if role != "europe" else "/margin-watch"
        answers = [
            own_client.get(path, headers=own_headers[role]) for path in (start, "/_dash-dependencies", "/_dash-layout")
        ]
        assert [answer.status_code for answer in answers] == [200] * 3
        texts[role] = "\n".join(answer.text for answer in answers).replace("\\", "")
        own = json_in(answers[0].text, "spec")["pages"].get("margin")
        assert (own is not None and own["path"] == "margin-watch") == (role != "marketing")
        known = [entry["output"] for entry in answers[1].json]
        assert {"view.data", "own-page.children"} <= set(known)
        assert ("bars.figure" in known, "local.children" in known) == ((role != "marketing"),) * 2
    assert [word for word in words if word in texts["marketing"]] == []
    assert [word for word in words if word not in texts["watcher"] and word != "own_pages"] == []
    assert 'data-go="margin"' in texts["europe"]
    refused = own_client.get("/margin-watch", headers={**own_headers["marketing"], "Accept": "text/html"})
    assert refused.status_code == 403
    assert "Margin" not in refused.text


def test_a_script_of_an_own_page_is_in_its_readers_policy(
    own_client: FlaskClient, own_headers: dict[str, dict[str, str]]
) -> None:
    answer = own_client.get("/margin-watch", headers=own_headers["watcher"])
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.S)
    (own,) = [script for script in scripts if "margin in the browser" in script]
    mark = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert f"'sha256-{mark}'" in answer.headers["Content-Security-Policy"]


def drawn(post: Post, role: str, query: str = "", page: Any = "margin") -> dict[str, Any]:
    body = callback_body("bars.figure", selection__data={"page": page, "query": query, "request": 1})
    answer = post(role, body)
    assert answer.status_code == 200, answer.text
    figure: dict[str, Any] = answer.json["response"]["bars"]["figure"]
    return figure


def test_an_own_page_gets_the_rows_and_metrics_of_its_reader(post: Post) -> None:
    everything, narrowed = drawn(post, "watcher"), drawn(post, "europe")
    assert len(everything["x"]) == 4
    assert narrowed["x"] == ["Europe"]
    assert narrowed["y"] == [everything["y"][everything["x"].index("Europe")]]
    assert (everything["hides"], "profit" in narrowed["hides"]) == ([], True)
    for query in ("region=Asia%20Pacific", "region=Asia%20Pacific,Europe", "region=*", "rank=profit", "%00", "as_of=0"):
        figure = drawn(post, "europe", query)
        assert figure["x"] in ([], ["Europe"]), query
    assert drawn(post, "europe", "region=Asia%20Pacific")["notes"] == [
        "There is no region “Asia Pacific” in the data; it was left out."
    ]
    assert drawn(post, "watcher", "region=Europe&last=7d")["y"] < narrowed["y"]


@pytest.mark.parametrize("data", [None, "margin", [], {}, {"query": ["region=Europe"]}, {"query": None, "page": 1}])
def test_a_selection_that_is_none_is_the_plain_one(post: Post, data: Any) -> None:
    """The store is empty before the first ask, and anybody may write into it."""
    answer = post("europe", callback_body("bars.figure", selection__data=data))
    assert answer.json["response"]["bars"]["figure"] == drawn(post, "europe")


def test_an_error_in_a_callback_names_it_and_its_page(
    own_client: FlaskClient, post: Post, own_app: Dash, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "dashboard.request")  # which another test may have made quiet
    answer = post("watcher", honest(own_app.callback_map)["broken.children"])

    assert (answer.status_code, answer.json) == (500, {"error": "Something went wrong here; it has been logged."})
    (failed,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert failed.getMessage() == "callback broken.children of the page margin failed"
    assert "broken on purpose" in json.loads(Lines().format(failed))["exception"]
    line = next(record.told for record in caplog.records if record.name == "dashboard.request")
    assert [line[name] for name in ("page", "callback", "kind", "status", "decision", "role")] == [
        "margin", "broken.children", "callback", 500, "failed", "watcher",
    ]  # fmt: skip
    metrics = own_client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).text
    labels = 'callback="broken.children",kind="callback",page="margin",status="500",visual=""'
    assert f"dashboard_requests_total{{{labels}}}" in metrics
    assert 'dashboard_request_seconds_count{kind="callback",page="margin",visual=""}' in metrics


def test_the_figures_of_an_own_page_are_none_and_its_document_has_a_first_answer(
    own_client: FlaskClient, own_headers: dict[str, dict[str, str]]
) -> None:
    document = own_client.get("/margin-watch?region=Europe", headers=own_headers["watcher"]).text
    first = json_in(document, "first")
    assert first == view(own_client, "margin", "region=Europe", own_headers["watcher"]).json
    assert (first["query"], first["visuals"]) == ("region=Europe", {})


def test_the_registry_has_our_pages_as_they_are_in_the_navigation(facts_path: Path) -> None:
    source = Source(facts_path)
    client = create_app(from_environment({"DASHBOARD_FACTS": str(facts_path)}), source).server.test_client()
    source.close()
    ours = [page for page in EVERY if not page.panel]
    entries = [dash.page_registry[f"pages.{page.key}"] for page in ours]
    fields = ("path", "title", "name", "order")
    assert [tuple(entry[field] for field in fields) for entry in entries] == [
        (f"/{page.path}", page.title, page.tab, order) for order, page in enumerate(ours)
    ]
    assert list(dash.page_registry) == [f"pages.{page.key}" for page in ours]
    tabs = re.findall(r'<nav class="tabs".*?</nav>', client.get("/").text, re.S)[0]
    links = re.findall(r'<a href="([^"]*)" data-go="[^"]*">([^<]*)</a>', tabs)
    wanted = [(entry["path"], entry["name"]) for page, entry in zip(ours, entries, strict=True) if not page.icon]
    assert links == wanted


SECOND = """
import dash
from dash import Input, Output, callback, html

dash.register_page(__name__, path="/second", name="The second")
layout = html.P("of the second")


@callback(Output("bars", "figure"), Input("selection", "data"))
def draw(data):
    return "of the second"


@callback(Output("only-here", "children"), Input("selection", "data"))
def more(data):
    return dash.get_relative_path("/second")
"""


def test_two_apps_with_prefixes_of_their_own_live_in_one_process(facts_path: Path, tmp_path: Path) -> None:
    """Each has its own page of the same name; what the second brings is not the first's."""
    source = Source(facts_path)
    clients = {}
    for name, content in (("one", MARGIN), ("two", SECOND)):
        own = {"DASHBOARD_PREFIX": f"/{name}/", "DASHBOARD_PAGES": str(put_page(tmp_path / name, content))}
        clients[name] = create_app(
            from_environment({"DASHBOARD_FACTS": str(facts_path)} | own), source
        ).server.test_client()

    def bars(name: str, output: str = "bars.figure") -> Any:
        body = callback_body(output, selection__data={"page": "margin", "query": "region=Europe", "request": 1})
        return clients[name].post(f"/{name}{CALLBACK}", json=body)

    for _ in range(2):  # neither changes the other
        assert bars("one").json["response"]["bars"]["figure"]["x"] == ["Europe"]
        assert bars("two").json["response"]["bars"]["figure"] == "of the second"
        assert bars("one", "only-here.children").status_code == 404
        assert bars("two", "only-here.children").status_code == 200
        for name, path, title in (("one", "margin-watch", "Margin watch"), ("two", "second", "The second")):
            client = clients[name]
            assert view(client, "cfo", path=f"/{name}{CALLBACK}").json["visuals"]
            document = client.get(f"/{name}/{path}").text
            assert f'<a href="/{name}/{path}" data-go="margin">{title}</a>' in document
            assert json_in(document, "spec")["prefix"] == f"/{name}/"
            outputs = [entry["output"] for entry in client.get(f"/{name}/_dash-dependencies").json]
            assert len(outputs) == len(set(outputs))
            assert ("only-here.children" in outputs, "local.children" in outputs) == (name == "two", name == "one")
    source.close()


PAGE = "dash.register_page(__name__, path='/x')\nlayout = dash.html.Div([dash.html.P('x')])"


def writes(name: str, prop: str, more: str = "") -> str:
    """The line of a callback that writes a property."""
    return f"callback(Output('{name}', '{prop}'), Input('selection', 'data'){more})(lambda data: data)"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("dash.register_page(__name__, path='/cfo', name='Other')", "has the name or the address of another"),
        ("dash.register_page(__name__, path='/', name='Other')", "needs a path of its own without variables"),
        ("dash.register_page(__name__, path_template='/x/<y>')", "needs a path of its own without variables"),
        ("dash.register_page('elsewhere', path='/x')", "must be registered by its module"),
        ("dash.register_page(__name__, path='/x')\n1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
        ("dash.register_page(__name__, path='/x'", "cannot be imported: SyntaxError"),
        ("dash.register_page(__name__, path='/x')\nraise SystemExit(3)", "wrong.py cannot be imported: SystemExit: 3"),
        (
            "if data: dash.register_page(__name__)\n".replace("data", "0"),
            "wrong.py names register_page and registers no",
        ),
        ("dash.register_page(__name__, path='/x')", "The page wrong.py has no layout"),
        (f"{PAGE.replace('/x', '/metrics')}", "wrong.py has the path “/metrics”, which is the dashboard's"),
        (f"{PAGE.replace('/x', '/data/mine')}", "wrong.py has the path “/data/mine”, which is the dashboard's"),
        (PAGE.replace("'x'", "'x', id='view'"), "wrong.py has the id “view”"),
        (PAGE.replace("'x'", "'x', id='filter-platform'"), "wrong.py has the id “filter-platform”"),
        (PAGE.replace("'x'", "'x', id='notes'"), "wrong.py has the id “notes”"),
        (f"{PAGE}\ndef layout(region): return None", "wrong.py takes region, but it is called with nothing"),
        (f"{PAGE}\n{writes('view', 'data')}", "wrong.py writes view.data, which is the dashboard's"),
        (f"{PAGE}\n{writes('filter-platform', 'value')}", "wrong.py writes filter-platform.value, which is the dash"),
        (f"{PAGE}\n{writes('left', 'children')}", "wrong.py writes twice left.children"),
        (f"{PAGE}\n{writes('l', 'children', ', background=True')}", "wrong.py has a callback with background=True"),
        (f"{PAGE}\ndash.get_app().{writes('l', 'children')}", "wrong.py adds callbacks or addresses to the app itself"),
    ],
)
def test_a_page_that_cannot_be_taken_stops_the_start_and_leaves_nothing(
    facts_path: Path, tmp_path: Path, content: str, sentence: str
) -> None:
    source = Source(facts_path)
    environment = {"DASHBOARD_FACTS": str(facts_path)}
    before = "import dash\nfrom dash import Input, Output, callback\n"
    ours = "callback(Output('left', 'children'), Input('selection', 'data'))(lambda data: data)\n"
    folder = put_page(tmp_path / "pages", f"{before}{ours}{content}\n", "wrong.py")

    with pytest.raises(WrongSetting, match=re.escape(sentence)):
        create_app(from_environment(environment | {"DASHBOARD_PAGES": str(folder)}), source)
    client = create_app(from_environment(environment), source).server.test_client()
    source.close()
    assert "left.children" not in client.get("/_dash-dependencies").text
    assert "wrong" not in json_in(client.get("/").text, "spec")["pages"]


def test_two_own_pages_with_one_output_stop_the_start(facts_path: Path, tmp_path: Path) -> None:
    """The last would win, on both: plain, or of one name where both may write what others do."""
    source = Source(facts_path)
    environment = {"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_PAGES": str(tmp_path / "pages")}
    head = "import dash\nfrom dash import Input, Output, callback\n"
    again = ", allow_duplicate=True), Input('{}', 'n_clicks'), prevent_initial_call=True)(lambda data: data)"
    twice = f"{writes('graph', 'children')}\ncallback(Output('graph', 'children'{again.format('go')}"

    def start(one: str, other: str) -> None:
        for name, lines in (("aa", one), ("bb", other)):
            put_page(tmp_path / "pages", f"{head}{PAGE.replace('/x', f'/{name}')}\n{lines}\n", f"{name}.py")
        create_app(from_environment(environment), source)

    for one, other, output in (
        (writes("graph", "children"), writes("graph", "children"), "graph.children"),
        (writes("graph", "children"), f"callback(Output('graph', 'children'{again.format('go')}", "graph.children"),
        (*[f"callback(Output('selection', 'data'{again.format('go')}"] * 2, "selection.data"),
    ):
        with pytest.raises(WrongSetting, match=f"aa.py and bb.py both write {output}, and only the last would run"):
            start(one, other)
    start(
        f"{twice}\ncallback(Output('selection', 'data'{again.format('a')}",
        f"callback(Output('selection', 'data'{again.format('b')}",
    )
    source.close()


def test_a_file_that_is_no_text_is_named(facts_path: Path, tmp_path: Path) -> None:
    source = Source(facts_path)
    folder = put_page(tmp_path / "pages")
    (folder / "latin.py").write_bytes(f"import dash\nx = 'caf\xe9'\n{PAGE}\n".encode("latin-1"))
    with pytest.raises(WrongSetting, match=r"The page latin\.py cannot be imported: SyntaxError"):
        create_app(from_environment({"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_PAGES": str(folder)}), source)
    source.close()


ALIAS = """
from dash import html, register_page as rp

from .texts import TITLE

rp(__name__, path="/alias", name=TITLE)
layout = html.P("x")
"""


def test_a_page_may_be_of_two_modules_and_call_register_page_by_another_name(facts_path: Path, tmp_path: Path) -> None:
    source = Source(facts_path)
    for name in ("one", "two"):  # in one process
        folder = put_page(tmp_path / name, ALIAS, "alias.py")
        put_page(folder, f"TITLE = 'Titled {name}'", "texts.py")
        environment = {"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_PAGES": str(folder)}
        client = create_app(from_environment(environment), source).server.test_client()
        assert f">Titled {name}</a>" in client.get("/alias").text
    source.close()


def test_while_debugging_dash_shows_what_failed(facts_path: Path, tmp_path: Path) -> None:
    source = Source(facts_path)
    environment = {"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_PAGES": str(put_page(tmp_path / "pages"))}
    app = create_app(from_environment(environment), source, debug=True)
    answer = app.server.test_client().post(CALLBACK, json=honest(app.callback_map)["broken.children"])
    source.close()
    assert answer.status_code == 500
    assert "RuntimeError: broken on purpose" in answer.text
    assert "margin.py" in answer.text


def test_a_module_that_registers_no_page_is_not_run(facts_path: Path, tmp_path: Path) -> None:
    source = Source(facts_path)
    folder = put_page(tmp_path / "pages", "raise SystemExit('run')", "helper.py")
    put_page(folder, "raise SystemExit('run')  # dash.register_page(__name__)", "_hidden.py")
    environment = {"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_PAGES": str(folder)}
    client = create_app(from_environment(environment), source).server.test_client()
    source.close()
    assert view(client, "cfo").status_code == 200
    assert view(client, "helper").status_code == 404


def test_check_knows_the_pages_that_a_policy_gives(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.toml").write_text(POLICY)
    more = {"DASHBOARD_POLICY": str(tmp_path / "policy.toml"), "DASHBOARD_PAGES": str(put_page(tmp_path / "pages"))}
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    for name, value in (environment | more).items():
        monkeypatch.setenv(name, value)

    assert main(["check"]) == 0
    assert "role      europe: groups grp-fin-emea; pages margin; rows region Europe" in capsys.readouterr().out
    monkeypatch.delenv("DASHBOARD_PAGES")
    assert main(["check"]) == 1
    assert "“margin”, which does not exist" in capsys.readouterr().err


BLIND = """
[roles.blind]
groups = ["grp-americas"]
pages = ["channel_mix"]
rows = "all"
hides = ["revenue"]
"""


def test_the_example_of_the_docs_draws_the_rows_of_its_reader(
    environment: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    (tmp_path / "policy.toml").write_text(POLICY.replace('"margin"', '"channel_mix"') + BLIND)
    more = {"DASHBOARD_POLICY": str(tmp_path / "policy.toml"), "DASHBOARD_PAGES": str(ROOT / "docs" / "examples")}
    source = Source(environment["DASHBOARD_FACTS"])
    client = create_app(from_environment(environment | more), source).server.test_client()
    source.close()

    def figure(group: str) -> dict[str, Any]:
        body = callback_body("channel-mix.figure", selection__data={"page": "channel_mix", "query": "", "request": 1})
        answer = client.post(CALLBACK, json=body, headers={"X-Auth-Id-Token": provider.token([group])})
        assert answer.status_code == 200
        drawn: dict[str, Any] = answer.json["response"]["channel-mix"]["figure"]
        return drawn

    def regions(group: str) -> set[str]:
        return {label for label in figure(group)["data"][0]["labels"] if label in ALL}

    assert regions("grp-all") == ALL
    assert regions("grp-fin-emea") == {"Europe"}
    assert figure("grp-americas") == {"layout": {"title": {"text": "Your role does not see attributed revenue."}}}
