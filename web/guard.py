"""Checks every request first: is it ours, small enough, from our own page, who asks, and may they?

Every address is of a kind that says who may have it, and the start fails where one has none. What is answered leaves
with the headers that keep a browser from doing more with it than showing it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Final, Literal

import orjson
from dash import Dash
from flask import Flask, Response, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from access.identity import NoKeys, NotSignedIn
from access.policy import IMPORT
from access.rights import NOTHING, Admission, Rights
from components import notices
from components.visuals import Page
from views.visible import visible_pages, with_panels
from web.callback_guard import Malformed, OwnPageCallbacks, RequestedCallback, Unowned, callback_of, keep, may_know
from web.imports.uploads import too_large
from web.operations import wanted_callback
from web.own_key import NO_KEY, KeyCheck
from web.refused import Refused

LONGEST_QUERY: Final = 32_768
LARGEST_BODY: Final = 65_536

#: open: health checks. operations: for the monitoring. shell: any reader with a role. page, figures: who may open the
#: page that the address names. callback: who may open the page that the callback belongs to. import: who may open the
#: Import page, asked by that page itself.
Kind = Literal["open", "operations", "shell", "page", "figures", "callback", "import"]

KINDS: Final[dict[str, Kind]] = {
    "/healthz": "open",
    "/readyz": "open",
    "/metrics": "operations",
    "/": "page",
    "/<path:path>": "page",
    "/data/<page>/<visual>.<kind>": "figures",
    "/data/<page>.json": "figures",
    "/data/<page>.xlsx": "figures",
    "/proof/<page>/<visual>": "figures",
    "/version": "shell",
    "/options/<dimension>": "shell",
    "/_dash-layout": "shell",
    "/_dash-dependencies": "shell",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "shell",
    "/_reload-hash": "shell",
    "/_favicon.ico": "shell",
    "/assets/<path:filename>": "shell",
    "/bundles/<name>": "shell",
    "/static/<path:filename>": "shell",
    "/_dash-update-component": "callback",
    "/import/file": "import",
    "/import/check": "import",
    "/import/keep": "import",
    "/import/outcome": "import",
    "/import/forget": "import",
    "/import/dimensions": "import",
    "/import/costs": "import",
    "/import/undo": "import",
}

#: Marks the server's own first requests; no header can put it there.
WARM_UP: Final = object()
WARM_UP_KEY: Final = "dashboard.warm_up"

_DAMAGED: Final = "The request did not arrive as it was sent. Try again."


@dataclass(frozen=True)
class Entrance:
    """What the guard goes by; `prefix` is the path the browser sees, `hosts` the names it may have used ("*": any).

    `key_check` lets in by the own key. `closed` is where the Import page takes no files of who looks at the demo.
    """

    pages: tuple[Page, ...]
    admission: Admission
    prefix: str = "/"
    header: str = "X-Auth-Id-Token"
    hosts: tuple[str, ...] = ("*",)
    log_out: str = ""
    scrape_token: str = ""
    largest_file: int = LARGEST_BODY
    closed: bool = False
    key_check: KeyCheck | None = None

    @property
    def contact(self) -> str:
        """Whom a refused reader asks."""
        policy = self.admission.policy
        return policy.contact if policy else "whoever runs this dashboard"


def register(app: Dash, entrance: Entrance) -> None:
    """Put the guard in front of the app's server."""
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    server.url_map.merge_slashes = False

    @server.before_request
    def admit() -> Response | None:
        g.rights, g.reader, g.reason = NOTHING, None, "allowed"
        try:
            return decide(entrance, app)
        except Refused as refused:
            g.reason, g.refused = refused.reason, refused.status != 404  # a mistyped page is no attack
            return answer_refusal(entrance, refused)

    @server.after_request
    def silent(response: Response) -> Response:
        """The list of callbacks, without those of pages that the reader may not open."""
        if request.path == "/_dash-dependencies" and response.status_code == 200:
            entries = orjson.loads(response.get_data())
            response.set_data(orjson.dumps([entry for entry in entries if may_know(server, entry["output"])]))
        return response

    @server.errorhandler(HTTPException)
    def answer_failure(problem: HTTPException) -> Response:
        code = problem.code or 500
        if code < 400:  # the app itself redirects nowhere
            code = 404
        g.reason = f"status {code}"
        if isinstance(problem, ClientDisconnected):
            return refusal_response(code, _DAMAGED)
        return refusal_response(code, {404: "There is nothing at this address."}.get(code, f"{problem.name}."))

    @server.errorhandler(ParseException)
    def answer_damaged_body(problem: ParseException) -> Response:
        """A chunk of a body is none, which shows only where the body is read."""
        g.reason = "status 400"
        return refusal_response(400, _DAMAGED)

    # While debugging, Dash's dev tools show what failed: they took the place before us (app.create_app).
    dev_tools = server.error_handler_spec[None][None].get(Exception)

    @server.errorhandler(Exception)
    def broken(problem: Exception) -> Response:
        if type(problem).__name__ == "DependencyException":  # how Dash says that a bundle does not exist
            g.reason = "status 404"
            return refusal_response(404, "There is nothing at this address.")
        asked = wanted_callback()
        if asked.callback:
            server.logger.exception("callback %s of the page %s failed", asked.callback, asked.page)
        else:
            server.logger.exception("request failed")
        g.reason = "failed"
        if dev_tools is not None and asked.callback:
            traceback: Any = dev_tools(problem)
            return server.make_response(traceback)
        return refusal_response(500, "Something went wrong here; it has been logged.")


