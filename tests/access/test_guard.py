"""The door itself: limits, headers, other sites, forged callbacks and addresses, a prefix."""

import json
import logging
import random
import re
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from facts.source import Source
from settings import from_environment
from tests.access.signing import Provider
from tests.asking import CALLBACK, callback_body, view, view_body
from web.guard import LARGEST_BODY, LONGEST_QUERY

Ask = Callable[..., Any]
#: Three thousand requests in all: two roles a body and an address, four addresses a raw body.
BODIES, RAW, FORGED_ADDRESSES, VIEWED = (
    settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    for count in (500, 250, 500, 150)
)

NAMES = st.sampled_from(
    ["output", "outputs", "inputs", "state", "changedPropIds", "id", "property", "value", "parsedChangedPropsIds", "..",
     "_pages_content.children", "spec.data"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
PIECES = st.sampled_from(
    ["view", "data", "cfo", "cmo", "executive", "..", ".", "%2e%2e", "%00", "core-cards.csv", "core-cards.exe",
     "assets", "_dash-layout", "_dash-component-suites", "dash", "plotly", "dash_core_components.js", "_pages_content",
     "version", "\u202e", "é", "//", "%ff", "<script>", "_dash-update-component", "static", "a" * 300, "metrics",
     "_reload-hash"]
) | st.text(max_size=12)  # fmt: skip
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["platform", "region", "campaign", "from", "to", "last", "compare", "grain", "rank", "role", "x"]
        ),
        st.sampled_from(
            ["Meta", "Asia Pacific", "profit", "roi", "9999-99-99", "0001-01-01", "all", "99999y", "%", ","]
        )
        | st.text(max_size=40),
    ),
    max_size=6,
)


@BODIES
@given(body=JSON, content=st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x", ""]))
def test_no_forged_callback_runs(ask: Ask, body: Any, content: str) -> None:
    raw = json.dumps(body).encode()
    try:
        refused = 404 if isinstance(orjson.loads(raw), dict) else 400  # no callback of that name, no body of a callback
    except orjson.JSONDecodeError:  # NaN, and text that is none
        refused = 400
    for role in ("marketing", None):
        answer = ask(role, CALLBACK, method="POST", data=raw, content_type=content)
        assert answer.status_code == (refused if role else 403)
        assert set(answer.json) == {"error"}


@RAW
@given(raw=st.binary(max_size=400), method=st.sampled_from(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]))
def test_no_forged_body_reaches_anything(ask: Ask, raw: bytes, method: str) -> None:
    for path in (CALLBACK, "/cmo", "/", "/data/cmo.json", "/data/cmo/scope-cards.json"):
        answer = ask("marketing", path, method=method, data=raw, content_type="application/json")
        assert answer.status_code < 500
        assert b'"rows"' not in answer.data
        assert b'"visuals"' not in answer.data


@FORGED_ADDRESSES
@given(pieces=st.lists(PIECES, min_size=1, max_size=5), query=QUERIES)
def test_no_forged_address_breaks_or_shows_what_is_foreign(
    ask: Ask, foreign_words: re.Pattern[str], pieces: list[str], query: list[tuple[str, str]]
) -> None:
    path = "/" + "/".join(pieces)
    for role in ("marketing", "finance-europe"):
        try:
            answer = ask(role, path, query_string=query)
        except (UnicodeError, ValueError):  # no client can send it
            return
        assert answer.status_code < 500, path
        assert not 300 <= answer.status_code < 400, path
        text = answer.get_data(as_text=True) if "json" in answer.content_type or "html" in answer.content_type else ""
        if role == "finance-europe" and "“" not in text:
            assert not foreign_words.search(text)


@pytest.fixture(scope="module")
def foreign_words() -> re.Pattern[str]:
    return re.compile(r"North America|Asia Pacific|Latin America|CMO dashboard|Executive summary")


@VIEWED
@given(query=QUERIES)
def test_no_query_shows_foreign_rows(figures: Ask, query: list[tuple[str, str]]) -> None:
    answer = figures("finance-europe", "cfo", urlencode(query))
    visuals = answer.json["visuals"]

    assert answer.status_code == 200
    assert answer.json["options"]["region"] == ["Europe"]
    assert not re.search("North America|Asia Pacific|Latin America", json.dumps(visuals))


@pytest.mark.parametrize("depth", [10, 1000, 5000, 30000])
@pytest.mark.parametrize("opening", ["[", '{"output":', '{"inputs":['])
def test_deep_nesting_is_an_ordinary_refusal(ask: Ask, figures: Ask, depth: int, opening: str) -> None:
    raw = (opening * depth)[:LARGEST_BODY]
    answer = ask("board", CALLBACK, method="POST", data=raw, content_type="application/json")

    assert (answer.status_code, set(answer.json)) == (400, {"error"})
    assert figures("board", "cfo", f"platform={'%5B' * min(depth, 5000)}").status_code == 200


