"""The addresses beside Dash's own: a page's view, a visual's data, which data there is, and whether we live."""

from collections.abc import Callable, Sequence

import orjson
from flask import Flask, Response, request

from access.rights import Rights
from callbacks.answers import Restated, ask, data_of, reading_of, resolve_query
from callbacks.answers import found as found_in
from callbacks.files import csv_of, json_of, xlsx_of
from callbacks.operations import Metrics
from callbacks.past import Past, seen
from callbacks.proofs import NoProof, proof_of
from callbacks.shown import ranks, rights, shown
from callbacks.views import Views
from callbacks.workbook import workbook
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

#: How the money and the days of some facts are written.
Writing = Callable[[Facts], Formats]


def register(
    server: Flask,
    pages: Sequence[Page],
    source: Source,
    metrics: Metrics,
    writing: Writing,
    prefix: str = "/",
    restated: Restated = None,
) -> None:
    """Add the routes to the Flask server behind the Dash app. Each answers with what its reader may see."""
    views = Views(source, metrics, writing, restated)

    def open_page(key: str) -> Page | None:
        return next((page for page in shown(pages, rights()) if page.key == key), None)

    @server.get("/view/<page>")
    def page_view(page: str) -> Response:
        facts, found = source.current(), open_page(page)
        if found is None:
            return refusal(404, "There is no such page.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        facts, past = seen(source, request.query_string.decode("latin-1"), facts)
        return figures(views.of(found, facts, request.query_string, rights(), past), "application/json")

    @server.get("/data/<page>/<visual>.<kind>")
    def visual_data(page: str, visual: str, kind: str) -> Response:
        facts, opened = source.current(), open_page(page)
        found = next((each for each in opened.visuals if each.name == visual), None) if opened else None
        if found is None or kind not in _KINDS:
            return refusal(404, "There is no such visual, or not in this form: .csv, .json and .xlsx exist.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        address = request.query_string.decode("latin-1")
        facts, past = seen(source, address, facts)
        for_spreadsheet = request.args.get("for") == "excel"
        body = data_file(page, found, facts, address, kind, rights(), writing(facts), restated, past, for_spreadsheet)
        answer = figures(body, _KINDS[kind])
        if kind != "json":
            answer.headers["Content-Disposition"] = f'attachment; filename="{page}-{visual}.{kind}"'
        return answer

    @server.get("/data/<page>.xlsx")
    def page_data(page: str) -> Response:
        facts, found = source.current(), open_page(page)
        if found is None or not found.visuals:
            return refusal(404, "There is no such page, or none with figures.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        mine = rights()
        facts, asked, _ = resolve_query(source, facts, request.query_string.decode("latin-1"), writing, mine, restated)
        answer = figures(workbook(found, facts, asked, prefix, mine.rows, mine.hides), _KINDS["xlsx"])
        answer.headers["Content-Disposition"] = f'attachment; filename="{page}.xlsx"'
        return answer

    @server.get("/options/<dimension>")
    def options(dimension: str) -> Response:
        facts = source.current()
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        values = facts.options(rights().rows).get(dimension)
        if values is None:
            return refusal(404, "There is no such filter.")
        return figures(orjson.dumps(found_in(values, request.args.get("find", "")[:200])), "application/json")

    @server.get("/proof/<page>/<visual>")
    def proof(page: str, visual: str) -> Response:
        facts, opened = source.current(), open_page(page)
        found = next((each for each in opened.visuals if each.name == visual), None) if opened else None
        if found is None:
            return refusal(404, "There is no such visual.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        address = request.query_string.decode("latin-1")
        try:
            facts, past = seen(source, address, facts)
            answer = proof_of(page, found, facts, address, rights(), writing(facts), past)
        except NoProof as sentence:
            return refusal(404, str(sentence))
        return figures(orjson.dumps(answer), "application/json")

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


def data_file(
    page: str,
    visual: Visual,
    facts: Facts,
    address: str,
    kind: str,
    rights: Rights,
    formats: Formats,
    restated: Restated = None,
    past: Past | None = None,
    for_spreadsheet: bool = False,
) -> bytes:
    """A visual's rows as a file of `kind`; a CSV is guarded where it is for a spreadsheet."""
    asked = ask(facts, address, formats, rights.rows, ranks(rights), restated, past)
    reading = reading_of([visual], facts, asked, rights.rows)
    rows = visual.rows(reading) if reading is not None else []
    if kind == "csv":
        return csv_of(visual.columns, rows, for_spreadsheet)
    if kind == "xlsx":
        return xlsx_of(visual.columns, rows, visual.title)
    through = facts.extent().last.isoformat()
    notes = [text for metric in visual.metrics for text in asked.caveats.on(metric)]
    first = asked.caveats.provisional_from
    more = {"notes": list(dict.fromkeys(notes)), "provisional_from": first.isoformat() if first else None}
    return json_of(f"{page}.{visual.name}", write(asked.query), through, formats.currency, rows, more)


def figures(body: bytes, kind: str) -> Response:
    """A response that no cache keeps."""
    return Response(body, content_type=kind, headers={"Cache-Control": "no-store"})


def refusal(status: int, sentence: str) -> Response:
    """A refusal as docs/wire.md has it."""
    return Response(orjson.dumps({"error": sentence}), status, content_type="application/json")
