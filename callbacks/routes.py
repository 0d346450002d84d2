"""The addresses beside Dash's own: a page's view, a visual's data, which data there is, and whether we live."""

from collections.abc import Sequence

import orjson
from cachetools import LRUCache, cachedmethod
from flask import Flask, Response, request

from callbacks.answers import ask, data_of, reading_of, view
from callbacks.files import csv_of, json_of, xlsx_of
from components.url import write
from components.visuals import Page, Visual
from facts import Facts
from facts.store import Source

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ANSWER_BYTES = 48_000_000


NO_SUCH_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>No such page</title>
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 30rem; padding: 0 1rem;
color-scheme: light dark }}</style>
<h1>There is no page here</h1><p>The address may be cut off or mistyped. There are the
<a href="{prefix}">executive summary</a>, the <a href="{prefix}cmo">CMO</a> and the <a href="{prefix}cfo">CFO</a>
dashboard.</p></html>"""


def register(server: Flask, pages: Sequence[Page], source: Source, prefix: str) -> None:
    """Add the routes to the Flask server behind the Dash app; `prefix` is the path the browser sees above them."""
    paths = {page.path for page in pages}
    by_key = {page.key: page for page in pages}
    visuals = {(page.key, visual.name): visual for page in pages for visual in page.visuals}
    views = Views(source)

    @server.before_request
    def known_pages_only() -> Response | None:
        rule, path = request.url_rule, (request.view_args or {}).get("path", "")
        if rule is None or not rule.rule.endswith("/<path:path>") or path.rstrip("/") in paths:
            return None
        return Response(NO_SUCH_PAGE.format(prefix=prefix), 404)

    @server.get("/view/<page>")
    def page_view(page: str) -> Response:
        facts = source.current()
        if page not in by_key:
            return refusal(404, "There is no such page.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        return figures(views.of(by_key[page], facts, request.query_string), "application/json")

    @server.get("/data/<page>/<visual>.<kind>")
    def visual_data(page: str, visual: str, kind: str) -> Response:
        facts = source.current()
        found = visuals.get((page, visual))
        if found is None or kind not in _KINDS:
            return refusal(404, "There is no such visual, or not in this form: .csv, .json and .xlsx exist.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        answer = figures(data_file(page, found, facts, request.query_string.decode("latin-1"), kind), _KINDS[kind])
        if kind != "json":
            answer.headers["Content-Disposition"] = f'attachment; filename="{page}-{visual}.{kind}"'
        return answer

    @server.get("/version")
    def version() -> Response:
        facts = source.current()
        return figures(orjson.dumps(data_of(facts) if facts else {"version": None}), "application/json")

    @server.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @server.get("/readyz")
    def readyz() -> Response:
        ready = source.current() is not None
        return Response("ready\n" if ready else "no data\n", 200 if ready else 503, content_type="text/plain")


class Views:
    """Encoded views, kept by data version, page and address within a bounded number of bytes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: LRUCache[object, bytes] = LRUCache(_ANSWER_BYTES, getsizeof=len)

    def of(self, page: Page, facts: Facts, address: bytes) -> bytes:
        """The view of `page` for a query string, as JSON."""
        return self._of(page, facts, address, self._source.problem)

    @cachedmethod(
        lambda self: self._kept,
        key=lambda self, page, facts, address, problem: (facts.version, facts.loaded, page.key, address, problem),
    )
    def _of(self, page: Page, facts: Facts, address: bytes, problem: str | None) -> bytes:
        return encoded(view(page, facts, ask(facts, address.decode("latin-1")), problem=problem))


def encoded(answer: object) -> bytes:
    """JSON; NaN, should one ever get here, is null."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def data_file(page: str, visual: Visual, facts: Facts, address: str, kind: str) -> bytes:
    """A visual's rows as a file of `kind`."""
    asked = ask(facts, address)
    reading = reading_of([visual], facts, asked)
    rows = visual.rows(reading) if reading is not None else []
    if kind == "csv":
        return csv_of(visual.columns, rows)
    if kind == "xlsx":
        return xlsx_of(visual.columns, rows, visual.title)
    through = facts.extent().last.isoformat()
    return json_of(f"{page}.{visual.name}", write(asked.query), through, facts.currency, rows)


def figures(body: bytes, kind: str) -> Response:
    """A response that no cache keeps."""
    return Response(body, content_type=kind, headers={"Cache-Control": "no-store"})


def refusal(status: int, sentence: str) -> Response:
    """A refusal as docs/wire.md has it."""
    return Response(orjson.dumps({"error": sentence}), status, content_type="application/json")
