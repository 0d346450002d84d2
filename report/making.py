"""`marketing-dashboard report`: writes a page for a query as PDF, XLSX or one HTML file, in a scheduled job.

Whoever may read the table on disk may make a report; `--role` narrows it to what a role of the policy sees. The page is
the one that readers see, drawn by an installed Chromium from a server of this process: on the loopback device only, and
only for requests that carry a token made for this report.
"""

import argparse
import base64
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server

from access.policy import WrongPolicy, read_policy
from access.rights import Admission, Rights, rights_of
from app import create_app, policy_pages, writing_of
from components.address import Address, write
from components.visuals import Page
from facts.engines.choice import engine_of
from facts.protocol import DataProblem
from facts.source import Source
from kpi.plain_text import printable, sentence_of
from machine.complaint import complain
from pages import PAGES
from report.chromium import NoChromium, Tab, tab
from report.whole_file import write_file
from settings import Settings, WrongSetting
from views.answers import resolve_query
from views.visible import page_of, visible_pages
from views.workbook import workbook
from web.operations import start_logging

#: The endings of reports, and how such files begin.
_FORMS: Final = {".pdf": b"%pdf-", ".xlsx": b"pk", ".html": b"<!doctype html"}
_PAPERS: Final = {"A4": (297 / 25.4, 210 / 25.4), "Letter": (11.0, 8.5)}  # across, in inches
_LETTER: Final = ("US", "CA", "MX", "PH", "CL", "CO")
_HEADER: Final = "X-Report-Token"


