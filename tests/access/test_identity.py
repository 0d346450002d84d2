"""Who a token proves, and that nothing else proves anything."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from access.identity import NoKeys, NotSignedIn, Reader, SignIn
from access.keys import FETCH_EVERY, Keys, read_keys
from tests.access.signing import AUDIENCE, ISSUER, Provider
from tests.asking import view


@pytest.fixture(scope="module")
def sign_in(provider: Provider) -> SignIn:
    return SignIn(ISSUER, AUDIENCE, "groups", Keys(str(provider.jwks)))


@pytest.mark.parametrize("kid", ["rsa-1", "ec-1"])
def test_a_valid_token_is_its_reader(sign_in: SignIn, provider: Provider, kid: str) -> None:
    reader = sign_in.reader(provider.token(["a", "b"], kid=kid))

    assert reader == Reader("u-1", "Ada Lovelace", frozenset(["a", "b"]))


def test_thirty_seconds_of_a_wrong_clock_are_forgiven(sign_in: SignIn, provider: Provider) -> None:
    assert sign_in.reader(provider.token(exp=int(time.time()) - 25))
    with pytest.raises(NotSignedIn):
        sign_in.reader(provider.token(exp=int(time.time()) - 35))


def test_every_bad_token_is_refused_by_every_address(company: FlaskClient, provider: Provider) -> None:
    tokens = {name: {"X-Auth-Id-Token": token} for name, token in provider.bad_tokens().items()}
    answers = {
        (name, path): company.get(path, headers=headers).status_code
        for name, headers in tokens.items()
        for path in ("/", "/_dash-layout", "/data/cfo.json", "/data/cfo/core-cards.csv", "/version", "/assets/icon.svg")
    }
    answers |= {(name, "cfo"): view(company, "cfo", headers=headers).status_code for name, headers in tokens.items()}
    assert len(answers) > 7 * 20

    assert {key: status for key, status in answers.items() if status != 401} == {}


def test_no_token_or_two_are_none(company: FlaskClient, provider: Provider) -> None:
    good = provider.token(["grp-all"])

    def status(headers: Any) -> set[int]:
        return {
            view(company, "cfo", headers=headers).status_code,
            company.get("/data/cfo.json", headers=headers).status_code,
        }

    assert status([("X-Auth-Id-Token", good)]) == {200}
    assert status(None) == {401}
    assert status({"X-Auth-Id-Token": ""}) == {401}
    assert status({"X-Auth-Id-Token": f"{good},{good}"}) == {401}
    assert status([("X-Auth-Id-Token", good)] * 2) == {401}


PLAIN = (
    "Remote-User X-Remote-User X-Forwarded-User X-Forwarded-Email X-Forwarded-Groups X-Auth-Request-User Authorization "
    "X-Goog-Authenticated-User-Email Cf-Access-Authenticated-User-Email X-Amzn-Oidc-Identity OIDC-Claim-Sub "
    "X-Forwarded-Access-Token Script-Name Path-Info Cookie"
)


@pytest.mark.parametrize("name", PLAIN.split())
def test_a_plain_header_is_never_believed(company: FlaskClient, provider: Provider, name: str) -> None:
    for value in ("admin", "board", "grp-all", provider.token(["grp-all"]), f"Bearer {provider.token(['grp-all'])}"):
        both = {name: value, "X-Auth-Id-Token": provider.token(["grp-marketing"])}
        assert view(company, "cfo", headers={name: value}).status_code == 401
        assert view(company, "cmo", headers=both).status_code == 200
        assert view(company, "cfo", headers=both).status_code == 403


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("groups", {"groups": "one"}, {"one"}),
        ("groups", {"groups": None}, set()),
        ("groups", {"groups": {"a": 1}}, set()),
        ("groups", {"groups": ["a", 1, None, ["b"]]}, {"a"}),
        ("realm_access.roles", {"realm_access": {"roles": ["cfo"]}}, {"cfo"}),
        ("realm_access.roles", {"realm_access": ["roles"]}, set()),
        ("cognito:groups", {"cognito:groups": ["x"]}, {"x"}),
        ("https://example.com/groups", {"https://example.com/groups": ["y"]}, {"y"}),
        ("email", {"email": "ada@example.com"}, {"ada@example.com"}),
    ],
)
def test_groups_are_read_from_the_claim_that_is_named(
    provider: Provider, claim: str, claims: dict[str, Any], groups: set[str]
) -> None:
    sign_in = SignIn(ISSUER, AUDIENCE, claim, Keys(str(provider.jwks)))

    assert sign_in.reader(provider.token(**claims)).groups == groups


# The shapes of docs/sign-in.md: issuer, audience, algorithm and claims as each proxy sends them.
SHAPES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "mod_auth_openidc": ("rsa-1", {"iss": "https://idp.example.com", "aud": "dashboard"}, "groups", "{}"),
    "oauth2-proxy": ("rsa-1", {"iss": "https://idp.example.com", "aud": ["dashboard", "x"]}, "groups", "Bearer {}"),
    "Google IAP": (
        "ec-1",
        {
            "iss": "https://cloud.google.com/iap",
            "aud": "/projects/1/global/backendServices/2",
            "sub": "accounts.google.com:1",
            "email": "ada@example.com",
            "groups": None,
            "name": None,
        },
        "email",
        "{}",
    ),
    "Cloudflare Access": (
        "rsa-1",
        {
            "iss": "https://team.cloudflareaccess.com",
            "aud": ["3f2c"],
            "email": "ada@example.com",
            "groups": None,
            "custom": {"groups": ["finance"]},
        },
        "custom.groups",
        "{}",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_token_of_each_proxy_is_read(provider: Provider, shape: str) -> None:
    kid, claims, groups, header = SHAPES[shape]
    audience = claims["aud"][0] if isinstance(claims["aud"], list) else claims["aud"]
    sign_in = SignIn(claims["iss"], audience, groups, Keys(str(provider.jwks)))
    reader = sign_in.reader(header.format(provider.token(**{"groups": ["finance"], **claims}, kid=kid)))

    assert reader.groups == {"ada@example.com" if groups == "email" else "finance"}
    with pytest.raises(NotSignedIn):
        sign_in.reader(header.format(provider.token(kid=kid)))


def test_the_token_of_an_aws_load_balancer_is_read(provider: Provider, tmp_path: Path) -> None:
    """One PEM file a key, padded parts, and its own ARN in the signed head where others have an audience."""
    (tmp_path / "ec-1").write_bytes(provider.pem("ec-1"))
    arn = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/dashboard/1"
    sign_in = SignIn(ISSUER, arn, "email", Keys(f"{tmp_path}/{{kid}}"))
    padded = _padded(provider, {"signer": arn, "client": "x"})

    assert sign_in.reader(padded).groups == {"ada@example.com"}
    for wrong in (_padded(provider, {"signer": "arn:other"}), _padded(provider, {}), provider.token(kid="ec-1")):
        with pytest.raises(NotSignedIn):
            sign_in.reader(wrong)


def _padded(provider: Provider, head: dict[str, Any]) -> str:
    import base64

    import jwt

    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()

    claims = {"iss": ISSUER, "sub": "u-1", "email": "ada@example.com", "exp": int(time.time()) + 120}
    signed = f"{part({'alg': 'ES256', 'kid': 'ec-1', 'typ': 'JWT', **head})}.{part(claims)}"
    signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(signed.encode(), provider.ec_key)
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode()}"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_unknown_keys_are_asked_for_once_in_ten_seconds(provider: Provider) -> None:
    clock, fetched = Clock(), []

    def fetch(address: str) -> bytes:
        fetched.append(clock.now)
        time.sleep(0.05)
        return provider.jwks.read_bytes()

    keys = Keys("https://idp.example.com/jwks", fetch, clock)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: keys.find(f"unknown-{number}"), range(2000)))
        assert len(fetched) == 1
        clock.now += FETCH_EVERY + 0.1
        list(pool.map(lambda number: keys.find(f"unknown-{number}"), range(2000)))

    assert len(fetched) == 2
    assert keys.find("rsa-1") is not None


def test_a_new_key_is_taken_up_and_an_old_one_forgotten(provider: Provider) -> None:
    clock, shown = Clock(), [provider.jwk("rsa-1")]
    keys = Keys("https://idp.example.com/jwks", lambda address: json.dumps({"keys": shown}).encode(), clock)

    assert keys.find("rsa-1")
    shown[:] = [provider.jwk("ec-1")]
    assert keys.find("ec-1") is None
    clock.now += FETCH_EVERY + 0.1
    assert keys.find("ec-1")
    assert keys.find("rsa-1") is None


def test_keys_that_cannot_be_had_are_said_and_tried_again(provider: Provider) -> None:
    clock, content = Clock(), [b"<html>busy</html>"]
    keys = Keys("https://idp.example.com/jwks", lambda address: content[0], clock)

    assert not keys.load()
    with pytest.raises(NoKeys):
        keys.find("rsa-1")
    content[0] = provider.jwks.read_bytes()
    clock.now += FETCH_EVERY + 0.1
    assert keys.find("rsa-1")
    content[0] = b"{}"
    clock.now += FETCH_EVERY + 0.1
    assert keys.find("new") is None
    assert keys.find("rsa-1"), "what is known stays where a later fetch fails"


def test_workers_share_one_fetch(provider: Provider, tmp_path: Path) -> None:
    """Forked processes: the first asks, the others find what it brought."""
    import os

    count = tmp_path / "count"
    count.touch()

    def fetch(address: str) -> bytes:
        with count.open("a") as file:
            file.write("x")
        return provider.jwks.read_bytes()

    keys = Keys("https://idp.example.com/jwks", fetch)
    children = []
    for _ in range(4):
        child = os.fork()
        if not child:
            found = keys.find("rsa-1") is not None and all(keys.find(f"no-{n}") is None for n in range(200))
            os._exit(0 if found else 1)
        children.append(child)

    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    assert count.read_text() == "x"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [1]}', b'{"keys": []}', b"\xff", b"[" * 5000),
        b'{"keys": [{"kty": "oct", "k": "AAAA", "kid": "a"}]}',
        b'{"keys": [{"kty": "EC", "crv": "P-384"}]}',
    ],
    ids=range(10),
)
def test_what_is_no_key_set_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"it |."):
        read_keys(content)


def test_a_known_reader_costs_little(sign_in: SignIn, provider: Provider) -> None:
    token = provider.token(["a"])
    start = time.perf_counter()
    for _ in range(200):
        sign_in.reader(token)

    assert (time.perf_counter() - start) / 200 < 0.002


def test_the_name_and_the_sign_out_are_in_the_shell(ask: Callable[..., Any]) -> None:
    shell = ask("board", "/").text

    assert "Signed in as Ada Lovelace" in shell
    assert 'href="/signed-out?a=1&amp;b=2"' in shell
    assert "Demo data" not in shell


def test_a_reader_whose_name_is_code_is_named_as_text(
    company: FlaskClient, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    name = "<a href=//evil.example>Ada</a>\u202e & co"
    token = provider.token(["grp-marketing"], name=name, sub="u-1\nexport \u202e")
    headers = {"X-Auth-Id-Token": token, "Accept": "text/html"}
    with caplog.at_level("INFO", "dashboard.audit"):
        refused = company.get("/cfo", headers=headers).text
    shell = company.get("/cmo", headers=headers).text

    assert "signed in as &lt;a href=//evil.example&gt;Ada&lt;/a&gt; &amp; co. To" in refused
    assert ">Signed in as &lt;a href=//evil.example&gt;Ada&lt;/a&gt; &amp; co<" in shell
    assert "evil.example>" not in shell
    assert "\u202e" not in shell
    assert caplog.records[-1].told["subject"] == "u-1export"
