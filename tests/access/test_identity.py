"""Who a token proves, and that nothing else proves anything."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from access.identity import NotSignedIn, Reader, SignIn
from access.keys import Keys
from app import create_app
from facts.source import Source
from settings import from_environment
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


@pytest.mark.parametrize("claim", ["email", "user.email", "https://example.com/email"])
@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ({}, True),
        ({"email_verified": True}, True),
        ({"email_verified": "true"}, True),
        ({"email_verified": False}, False),
        ({"email_verified": "false"}, False),
        ({"email_verified": ""}, False),
        ({"email_verified": 0}, False),
        ({"email_verified": [True]}, False),
    ],
    ids=str,
)
def test_an_address_that_is_not_verified_gives_no_role(
    provider: Provider, claim: str, said: dict[str, Any], believed: bool
) -> None:
    address = {"email": "ada@example.com", **said}
    claims = {
        "email": address,
        "user.email": {"user": address},
        "https://example.com/email": {"https://example.com/email": "ada@example.com", **said},
    }[claim]
    sign_in = SignIn(ISSUER, AUDIENCE, claim, Keys(str(provider.jwks)))

    reader = sign_in.reader(provider.token(None, **claims))

    assert (reader.groups, reader.unverified) == ({"ada@example.com"} if believed else set(), not believed)


def test_groups_that_are_no_addresses_need_none_verified(sign_in: SignIn, provider: Provider) -> None:
    assert sign_in.reader(provider.token(["a"], email="ada@example.com", email_verified=False)).groups == {"a"}


def test_who_has_no_verified_address_is_refused_and_the_log_says_why(
    environment: dict[str, str], provider: Provider, policy_path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(policy_path.read_text().replace('"grp-all"', '"ada@example.com"'))
    by_address = {"DASHBOARD_AUTH_GROUPS": "email", "DASHBOARD_POLICY": str(policy)}
    source = Source(environment["DASHBOARD_FACTS"])
    client = create_app(from_environment({**environment, **by_address}), source).server.test_client()

    def status(**claims: Any) -> int:
        token = provider.token(None, email="ada@example.com", **claims)
        return view(client, "cfo", headers={"X-Auth-Id-Token": token}).status_code

    assert status(email_verified=True) == 200
    with caplog.at_level("INFO", "dashboard.audit"):
        assert status(email_verified=False) == 403
    assert caplog.records[-1].told["decision"] == "address not verified"
    source.close()


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


def test_a_reader_whose_key_is_known_asks_nobody_for_keys(provider: Provider) -> None:
    fetched: list[str] = []

    def fetch(address: str) -> bytes:
        fetched.append(address)
        return provider.jwks.read_bytes()

    keys = Keys("https://idp.example.com/jwks", fetch)
    keys.load()
    sign_in, token = SignIn(ISSUER, AUDIENCE, "groups", keys), provider.token(["a"])

    readers = {sign_in.reader(token).subject for _ in range(200)}

    assert readers == {"u-1"}
    assert len(fetched) == 1


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
