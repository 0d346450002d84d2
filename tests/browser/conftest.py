"""A real server and a real browser. The server is started once; each test has a browser context of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from tests.asking import json_in

expect.set_options(timeout=15_000)  # a busy machine takes seconds to compile plotly.js

CALLBACK = "**/_dash-update-component*"
ROOT = Path(__file__).parent.parent.parent
ONE_PROCESS = ["--renderer-process-limit=1", "--disable-site-isolation-trials"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The installed Chromium where there is one; without its sandbox only where root would not be let into it.

    All pages of a context are drawn by one process, which has compiled the page's code for the first of them: a page
    costs half of what it costs in a process of its own.
    """
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--disable-gpu", *ONE_PROCESS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {**browser_type_launch_args, **({"executable_path": found} if found else {}), "args": arguments}


@contextmanager
def served(facts: Path, **settings: str) -> Iterator[str]:
    """The dashboard as it is served, on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
    environment |= {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(facts), "DASHBOARD_WORKERS": "2", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended before it was ready"
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server was not ready within 30 s")


@pytest.fixture(scope="session")
def server(facts_path: Path) -> Iterator[str]:
    with served(facts_path) as address:
        yield address


# Visuals are ready with the answer before, too; the address follows the figures, or goes before those that are slow.
ARRIVED = """() => {
    const { view, address } = window.dashboard;
    if (!view?.wanted()) return false; // the figures stand in the document before any of our code has run
    const [wanted, shown] = [view.wanted(), view.shown()];
    return Boolean(shown) && wanted.page === shown.page && wanted.query === shown.query
        && location.pathname + location.search === address.page(shown.page, shown.query);
}"""


def asked_for(request: Request, server: str = "") -> str:
    """A request's path below `server`; of a callback "/view/<page>?<query>" or "/callback/<output>"."""
    path = request.url.removeprefix(server)
    if not path.split("?")[0].endswith("/_dash-update-component"):
        return path
    body = json.loads(request.post_data or "{}")
    if body["output"] != "view.data":
        return f"/callback/{body['output']}"
    selection = body["inputs"][0]["value"]
    return f"/view/{selection['page']}" + (f"?{selection['query']}" if selection["query"] else "")


@dataclass
class Visit:
    """A page in the browser, with what it asked for and what it complained of."""

    page: Page
    server: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> "Visit":
        self.page.goto(self.server + path)
        self.settled()
        return self

    def on_view(self, pattern: str, handler: Callable[[Route], object]) -> None:
        """Let `handler` have the requests for views whose "/view/<page>?<query>" is like `pattern`."""

        def handle(route: Route) -> None:
            if fnmatchcase(asked_for(route.request), pattern):
                handler(route)
            else:
                route.fallback()

        self.page.route(CALLBACK, handle)

    def without_first(self) -> None:
        """From now on documents come without their first answer, as those of a slow engine do."""

        def strip(route: Route) -> None:
            if route.request.resource_type != "document":
                return route.fallback()
            answer = route.fetch()
            text = re.sub(r'(id="first">).*?(</script>)', r"\1null\2", answer.text(), flags=re.DOTALL)
            path = urlsplit(route.request.url).path.strip("/")
            pages = json_in(text, "spec")["pages"].items()
            key = next(key for key, page in pages if page["path"] == path)
            ask = f'<script data-ask="{key}" data-prefix'
            return route.fulfill(response=answer, body=text.replace("<script data-prefix", ask))

        self.page.route("**/*", strip)

    def settled(self) -> None:
        """What was asked for last has arrived, and every visual of the open page has its figures."""
        expect(self.page.locator("[data-visual]:not([data-left-out])").first).to_be_visible()
        until = time.monotonic() + 15
        while not self.page.evaluate(ARRIVED):
            assert time.monotonic() < until, "the answer did not arrive within 15 s"
            self.page.wait_for_timeout(10)
        expect(self.page.locator('[data-visual]:not([data-left-out], [data-state="ready"])')).to_have_count(0)

    def unfold(self) -> "Visit":
        """Every visual of the open page that is folded is opened, as by its button."""
        self.page.evaluate(
            "document.querySelectorAll('section:not([hidden]) > [data-folded] .fold').forEach((each) => each.click())"
        )
        return self

    def reveal(self, visual: str) -> Locator:
        """A visual that may be folded, or one of several in its place, as an address that names it shows it."""
        root = self.page.locator(f'[data-visual="{visual}"]')
        root.evaluate("each => dashboard.chapters.reveal(each)")
        return root

    @contextmanager
    def requests(self) -> Iterator[list[str]]:
        """The addresses asked for within; polling for newer data does not count."""
        seen: list[str] = []
        before = len(self.asked)
        yield seen
        self.page.wait_for_timeout(150)
        seen += [path for path in self.asked[before:] if not path.endswith("/version")]

    def box(self, dimension: str, value: str) -> Locator:
        return self.page.locator(f'[data-filter="{dimension}"] input[value="{value}"]')

    def cards(self) -> dict[str, str]:
        """Metric -> the full figure behind what the card shows."""
        return self.page.eval_on_selector_all(
            "[data-visual] [data-metric]",
            "found => Object.fromEntries(found.map(e => [e.dataset.metric, e.dataset.value]))",
        )

    def said(self) -> str:
        """All words of the open page, the plots' included."""
        return self.page.evaluate(
            "[...document.querySelectorAll('[data-visual] .body')].map(e => e.textContent).join('\\n')"
        )

    def address(self) -> str:
        return self.page.url.removeprefix(self.server)

    def data(self, visual: str) -> dict[str, Any]:
        """What the data address of a visual says for the page's own query."""
        query = urlsplit(self.page.url).query
        found = self.page.request.get(f"{self.server}/data/{visual.replace('.', '/')}.json?{query}")
        assert found.ok
        return found.json()


@pytest.fixture(scope="session")
def context_of(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One context for each kind of screen, so that bundles are fetched and compiled once.

    An empty page stays open in each: with its last page a context would lose its process and what that compiled.
    """
    made: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        if repr(options) not in made:
            made[repr(options)] = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
            made[repr(options)].add_init_script(_POLICY)
            made[repr(options)].new_page()
        return made[repr(options)]

    yield context
    for each in made.values():
        each.close()


_POLICY = "addEventListener('securitypolicyviolation', e => console.error('policy', e.violatedDirective, e.blockedURI))"


@pytest.fixture
def visit_in(context_of: Callable[..., BrowserContext]) -> Iterator[Callable[..., Visit]]:
    """Makes a visit to a server; at the end, none may have complained or asked beyond the server."""
    visits: list[Visit] = []

    def visit(server: str, **options: Any) -> Visit:
        page = context_of(**options).new_page()
        found = Visit(page, server)
        page.on("request", lambda request: found.asked.append(asked_for(request, server)))
        page.on("console", lambda message: found.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        visits.append(found)
        return found

    yield visit
    for each in visits:
        each.page.evaluate("localStorage.clear()")
        each.page.close()
        assert each.complaints == []
        assert [path for path in each.asked if not path.startswith(("/", "data:", "blob:"))] == []


@pytest.fixture
def visit(visit_in: Callable[..., Visit], server: str) -> Visit:
    return visit_in(server)
