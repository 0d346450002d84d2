"""A page of somebody's own gets no sums from which a metric that its reader may not see could be worked out."""

from pathlib import Path

from app import create_app
from facts.source import Source
from settings import from_environment
from tests.access.own_pages import POLICY, put_page
from tests.access.signing import Provider
from tests.asking import CALLBACK, callback_body

ALL = {"Europe", "North America", "Latin America", "Asia Pacific"}

PEEK = """
import dash
from dash import Input, Output, callback, html

from callbacks.reader import HiddenMetric, resolve_selection
from kpi.evaluate import evaluate

dash.register_page(__name__, path="/peek", name="Peek")
layout = html.P("x")


@callback(Output("peek", "children"), Input("selection", "data"))
def draw(data):
    at = resolve_selection(data)
    totals = at.facts.totals(at.selection, [("region",)], at.scope)[("region",)]
    said = {"sums": list(totals.columns), "past": evaluate(totals, ["profit"])["profit"].notna().sum().item()}
    for metric in ("profit", "revenue", "ltv_cac"):
        try:
            said[metric] = at.evaluate(totals, [metric])[metric].to_dict()
        except HiddenMetric as refused:
            said[metric] = str(refused)
    return said
"""


def test_an_own_page_gets_nothing_from_which_a_hidden_metric_could_be_worked_out(
    environment: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    (tmp_path / "policy.toml").write_text(POLICY.replace('"margin"', '"peek"'))
    own = {"DASHBOARD_POLICY": str(tmp_path / "policy.toml")}
    own["DASHBOARD_PAGES"] = str(put_page(tmp_path / "pages", PEEK, "peek.py"))
    source = Source(environment["DASHBOARD_FACTS"])
    client = create_app(from_environment(environment | own), source).server.test_client()
    source.close()
    said = {}
    for group in ("grp-all", "grp-fin-emea"):
        body = callback_body("peek.children", selection__data={"page": "peek", "query": "", "request": 1})
        answer = client.post(CALLBACK, json=body, headers={"X-Auth-Id-Token": provider.token([group])})
        assert answer.status_code == 200, answer.text
        said[group] = answer.json["response"]["peek"]["children"]
    everything, narrowed = said["grp-all"], said["grp-fin-emea"]

    assert set(everything["profit"]) == ALL
    assert {"cogs", "variable_costs", "revenue", "reach_floor", "rows"} <= set(everything["sums"])
    assert narrowed["profit"] == "This reader may not see profit: leave out what is in at.hides."
    assert narrowed["past"] == 0
    assert not {"revenue", "cogs", "variable_costs", "spend"} <= set(narrowed["sums"])
    assert {"clicks", "rows"} <= set(narrowed["sums"])
    for metric in ("revenue", "ltv_cac"):  # what may be seen is the same, also where its sums are not given
        if isinstance(narrowed[metric], dict):
            assert narrowed[metric] == {"Europe": everything[metric]["Europe"]}
    assert isinstance(narrowed["revenue"], dict)
