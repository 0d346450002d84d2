"""A company: five roles, a provider, and the dashboard behind it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from access.policy import Policy, read_policy
from app import create_app
from facts.source import Source
from pages import PAGES
from settings import from_environment
from tests.access import own_pages
from tests.access.signing import AUDIENCE, ISSUER, Provider
from tests.asking import CALLBACK, Answer, view

POLICY = """
contact = "data-team@example.com"

[roles.board]
groups = ["grp-all"]
pages = ["executive", "cmo", "cfo"]
rows = "all"

[roles.marketing]
groups = ["grp-marketing"]
pages = ["cmo"]
rows = "all"
hides = ["profit"]

[roles.finance-europe]
groups = ["grp-fin-emea"]
pages = ["cfo"]
rows = { region = ["Europe"] }

[roles.summary-americas]
groups = ["grp-americas"]
pages = ["executive", "cmo"]
rows = { region = ["North America", "Latin America"], device = ["Mobile"] }
hides = ["cac", "roi"]

[roles.agency]
groups = ["grp-agency"]
pages = ["executive", "cmo", "cfo"]
rows = { platform = ["Meta"] }
hides = ["spend", "ltv"]

[roles.nowhere]
groups = ["grp-nowhere"]
pages = ["cmo"]
rows = { region = ["Atlantis"] }
"""

GROUPS = {
    "board": "grp-all",
    "marketing": "grp-marketing",
    "finance-europe": "grp-fin-emea",
    "summary-americas": "grp-americas",
    "agency": "grp-agency",
    "nowhere": "grp-nowhere",
}


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider(tmp_path_factory.mktemp("provider"))


@pytest.fixture(scope="session")
def policy_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(POLICY)
    return path


@pytest.fixture(scope="session")
def policy(policy_path: Path) -> Policy:
    return read_policy(policy_path, [page.key for page in PAGES])


@pytest.fixture(scope="session")
def environment(provider: Provider, policy_path: Path, facts_path: Path) -> dict[str, str]:
    return {
        "DASHBOARD_FACTS": str(facts_path),
        "DASHBOARD_AUTH": "jwt",
        "DASHBOARD_AUTH_KEYS": str(provider.jwks),
        "DASHBOARD_AUTH_ISSUER": ISSUER,
        "DASHBOARD_AUTH_AUDIENCE": AUDIENCE,
        "DASHBOARD_POLICY": str(policy_path),
        "DASHBOARD_LOG_OUT": "/signed-out?a=1&b=2",
    }


@pytest.fixture(scope="session")
def company(environment: dict[str, str]) -> Iterator[FlaskClient]:
    """The dashboard with a sign-in; a request without a token is nobody's."""
    source = Source(environment["DASHBOARD_FACTS"])
    yield create_app(from_environment(environment), source).server.test_client()
    source.close()


@pytest.fixture(scope="session")
def tokens(provider: Provider) -> dict[str, str]:
    """A token of each role; that of "" is of somebody who has none."""
    tokens = {role: provider.token([group], sub=f"u-{role}") for role, group in GROUPS.items()}
    return tokens | {"": provider.token(["grp-unknown"])}


@pytest.fixture(scope="session")
def ask(company: FlaskClient, tokens: dict[str, str]) -> Callable[..., Any]:
    """Ask for a path as a reader with a role (None: signed in, without one)."""

    def get(role: str | None, path: str, **more: Any) -> Any:
        headers = {"X-Auth-Id-Token": tokens[role or ""], **more.pop("headers", {})}
        return company.open(path, headers=headers, **{"method": "GET", **more})

    return get


@pytest.fixture(scope="session")
def figures(company: FlaskClient, tokens: dict[str, str]) -> Callable[..., Answer]:
    """Ask for the figures of a page, by Dash's callback, as a reader with a role (None: signed in, without one)."""

    def ask(role: str | None, page: str, query: str = "", **more: Any) -> Answer:
        headers = {"X-Auth-Id-Token": tokens[role or ""], **more.pop("headers", {})}
        return view(company, page, query, headers, **more)

    return ask


@pytest.fixture(scope="session")
def own_app(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """A company with a page of its own (tests/access/own_pages.py)."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "policy.toml").write_text(own_pages.POLICY)
    more = {
        "DASHBOARD_PAGES": str(own_pages.put_page(folder / "pages")),
        "DASHBOARD_POLICY": str(folder / "policy.toml"),
        "DASHBOARD_METRICS_TOKEN": "s3cret",
    }
    source = Source(environment["DASHBOARD_FACTS"])
    yield create_app(from_environment(environment | more), source)
    source.close()


@pytest.fixture(scope="session")
def own_client(own_app: Dash) -> FlaskClient:
    return own_app.server.test_client()


@pytest.fixture(scope="session")
def own_headers(provider: Provider) -> dict[str, dict[str, str]]:
    """What readers of its roles send; those of "" have none."""
    groups = own_pages.ROLES | {"": "grp-unknown"}
    return {role: {"X-Auth-Id-Token": provider.token([group])} for role, group in groups.items()}


@pytest.fixture(scope="session")
def post(own_client: FlaskClient, own_headers: dict[str, dict[str, str]]) -> Callable[..., Any]:
    """Sends the body of a callback, as it is or as JSON, as somebody with a role."""

    def send(role: str, body: Any) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return own_client.post(CALLBACK, data=raw, content_type="application/json", headers=own_headers[role])

    return send
