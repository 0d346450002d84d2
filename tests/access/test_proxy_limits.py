"""What the shipped proxies let through and what they end: a token of many groups, and clients that never finish."""

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.access.stack import MANY_GROUPS, ROOT, Browser, Stack

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning")]


class SignIn:
    """What oauth2-proxy answers nginx: the token in a header to whom has a session, else 401."""

    def __init__(self, token: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.headers.get("Cookie") == "session=1"
                self.send_response(202 if known else 401)
                if known:
                    self.send_header("Authorization", f"Bearer {token}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """15 kB: 150 groups, one of which has a role."""
    token = stack.signer.token([*MANY_GROUPS, "grp-all"], sub="gil-groups")
    assert 14_000 < len(token) <= 16_384
    return token


@pytest.fixture(scope="module")
def nginx(stack: Stack, token: str) -> Iterator[str]:
    sign_in = SignIn(token)
    yield stack.behind_nginx(sign_in.port)
    sign_in.server.shutdown()
    sign_in.server.server_close()


def test_a_token_of_150_groups_arrives_through_gunicorn(stack: Stack, token: str) -> None:
    view = Browser(stack.app).view("/marketing/", "cfo", {"X-Auth-Id-Token": token})

    assert (view.status_code, view.json["page"]) == (200, "cfo")


def test_a_token_of_150_groups_arrives_through_apache(stack: Stack) -> None:
    """The session holds the token and its claims, so it must be let grow too."""
    browser = Browser(stack.base)
    page = browser.sign_in("gil-groups", "/marketing/cfo")
    view = browser.view("/marketing/", "cfo")

    assert (page.status, page.url) == (200, f"{stack.base}/marketing/cfo")
    assert (view.status_code, view.json["page"]) == (200, "cfo")


def test_a_header_of_16_kb_passes_apache(stack: Stack) -> None:
    answer = Browser(stack.base).ask("/marketing/signed-out", {"X-Anything": "a" * 16_384})

    assert answer.text == "You are signed out."


def test_a_token_of_150_groups_arrives_through_nginx(nginx: str, token: str) -> None:
    signed_in = {"Cookie": "session=1"}
    view = Browser(nginx).view("/marketing/", "cfo", signed_in)

    assert (view.status_code, view.json["page"]) == (200, "cfo")
    assert Browser(nginx).view("/marketing/", "cfo", signed_in | {"X-Padding": token}).status_code == 200


def test_nginx_lets_nobody_in_without_a_session_and_hands_on_no_header_of_theirs(
    stack: Stack, nginx: str, token: str
) -> None:
    stranger = Browser(nginx).ask("/marketing/cfo", {"X-Auth-Id-Token": token})
    bad = {"Cookie": "session=1", "X-Auth-Id-Token": "made.up.token", "Authorization": "Bearer made.up.token"}

    assert (stranger.status, stranger.headers["Location"].rpartition("/oauth2/")[2]) == (
        302,
        "start?rd=/marketing/cfo",
    )
    assert Browser(nginx).view("/marketing/", "cfo", bad).status_code == 200
    assert [Browser(nginx).ask(path, {"Cookie": "session=1"}).status for path in ("/", "/marketing/metrics")] == [
        403
    ] * 2


def test_a_large_file_comes_through_nginx_to_the_dashboard(stack: Stack, nginx: str, token: str) -> None:
    """The question to the sign-in has its request's length, and so needs room for the largest."""
    own = {"X-Requested-With": "dashboard", "X-File-Name": "report.csv", "Content-Type": "text/csv"}
    file = b"x" * 1_000_000
    through = Browser(nginx).ask("/marketing/import/file", own | {"Cookie": "session=1"}, data=file)
    itself = Browser(stack.app).ask("/marketing/import/file", own | {"X-Auth-Id-Token": token}, data=file)
    stranger = Browser(nginx).ask("/marketing/import/file", own, data=file)
    large = Browser(nginx).ask("/marketing/import/check", own | {"Cookie": "session=1"}, data=file)

    assert (through.status, through.text) == (itself.status, itself.text) == (403, itself.text)  # who may not import
    assert "data-team@example.com" in through.text
    assert (stranger.status, large.status) == (302, 413)


def half_sent(address: str, stack: ExitStack) -> list[socket.socket]:
    host, port = address.removeprefix("http://").split(":")
    found = []
    for text in (
        "GET /marketing/cfo HTTP/1.1\r\nHost: localhost\r\nX-",
        "POST /marketing/import/check HTTP/1.1\r\nHost: localhost\r\nCookie: session=1\r\nContent-Length: 60\r\n\r\n{",
    ):
        for _ in range(60):
            found.append(stack.enter_context(closing(socket.create_connection((host, int(port)), timeout=120))))
            found[-1].sendall(text.encode())
    return found


def test_half_sent_requests_to_a_proxy_keep_nobody_waiting(stack: Stack, nginx: str) -> None:
    browser = Browser(stack.base)
    browser.sign_in("ed-emea", "/marketing/cfo")
    for address, ask in (
        (stack.base, lambda: browser.view("/marketing/", "cfo")),
        (nginx, lambda: Browser(nginx).view("/marketing/", "cfo", {"Cookie": "session=1"})),
    ):
        with ExitStack() as held:
            slow = half_sent(address, held)
            assert ask().status_code == 200
            assert Browser(stack.app).ask("/healthz").text == "ok\n"
            poll = select.poll()
            for each in slow[:60]:  # a body may be refused before it is here
                poll.register(each, select.POLLIN)
            assert len(poll.poll(0)) < 60, "answered while heads were still waited for"


@pytest.mark.long
def test_the_proxies_let_those_go_who_never_finish(stack: Stack, nginx: str) -> None:
    for address in (stack.base, nginx):
        with ExitStack() as held:
            for each in half_sent(address, held):
                while each.recv(65_536):
                    pass


def test_the_ingress_has_the_same_room() -> None:
    """ingress-nginx's own: 4 kB of an answer's head, 8 kB of a request's."""
    documents = list(yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text()))
    ingress = next(each for each in documents if each["kind"] == "Ingress")
    own = {name.rpartition("/")[2]: value for name, value in ingress["metadata"]["annotations"].items()}
    text = Path(ROOT / "docs/sign-in.md").read_text()

    assert (own["proxy-buffer-size"], own["proxy-buffers-number"]) == ("64k", "8")
    assert own["auth-response-headers"] == "Authorization"
    assert 'large-client-header-buffers: "4 64k"' in text
    assert 'client-header-timeout: "10"' in text
