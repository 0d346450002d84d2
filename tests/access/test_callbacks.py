"""Role × page × callback, with bodies forged by hand: nobody runs a callback of a page that is not theirs."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from pages import EVERY
from tests.access.own_pages import honest, value
from tests.asking import CALLBACK, callback_body, view_body
from web.callback_guard import DEEPEST
from web.guard import LARGEST_BODY

Post = Callable[..., Any]
CMO, CFO = view_body("cmo"), view_body("cfo")
#: What each role of tests/access/own_pages.py opens.
OPENED = {
    "watcher": {"cmo", "cfo", "margin", "campaign", "glossary"},
    "europe": {"margin"},
    "marketing": {"cmo", "campaign", "glossary"},
}


@pytest.mark.parametrize("role", [*OPENED, ""])
def test_each_role_runs_the_callbacks_of_its_pages_and_no_other(own_app: Dash, post: Post, role: str) -> None:
    """Every callback that runs on the server: of all pages with each page, of the own page as it is."""
    keys = [*(page.key for page in EVERY), "margin"]
    ran, wrong = set(), []
    for page in keys:
        answer = post(role, view_body(page))
        expected = 200 if page in OPENED.get(role, ()) else 403
        ran |= {("view.data", page)} if answer.status_code == 200 else set()
        wrong += [("view", page, answer.status_code)] if answer.status_code != expected else []
        mounted = post(role, callback_body("own-page.children", opened__data=page))
        expected = 403 if page not in OPENED.get(role, ()) else 200 if page == "margin" else 204
        wrong += [("mount", page, mounted.status_code)] if mounted.status_code != expected else []
    bodies = honest(own_app.callback_map)
    for name, body in bodies.items():
        answer = post(role, body)
        expected = 403 if "margin" not in OPENED.get(role, ()) else 500 if "broken" in name else 200
        wrong += [(name, answer.status_code)] if answer.status_code != expected else []
    tried = {*bodies, "view.data", "own-page.children"}
    assert wrong == []
    assert len(ran) == len(OPENED.get(role, ()))
    running = {name for name, entry in own_app.callback_map.items() if "callback" in entry}
    assert {name for name in running - tried if "_pages_content" not in name} == set(), "one that was not tried"


def test_what_a_callback_answers_is_dashs_own_answer(own_app: Dash, post: Post) -> None:
    """The guard lets through whatever Dash's browser side writes: patterns, several outputs, duplicates."""
    bodies = honest(own_app.callback_map)
    (note,), (again,) = ([name for name in bodies if part in name] for part in ('"note"', "@"))

    assert post("watcher", bodies[note]).json["response"] == {
        '{"kind":"note","row":7}': {"children": "2 of ['w7', 'w8']"}
    }
    assert post("watcher", bodies[again]).json["response"] == {
        "bars": {"figure": {"x": [3], "y": [3]}},
        "line": {"children": "drawn again"},
    }
    layout = post("watcher", callback_body("own-page.children", opened__data="margin")).text
    assert "A layout of its own" in layout


def selection(page: Any, **more: Any) -> dict[str, Any]:
    return {**CMO, "inputs": [value("selection", "data", {"page": page, "query": "", "request": 1, **more})]}


def changed(**more: Any) -> dict[str, Any]:
    return {**CMO, **more}


def without(name: str) -> dict[str, Any]:
    return {key: part for key, part in CMO.items() if key != name}


