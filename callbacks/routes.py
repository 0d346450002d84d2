"""The addresses beside Dash's own: a page's view, a visual's data, which data there is, and whether we live."""

from collections.abc import Callable, Sequence
from threading import Lock

import orjson
from cachetools import LRUCache
from flask import Flask, Response, request

from access.rights import Rights
from callbacks.answers import ask, data_of, reading_of, view
from callbacks.files import csv_of, json_of, xlsx_of
from callbacks.operations import Metrics
from callbacks.shown import ranks, rights, shown
from components.url import write
from components.visuals import Page, Visual
from facts import Facts
from facts.store import Source
from kpi.formats import Formats

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ANSWER_BYTES = 16_000_000


#: How the money and the days of some facts are written.
Writing = Callable[[Facts], Formats]


def register(server: Flask, pages: Sequence[Page], source: Source, metrics: Metrics, writing: Writing) -> None:
    """Add the routes to the Flask server behind the Dash app. Each answers with what its reader may see."""
    views = Views(source, metrics, writing)

    def open_page(key: str) -> Page | None:
        return next((page for page in shown(pages, rights()) if page.key == key), None)

    @server.get("/view/<page>")
    def page_view(page: str) -> Response:
        facts, found = source.current(), open_page(page)
        if found is None:
            return refusal(404, "There is no such page.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        return figures(views.of(found, facts, request.query_string, rights()), "application/json")

    @server.get("/data/<page>/<visual>.<kind>")
    def visual_data(page: str, visual: str, kind: str) -> Response:
        facts, opened = source.current(), open_page(page)
        found = next((each for each in opened.visuals if each.name == visual), None) if opened else None
        if found is None or kind not in _KINDS:
            return refusal(404, "There is no such visual, or not in this form: .csv, .json and .xlsx exist.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        address = request.query_string.decode("latin-1")
        answer = figures(data_file(page, found, facts, address, kind, rights(), writing(facts)), _KINDS[kind])
        if kind != "json":
            answer.headers["Content-Disposition"] = f'attachment; filename="{page}-{visual}.{kind}"'
        return answer

    @server.get("/version")
    def version() -> Response:
        facts = source.current()
        return figures(orjson.dumps(data_of(facts, writing(facts)) if facts else {"version": None}), "application/json")

    @server.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @server.get("/readyz")
    def readyz() -> Response:
        ready = source.current() is not None
        return Response("ready\n" if ready else "no data\n", 200 if ready else 503, content_type="text/plain")


class Views:
    """Encoded views, kept by data version, rights, page and address within a bounded number of bytes."""

    def __init__(self, source: Source, metrics: Metrics, writing: Writing) -> None:
        self._source, self._writing = source, writing
        self._kept: LRUCache[object, bytes] = LRUCache(_ANSWER_BYTES, getsizeof=len)
        self._lock = Lock()
        self._found, self._made = (metrics.cache.labels(found) for found in ("yes", "no"))

    def of(self, page: Page, facts: Facts, address: bytes, rights: Rights) -> bytes:
        """The view of `page` for a query string, as JSON."""
        problem = self._source.problem
        key = (facts.version, facts.loaded, rights.rows, rights.hides, page.key, address, problem)
        with self._lock:
            body = self._kept.get(key)
        if body is not None:
            self._found.inc()
            return body
        self._made.inc()
        asked = ask(facts, address.decode("latin-1"), self._writing(facts), rights.rows, ranks(rights))
        body = encoded(view(page, facts, asked, rights.rows, problem))
        if len(body) <= _ANSWER_BYTES:
            with self._lock:
                self._kept[key] = body
        return body


def encoded(answer: object) -> bytes:
    """JSON; NaN, should one ever get here, is null."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def data_file(
    page: str, visual: Visual, facts: Facts, address: str, kind: str, rights: Rights, formats: Formats
) -> bytes:
    """A visual's rows as a file of `kind`."""
    asked = ask(facts, address, formats, rights.rows, ranks(rights))
    reading = reading_of([visual], facts, asked, rights.rows)
    rows = visual.rows(reading) if reading is not None else []
    if kind == "csv":
        return csv_of(visual.columns, rows)
    if kind == "xlsx":
        return xlsx_of(visual.columns, rows, visual.title)
    through = facts.extent().last.isoformat()
    return json_of(f"{page}.{visual.name}", write(asked.query), through, formats.currency, rows)


def figures(body: bytes, kind: str) -> Response:
    """A response that no cache keeps."""
    return Response(body, content_type=kind, headers={"Cache-Control": "no-store"})


def refusal(status: int, sentence: str) -> Response:
    """A refusal as docs/wire.md has it."""
    return Response(orjson.dumps({"error": sentence}), status, content_type="application/json")
