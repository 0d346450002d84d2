"""`create_app` puts the pieces together; `server` is what gunicorn serves. The only file that knows the app object."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask

from callbacks.register import register
from components import shell
from components.spec import spec
from facts.store import Source
from pages import PAGES
from settings import Settings, from_environment

_HERE = Path(__file__).resolve().parent
_DEMO = "Demo data: a company that does not exist. Import your own to see your figures."

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def create_app(settings: Settings, source: Source) -> Dash:
    """The dashboard over the facts of `source`, ready to serve below `settings.prefix`."""
    app = Dash(
        __name__,
        title="Marketing dashboard",
        update_title="",
        use_pages=False,
        pages_folder="",
        assets_folder=str(_HERE / "assets"),
        assets_ignore=shell.ASSETS_IGNORED,
        requests_pathname_prefix=settings.prefix,
        routes_pathname_prefix="/",
        include_pages_meta=False,
        compress=True,
        suppress_callback_exceptions=True,
        enable_mcp=False,
    )
    app.index_string = shell.index(settings.prefix)
    app.layout = lambda: shell.layout(PAGES, spec(PAGES, settings.prefix), banner=_banner(source))
    register(app, PAGES, source, settings.prefix)
    if settings.prefix != "/":
        app.server.wsgi_app = below(settings.prefix, app.server.wsgi_app)
    warm_up(app.server)
    return app


def _banner(source: Source) -> str | None:
    facts = source.current()
    return _DEMO if facts is not None and facts.demo else None


def below(prefix: str, inner: Wsgi) -> Wsgi:
    """`inner`, also where the proxy in front leaves `prefix` in the path."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(prefix):
            environ["PATH_INFO"] = path[len(prefix) - 1 :] or "/"
        return inner(environ, start_response)

    return outer


def warm_up(server: Flask) -> None:
    """One request of each kind, so that a worker's first parallel requests meet a server that is set up.

    Without it Dash answers some of them with 500 (plotly/dash#3971). Raises RuntimeError where the shell cannot be drawn.
    """
    with server.test_client() as client:
        for path in ("/", "/_dash-layout", "/_dash-dependencies"):
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answers {answer.status}; the log above says why")
        for page in PAGES:
            client.get(f"/view/{page.key}")


def __getattr__(name: str) -> Flask:
    """`app:server` for gunicorn, made when it is asked for, so that importing this module reads no data."""
    if name != "server":
        raise AttributeError(name)
    settings = from_environment()
    server = create_app(settings, Source(settings.facts)).server
    globals()["server"] = server
    return server
