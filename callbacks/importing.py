"""The addresses behind the Import page: take files, say what they hold and would change, keep them, forget them.

All are POST with a header that no other site's page can send, open to who may open the page (callbacks/guard.py). In
the demo, where nobody signs in, files are read and nothing is kept (docs/decisions/0010).
"""

import logging
from typing import Any, Final
from urllib.parse import unquote

import orjson
from flask import Flask, Response, g, request

from callbacks.routes import figures, refusal
from callbacks.shown import reader
from callbacks.upload_body import Body, plain
from callbacks.uploads import NotTaken, Uploads

FILE: Final = "/import/file"
CHECK: Final = "/import/check"
KEEP: Final = "/import/keep"
FORGET: Final = "/import/forget"

#: What a person may say about their files.
_OPTIONS: Final = ("platform", "account", "currency", "dates", "into")
_LONGEST: Final = 100

_audit = logging.getLogger("dashboard.audit")


def register(server: Flask, uploads: Uploads, *, demo: bool) -> None:
    """Add the routes; in a `demo` nothing is ever kept."""

    @server.post(FILE)
    def file() -> Response:
        upload = request.args.get("upload", "")
        token, size = uploads.receive(upload, subject(), request.remote_addr, file_body())
        return said({"upload": token, "size": size})

    @server.post(CHECK)
    def check() -> Response:
        asked = body()
        answer = uploads.read(text(asked, "upload"), subject(), {"options": options(asked)})
        if demo:
            answer["closed"] = (
                "This is the demo, which keeps nothing. With a sign-in (docs/sign-in.md) this page keeps your files; "
                "`marketing-dashboard import` does at any time."
            )
        return said(answer)

    @server.post(KEEP)
    def keep() -> Response:
        if demo:
            return refusal(403, "This is the demo: nothing is kept. Use `marketing-dashboard import`, or a sign-in.")
        asked = body()
        token, own = text(asked, "upload"), subject()
        wish = {"options": options(asked), "keep": True, "mark": text(asked, "mark"), "by": own}
        answer = uploads.read(token, own, wish)
        if answer.get("kept"):
            uploads.forget(token, own)
            told = {
                "request_id": g.get("request_id", ""),
                "subject": own,
                "role": g.rights.role,
                "files": [each["name"] for each in answer["files"] if "refused" not in each],
                "version": answer["version"] or "",
            }
            _audit.info("import", extra={"told": told})
        return said(answer)

    @server.post(FORGET)
    def forget() -> Response:
        uploads.forget(text(body(), "upload"), subject())
        return said({})

    @server.errorhandler(NotTaken)
    def not_taken(problem: NotTaken) -> Response:
        g.reason = f"upload: status {problem.status}"
        answer = refusal(problem.status, str(problem))
        if problem.retry_after:
            answer.headers["Retry-After"] = str(problem.retry_after)
        return answer


def subject() -> str:
    """Who asks; in the demo everybody is the same nobody, and a token tells their files apart."""
    found = reader()
    return found.subject if found else ""


def file_body() -> Body:
    """The file in the request, and what is said of it. Raises NotTaken."""
    chunks = request.headers.get("Transfer-Encoding", "").lower() == "chunked"
    if request.content_length is None and not chunks:
        raise NotTaken(411, "The request does not say how many bytes the file has: send Content-Length.")
    return Body(
        request.stream,
        request.content_length,
        plain(unquote(request.headers.get("X-File-Name", ""))),
        request.headers.get("X-File-SHA256", ""),
        request.environ.get("gunicorn.socket"),
    )


def body() -> dict[str, Any]:
    """The object in the request. Raises NotTaken."""
    try:
        found = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise NotTaken(400, "The request holds no JSON object.")
    return found


def text(asked: dict[str, Any], name: str) -> str:
    """A short text of the request, "" where there is none."""
    found = asked.get(name)
    return found[:_LONGEST].strip() if isinstance(found, str) else ""


def options(asked: dict[str, Any]) -> dict[str, str]:
    """What is said about the files."""
    found = asked.get("options")
    return {name: text(found, name) for name in _OPTIONS} if isinstance(found, dict) else {}


def said(answer: dict[str, Any]) -> Response:
    """An answer that no cache keeps."""
    return figures(orjson.dumps(answer), "application/json")
