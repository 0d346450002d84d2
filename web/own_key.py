"""The own key in requests: an address with a key is exchanged for a cookie, and the cookie opens everything.

Other sites' pages get nothing by it: the cookie is not theirs to send (SameSite=Strict), the host must be this machine
and port, which a name that is made to lead here (DNS rebinding) is not, and what another page opened is asked for again
from a page of ours before anything is shown.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_plus

import orjson
from flask import Flask, Response, g, request

from access.identity import NotSignedIn, Reader
from access.own_key import COOKIE_SECONDS, FIELD, NoEntry, NoSecret, OwnKey
from facts.source import ShownKind
from machine.loopback import is_loopback
from web.refused import Refused

NO_KEY: Final = (
    "Your own data are shown to who has the key: open the address that `marketing-dashboard address` prints."
)


@dataclass(frozen=True)
class KeyCheck:
    """How requests are let in by `key`; who has it is the `reader`.

    `port` is the one that addresses must name, 0 for any, where others than this machine's may be published. `prefix`
    is the path above the pages. `open_demo`: nobody needs the key while `kind` says that the demo is shown.
    """

    key: OwnKey
    reader: Reader
    kind: Callable[[], ShownKind]
    open_demo: bool
    port: int
    prefix: str

    def identify(self) -> Reader | None:
        """Who asks, None for anybody while the demo is open. Raises Refused and NotSignedIn."""
        kind = self.kind()
        try:
            self._check_origin()
            if not self._has_cookie():
                raise NotSignedIn("no key")
            if opened_elsewhere():
                raise NotSignedIn("opened by another page")
            return self.reader
        except (Refused, NotSignedIn):
            if not (self.open_demo and kind.demo):
                raise
        g.keyless = kind
        return None

    def demo_is_open(self) -> bool:
        """Whether nobody needs the key now."""
        return self.open_demo and self.kind().demo

    def is_outdated(self) -> bool:
        """Whether somebody without the key was let in to the demo, and own data have come since."""
        began = g.get("keyless")
        return began is not None and began != self.kind()

    def exchange(self) -> Response | None:
        """The answer to an address with a key: its cookie, and the way to the same address without it.

        None where there is no key in the address. Raises Refused and NotSignedIn.
        """
        given = [unquote_plus(value) for name, value in self._fields() if name == FIELD]
        if not given or request.method != "GET":
            return None
        self._check_origin()
        if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
            raise NotSignedIn("looked at before it was opened")  # what a browser does by itself uses no key up
        answer = Response("", 303, {"Location": self._without_key()}, content_type="text/plain")
        answer.headers["Referrer-Policy"] = "no-referrer"
        keys = [each for each in given if each]
        if keys:
            try:
                self.key.use(keys[0])
                cookie = self.key.new_cookie(self._port())
            except NoSecret as problem:
                raise Refused(503, "key not kept", str(problem)) from None
            except NoEntry as why:
                if not (self._has_cookie() or self.demo_is_open()):
                    raise NotSignedIn(str(why)) from None
            else:
                answer.set_cookie(
                    self._cookie_name(), cookie, COOKIE_SECONDS, path=self.prefix, httponly=True, samesite="Strict"
                )
                g.reason = "key taken"
        return answer

    def again(self) -> str:
        """Where a page that another one opened leads by itself, "" where that was tried: the same, asked for by us.

        A browser then sends the cookie. The empty key makes it another address, and is taken away again.
        """
        if not opened_elsewhere() or any(name == FIELD for name, _ in self._fields()):
            return ""
        address = self._without_key()
        return f"{address}{'&' if '?' in address else '?'}{FIELD}="

    def _has_cookie(self) -> bool:
        try:
            return self.key.admits(request.cookies.getlist(self._cookie_name()), self._port())
        except NoSecret as problem:
            raise Refused(503, "key not usable", str(problem).replace(f"{self.key.folder}/", "")) from None

    def _cookie_name(self) -> str:
        """Cookies are of a host, whatever its port: the name tells those of several dashboards apart."""
        return f"dashboard-key-{self._port()}"

    def _port(self) -> int:
        """The port in the address that was asked for."""
        port = re.search(r":(\d{1,5})$", request.headers.get("Host", ""))
        return int(port[1]) if port else 443 if request.is_secure else 80

    def _check_origin(self) -> None:
        """Raises Refused where the address is not this machine's own, or another site's page asks."""
        host = request.headers.get("Host", "")
        name = re.sub(r":\d+$", "", host).lower()
        if self.port and not (is_loopback(name) and self._port() == self.port):
            raise Refused(400, "host", "Open the dashboard at the address that it printed.")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
            raise Refused(403, "cross-site", "Another site's page asked for this; open the dashboard itself.")

    def _fields(self) -> list[tuple[str, str]]:
        """The names and values of the query string, which is taken apart no further: the address's codec does that."""
        parts = (field.partition("=") for field in request.query_string.decode("latin-1").split("&"))
        return [(unquote_plus(name), value) for name, _, value in parts]

    def _without_key(self) -> str:
        """The address that was asked for, without the key."""
        fields = request.query_string.decode("latin-1").split("&")
        rest = "&".join(field for field, (name, _) in zip(fields, self._fields(), strict=True) if name != FIELD)
        path = quote((request.view_args or {}).get("path", "").lstrip("/"))
        return f"{self.prefix}{path}" + (f"?{quote(rest, safe='%&=+,-._~:')}" if rest else "")


def opened_elsewhere() -> bool:
    """Whether another page opened this one: of another site, or of another port of this machine."""
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def register(server: Flask, check: KeyCheck) -> None:
    """Withhold figures of own data from who was let in to the demo, should they have come while the answer was made.

    After whatever adds to answers, so that it does so to this one.
    """

    @server.after_request
    def withhold(response: Response) -> Response:
        if not check.is_outdated():
            return response
        g.reason, g.refused = "not signed in: no key", True
        return Response(orjson.dumps({"error": NO_KEY}), 401, content_type="application/json")
