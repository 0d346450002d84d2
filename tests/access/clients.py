"""Clients of a dashboard behind a company's sign-in, for tests that ask it as somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from facts.source import Source
from settings import from_environment
from tests.access.signing import AUDIENCE, ISSUER, Provider


@contextmanager
def signed_in_client(table: Path, provider: Provider, policy: str, folder: Path, **more: str) -> Iterator[FlaskClient]:
    """A client of the dashboard over `table`, with the `policy` written to `folder`; its `source` is the facts'."""
    (file := folder / "policy.toml").write_text(policy)
    environment = {
        "DASHBOARD_FACTS": str(table),
        "DASHBOARD_AUTH": "jwt",
        "DASHBOARD_AUTH_KEYS": str(provider.jwks),
        "DASHBOARD_AUTH_ISSUER": ISSUER,
        "DASHBOARD_AUTH_AUDIENCE": AUDIENCE,
        "DASHBOARD_POLICY": str(file),
    }
    source = Source(table)
    try:
        client = create_app(from_environment(environment | more), source).server.test_client()
        client.source = source  # type: ignore[attr-defined]
        yield client
    finally:
        source.close()
