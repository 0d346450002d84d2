"""Dash's edges to the browser's own code: each Dash button, and the spec, call one function of assets/js/start.js.

There is no server callback. What is clicked most (filters, tables, page links) has no Dash component and is heard by
one set of listeners in assets/js (docs/decisions/0001).
"""

from typing import Final

from dash import ClientsideFunction, Dash, Input

#: Button id -> function of ``window.dash_clientside.dashboard``.
BUTTONS: Final = {
    "theme": "nextTheme",
    "reset": "reset",
    "copy-link": "copyLink",
    "open-filters": "openFilters",
    "close-filters": "closeFilters",
    "apply-filters": "closeFilters",
    "show-newer": "showNewer",
    "show-today": "showToday",
    "retry-lost": "retry",
    "retry-error": "retry",
}


def register(app: Dash) -> None:
    """Tie the shell's components to ``window.dash_clientside.dashboard``."""
    app.clientside_callback(ClientsideFunction("dashboard", "start"), Input("spec", "data-spec"))
    for button, function in BUTTONS.items():
        app.clientside_callback(
            ClientsideFunction("dashboard", function), Input(button, "n_clicks"), prevent_initial_call=True
        )
