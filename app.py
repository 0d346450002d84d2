"""The app: Dash pages share a filter store, callbacks call a pure kpi package over a pandas frame loaded from Parquet,
and gunicorn serves it.

`create_app` puts the pieces together: pages/ are registered by callbacks/pages.py, the store and its controls stand in
components/controls.py, the callbacks in callbacks/, the frame in facts/, its sums and their quotients in kpi/. `server`
is what gunicorn serves. No other module knows the app object.
"""

import getpass
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask

from access.identity import Reader, SignIn
from access.keys import Keys
from access.own_key import NoSecret, OwnKey
from access.policy import WrongPolicy, read_policy
from access.rights import OWNER, Admission
from callbacks.own_page_checks import WrongPage
from callbacks.own_pages import load_pages, page_files
from callbacks.pages import register_pages
from callbacks.register import register
from components.bundles import read
from components.document import AT_REST
from components.libraries import library_files
from components.locales import formats_of
from facts import Facts
from facts.engines.choice import elsewhere, engine_of
from facts.protocol import DataProblem
from facts.source import Source, load_by_reader_process
from machine.loopback import is_loopback
from machine.state_folder import state_folder
from pages import EVERY, GIVEN, IMPORT, PAGES
from settings import Settings, WrongSetting, from_environment
from views.desk import Desk, Writing
from web.callback_guard import visible_scripts
from web.front import TITLE, Front
from web.guard import WARM_UP, WARM_UP_KEY, Entrance
from web.imports.uploads import Uploads
from web.own_key import KeyCheck

_HERE = Path(__file__).resolve().parent
_MB = 1_000_000
_A_DAY = 86_400
_NOT_THE_DEMO = (
    "This is not the demo's data, and nobody has to sign in. Set DASHBOARD_AUTH=jwt, with DASHBOARD_AUTH_KEYS, "
    "DASHBOARD_AUTH_ISSUER, DASHBOARD_AUTH_AUDIENCE and DASHBOARD_POLICY, to show it behind a company’s sign-in; or "
    "DASHBOARD_AUTH=key to look at it alone, by an address with a one-time key that is printed."
)
_NOT_THE_DEMO_HERE = (
    "These are not the demo's data, and nobody has to sign in here. Set DASHBOARD_AUTH=jwt (docs/sign-in.md) to show "
    "them behind a sign-in, or DASHBOARD_AUTH=key to look at them alone."
)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def create_app(settings: Settings, source: Source, admission: Admission | None = None, debug: bool = False) -> Dash:
    """The dashboard over the facts of `source`, ready to serve below `settings.prefix`.

    `admission` is who may see what where the settings do not say it; `debug` adds Dash's dev tools and source maps.

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
    bundles = read(debug)
    app = Shell(
        __name__,
        title=TITLE,
        update_title="",
        use_pages=True,
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
    if debug:
        # Dash need not watch files: a change restarts this process (serving.serve_debug), which browsers notice.
        app.enable_dev_tools(
            dev_tools_hot_reload_watch_interval=_A_DAY,
            dev_tools_hot_reload_max_retry=_A_DAY,  # code that cannot run may take long to mend
            dev_tools_disable_version_check=True,
        )
    register_pages(EVERY)
    try:
        own = load_pages(app, page_files(page_folders(settings)), EVERY)
    except WrongPage as problem:
        raise WrongSetting(str(problem)) from problem
    every = (*EVERY, *own)
    key_check = key_check_of(settings, admission, source)
    if key_check is not None and not key_check.demo_is_open():
        try:
            key_check.key.prepare()
        except NoSecret as problem:
            raise WrongSetting(str(problem)) from None
    entrance = Entrance(
        every,
        admission,
        settings.prefix,
        settings.auth_header,
        settings.hosts,
        settings.log_out,
        settings.metrics_token,
        settings.upload_limit * _MB,
        closed=settings.entry != "jwt" and settings.demo_uploads == "off",
        key_check=key_check,
    )
    # Files on their way never hold more than half of a worker's threads.
    uploads = Uploads(Path(settings.facts), settings.upload_limit * _MB, at_once=max(settings.threads // 2, 1))
    usual = replace(formats_of(settings.locale, settings.currency or "USD"), calendar=settings.calendar)
    desk = Desk(source, writing, usual, settings.provisional)
    app.server.extensions["dashboard.key_check"] = key_check
    views = register(app, entrance, desk, bundles, uploads, own, settings.query_seconds)
    front = Front(entrance, desk, library_files(app), Path(settings.facts))
    app.layout = front.layout
    app.draw = partial(front.document, views, bundles)
    if settings.prefix != "/":
        app.server.wsgi_app = below(settings.prefix, app.server.wsgi_app)
    with ThreadPoolExecutor(1) as background:
        background.submit(bundles.pack)
        warm_up(app.server)
    return app


class Shell(Dash):  # type: ignore[misc]
    """Dash with a document of our own: the shell and the first answer stand in it before any script has run."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.draw: Callable[[Mapping[str, str]], str] | None = None
        # The browser's side fills the stores before the layout is put up (assets/js/carrier.js).
        self.renderer = (
            "var renderer = new DashRenderer({layout_post: (layout) => window.dashboard.carrier.seed(layout)});"
        )

    def serve_reload_hash(self) -> Any:
        """What browsers ask while developing: a new process has other documents and scripts, so they load the page."""
        self._hot_reload.hard = True
        return super().serve_reload_hash()

    def interpolate_index(self, **parts: str) -> str:
        """The page, for the reader who asks."""
        assert self.draw is not None
        scripts = visible_scripts(self.server, self._inline_scripts)
        inline = "".join(f"<script {AT_REST}>{script}</script>" for script in scripts)
        return self.draw({**parts, "inline": inline})


