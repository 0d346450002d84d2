"""The headers of every answer: what a browser may load, cache, guess and pass on; and how it is compressed."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from dash import Dash
from flask import Flask, Response, request

#: What may be kept: bundles and assets carry their version in their address.
_KEPT: Final = ("/_dash-component-suites/", "/assets/", "/_favicon.ico")
_FOR_GOOD: Final = "/bundles/"
#: What data may do where a browser opens them as a page: nothing. Half a kilobyte less than the page's own policy.
_OF_DATA: Final = "default-src 'none'; frame-ancestors 'none'"

#: How answers can be packed: what flask-compress does, and the bundles beforehand.
_CODINGS: Final = ("zstd", "br", "gzip", "deflate")
_QUALITY: Final = re.compile(r"[ \t]*q[ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*", re.I)


def accepted_codings(header: str) -> str:
    """An Accept-Encoding header without what it refuses (``br;q=0``), and with what ``*`` stands for (RFC 9110).

    flask-compress takes a coding of quality 0 where nothing better is named. What cannot be read is not accepted.
    """
    qualities: dict[str, float] = {}
    for part in header.lower().split(","):
        name, weighted, weight = part.partition(";")
        read = _QUALITY.fullmatch(weight)
        qualities[name.strip()] = float(read[1]) if read else 0.0 if weighted else 1.0
    others = qualities.pop("*", 0.0)
    known = {coding: qualities.get(coding, others) for coding in _CODINGS}
    known["identity"] = qualities.get("identity", 0.001)
    return ", ".join(f"{name};q={quality:g}" for name, quality in known.items() if quality)


def policy(app: Dash, *scripts: str) -> str:
    """The content security policy; `scripts` stand in the page.

    Ask once all callbacks are registered: it names their scripts by hash.
    """
    hashes = [
        *app.csp_hashes(),
        *(f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in scripts),
    ]
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(hashes)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def register(app: Dash, *scripts: str) -> None:
    """Add them to every answer of the app's server.

    The policy is made when a page first goes out: Dash sets up its pages, and with them scripts, at the first request.
    """
    of_page: list[str] = []

    @app.server.after_request
    def add(response: Response) -> Response:
        if not of_page and response.mimetype == "text/html":
            of_page.append(policy(app, *scripts))
        headers = response.headers
        data = response.mimetype == "application/json"
        headers["Content-Security-Policy"] = _OF_DATA if data or not of_page else of_page[0]
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not data:
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if request.path.startswith(_FOR_GOOD) and response.status_code in (200, 304):
            return response
        if not request.path.startswith(_KEPT) or response.status_code >= 400:
            headers["Cache-Control"] = "no-store"
        elif "Cache-Control" in headers:
            response.cache_control.private = True
        return response


def read_accepted(server: Flask) -> None:
    """Read what a client accepts as it is meant. Before whatever may answer."""

    @server.before_request
    def read_codings() -> None:
        header = request.environ.get("HTTP_ACCEPT_ENCODING", "")
        if ";" in header or "*" in header:
            request.environ["HTTP_ACCEPT_ENCODING"] = accepted_codings(header)
