"""Every edge between browser and server, in one place."""

from collections.abc import Sequence

from dash import Dash

from callbacks import clientside, routes
from components.visuals import Page
from facts.store import Source


def register(app: Dash, pages: Sequence[Page], source: Source, prefix: str) -> None:
    """Tie the browser's side to the app and add the addresses that answer with figures."""
    clientside.register(app)
    routes.register(app.server, pages, source, prefix)