class NoReport(Exception):
    """The report cannot be made; the message says why and what to do."""


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Write the report; 0 where the file is written, else 1 with a sentence on stderr."""
    start_logging("text")
    try:
        _make(asked, settings)
    except (NoReport, NoChromium, DataProblem, WrongPolicy, WrongSetting) as problem:
        return complain(sentence_of(problem))
    except OSError as problem:
        return complain(printable(f"{asked.out} could not be written: {problem.strerror}."))
    print(printable(str(asked.out)))
    return 0


def _make(asked: argparse.Namespace, settings: Settings) -> None:
    form = asked.out.suffix.lower()
    if form not in _FORMS:
        raise NoReport(f"{asked.out} must end in .pdf, .xlsx or .html.")
    if not asked.out.parent.is_dir():
        raise NoReport(f"There is no folder {asked.out.parent}.")
    _admit(asked.out, form)
    rights = rights_for_role(asked.role, settings)
    known = [page.key for page in PAGES if page.visuals]
    if asked.page not in known:
        raise NoReport(f"There is no page “{asked.page}” with figures; there are {', '.join(known)}.")
    page = next((page for page in visible_pages(PAGES, rights) if page.key == asked.page), None)
    if page is None:
        raise NoReport(f"The role “{asked.role}” may not see the page “{asked.page}”.")
    source = Source(settings.facts, engine=engine_of(settings))
    try:
        if source.current() is None:
            raise NoReport(source.cause or "There is no data yet.")
        query = asked.query.removeprefix("?")
        body = _of(form, page, query, settings, source, rights, asked.paper)
    finally:
        source.close()
    write_file(asked.out, body)
    told = {"page": page.key, "kind": f"report{form}", "role": rights.role, "bytes": len(body)}
    logging.getLogger("dashboard.audit").info("export", extra={"told": told})


def _of(
    form: str, page: Page, query: str, settings: Settings, source: Source, rights: Rights, paper: str | None
) -> bytes:
    today = source.current()
    assert today is not None
    whole = Address.of(query)
    if empty := _without_value(whole):
        raise NoReport(f"“{empty}” has no value in the query, so nothing would be filtered by it.")
    if len(whole.values("as_of")) > 1:  # a page shows the last of several
        raise NoReport("“as_of” is in the query more than once: name one version.")
    facts, found, _ = resolve_query(source, today, whole, writing_of(settings), rights, settings.provisional)
    if found.notes:  # a report that nobody looks at while it is made must not show more than was asked for
        raise NoReport(f"Nothing is written, because the page would say: {' '.join(found.notes)}")
    if form == ".xlsx":
        return workbook(page_of(page, rights, facts), facts, found, settings.prefix, rights.rows, rights.hides)
    with _serve_report(settings, source, rights) as (address, token), tab() as browser:
        browser.open(f"{address}{page.path}?{write(found.query)}", {_HEADER: token})
        browser.value(_READY)
        return _pdf(browser, paper or _usual(settings.locale)) if form == ".pdf" else _html(browser)


#: Resolves when the page stands as it goes on paper; a visual that failed fails the report.
_READY: Final = """(async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
    while (!window.dashboard?.view?.shown?.()) await pause();
    await dashboard.paper.ready();
    await dashboard.paper.on();
    const open = (state) => document.querySelector(`section:not([hidden]) [data-state="${state}"]`);
    const found = (state) => open(state)?.querySelector("h2, h3").textContent;
    if (found("error")) throw new Error(`“${found("error")}” failed`);
    if (found("loading")) throw new Error(`“${found("loading")}” took too long`);
})()"""


def _pdf(browser: Tab, paper: str) -> bytes:
    wide, high = _PAPERS[paper]
    sheet = {"paperWidth": wide, "paperHeight": high, "printBackground": True}  # margins and feet: css/paper.css
    return base64.b64decode(browser.call("Page.printToPDF", **sheet)["data"])


def _html(browser: Tab) -> bytes:
    text: str = browser.value("dashboard.later('paper-file').then(() => dashboard.paperFile())")
    return text.encode()


def _usual(locale: str) -> str:
    return "Letter" if locale.rpartition("-")[2] in _LETTER else "A4"


def rights_for_role(role: str | None, settings: Settings) -> Rights:
    """What a role of the policy may see; everything without one. Raises NoReport, WrongPolicy."""
    if role is None:
        return Rights(tuple(page.key for page in PAGES), role="report")
    if not settings.policy:
        raise NoReport("--role needs a policy: name its file in DASHBOARD_POLICY.")
    policy = read_policy(settings.policy, policy_pages(settings))
    found = next((each for each in policy.roles if each.name == role), None)
    if found is None:
        raise NoReport(f"The policy has no role “{role}”; it has {', '.join(each.name for each in policy.roles)}.")
    return rights_of(found, [page.key for page in PAGES])  # what a report can be made of


def _without_value(address: Address) -> str:
    """The first field of a query string that has no value (a variable of a script that was not set), or ""."""
    return next((name for name, value in address.fields or () if not value.strip()), "")


@contextmanager
def _serve_report(settings: Settings, source: Source, rights: Rights) -> Iterator[tuple[str, str]]:
    """The dashboard on the loopback device, for this report's token alone; gives its address and the token."""
    token = secrets.token_urlsafe(32)
    own = replace(settings, prefix="/", hosts=("127.0.0.1", "localhost"), log_out="", upload_limit=0, pages="")
    admission = Admission(tuple(page.key for page in PAGES), given=rights)
    server = create_app(own, source, admission).server
    inner = server.wsgi_app

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if secrets.compare_digest(environ.get("HTTP_X_REPORT_TOKEN", "").encode(), token.encode()):
            return inner(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"This server makes a report and answers nobody else.\n"]

    listening = make_server("127.0.0.1", 0, outer, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/", token
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Its own browser is its only reader."""


def _admit(out: Path, form: str) -> None:
    """Raise NoReport where a report would take the place of what is none: last week's is replaced, nothing else is."""
    if out.exists():
        if not out.is_file():
            raise NoReport(f"{out} is no file: name another with --out.")
        with out.open("rb") as there:
            start = there.read(len(_FORMS[form])).lower()
        if start and start != _FORMS[form]:
            raise NoReport(f"{out} is there and is no {form} file: name another with --out.")
