"""The addresses behind the Import page: take files, say what they hold and would change, keep them, forget them.

All are POST with a header that no other site's page can send, open to who may open the page (callbacks/guard.py). In
the demo, where nobody signs in, files are read and nothing is kept (docs/decisions/0010).
"""

import logging
from typing import Any, Final
from urllib.parse import unquote

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.routes import figures, refusal
from callbacks.shown import reader
from callbacks.uploads import NotTaken, Uploads, too_large
from facts.places import path_of

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
        own = subject()
        token = request.args.get("upload", "") or uploads.begin(own)
        try:
            name = unquote(request.headers.get("X-File-Name", ""))
            size = uploads.take(token, own, name, request.stream, request.content_length or 0)
        except BaseException as problem:
            if not request.args.get("upload"):
                uploads.forget(token, own)
            if isinstance(problem, RequestEntityTooLarge):  # no length was told, and more came than may
                raise NotTaken(413, too_large(uploads.most)) from None
            raise
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

    @server.after_request
    def without_paths(response: Response) -> Response:
        """Who imports is a reader of pages too: where the server keeps its files is not theirs to know."""
        if request.path.startswith("/import/") and response.mimetype == "application/json":
            body = response.get_data()
            for path in (uploads.folder, path_of(uploads.facts), uploads.facts):
                body = body.replace(orjson.dumps(str(path))[1:-1], b"this dashboard\xe2\x80\x99s table")
            response.set_data(body)
        return response

    @server.errorhandler(NotTaken)
    def not_taken(problem: NotTaken) -> Response:
        g.reason = f"upload: status {problem.status}"
        return refusal(problem.status, str(problem))


def subject() -> str:
    """Who asks; in the demo everybody is the same nobody, and a token tells their files apart."""
    found = reader()
    return found.subject if found else ""


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
