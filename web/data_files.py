"""The addresses of a page’s data, a visual’s files, the data’s version and the server’s health."""

from collections.abc import Callable, Sequence

import orjson
from flask import Flask, Response, g, request

from access.rights import Rights
from components.markup import to_markup
from components.proof_panel import proof_panel
from components.spec import without_hidden
from components.visuals import Page
from facts import Facts
from kpi.metrics import METRICS
from pages import GLOSSARY
from views.answers import ResolvedQuery, data_of, resolve_query
from views.answers import search_values as found_in
from views.desk import Desk
from views.files import data_file, page_json
from views.kept_views import Unanswered, Views
from views.proofs import NoProof, figure_of, proof_of
from views.visible import page_of, visible_page
from views.workbook import workbook
from web.current_reader import current_address, current_rights

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "table": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def register(server: Flask, pages: Sequence[Page], desk: Desk, views: Views, prefix: str = "/") -> None:
    """Add the routes to the Flask server behind the Dash app. Each answers with what its reader may see."""
    source, writing, provisional_days = desk.source, desk.writing, desk.provisional_days

    def open_page(key: str) -> Page | None:
        mine = current_rights()
        page = visible_page(pages, mine, key)
        return page and page_of(page, mine, source.current())

    @server.errorhandler(Unanswered)
    def answer_problem(problem: Unanswered) -> Response:
        g.reason = f"status {problem.status}"
        return refusal(problem.status, str(problem))

    @server.get("/data/<page>/<visual>.<kind>")
    def visual_data(page: str, visual: str, kind: str) -> Response:
        facts, opened = source.current(), open_page(page)
        found = next((each for each in opened.visuals if each.name == visual), None) if opened else None
        if found is None or kind not in _KINDS:
            return refusal(404, "There is no such visual, or not in this form: .csv, .json and .xlsx exist.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        address, mine = current_address(), current_rights()
        facts, asked, _ = resolve_query(source, facts, address, writing, mine, provisional_days)
        body = data_file(page, found, facts, asked, kind, mine.rows, "excel" in address.values("for"))
        answer = figures(body, _KINDS[kind])
        if kind in ("csv", "xlsx"):
            answer.headers["Content-Disposition"] = f'attachment; filename="{page}-{visual}.{kind}"'
        return answer

    def page_file(key: str, kind: str, write_file: Callable[[Page, Facts, ResolvedQuery, Rights], bytes]) -> Response:
        """The figures of a page as a file of `kind`, for who asks."""
        facts, opened = source.current(), open_page(key)
        if opened is None or not opened.visuals:
            return refusal(404, "There is no such page, or none with figures.")
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        mine = current_rights()
        facts, asked, _ = resolve_query(source, facts, current_address(), writing, mine, provisional_days)
        return figures(write_file(opened, facts, asked, mine), _KINDS[kind])

    @server.get("/data/<page>.json")
    def page_rows(page: str) -> Response:
        return page_file(page, "json", lambda opened, facts, asked, mine: page_json(opened, facts, asked, mine.rows))

    @server.get("/data/<page>.xlsx")
    def page_data(page: str) -> Response:
        answer = page_file(
            page,
            "xlsx",
            lambda opened, facts, asked, mine: workbook(opened, facts, asked, prefix, mine.rows, mine.hides),
        )
        if answer.status_code == 200:
            answer.headers["Content-Disposition"] = f'attachment; filename="{page}.xlsx"'
        return answer

    @server.get("/options/<dimension>")
    def options(dimension: str) -> Response:
        facts = source.current()
        if facts is None:
            return refusal(503, source.problem or "There is no data yet.")
        values = facts.options(current_rights().rows).get(dimension)
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
        mine = current_rights()
        try:
            metric, key, address = figure_of(current_address())
            facts, asked, _ = resolve_query(source, facts, address, writing, mine)
            answer = proof_of(page, found, facts, asked, mine, metric, key)
        except NoProof as sentence:
            return refusal(404, str(sentence))
        definition = without_hidden(METRICS[metric].definition, mine.hides)
        glossary = GLOSSARY.path if open_page(GLOSSARY.key) else ""
        markup = to_markup(proof_panel(answer, asked.formats, prefix, definition, glossary))
        return figures(orjson.dumps({**answer, "markup": markup}), "application/json")

    @server.get("/version")
    def version() -> Response:
        facts = source.current()
        nothing = {"version": None, "undone": source.shown_kind().nothing}
        return figures(orjson.dumps(data_of(facts, writing(facts)) if facts else nothing), "application/json")

    @server.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @server.get("/readyz")
    def readyz() -> Response:
        ready = source.current() is not None
        return Response("ready\n" if ready else "no data\n", 200 if ready else 503, content_type="text/plain")


def figures(body: bytes, kind: str) -> Response:
    """A response that no cache keeps."""
    return Response(body, content_type=kind, headers={"Cache-Control": "no-store"})


def refusal(status: int, sentence: str) -> Response:
    """A refusal as docs/wire.md has it."""
    return Response(orjson.dumps({"error": sentence}), status, content_type="application/json")
