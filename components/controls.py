"""The Dash components of the screen: the stores, the filters and the toolbar.

They are few, because each costs at every change (docs/decisions/0024).

`dcc.Store(id="selection")` holds what is looked at, `dcc.Store(id="view")` what was answered. The lists of values are
Checklists, comparison and time steps Select and RadioItems; a list too long to read is searched
(assets/js/campaigns.js) and days are the browser's own boxes, which know the locale's calendar (assets/js/toolbar.js).
"""

from collections.abc import Mapping
from typing import Any, Final

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.icons import icon_button, icon_of
from kpi.formats import in_words
from kpi.schema import is_own

#: A list with more values than this is searched, not read.
MANY: Final = 40
#: Stores: what is looked at, what was answered, which answer the controls are to follow, which own page is mounted.
STORES: Final = ("selection", "view", "shown", "opened")


def filter_id(dimension: str) -> str:
    """The id of a dimension's Checklist."""
    return f"filter-{dimension}"


def controls(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the controls that make up a selection, in the order in which callbacks take them.

    A company's own dimensions come and go while the server runs, and callbacks do not: their lists are none of Dash's.
    """
    lists = (filter_id(dimension) for dimension in spec["dimensions"] if not is_own(dimension))
    return (*lists, "compare", "grain")


def layout(spec: Mapping[str, Any], answer: Mapping[str, Any] | None = None, page: str = "") -> Component:
    """The Dash layout; with an `answer` (docs/wire.md) the controls say what it is of, as far as `page` has them."""
    parts = html.Div(
        [
            *(dcc.Store(id=name) for name in STORES),
            _filters(spec, answer),
            _toolbar(spec, answer, page),
            html.Section(id="own-page", className="own-page", **{"aria-label": "Page"}),
        ],
        className="dash-part",
    )
    return _without_clicks(parts)


def _without_clicks(parts: Component) -> Component:
    """Dash has every element of HTML that has an id told of each click within it, which nobody listens to here."""
    for part in parts._traverse_ids():
        if "disable_n_clicks" in part.available_properties:
            part.disable_n_clicks = True
    return parts


def _filters(spec: Mapping[str, Any], answer: Mapping[str, Any] | None) -> Component:
    return html.Section(
        [
            html.Div(
                [html.H2("Filters"), icon_button("close-filters", "Close filters", "close", "drawer-only")],
                className="filters-head",
            ),
            *(_filter(dimension, label, answer) for dimension, label in spec["dimensions"].items()),
            html.Div(
                html.Button(
                    "Show figures",
                    id="apply-filters",
                    type="button",
                    className="btn btn-primary",
                    **{"data-do": "close-filters"},
                ),
                className="filters-foot drawer-only",
            ),
        ],
        id="filters",
        className="filters",
        **{"aria-label": "Filters"},
    )


def _filter(dimension: str, label: str, answer: Mapping[str, Any] | None) -> Component:
    values = answer["options"].get(dimension, ()) if answer else ()
    if dimension == "campaign" or len(values) > MANY:
        values = ()
    chosen = (answer["chosen"].get(dimension) if answer else None) or values
    checklist = dbc.Checklist(
        id=filter_id(dimension),
        options=[{"label": in_words(value), "value": value} for value in values],
        value=[value for value in values if value in chosen],
        className="options",
        labelClassName="option-name",
    )
    own = html.Div(className="options own-options")  # filled by assets/js/controls.js
    return html.Fieldset(
        [html.Legend(label), own if is_own(dimension) else checklist, html.Div(className="searched")],
        className="filter",
        **{"data-filter": dimension, "data-label": label},
    )


def _toolbar(spec: Mapping[str, Any], answer: Mapping[str, Any] | None, page: str) -> Component:
    visuals = spec["pages"][page]["visuals"].values() if page else ()
    chosen = answer["chosen"] if answer else spec["defaults"]
    return html.Section(
        [
            html.Button(
                [icon_of("filter"), html.Span("Filters"), html.Span(id="filter-count")],
                id="open-filters",
                type="button",
                className="btn btn-light tool drawer-button",
                **{"data-do": "open-filters"},
            ),
            html.Div(className="slot", role="group", **{"data-filter": "dates", "aria-label": "Dates"}),
            html.Details(
                html.Summary(
                    [icon_of("more"), html.Span("More", className="visually-hidden")], className="btn btn-light tool"
                ),
                className="more-tools",
            ),
            html.Div(
                dbc.Select(
                    id="compare",
                    size="sm",
                    options=[
                        {"value": value, "label": label if value == "none" else f"vs {label.lower()}"}
                        for value, label in spec["compares"]
                    ],
                    value=chosen["compare"],
                ),
                className="slot",
                role="group",
                **{"data-filter": "compare", "aria-label": "Comparison"},
            ),
            html.Div(
                dbc.RadioItems(
                    id="grain",
                    options=[{"value": value, "label": label} for value, label in spec["grains"]],
                    value=answer["period"]["grain"] if answer else "day",
                    className="segments",
                    inputClassName="visually-hidden",
                ),
                className="slot",
                role="group",
                hidden=bool(visuals) and not any(visual.get("grain") for visual in visuals),
                **{"data-filter": "grain", "aria-label": "Time steps"},
            ),
            html.Div(
                [
                    _tool("reset", "Reset", "Take away all filters and dates"),
                    _tool("copy-link", "Copy link", "Copy a link to exactly these figures"),
                ],
                className="btn-group tools",
            ),
            _menu("views", "bookmark", "Views", "Saved views", more="stays"),
            _take(),
        ],
        className="toolbar",
        **{"aria-label": "Period and view"},
    )


def _menu(name: str, icon: str, label: str, tip: str, *entries: Component, more: str = "") -> Component:
    """A menu of the toolbar."""
    summary = html.Summary([icon_of(icon), html.Span(label)], className="tool", title=tip)
    return html.Details(
        [summary, html.Div(list(entries), className=f"menu-list {more}".strip())], id=name, className="menu"
    )


def _take() -> Component:
    """What can be taken away of a whole page; assets/js/page.js puts the query into the address."""
    workbook = html.A("Excel workbook", id="workbook", href="#")
    paper = html.Button("Print or PDF", type="button", **{"data-do": "print"})
    return _menu("take", "save", "Download", "Download this page", workbook, paper)


def _tool(name: str, label: str, tip: str) -> Component:
    return html.Button(
        [icon_of(name), html.Span(label)],
        id=name,
        type="button",
        className="btn btn-light tool",
        title=tip,
        **{"data-do": name},
    )