@pytest.mark.long
@pytest.mark.alone
def test_forged_requests_are_answered_faster_than_honest_ones(ask: Ask, figures: Ask) -> None:
    """In turn with views that are new to the cache, so that a busy machine slows both down."""
    rng = random.Random(5)
    forged, honest = [], []

    def timed(into: list[float], how: Ask, *request: Any, **more: Any) -> int:
        start = time.perf_counter()
        status: int = how("board", *request, **more).status_code
        into.append(time.perf_counter() - start)
        return status

    for number in range(250):
        body = json.dumps({"output": f"x{number}.children", "inputs": [[]] * 2000, "state": "[" * 5000})
        post = {"method": "POST", "data": body, "content_type": "application/json"}
        junk = "".join(rng.choices("abc%/.=&,?é", k=300))
        statuses = [
            timed(forged, ask, CALLBACK, **post),
            timed(forged, ask, f"/data/cfo/{quote(junk)}.csv"),
            timed(forged, ask, f"/x{quote(junk)}?platform={quote(junk)}"),
            timed(
                honest,
                figures,
                "cfo",
                f"last={30 + number % 80}d&campaign=none-{number},{number}&compare=none&region=Europe",
            ),
        ]
        assert statuses[0] == 404
        assert set(statuses[1:3]) <= {400, 404}
        assert statuses[3] == 200

    assert statistics.median(forged) < statistics.median(honest)


def test_too_much_is_refused(ask: Ask, figures: Ask) -> None:
    large = {"method": "POST", "data": b"x" * (LARGEST_BODY + 1), "content_type": "application/json"}

    assert ask("board", CALLBACK, **large).status_code == 413
    assert ask("board", "/cfo", **large).status_code == 413
    assert ask("board", "/data/cfo.json", **large).status_code == 413
    assert ask("board", "/cfo?x=" + "a" * LONGEST_QUERY).status_code == 414
    assert ask("board", "/data/cfo.json?x=" + "a" * LONGEST_QUERY).status_code == 414
    assert figures("board", "cfo", "x=" + "a" * (LONGEST_QUERY - 2)).status_code == 200
    refused = figures("board", "cfo", "x=" + "a" * (LONGEST_QUERY - 1))
    assert (refused.status_code, refused.json) == (400, {"error": "A query may have 32,768 characters."})
    assert figures("board", "cfo", "a" * LARGEST_BODY).status_code == 413


@pytest.mark.parametrize(
    ("headers", "path", "method", "status"),
    [
        ({}, CALLBACK, "POST", 200),
        ({"Sec-Fetch-Site": "same-origin"}, CALLBACK, "POST", 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, "/cfo", "GET", 200),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
            "/cfo",
            "GET",
            200,
        ),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
            "/cfo",
            "GET",
            403,
        ),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
            "/data/cfo.json",
            "GET",
            403,
        ),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, CALLBACK, "POST", 403),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
            CALLBACK,
            "POST",
            403,
        ),
        ({"Host": "evil.example.com"}, CALLBACK, "POST", 400),
        ({"Host": "127.0.0.1.evil.example.com"}, CALLBACK, "POST", 400),
        ({"Host": "127.0.0.1:8050"}, CALLBACK, "POST", 200),
        ({"Host": "[::1]:8050"}, CALLBACK, "POST", 200),
        ({"Host": "evil.example.com"}, "/healthz", "GET", 200),
    ],
)
def test_other_sites_and_other_hosts_are_refused(
    ask: Ask, headers: dict[str, str], path: str, method: str, status: int
) -> None:
    more = {"json": view_body("cfo")} if method == "POST" else {}
    assert ask("board", path, headers=headers, method=method, **more).status_code == status


def test_every_answer_carries_the_headers(ask: Ask, figures: Ask, company: FlaskClient) -> None:
    for answer in (
        ask("board", "/"),
        ask("board", "/data/cfo.json"),
        figures("board", "cfo"),
        ask("board", "/nothing"),
        ask("board", "/_dash-update-component", method="POST", data=b"x" * 70_000),
        company.get("/"),
        company.get("/healthz"),
    ):
        headers = answer.headers
        assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
        data = headers["Content-Type"].startswith("application/json")
        begins = "default-src 'none'; " if data else "default-src 'self'; script-src 'self' 'sha256-"
        assert headers["Content-Security-Policy"].startswith(begins)
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "Location" not in headers
    assert "max-age" in ask("board", _bundle(ask)).headers["Cache-Control"]


def _bundle(ask: Ask) -> str:
    found = re.search(r'src="(/bundles/[^"]+)"', ask("board", "/").get_data(as_text=True))
    assert found
    return found[1]


def test_the_scripts_that_stand_in_the_page_are_those_of_the_policy(ask: Ask) -> None:
    import base64
    import hashlib

    answer = ask("board", "/")
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", answer.get_data(as_text=True), re.S)
    run = [text for attributes, text in inline if "application/json" not in attributes]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run]

    assert run
    assert all(each in answer.headers["Content-Security-Policy"] for each in hashes)


