"""`create_app` puts the pieces together; `server` is what gunicorn serves. The only file that knows the app object."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask

from access.identity import SignIn
from access.keys import Keys
from access.policy import WrongPolicy, read_policy
from access.rights import Admission
from callbacks.closed_import import OWN_DATA
from callbacks.guard import WARM_UP, WARM_UP_KEY, Entrance
from callbacks.register import register
from callbacks.routes import Writing
from callbacks.shown import reader, rights, shown
from callbacks.uploads import MOST_FILES, Uploads
from components import shell
from components.bundles import Bundles, read
from components.locales import formats_of
from components.spec import spec
from facts import Facts
from facts.engines.choice import elsewhere, engine_of
from facts.protocol import DataProblem
from facts.store import Source, load_aside
from pages import EVERY, GIVEN, IMPORT, PAGES
from settings import Settings, WrongSetting, from_environment

_HERE = Path(__file__).resolve().parent
_MB = 1_000_000
_DEMO = "Demo data: a company that does not exist. Import your own to see your figures."

_NOT_THE_DEMO = (
    "This is not the demo's data, and nobody has to sign in. Set DASHBOARD_AUTH=jwt, with DASHBOARD_AUTH_KEYS, "
    "DASHBOARD_AUTH_ISSUER, DASHBOARD_AUTH_AUDIENCE and DASHBOARD_POLICY, to show it."
)
_NOT_THE_DEMO_HERE = (
    "These are not the demo's data, and nobody has to sign in here. Set DASHBOARD_AUTH=jwt to show them "
    "(docs/sign-in.md)."
)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def create_app(settings: Settings, source: Source, admission: Admission | None = None) -> Dash:
    """The dashboard over the facts of `source`, ready to serve below `settings.prefix`.

    `admission` is who may see what where the settings do not say it.

    Raises WrongSetting where the settings do not let it show these facts.
    """
    admission = admission or admission_of(settings)
    if source.elsewhere:
        if admission.demo:
            raise WrongSetting(_NOT_THE_DEMO)
        settings = replace(settings, facts="elsewhere", upload_limit=0)  # nothing is imported there
    try:
        source.require(lambda facts: admit(facts, settings, admission.demo))
    except DataProblem as problem:
        raise WrongSetting(str(problem)) from None
    writing = writing_of(settings)
    bundles = read()
    app = Shell(
        __name__,
        bundles=bundles,
        title="Marketing dashboard",
        update_title="",
        use_pages=False,
        pages_folder="",
        assets_folder=str(_HERE / "assets"),
        include_assets_files=False,
        requests_pathname_prefix=settings.prefix,
        routes_pathname_prefix="/",
        include_pages_meta=False,
        compress=True,
        suppress_callback_exceptions=True,
        enable_mcp=False,
    )
    app.index_string = shell.index(settings.prefix, bundles)
    app.layout = lambda: layout(settings, source, admission, writing)
    entrance = Entrance(
        EVERY,
        admission,
        settings.prefix,
        settings.auth_header,
        settings.hosts,
        settings.log_out,
        settings.metrics_token,
        settings.upload_limit * _MB,
    )
    # Files on their way never hold more than half of a worker's threads.
    uploads = Uploads(Path(settings.facts), settings.upload_limit * _MB, at_once=max(settings.threads // 2, 1))
    closed = admission.demo and settings.demo_uploads == "off"
    register(app, entrance, source, writing, bundles, uploads, settings.query_seconds, settings.provisional, closed)
    if settings.prefix != "/":
        app.server.wsgi_app = below(settings.prefix, app.server.wsgi_app)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(bundles.pack)
        warm_up(app.server)
    return app


class Shell(Dash):  # type: ignore[misc]
    """Dash with the scripts and styles of components/bundles.py in place of one file for each package and asset."""

    def __init__(self, *arguments: Any, bundles: Bundles, **options: Any) -> None:
        self._bundles = bundles
        super().__init__(*arguments, **options)

    def interpolate_index(self, **parts: str) -> str:
        """The page, with our scripts for Dash's list of them."""
        return str(super().interpolate_index(**{**parts, "scripts": self._scripts(), "css": ""}))

    def _scripts(self) -> str:
        return shell.scripts(self.config.requests_pathname_prefix, self._bundles)


