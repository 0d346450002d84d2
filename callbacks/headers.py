"""The headers every answer leaves with: what a browser may load, keep, guess and tell others."""

from typing import Final

from dash import Dash
from flask import Flask, Response, request

#: What may be kept: bundles and assets carry their version in their address.
_KEPT: Final = ("/_dash-component-suites/", "/assets/", "/_favicon.ico")


def policy(app: Dash) -> str:
    """The content security policy; ask once all callbacks are registered, it names their scripts by hash."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(app.csp_hashes())}",
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


def register(server: Flask, policy: str) -> None:
    """Add them to every answer of `server`."""

    @server.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not request.path.startswith(_KEPT) or response.status_code >= 400:
            headers["Cache-Control"] = "no-store"
        elif "Cache-Control" in headers:
            response.cache_control.private = True
        return response
