"""Through the real proxy and around it: Apache with mod_auth_openidc as deploy/httpd.conf has it, and a provider."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.access.key_server import until
from tests.access.stack import Browser, Stack
from tests.asking import CALLBACK, json_in, raw, raw_view

#: Where callbacks are asked to run through the proxy.
THROUGH = f"/marketing{CALLBACK}"

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture(scope="module")
def finance(stack: Stack) -> Browser:
    """Somebody of finance in Europe, signed in."""
    browser = Browser(stack.base)
    page = browser.sign_in("ed-emea", "/marketing/cfo?last=12w")
    assert page.status == 200
    assert page.url == f"{stack.base}/marketing/cfo?last=12w", "signing in leads back to the address that was asked for"
    return browser


def test_a_reader_sees_their_rows_through_the_proxy(finance: Browser) -> None:
    view = finance.view("/marketing/", "cfo").json
    document = finance.ask("/marketing/cfo", {"Accept": "text/html"}).text

    assert view["options"]["region"] == ["Europe"]
    assert json_in(document, "first") == finance.view("/marketing/", "cfo").json
    assert finance.view("/marketing/", "cmo").status_code == 403
    assert "ed-emea" in document
    assert "signed-out" in document


def test_nobody_gets_in_without_signing_in(stack: Stack) -> None:
    stranger = Browser(stack.base)
    page = stranger.ask(
        "/marketing/cfo", {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    )
    fetched = stranger.view(
        "/marketing/", "cfo", {"Accept": "application/json", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    )

    assert (page.status, page.headers["Location"].split("?")[0]) == (302, f"{stack.issuer}/oauth2/authorize")
    assert fetched.status_code in (302, 401)
    assert stranger.ask("/").status == 403
    assert stranger.ask("/marketing/metrics").status == 403
    assert stranger.ask("/marketing/signed-out").text == "You are signed out."


def test_a_bad_token_through_the_proxy_is_nobodys_and_changes_nobody(stack: Stack, finance: Browser) -> None:
    """With the header's name as a client would write it, once and twice."""
    bad = {**stack.signer.bad_tokens(), "good": stack.signer.token(["grp-all"], sub="bo-board")}
    assert raw_view(stack.app_port, "cmo", [("X-Auth-Id-Token", bad["good"])]) == 200, "the dashboard would believe it"
    session = ("Cookie", "; ".join(f"{each.name}={each.value}" for each in finance.jar))
    wrong = []
    for name, token in bad.items():
        for times in (1, 2):
            own = [("X-Auth-Id-Token", token)] * times
            found = (
                raw_view(stack.port, "cfo", [*own, ("Sec-Fetch-Mode", "cors")], THROUGH),
                raw_view(stack.port, "cfo", [*own, session], THROUGH),
                raw_view(stack.port, "cmo", [*own, session], THROUGH),
            )
            if found != (401, 200, 403):
                wrong.append((name, times, found))
    assert wrong == []


SPOOFED = (
    "X-Auth-Id-Token", "x-auth-id-token", "X_Auth_Id_Token", "X-Auth_Id-Token", "Authorization",
    "Proxy-Authorization", "Remote-User", "Remote_User", "REMOTE_USER", "X-Remote-User", "X-Forwarded-User",
    "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Access-Token", "X-Auth-Request-User", "OIDC_id_token",
    "OIDC-id-token", "OIDC_CLAIM_groups", "OIDC_CLAIM_sub", "X-Goog-IAP-JWT-Assertion", "Cf-Access-Jwt-Assertion",
    "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Identity", "SCRIPT_NAME", "PATH_INFO", "Script-Name", "Path-Info",
    "X-Script-Name", "X-Forwarded-Prefix", "X-Forwarded-Host", "X-Forwarded-For", "X-Real-IP", "Host-Override",
    "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "Forwarded", "dashboard.warm_up", "Connection",
    "TE", "Upgrade",
)  # fmt: skip


def test_headers_spoofed_through_the_proxy_change_nothing(stack: Stack, finance: Browser) -> None:
    """Not even with a token that the dashboard itself would believe; what strips our own header leaves nobody."""
    good = stack.signer.token(["grp-all"], sub="bo-board")
    session = ("Cookie", "; ".join(f"{each.name}={each.value}" for each in finance.jar))
    wrong = []
    for name in SPOOFED:
        for value in ("admin", good, f"Bearer {good}", "/marketing/data/cmo.json", "X-Auth-Id-Token, Cookie"):
            found = (
                raw_view(stack.port, "cfo", [(name, value), session], THROUGH),
                raw_view(stack.port, "cmo", [(name, value), session], THROUGH),
                raw_view(stack.port, "cfo", [(name, value), ("Sec-Fetch-Mode", "cors")], THROUGH),
            )
            if found not in ((200, 403, 401), (401, 401, 401), (400, 400, 400)):
                wrong.append((name, value[:20], found))
    assert wrong == []
    view = finance.view("/marketing/", "cfo", {"X-Auth-Id-Token": good}).json
    assert view["options"]["region"] == ["Europe"]


