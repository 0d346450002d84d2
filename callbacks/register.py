"""Registers every callback and address in one place."""

from typing import Any

from dash import Dash

from callbacks import own_pages, selection, view
from callbacks.reader import put_desk
from components.bundles import Bundles
from components.controls import controls
from components.spec import spec
from components.visuals import Page
from kpi.units import USUAL
from views.desk import Desk
from views.kept_views import Views
from web import bundles, data_files, guard, headers, operations, own_key, superseded
from web.callback_guard import owned_of
from web.imports import addresses, closed, own_rules
from web.imports.uploads import Uploads


def register(
    app: Dash,
    entrance: guard.Entrance,
    desk: Desk,
    files: Bundles,
    uploads: Uploads,
    own: dict[Page, dict[str, Any]],
    seconds: float,
) -> Views:
    """Add the callbacks and the addresses that answer with figures, and guard them all; returns the kept views.

    An answer may wait `seconds` for an engine.

    Raises callback_guard.Unowned where an address or a callback belongs to no page.
    """
    metrics = app.server.extensions["dashboard.metrics"] = operations.Metrics()
    put_desk(app.server, desk)
    views = Views(desk.source, metrics.cache, desk.writing, desk.provisional_days)
    selection.register(app, controls(spec((), entrance.prefix, USUAL, frozenset())))
    view.register(app, entrance.pages, views)
    own_pages.register(app, own)
    headers.read_accepted(app.server)
    sign_in = entrance.admission.sign_in
    keys = app.server.extensions["dashboard.keys"] = sign_in.keys if sign_in else None
    operations.register(app.server, entrance.pages, desk.source, metrics, keys)
    guard.register(app, entrance)
    superseded.register(app.server, seconds)
    data_files.register(app.server, entrance.pages, desk, views, entrance.prefix)
    bundles.register(app.server, files)
    headers.register(app, files.early)
    if entrance.closed and entrance.admission.demo:
        closed.register(app.server)
    else:
        addresses.register(app.server, uploads, entrance, desk)
        own_rules.register(app.server, uploads.facts, desk)
        if entrance.closed:
            closed.register_for_demo(app.server)
    if entrance.key_check is not None:
        own_key.register(app.server, entrance.key_check)
    guard.complete(app, owned_of(own))
    return views