def decide(entrance: Entrance, app: Dash) -> Response | None:
    """Set `g.reader` and `g.rights` for the request, or raise Refused; the answer where that is settled already."""
    rule = request.url_rule.rule if request.url_rule is not None else None
    kind = KINDS.get(rule) if rule else None
    if kind == "open":
        return None
    if request.environ.get(WARM_UP_KEY) is WARM_UP:
        g.rights = Rights(tuple(page.key for page in entrance.pages), role="warm-up")
        return None
    if not known_host(request.headers.get("Host", ""), entrance.hosts):
        raise Refused(400, "host", "This host is not among those in DASHBOARD_HOSTS.")
    if len(request.query_string) > LONGEST_QUERY:
        raise Refused(414, "query too long", f"A query may have {LONGEST_QUERY:,} characters.")
    most = entrance.largest_file if rule == "/import/file" else LARGEST_BODY
    request.max_content_length = most
    if (request.content_length or 0) > most:
        sentence = f"A body may have {most:,} bytes." if most == LARGEST_BODY else too_large(most)
        raise Refused(413, "body too large", sentence)
    if foreign() or (kind == "import" and request.headers.get("X-Requested-With") != "dashboard"):
        raise Refused(403, "cross-site", "Another site's page asked for this; open the dashboard itself.")
    if kind == "operations":
        _check_scraper(entrance)
        return None
    check = entrance.key_check
    try:
        if check is None:
            g.reader = entrance.admission.reader(_token(entrance.header))
        elif kind == "page" and (exchanged := check.exchange()):
            return exchanged
        else:
            g.reader = check.identify()
    except NotSignedIn as fault:
        raise Refused(401, f"not signed in: {fault}", NO_KEY if check else "You are not signed in.") from None
    except NoKeys:
        sentence = f"Sign-in does not work at the moment: try again in a minute, or tell {entrance.contact}."
        raise Refused(503, "no keys", sentence) from None
    rights = with_panels(entrance.admission.rights(g.reader), entrance.pages)
    g.opened = rights
    page = _page_of(entrance, kind, app) if rights.pages else None
    if rights.pages and (kind is None or page == ""):
        raise Refused(404, "no such address", "There is nothing at this address.")
    if not rights.pages or (page is not None and not rights.opens(page)):
        unverified = g.reader is not None and g.reader.unverified
        reason = "address not verified" if unverified else "not allowed"
        raise Refused(403, reason, f"This is not among what you may see. Ask {entrance.contact}.")
    g.rights = rights
    return None