@pytest.mark.parametrize("kept", [True, False], ids=["the proxy keeps the prefix", "the proxy strips it"])
def test_a_prefix_works_both_ways(environment: dict[str, str], provider: Provider, kept: bool) -> None:
    source = Source(environment["DASHBOARD_FACTS"])
    client = create_app(
        from_environment({**environment, "DASHBOARD_PREFIX": "/marketing/"}), source
    ).server.test_client()
    source.close()
    headers = {"X-Auth-Id-Token": provider.token(["grp-fin-emea"])}
    above = "/marketing" if kept else ""

    path = f"{above}{CALLBACK}"
    assert view(client, "cfo", headers=headers, path=path).status_code == 200
    assert view(client, "cmo", headers=headers, path=path).status_code == 403
    assert view(client, "cfo", path=path).status_code == 401
    assert client.get(f"{above}/data/cfo.json", headers=headers).status_code == 200
    assert 'href="/marketing/cfo"' in client.get(f"{above}/", headers={**headers, "Accept": "text/html"}).text
    assert client.get(f"{above}/cfo", headers=headers).status_code == 200
    assert client.get(f"{above}/healthz").text == "ok\n"


def test_metrics_are_not_for_the_public(environment: dict[str, str], ask: Ask, provider: Provider) -> None:
    assert ask("board", "/metrics").status_code == 403
    source = Source(environment["DASHBOARD_FACTS"])
    client = create_app(
        from_environment({**environment, "DASHBOARD_METRICS_TOKEN": "s3cret"}), source
    ).server.test_client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    headers = {"X-Auth-Id-Token": provider.token(["grp-all"])}
    view(client, "cfo", "region=Secret", headers)
    client.post(CALLBACK, json=callback_body("Secret.data", a__b="Secret"), headers=headers)
    client.get("/data/cfo.json?region=Secret", headers=headers)
    text = client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).text
    source.close()

    counted = 'dashboard_requests_total{callback="%s",kind="%s",page="%s",status="%s",visual=""} 1.0'
    assert counted % ("view.data", "view", "cfo", 200) in text
    assert counted % ("", "callback", "", 404) in text
    assert counted % ("", "json", "cfo", 200) in text
    assert 'dashboard_cache_total{found="no"}' in text
    assert "dashboard_data_version{" in text
    assert "dashboard_data_age_days" in text
    assert "Secret" not in text


def test_lines_say_who_and_what_and_never_a_token_or_a_figure(
    ask: Ask, company: FlaskClient, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    from web.operations import Lines

    caplog.set_level(logging.INFO)
    token = provider.token(["grp-marketing"], sub="u-42")
    headers = {"X-Auth-Id-Token": token, "X-Request-Id": "from-the-proxy-1"}
    figures = company.get("/data/cmo/scope-cards.json?platform=Meta", headers=headers)
    view(company, "cfo", headers=headers)
    view(company, "cfo", headers={"X-Auth-Id-Token": token[:-5]})
    lines = [json.loads(Lines().format(record)) for record in caplog.records if record.name.startswith("dashboard.")]
    whole = json.dumps(lines)

    for path in ("/data/cmo/core-cards.json", "/proof/cmo/none?metric=profit", "/nothing"):
        ask("marketing", path)
    for body in (b"{}", b"["):
        ask("marketing", CALLBACK, method="POST", data=body, content_type="application/json")
    forged = [record.told for record in caplog.records if record.name == "dashboard.audit"][3:]

    export, refusal, unknown = [line for line in lines if line["logger"] == "dashboard.audit"]
    assert figures.headers["X-Request-Id"] == "from-the-proxy-1" == export["request_id"]
    assert (export["message"], export["subject"], export["page"], export["visual"], export["kind"]) == (
        "export", "u-42", "cmo", "scope-cards", "json",
    )  # fmt: skip
    told = ("message", "role", "decision", "status", "kind", "callback", "page")
    assert [refusal[name] for name in told] == [
        "refusal", "marketing", "not allowed", 403, "view", "view.data", "cfo"
    ]  # fmt: skip
    assert unknown["decision"].startswith("not signed in")
    assert refusal["duration_ms"] >= 0
    assert sum(line["message"] == "request" for line in lines) == 3
    assert [(line["kind"], line["status"], line["decision"]) for line in forged] == [
        ("json", 404, "status 404"), ("proof", 404, "status 404"), ("callback", 404, "no such address"),
        ("callback", 400, "malformed"),
    ], "what nobody can reach from a page has been made up; a mistyped page has not"  # fmt: skip
    assert token[:30] not in whole
    assert token.rsplit(".", 1)[1][:20] not in whole
    assert "Meta" not in whole
    assert str(int(figures.json["rows"][0]["value"])) not in whole
