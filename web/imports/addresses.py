"""The addresses behind the Import page: take files, report what they hold and would change, keep or forget them.

A check or keep that takes longer than a few seconds is answered with 202; how it ended is asked for by itself.

All are POST with a header that no other site's page can send, open to who may open the page (web/guard.py). In
the demo, where nobody signs in, files are read and nothing is kept (docs/decisions/0010).
"""

import logging
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import orjson
from flask import Flask, Response, g, request

from components.import_page import IMPORT_COMMAND
from components.import_report import kept_card, report
from components.markup import to_markup
from facts.delta.table_names import path_of, without_folder
from pages import IMPORT
from views.desk import Desk
from views.visible import visible_pages
from web.current_reader import current_reader, current_rights, may_keep
from web.data_files import figures, refusal
from web.guard import Entrance
from web.imports.body import Body, plain
from web.imports.checks import Answer, Imports
from web.imports.setup import change_costs, undo_last
from web.imports.uploads import NotTaken, Uploads
from web.operations import Lines

FILE: Final = "/import/file"
CHECK: Final = "/import/check"
KEEP: Final = "/import/keep"
OUTCOME: Final = "/import/outcome"
FORGET: Final = "/import/forget"
COSTS: Final = "/import/costs"
UNDO: Final = "/import/undo"

#: What a person may say about their files.
_OPTIONS: Final = ("platform", "account", "currency", "dates", "into", "replace")
_LONGEST: Final = 100

_DEMO: Final = (
    "This is the demo, which keeps nothing. To keep these figures and see them here, type "
    f"`{IMPORT_COMMAND}`; it ends with how to look at them."
)

_DEMO_COSTS: Final = "This is the demo: nothing of it can be changed. Import your own figures first."


def register(server: Flask, uploads: Uploads, entrance: Entrance, desk: Desk) -> None:
    """Add the routes; for who looks at the demo nothing is ever kept."""
    imports = server.extensions["dashboard.imports"] = Imports(uploads)

    def answer_of(found: Answer, asked: dict[str, Any]) -> Response:
        """The answer of a check or keep; where it is under way, 202 and when to ask how it ended."""
        if found is None:
            answer = uncached_json({"running": True})
            answer.status_code = 202
            answer.headers["Retry-After"] = "1"
            return answer
        status, body = found
        if asked.get("markup") is True and "files" in body:
            body = orjson.loads(without_paths(orjson.dumps(body).decode()))
            body = {"markup": markup_of(body, asked)}
        answer = uncached_json(body)
        answer.status_code = status
        return answer

    def markup_of(body: dict[str, Any], asked: dict[str, Any]) -> str:
        """The answer of a check or keep as a person reads it."""
        if body.get("kept"):
            pages = visible_pages(entrance.pages, current_rights())
            first = next((page for page in pages if not (page.icon or page.panel)), IMPORT)
            return to_markup(kept_card(body, first.key, entrance.prefix + first.path))
        agreed = text(asked, "mark")
        changed, other_options = agreed not in ("", body.get("mark", agreed)), asked.get("other_options") is True
        return to_markup(report(body, desk.formats(), changed, other_options))

    def without_paths(body: str) -> str:
        """Who imports is a reader of pages too: where the server keeps its files is not theirs to know."""
        for path in (uploads.folder, path_of(uploads.facts), uploads.facts):
            body = body.replace(_in_json(path), "this dashboard’s table")
        return without_folder(body, Path(_in_json(uploads.facts)))

    @server.post(FILE)
    def file() -> Response:
        upload = request.args.get("upload", "")
        token, size = uploads.receive(upload, subject(), request.remote_addr, file_body())
        return uncached_json({"upload": token, "size": size})

    @server.post(CHECK)
    def check() -> Response:
        asked = body()
        wish = {"options": options(asked), "closed": None if may_keep() else _DEMO}
        return answer_of(imports.check(text(asked, "upload"), subject(), wish), asked)

    @server.post(KEEP)
    def keep() -> Response:
        if not may_keep():
            return refusal(403, "This is the demo: nothing is kept. Use `marketing-dashboard import`.")
        asked = body()
        wish = {"options": options(asked), "keep": True, "mark": text(asked, "mark"), "by": subject()}
        wish |= {"request_id": g.get("request_id", ""), "role": g.rights.role, "log": form_of_log()}
        return answer_of(imports.keep(text(asked, "upload"), subject(), wish), asked)

    @server.post(OUTCOME)
    def outcome() -> Response:
        asked = body()
        return answer_of(imports.outcome(text(asked, "upload"), subject()), asked)

    @server.post(FORGET)
    def forget() -> Response:
        uploads.forget(text(body(), "upload"), subject())
        return uncached_json({})

    @server.post(COSTS)
    def costs() -> Response:
        if not may_keep():
            return refusal(403, _DEMO_COSTS)
        asked = body()
        wish = {name: text(asked, name) for name in ("margin", "fees", "platform", "region", "since")}
        change_costs(desk, uploads.facts, wish, asked.get("remove") is True, subject())
        return shown_version()

    @server.post(UNDO)
    def undo() -> Response:
        if not may_keep():
            return refusal(403, _DEMO_COSTS)
        undo_last(desk, uploads.facts, text(body(), "mark"), subject())
        return shown_version()

    def shown_version() -> Response:
        """The version that is to be shown from now on."""
        desk.source.refresh()
        facts = desk.source.current()
        return uncached_json({"version": facts.version if facts else None})

    @server.after_request
    def hide_paths(response: Response) -> Response:
        if request.path.startswith("/import/") and response.mimetype == "application/json":
            response.set_data(without_paths(response.get_data(as_text=True)))
        return response

    @server.errorhandler(NotTaken)
    def not_taken(problem: NotTaken) -> Response:
        g.reason = f"upload: status {problem.status}"
        answer = refusal(problem.status, str(problem))
        if problem.retry_after:
            answer.headers["Retry-After"] = str(problem.retry_after)
        return answer


def _in_json(path: Path) -> str:
    return orjson.dumps(str(path))[1:-1].decode()


def subject() -> str:
    """Who asks; in the demo everybody is the same nobody, and a token tells their files apart."""
    found = current_reader()
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


def form_of_log() -> str:
    """How this process writes its log, for another that writes to the same one."""
    handlers = logging.getLogger().handlers
    return "json" if any(isinstance(each.formatter, Lines) for each in handlers) else "text"


def uncached_json(answer: dict[str, Any]) -> Response:
    """An answer that no cache keeps."""
    return figures(orjson.dumps(answer), "application/json")