def known_host(host: str, hosts: Sequence[str]) -> bool:
    """Whether `host`, a Host header, is one of `hosts`, or below one that begins with a dot; "*" is any."""
    name = re.sub(r":\d+$", "", host).lower().rstrip(".")
    return any(each == "*" or name == each.lower().lstrip(".") or _below(name, each.lower()) for each in hosts)


def _below(name: str, host: str) -> bool:
    return host.startswith(".") and name.endswith(host)


def _page_of(entrance: Entrance, kind: Kind | None, app: Dash) -> str | None:
    """The key of the page that is asked for, None where it is for every page, "" where there is none such."""
    keys = {page.key for page in entrance.pages}
    arguments = request.view_args or {}
    if kind == "page":
        path = arguments.get("path", "").rstrip("/")
        return next((page.key for page in entrance.pages if page.path == path and not page.panel), "")
    if kind == "figures":
        return arguments["page"] if arguments["page"] in keys else ""
    if kind == "import":
        return IMPORT if IMPORT in keys else ""
    if kind == "callback":
        g.wanted = _requested_callback(app, keys)
        return g.wanted.page
    return None


def _requested_callback(app: Dash, keys: set[str]) -> RequestedCallback:
    """The callback that the request wants to run. Raises Refused for a body that Dash could not read."""
    try:
        return callback_of(app, request.get_data(), keys, LONGEST_QUERY)
    except Malformed as problem:
        raise Refused(400, "malformed", str(problem)) from None
    except RequestEntityTooLarge:
        raise Refused(413, "body too large", f"A body may have {LARGEST_BODY:,} bytes.") from None


def foreign() -> bool:
    """Whether another site's page asks, for more than to show ours in a window of its own."""
    headers = request.headers
    if headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none"):
        return False
    opened = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest", "document") == "document"
    return not (opened and request.method in ("GET", "HEAD"))


def _token(header: str) -> str | None:
    """The one value of the configured header; several are none."""
    values = request.headers.getlist(header)
    return values[0] if len(values) == 1 else None


def _check_scraper(entrance: Entrance) -> None:
    if entrance.scrape_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not compare_digest(given.encode(), entrance.scrape_token.encode()):
            raise Refused(401, "no scrape token", "The metrics ask for the token in DASHBOARD_METRICS_TOKEN.")
    elif not (entrance.admission.demo or (entrance.key_check and entrance.key_check.demo_is_open())):
        raise Refused(403, "metrics closed", "Set DASHBOARD_METRICS_TOKEN to let the monitoring read the metrics.")


def answer_refusal(entrance: Entrance, refused: Refused) -> Response:
    """A refusal: a page where a browser opens one, an object with a sentence elsewhere."""
    wants_page = request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
    if not (wants_page and request.method in ("GET", "HEAD")):
        return refusal_response(refused.status, refused.sentence)
    opened = [page for page in visible_pages(entrance.pages, g.get("opened", NOTHING)) if not page.panel]
    if refused.status == 401:
        check = entrance.key_check
        text = notices.no_key(check.again(), check.port != 0) if check else notices.not_signed_in()
    elif refused.status == 403 and g.reader is not None:
        text = notices.not_allowed(g.reader.name, entrance.contact, opened, entrance.prefix, entrance.log_out)
    elif refused.status == 404:
        text = notices.no_such_page(opened, entrance.prefix)
    elif refused.status == 503:
        text = notices.no_sign_in(refused.sentence)
    else:
        return refusal_response(refused.status, refused.sentence)
    return Response(text, refused.status, content_type="text/html; charset=utf-8")


def refusal_response(status: int, sentence: str) -> Response:
    """A refusal as docs/wire.md has it."""
    return Response(orjson.dumps({"error": sentence}), status, content_type="application/json")


def complete(app: Dash, owned: OwnPageCallbacks) -> None:
    """Raises Unowned where an address of the app's server is of no kind, or a callback belongs to no page."""
    keep(app, owned)
    for rule in app.server.url_map.iter_rules():
        if rule.rule not in KINDS:
            raise Unowned(f"The address {rule.rule} belongs to no page: say in web.guard.KINDS who may have it.")