ONE, OTHER = CMO["inputs"][0], CFO["inputs"][0]
ROUTER = ".._pages_content.children..._pages_store.data.."
PATH = [value("_pages_location", "pathname", "/margin-watch"), value("_pages_location", "search", "")]
FORGED: dict[str, tuple[Any, int]] = {
    "another role's page": (selection("cfo"), 403),
    "somebody's own page": (selection("margin"), 403),
    "a page as list": (selection(["cfo"]), 404),
    "a page as dict": (selection({"page": "cfo"}), 404),
    "no page": (selection(None), 404),
    "a number": (selection(1), 404),
    "a path": (selection("/cfo"), 404),
    "another case": (selection("CFO"), 404),
    "a blank after it": (selection("cfo "), 404),
    "a dunder": (selection("__class__"), 404),
    "nested": (changed(inputs=[{**ONE, "value": {"selection": {"page": "cmo"}}}]), 404),
    "twice nested": (changed(inputs=[{**ONE, "value": {"page": {"page": "cmo"}}}]), 404),
    "no selection": (changed(inputs=[{**ONE, "value": None}]), 404),
    "no value": (changed(inputs=[{"id": "selection", "property": "data"}]), 404),
    "the page's key alone": (changed(inputs=[{**ONE, "value": "cmo"}]), 404),
    "another page's key alone": (changed(inputs=[{**ONE, "value": "cfo"}]), 403),
    "a list of selections": (changed(inputs=[{**ONE, "value": [ONE["value"], OTHER["value"]]}]), 404),
    "two inputs": (changed(inputs=[ONE, OTHER]), 400),
    "two inputs, the other first": (changed(inputs=[OTHER, ONE]), 400),
    "inputs in a list": (changed(inputs=[[ONE, OTHER]]), 400),
    "an input in a list": (changed(inputs=[[ONE]]), 400),
    "inputs as dict": (changed(inputs=ONE), 400),
    "no inputs": (changed(inputs=[]), 400),
    "inputs left out": (without("inputs"), 400),
    "inputs of text": (changed(inputs=["cmo"]), 400),
    "an input of another id": (changed(inputs=[{**ONE, "id": "opened"}]), 400),
    "an input of another property": (changed(inputs=[{**ONE, "property": "modified_timestamp"}]), 400),
    "an input with a pattern": (changed(inputs=[{**ONE, "id": {"kind": "selection"}}]), 400),
    "a state": (changed(state=[OTHER]), 400),
    "a state of text": (changed(state="cfo"), 400),
    "a state that is null": (changed(state=None), 400),
    "outputs of the router": (changed(outputs={"id": "_pages_content", "property": "children"}), 400),
    "outputs of another component": (changed(outputs={"id": "own-page", "property": "children"}), 400),
    "a list of outputs": (changed(outputs=[CMO["outputs"], {"id": "own-page", "property": "children"}]), 400),
    "outputs of text": (changed(outputs="view.data"), 400),
    "outputs without an id": (changed(outputs={"property": "data"}), 400),
    "outputs left out": (without("outputs"), 400),
    "changes that are no list": (changed(changedPropIds={"selection.data": 1}), 400),
    "changes that are no text": (changed(changedPropIds=[["selection.data"]]), 400),
    "the router": (changed(output=ROUTER, outputs=[], inputs=PATH), 404),
    "the router's content": (changed(output="_pages_content.children"), 404),
    "ours together": (changed(output="..view.data...own-page.children.."), 404),
    "a duplicate of ours": (changed(output="view.data@abc"), 404),
    "one that runs in the browser": (changed(output="local.children"), 404),
    "the stores": (changed(output="selection.data"), 404),
    "output as list": (changed(output=["view.data"]), 404),
    "output as dict": (changed(output={"view.data": 1}), 404),
    "output left out": (without("output"), 404),
    "an own page's layout": (callback_body("own-page.children", opened__data="margin"), 403),
    "an own page's layout, as a selection": (callback_body("own-page.children", opened__data={"page": "margin"}), 403),
    "a layout of our page": (callback_body("own-page.children", opened__data="cfo"), 403),
    "layouts": (callback_body("own-page.children", opened__data=["margin", "cmo"]), 404),
    "a layout for another store": (callback_body("own-page.children", selection__data="cmo"), 400),
    "a list": ([CMO], 400),
    "text": ("view.data", 400),
    "nothing": (None, 400),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_body_gets_a_sentence_and_no_figure(post: Post, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """As somebody who may open the CMO page only; none of it reaches Dash, so that none is an error of the server."""
    body, status = FORGED[name]
    answer = post("marketing", body)

    assert (answer.status_code, set(answer.json)) == (status, {"error"})
    assert post("", body).status_code == 403
    assert "margin" not in answer.text.lower()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert post("marketing", CMO).json["response"]["view"]["data"]["page"] == "cmo"


def test_of_a_name_that_is_there_twice_the_guard_reads_what_dash_reads(post: Post) -> None:
    head = f'{{"output": "view.data", "outputs": {json.dumps(CMO["outputs"])}, "changedPropIds": []'
    twice = [f'{head}, "inputs": {json.dumps([one])}, "inputs": {json.dumps([other])}}}'.encode()
             for one, other in ((ONE, OTHER), (OTHER, ONE))]  # fmt: skip
    assert post("marketing", twice[0]).status_code == 403
    assert post("marketing", twice[1]).json["response"]["view"]["data"]["page"] == "cmo"
    named = json.dumps(CMO).replace('"page": "cmo"', '"page": "cmo", "page": "cfo"').encode()
    assert post("marketing", named).status_code == 403


@pytest.mark.parametrize("depth", [DEEPEST, 300, 900, 1100, 5000, 16000])
@pytest.mark.parametrize("place", ["request", "state", "unused", "page"])
def test_json_of_many_levels_is_refused_before_dash_reads_it(
    own_app: Dash, post: Post, monkeypatch: pytest.MonkeyPatch, depth: int, place: str
) -> None:
    monkeypatch.setattr(own_app, "_initialize_context", lambda body: pytest.fail("Dash has read it"))
    deep = "[" * depth + "]" * depth
    marked = json.dumps(selection("DEEP") if place == "page" else selection("cmo", request="DEEP"))
    marked = {"state": json.dumps({**CMO, "state": "DEEP"}), "unused": json.dumps({**CMO, "x": "DEEP"})}.get(
        place, marked
    )
    answer = post("marketing", marked.replace('"DEEP"', deep).encode())

    assert (answer.status_code, set(answer.json)) == (400, {"error"})


def test_json_of_some_levels_is_answered(post: Post) -> None:
    depth = DEEPEST - 6  # of the body, its inputs, the input and its value
    deep = json.dumps(selection("cmo", request="DEEP")).replace('"DEEP"', "[" * depth + "]" * depth)
    assert post("marketing", deep.encode()).status_code == 200


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b" " * (LARGEST_BODY + 1), 413),
        (json.dumps(selection("cmo", query="x" * LARGEST_BODY)).encode(), 413),
        (b"", 400),
        (b"\xff\xfe{\x00}\x00", 400),
        (json.dumps(CMO).encode("utf-16"), 400),
        (json.dumps(CMO).encode() + b"\n{}", 400),
        (json.dumps(CMO).replace('"request": 1', '"request": NaN').encode(), 400),
        (json.dumps(selection("cmo", request="\ud800")).encode(), 400),
        (json.dumps(CMO).replace('"request": 1', f'"request": {"9" * 5000}').encode(), 400),
    ],
    ids=[
        "too large",
        "a query too large",
        "empty",
        "no text",
        "UTF-16",
        "two objects",
        "NaN",
        "half a letter",
        "digits",
    ],
)
def test_what_is_no_body_of_a_browser_is_refused(post: Post, raw: bytes, status: int) -> None:
    answer = post("marketing", raw)
    assert (answer.status_code, set(answer.json)) == (status, {"error"})


