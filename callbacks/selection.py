"""The filter store and its controls: each follows the other, in the browser.

One callback has every control as input and as output, so that Back, a saved view or a chip over three filters sets them
all at once and asks for nothing in between. It hears of answers by a store that no callback writes: Dash holds a
callback back while one that it depends on waits for the server. What it does is in assets/js/controls.js.
"""

from collections.abc import Sequence

from dash import ClientsideFunction, Dash, Input, Output


def register(app: Dash, controls: Sequence[str]) -> None:
    """Tie the controls with these ids to the stores "selection" and "shown"."""
    lists = [name for name in controls if name.startswith("filter-")]
    app.clientside_callback(
        ClientsideFunction("dashboard", "control"),
        *(Output(name, "options") for name in lists),
        *(Output(name, "value") for name in controls),
        Input("shown", "data"),
        *(Input(name, "value") for name in controls),
        prevent_initial_call=True,
    )
    # What others write into the store is looked at as if it had been clicked; its first call says that Dash is there.
    app.clientside_callback(ClientsideFunction("dashboard", "follow"), Input("selection", "data"))
