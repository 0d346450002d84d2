"""An own page: revenue by platform and region of what is looked at, in ordinary Dash (docs/own-pages.md)."""

import dash
import plotly.express as px
from dash import Input, Output, callback, dcc, html

from callbacks.reader import resolve_selection

dash.register_page(__name__, path="/channel-mix", name="Channel mix")
layout = html.Div([html.H2("Attributed revenue by platform and region"), dcc.Graph(id="channel-mix")])
BY = ("platform", "region")


@callback(Output("channel-mix", "figure"), Input("selection", "data"))
def draw(data):
    at = resolve_selection(data)
    if "revenue" in at.hides:
        return {"layout": {"title": {"text": "Your role does not see attributed revenue."}}}
    totals = at.facts.totals(at.selection, [BY], at.scope)[BY]
    return px.treemap(at.evaluate(totals, ["revenue"]).reset_index(), path=list(BY), values="revenue")