def test_the_body_must_be_called_json(own_client: FlaskClient, own_headers: dict[str, dict[str, str]]) -> None:
    """No form of another site's page can send it."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = own_client.post(CALLBACK, data=json.dumps(CMO), content_type=kind, headers=own_headers["marketing"])
        assert answer.status_code in (400, 415)
        assert set(answer.json) == {"error"}


def forged_own(bodies: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Bodies for the own page's callbacks that are not in the form of their inputs, states and outputs."""
    (note,), (again,) = ([name for name in bodies if part in name] for part in ('"note"', "@"))
    plain, pattern, several = bodies["bars.figure"], bodies[note], bodies[again]
    yield {**plain, "inputs": [*plain["inputs"], value("press", "n_clicks", 1)]}
    yield {**plain, "inputs": several["inputs"]}
    yield {**plain, "outputs": {"id": "view", "property": "data"}}
    yield {**plain, "outputs": {"id": {"kind": "bars"}, "property": "figure"}}
    yield {**pattern, "state": []}
    yield {**pattern, "state": [value({"kind": "word", "row": 7}, "value", "w"), *pattern["state"]]}
    yield {**pattern, "state": [[value({"kind": "press", "row": 7}, "value", "w")]]}
    yield {**pattern, "inputs": [[*pattern["inputs"]]]}
    yield {**pattern, "inputs": [value('{"kind":"press","row":7}', "n_clicks", 2)]}
    yield {**pattern, "inputs": [value({"kind": "press", "row": 7, "more": 1}, "n_clicks", 2)]}
    yield {**pattern, "inputs": [value({"kind": "press", "row": {"a": []}}, "n_clicks", 2)]}
    yield {**pattern, "outputs": {"id": {"kind": "other", "row": 7}, "property": "children"}}
    yield {**several, "outputs": several["outputs"][:1]}
    yield {**several, "outputs": several["outputs"][::-1]}
    yield {**several, "outputs": several["outputs"][0]}
    yield {**several, "inputs": pattern["inputs"]}


def test_a_forged_body_of_an_own_page_is_a_refusal_and_no_error(
    own_app: Dash, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    forged = list(forged_own(honest(own_app.callback_map)))
    statuses = [(post("watcher", body).status_code, post("marketing", body).status_code) for body in forged]
    assert len(statuses) == 16
    assert {allowed for allowed, _ in statuses} == {400}
    assert {other for _, other in statuses} <= {400, 403}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
