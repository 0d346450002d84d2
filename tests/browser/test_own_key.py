"""Own data alone on a laptop, in a real browser: the demo makes room, a printed address opens them, links still do."""

import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from facts.delta.table_names import path_of
from tests.own_data import Served, keys_in, own_rows, serve


@pytest.fixture
def demo(facts_path: Path, tmp_path: Path) -> Iterator[Served]:
    """The demo, served as a person on a laptop serves it."""
    for path in (facts_path, path_of(facts_path)):
        shutil.copytree(path, tmp_path / path.name)
    with serve(tmp_path / facts_path.name, tmp_path) as server:
        yield server


@pytest.fixture
def browsers(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Two that share nothing."""
    contexts = [browser.new_context() for _ in range(2)]
    yield contexts
    for context in contexts:
        context.close()


@pytest.fixture
def another_site(demo: Served) -> Iterator[str]:
    """A page of another site, with a link to the dashboard."""
    link = f'<a href="http://127.0.0.1:{demo.port}/cmo?last=all">figures</a>'.encode()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(link)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}/"
        site.shutdown()


def test_from_the_demo_to_own_figures_in_one_browser_and_in_no_other(
    demo: Served, browsers: list[BrowserContext], another_site: str, tmp_path: Path
) -> None:
    mine, other = browsers
    base = f"http://127.0.0.1:{demo.port}"
    tab = mine.new_page()
    tab.goto(f"{base}/import")
    expect(tab.locator("#banner-demo")).to_contain_text("The Import page says how to see your own figures")
    expect(tab.locator(".import-command")).to_have_text(".venv/bin/marketing-dashboard import ~/Downloads/*.csv")
    tab.goto(f"{base}/cmo?last=all")
    expect(tab.locator("[data-visual]").first).to_be_visible()
    before = tab.locator('[data-metric="clicks"]').first.get_attribute("data-value")

    (key,) = keys_in(demo.command("import", str(own_rows(tmp_path / "own.csv"))).stdout)

    expect(tab.locator("#banner-error")).to_contain_text("marketing-dashboard address", timeout=60_000)
    assert "Acmeonly" not in tab.content()
    assert tab.locator('[data-metric="clicks"]').first.get_attribute("data-value") == before

    page = mine.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.url} {request.headers.get('referer', '')}"))
    page.goto(f"{base}/cmo?last=all&key={key}")
    expect(page.locator('[data-metric="clicks"]').first).to_have_attribute("data-value", "20")
    assert page.url == f"{base}/cmo?last=all"
    assert [each for each in requests if key in each] == [f"{base}/cmo?last=all&key={key} "]
    assert page.evaluate("[document.referrer, document.cookie, JSON.stringify({...localStorage})].join()").find(key) < 0
    assert page.evaluate("document.cookie") == "", "no script of a page can read it"
    assert page.evaluate("navigation.entries().map((entry) => entry.url)") == [f"{base}/cmo?last=all"]
    expect(page.locator("#banner-demo")).to_have_count(0)
    expect(page.locator("#notes")).to_be_hidden()

    expect(tab.locator('[data-metric="clicks"]').first).to_have_attribute("data-value", "20", timeout=60_000)
    expect(tab.locator("#banner-demo")).to_have_count(0)

    stranger = other.new_page()
    answer = stranger.goto(f"{base}/cmo?last=all&key={key}")
    assert answer is not None
    assert answer.status == 401
    expect(stranger.locator("main")).to_contain_text(".venv/bin/marketing-dashboard address")
    assert "Acmeonly" not in stranger.content()

    page.goto(another_site)
    page.get_by_role("link", name="figures").click()
    expect(page.locator('[data-metric="clicks"]').first).to_have_attribute("data-value", "20")
    assert page.url == f"{base}/cmo?last=all"
    stranger.goto(another_site)
    stranger.get_by_role("link", name="figures").click()
    expect(stranger.locator("h1")).to_have_text("This dashboard shows its owner’s data")
