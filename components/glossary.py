"""The glossary: every metric that its reader may see, by group; assets/later/glossary.js searches it."""

from collections.abc import Sequence, Set
from itertools import groupby
from typing import Final

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.spec import formula_of, is_computed, metrics_of, without_hidden
from components.visuals import Page
from kpi.glossary import GROUPS, WHY, group
from kpi.metrics import Metric

_UNITS: Final = {
    "money": "Amount of money",
    "unit_money": "Money for one",
    "count": "Count",
    "people": "People, at most",
    "percent": "Percent",
    "ratio": "Ratio",
    "months": "Months",
}
_BETTER: Final = {"up": "Higher is better", "down": "Lower is better", "neither": "Neither is better"}
_RULE: Final = (
    "Every figure is a sum, or a sum divided by a sum: first added up over the rows that the filters leave, then "
    "divided. An average of rates would count a day with ten impressions like one with a million."
)
_SEARCH: Final = "Search the glossary"


def glossary(pages: Sequence[Page], hidden: Set[str]) -> list[Component]:
    """The metrics that `pages` show, without a word of those that are `hidden`."""
    metrics = sorted(metrics_of(pages), key=lambda metric: GROUPS.index(group(metric)))
    search = dbc.Input(type="search", placeholder=_SEARCH, autocomplete="off")
    label = html.Label([html.Span(_SEARCH, className="visually-hidden"), search], spellCheck="false")
    return [
        html.Div([html.P(_RULE, className="glossary-rule"), label], className="glossary-head"),
        html.P(role="status", className="glossary-none"),
        *(
            html.Div(
                [html.H2(name), html.Div([_entry(each, hidden) for each in members], className="glossary-list")],
                className="glossary-group",
            )
            for name, members in groupby(metrics, group)
        ),
    ]


def _entry(metric: Metric, hidden: Set[str]) -> Component:
    link = html.A("#", href=f"#{metric.key}", className="glossary-link", **{"aria-label": f"Link to {metric.label}"})
    short = html.Span(metric.short, className="glossary-short") if metric.short not in ("", metric.label) else None
    why = without_hidden(WHY.get(metric.key, ""), hidden)
    formula = formula_of(metric, hidden)
    return html.Article(
        [
            html.Div(
                [
                    html.H3([metric.label, link]),
                    short,
                    html.P(f"{_UNITS[metric.unit]}. {_BETTER[metric.better]}.", className="glossary-facts"),
                ],
                className="glossary-name",
            ),
            html.Div(
                [
                    html.P(without_hidden(metric.definition, hidden)),
                    html.P([html.Strong("Why so: "), why], className="glossary-why") if why else None,
                ],
                className="glossary-words",
            ),
            html.P(
                formula if not formula or is_computed(formula) else f"sum of {formula}",
                className="glossary-formula",
            ),
        ],
        id=metric.key,
        className="glossary-entry",
        tabIndex=-1,
        **{"data-term": metric.key},
    )