def layout(settings: Settings, source: Source, admission: Admission, writing: Writing) -> Component:
    """The shell for the reader who asks; nothing where nobody does, as when Dash looks for itself."""
    allowed = rights()
    pages = tuple(page for page in shown(EVERY, allowed) if not page.panel)
    if not pages:
        return html.Div()
    facts = source.current()
    banner = _DEMO if facts is not None and facts.demo and admission.sign_in is None else None
    who = reader()
    account = (who.name, settings.log_out) if who else None
    formats = writing(facts) if facts is not None else formats_of(settings.locale, settings.currency or "USD")
    known = spec(pages, settings.prefix, formats, hidden=allowed.hides)
    if who:
        # Views are kept in the browser under this: whose they are, without saying who that is.
        known["reader"] = sha256(f"{settings.auth_issuer}\0{who.subject}".encode()).hexdigest()[:16]
    if allowed.opens(IMPORT.key):
        known["upload"] = {"most": settings.upload_limit * _MB, "files": MOST_FILES, "demo": admission.demo}
        if admission.demo and settings.demo_uploads == "off":
            known["upload"] = {"command": OWN_DATA}
    return shell.layout(pages, known, banner=banner, account=account)


def given_pages(settings: Settings) -> tuple[str, ...]:
    """The pages that a policy can give here."""
    return tuple(key for key in GIVEN if key != IMPORT.key or (settings.upload_limit and not elsewhere(settings.facts)))


def admission_of(settings: Settings) -> Admission:
    """How requests become rights. Raises WrongSetting where the policy cannot be used."""
    pages = given_pages(settings)
    if settings.auth != "jwt":
        return Admission(pages)
    try:
        policy = read_policy(settings.policy, GIVEN)
    except WrongPolicy as problem:
        raise WrongSetting(f"DASHBOARD_POLICY: {problem}") from None
    keys = Keys(settings.auth_keys, hours=settings.auth_keys_hours)
    keys.load()  # before the workers fork, so that they share what it brings
    return Admission(pages, SignIn(settings.auth_issuer, settings.auth_audience, settings.auth_groups, keys), policy)


def writing_of(settings: Settings) -> Writing:
    """How the money and days of some facts are written: in the locale that is set, in the currency that they have."""
    known = cache(formats_of)
    return lambda facts: known(settings.locale, settings.currency or facts.currency)


def admit(facts: Facts, settings: Settings, demo: bool) -> None:
    """Raises DataProblem for facts that may not be shown with `settings`; `demo` is where nobody has to sign in."""
    if demo:
        only_the_demo(facts)
    if settings.currency and settings.currency != facts.currency and not facts.demo:
        raise DataProblem(
            f"The data is in {facts.currency} and DASHBOARD_CURRENCY says {settings.currency}. Nothing is converted: "
            "leave the setting out."
        )


def only_the_demo(facts: Facts) -> None:
    """Raises DataProblem for facts that not everybody may see."""
    if not facts.demo:
        raise DataProblem(_NOT_THE_DEMO, _NOT_THE_DEMO_HERE)


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

    Without it Dash answers some with 500 (plotly/dash#3971). Raises RuntimeError where the shell cannot be drawn.
    """
    ours = {WARM_UP_KEY: WARM_UP, "HTTP_HOST": "localhost"}
    with server.test_client() as client:
        for path in ("/", "/_dash-layout", "/_dash-dependencies"):
            answer = client.get(path, environ_overrides=ours)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answers {answer.status}; the log above says why")
        for page in PAGES:
            client.get(f"/view/{page.key}", environ_overrides=ours)


def __getattr__(name: str) -> Flask:
    """`app:server` for gunicorn, made when it is asked for, so that importing this module reads no data."""
    if name != "server":
        raise AttributeError(name)
    settings = from_environment()
    engine = engine_of(settings)
    server = create_app(settings, Source(settings.facts, partial(load_aside, engine=engine), engine)).server
    globals()["server"] = server
    return server