def page_folders(settings: Settings) -> list[Path]:
    """Where somebody's own pages are looked for."""
    return [_HERE / "pages", *([Path(settings.pages)] if settings.pages else [])]


def policy_pages(settings: Settings) -> tuple[str, ...]:
    """The keys of the pages that a policy can name."""
    return (*GIVEN, *page_files(page_folders(settings)))


def given_pages(settings: Settings) -> tuple[str, ...]:
    """Those of the policy's pages that there are here."""
    importing = settings.upload_limit and not elsewhere(settings.facts)
    return tuple(key for key in policy_pages(settings) if key != IMPORT.key or importing)


def admission_of(settings: Settings) -> Admission:
    """How requests become rights. Raises WrongSetting where the policy cannot be used."""
    pages = given_pages(settings)
    if settings.entry == "key":
        return Admission(pages, key=OwnKey(state_of(settings)), open_demo=not settings.auth)
    if settings.entry == "demo":
        return Admission(pages)
    try:
        policy = read_policy(settings.policy, policy_pages(settings))
    except WrongPolicy as problem:
        raise WrongSetting(f"DASHBOARD_POLICY: {problem}") from None
    keys = Keys(settings.auth_keys, hours=settings.auth_keys_hours)
    keys.load()  # before the workers fork, so that they share what it brings
    return Admission(pages, SignIn(settings.auth_issuer, settings.auth_audience, settings.auth_groups, keys), policy)


def state_of(settings: Settings) -> Path:
    """The folder of what a server keeps across restarts."""
    return state_folder(settings.state, None if elsewhere(settings.facts) else Path(settings.facts))


def key_check_of(settings: Settings, admission: Admission, source: Source) -> KeyCheck | None:
    """How requests are let in by the own key, None where they are not."""
    if admission.key is None:
        return None
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = OWNER  # a container's user may have no name
    port = settings.port if is_loopback(settings.host) else 0
    return KeyCheck(admission.key, Reader(user, user), source.shown_kind, admission.open_demo, port, settings.prefix)


def writing_of(settings: Settings) -> Writing:
    """How the money and days of some facts are written: in the locale that is set, in the currency that they have."""
    known = cache(lambda currency: replace(formats_of(settings.locale, currency), calendar=settings.calendar))
    return lambda facts: known(settings.currency or facts.currency)


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
        for path in (*(f"/{page.path}" for page in PAGES), "/_dash-layout", "/_dash-dependencies"):
            answer = client.get(path, environ_overrides=ours)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answers {answer.status}; the log above says why")


def __getattr__(name: str) -> Flask:
    """`app:server` for gunicorn, made when it is asked for, so that importing this module reads no data."""
    if name != "server":
        raise AttributeError(name)
    settings = from_environment()
    engine = engine_of(settings)
    server = create_app(settings, Source(settings.facts, partial(load_by_reader_process, engine=engine), engine)).server
    globals()["server"] = server
    return server
