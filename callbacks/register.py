"""Every edge between browser and server, in one place."""

from dash import Dash

from callbacks import bundles, clientside, closed_import, guard, headers, importing, operations, routes, turns
from callbacks.answers import Restated
from callbacks.uploads import Uploads
from components.bundles import Bundles
from facts.store import Source


def register(
    app: Dash,
    entrance: guard.Entrance,
    source: Source,
    writing: routes.Writing,
    files: Bundles,
    uploads: Uploads,
    seconds: float,
    restated: Restated = None,
    closed: bool = False,
) -> None:
    """Tie the browser's side to the app, add the addresses that answer with figures, and guard them all.

    An answer may wait `seconds` for an engine. `closed` is where no files can be sent.

    Raises guard.Unowned where an address or a callback belongs to no page.
    """
    metrics = app.server.extensions["dashboard.metrics"] = operations.Metrics()
    clientside.register(app)
    headers.read_accepted(app.server)
    sign_in = entrance.admission.sign_in
    keys = app.server.extensions["dashboard.keys"] = sign_in.keys if sign_in else None
    operations.register(app.server, entrance.pages, source, metrics, keys)
    guard.register(app, entrance)
    turns.register(app.server, seconds)
    routes.register(app.server, entrance.pages, source, metrics, writing, entrance.prefix, restated)
    bundles.register(app.server, files)
    headers.register(app.server, headers.policy(app, files.early))
    if closed:
        closed_import.register(app.server)
    else:
        importing.register(app.server, uploads, demo=entrance.admission.demo)
    guard.complete(app, entrance.pages)
