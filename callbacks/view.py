"""The callback that answers a change: a selection comes in, its figures go out."""

from collections.abc import Sequence
from typing import Any

import orjson
from dash import Dash, Input, Output

from components.visuals import Page
from views.kept_views import Views
from web.current_reader import current_rights


def register(app: Dash, pages: Sequence[Page], views: Views) -> None:
    """Tie the store "view" to the store "selection". Raises Unanswered (views.kept_views) for the server to answer."""

    @app.callback(Output("view", "data"), Input("selection", "data"), prevent_initial_call=True)
    def view(selection: Any) -> Any:
        page, address = asked_of(selection)
        return orjson.Fragment(views.answer(pages, page, address, current_rights()))


def asked_of(selection: Any) -> tuple[str, bytes]:
    """The page and the query string in a selection ({page, query, request}); "" where it has none."""
    given = selection if isinstance(selection, dict) else {}
    page, query = given.get("page"), given.get("query")
    return (
        page if isinstance(page, str) else "",
        query.encode("utf-8", "replace") if isinstance(query, str) else b"",
    )