def test_a_session_that_somebody_changed_is_none(stack: Stack, finance: Browser) -> None:
    assert len(finance.jar)
    for cookie in finance.jar:
        for value in (cookie.value[:-4], cookie.value[::-1], f"{cookie.value}x", "", "A" * 3000):
            headers = [("Cookie", f"{cookie.name}={value}"), ("Sec-Fetch-Mode", "cors")]
            assert raw_view(stack.port, "cfo", headers, THROUGH) == 401
            assert raw(stack.port, "/marketing/data/cfo.json", headers) == 401


def test_around_the_proxy_only_a_token_counts(stack: Stack) -> None:
    bad = stack.signer.bad_tokens()
    good = stack.signer.token(["grp-fin-emea"])
    wrong = []
    for path in ("/marketing/data/cfo.json", "/data/cfo.json", "/marketing/", "/_dash-layout", "/version"):
        for name, token in bad.items():
            status = raw(stack.app_port, path, [("X-Auth-Id-Token", token)])
            wrong += [(path, name, status)] if status != 401 else []
        assert raw(stack.app_port, path, [("X-Auth-Id-Token", good)] * 2) == 401
    for path in (CALLBACK, THROUGH):
        for name, token in bad.items():
            status = raw_view(stack.app_port, "cfo", [("X-Auth-Id-Token", token)], path)
            wrong += [(path, name, status)] if status != 401 else []
        assert raw_view(stack.app_port, "cfo", [("X-Auth-Id-Token", good)], path) == 200
        assert raw_view(stack.app_port, "cfo", [("X-Auth-Id-Token", good)] * 2, path) == 401
    for name in {*SPOOFED} - {"X-Auth-Id-Token", "x-auth-id-token"}:
        for value in ("/healthz", "bo-board", good):
            found = (
                raw_view(stack.app_port, "cfo", [(name, value)]),
                raw_view(stack.app_port, "cmo", [(name, value), ("X-Auth-Id-Token", good)]),
            )
            wrong += [(name, value[:20], found)] if found not in ((401, 403), (400, 400)) else []
    assert wrong == []
    assert Browser(stack.app).ask("/healthz").text == "ok\n"


def test_a_flood_of_unknown_keys_asks_for_keys_once_in_ten_seconds(stack: Stack) -> None:
    """Across both workers and all their threads."""
    token = stack.signer.token(["grp-all"])
    tail = token.split(".", 1)[1]
    import base64

    def ask(number: int) -> int:
        head = json.dumps({"alg": "RS256", "kid": f"made-up-{number}", "typ": "JWT"}).encode()
        forged = f"{base64.urlsafe_b64encode(head).decode().rstrip('=')}.{tail}"
        status: int = Browser(stack.app).view("/", "cfo", {"X-Auth-Id-Token": forged}).status_code
        return status

    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        statuses = set(pool.map(ask, range(1500)))
    took = time.monotonic() - began

    asked = [moment for moment in stack.keys.asked if moment >= began]
    assert statuses == {401}
    assert len(asked) <= 1 + took / 10
    gaps = [later - sooner for sooner, later in zip(stack.keys.asked, stack.keys.asked[1:], strict=False)]
    assert all(gap >= 9.9 for gap in gaps), gaps


def test_two_readers_never_get_each_others_view(stack: Stack, finance: Browser) -> None:
    board = Browser(stack.base)
    board.sign_in("bo-board", "/marketing/")

    def options(browser: Browser) -> int:
        return len(browser.view("/marketing/", "cfo", query="last=7d").json["options"]["region"])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: (number % 2, options((finance, board)[number % 2])), range(80)))

    assert {count for who, count in found if who == 0} == {1}
    assert {count for who, count in found if who == 1} == {4}


def test_somebody_without_a_role_is_told_whom_to_ask(stack: Stack) -> None:
    answer = Browser(stack.base).sign_in("nobody", "/marketing/")

    assert answer.status == 403
    assert "sk data-team@example.com" in answer.text


def test_the_log_names_readers_and_never_a_token(stack: Stack, finance: Browser) -> None:
    log, export = stack.folder / "app.log", '"message": "export"'
    before = log.read_text().count(export)
    finance.ask("/marketing/data/cfo/core-cards.csv?platform=Meta")
    until(lambda: log.read_text().count(export) > before)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    exports = [line for line in lines if line["message"] == "export"]

    assert (exports[-1]["subject"], exports[-1]["page"], exports[-1]["visual"]) == ("ed-emea", "cfo", "core-cards")
    assert not any("eyJ" in json.dumps(line) or "Meta" in json.dumps(line) for line in lines)
