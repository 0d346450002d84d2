"""A page of somebody's own, as docs/own-pages.md has it, with a callback of each kind; and a company whose roles differ
in whether they have it."""

from pathlib import Path
from shutil import rmtree
from typing import Any

POLICY = """
contact = "data-team@example.com"

[roles.watcher]
groups = ["grp-all"]
pages = ["cmo", "cfo", "margin"]
rows = "all"

[roles.europe]
groups = ["grp-fin-emea"]
pages = ["margin"]
rows = { region = ["Europe"] }
hides = ["profit"]

[roles.marketing]
groups = ["grp-marketing"]
pages = ["cmo"]
rows = "all"
"""

#: What each role may open, with the panel and the glossary that stand beside pages with a ranking and all pages.
ROLES = {"watcher": "grp-all", "europe": "grp-fin-emea", "marketing": "grp-marketing"}

#: Its path is not its key, its callbacks' names say nothing of it.
MARGIN = """
import dash
from dash import ALL, MATCH, Input, Output, State, callback, clientside_callback, dcc, html

from callbacks.reader import resolve_selection
from kpi.evaluate import evaluate

dash.register_page(__name__, path="/margin-watch", name="Margin watch")

layout = html.Div([html.H2("A layout of its own"), dcc.Graph(id="bars"), html.Button(id="press"), html.P(id="line")])


@callback(Output("bars", "figure"), Input("selection", "data"))
def draw(data):
    at = resolve_selection(data)
    by = ("region",)
    shown = evaluate(at.facts.totals(at.selection, [by], at.scope)[by], ["revenue"])
    return {"x": list(shown.index), "y": list(shown["revenue"]), "hides": sorted(at.hides), "notes": list(at.notes)}


@callback(
    Output({"kind": "note", "row": MATCH}, "children"),
    Input({"kind": "press", "row": MATCH}, "n_clicks"),
    State({"kind": "word", "row": ALL}, "value"),
)
def note(clicks, words):
    return f"{clicks} of {words}"


@callback(
    Output("bars", "figure", allow_duplicate=True),
    Output("line", "children"),
    Input("press", "n_clicks"),
    prevent_initial_call=True,
)
def again(clicks):
    return {"x": [clicks], "y": [clicks]}, "drawn again"


@callback(Output("broken", "children"), Input("press", "n_clicks"), prevent_initial_call=True)
def broken(clicks):
    raise RuntimeError("broken on purpose")


clientside_callback(
    "function(data) { return 'margin in the browser'; }", Output("local", "children"), Input("selection", "data")
)
"""

SELECTION = {"page": "margin", "query": "", "request": 1}


def value(name: Any, prop: str, value: Any = None) -> dict[str, Any]:
    """An input as the browser sends it."""
    return {"id": name, "property": prop, "value": value}


def honest(callbacks: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The body that a browser sends for each callback of the page, by its name; `callbacks` are the app's."""
    again = next(name for name in callbacks if name.startswith("..bars.figure@"))
    note = next(name for name in callbacks if '"kind":"note"' in name)
    press = {"inputs": [value("press", "n_clicks", 3)], "changedPropIds": ["press.n_clicks"]}
    return {
        name: {"output": name, **body}
        for name, body in {
            "bars.figure": {
                "outputs": {"id": "bars", "property": "figure"},
                "inputs": [value("selection", "data", SELECTION)],
                "changedPropIds": ["selection.data"],
            },
            note: {
                "outputs": {"id": {"kind": "note", "row": 7}, "property": "children"},
                "inputs": [value({"kind": "press", "row": 7}, "n_clicks", 2)],
                "state": [[value({"kind": "word", "row": row}, "value", f"w{row}") for row in (7, 8)]],
                "changedPropIds": ['{"kind":"press","row":7}.n_clicks'],
            },
            again: {
                "outputs": [
                    {"id": "bars", "property": again.split("...")[0].removeprefix("..bars.")},
                    {"id": "line", "property": "children"},
                ],
                **press,
            },
            "broken.children": {"outputs": {"id": "broken", "property": "children"}, **press},
        }.items()
    }


def put_page(folder: Path, content: str = MARGIN, name: str = "margin.py") -> Path:
    """The folder, with the page in it."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content)
    rmtree(folder / "__pycache__", ignore_errors=True)  # of a page of the same name, size and second
    return folder
