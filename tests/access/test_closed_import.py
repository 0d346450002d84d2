"""A demo that takes no files: nothing of them is read, and with a sign-in they are taken."""

import io
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from access.own_key import OwnKey
from app import create_app
from facts.source import Source
from settings import from_environment
from tests.access.signing import IMPORTERS, Provider
from web.imports.closed import OWN_DATA

OURS = {"X-Requested-With": "dashboard", "X-File-Name": "a.csv"}
OFF = {"DASHBOARD_DEMO_UPLOADS": "off"}


class Untouched(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readinto = readline = read


@pytest.fixture(params=["demo", ""], ids=["for everybody", "on a laptop"])
def demo(request: pytest.FixtureRequest, facts_path: Path) -> Iterator[FlaskClient]:
    source = Source(facts_path)
    settings = from_environment(OFF | {"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_AUTH": request.param})
    yield create_app(settings, source).server.test_client()
    source.close()


@pytest.mark.parametrize("path", ["file", "check", "keep", "forget"])
def test_a_demo_that_takes_no_files_says_so_and_reads_none(demo: FlaskClient, path: str) -> None:
    more = {"input_stream": Untouched(), "environ_overrides": {"wsgi.input_terminated": True}}
    answer = demo.post(f"/import/{path}", headers=OURS, **more)

    assert (answer.status_code, answer.json) == (
        403, {"error": "This demo takes no files. Its Import page has the command that shows your own data."}
    )  # fmt: skip
    page = demo.get("/import")
    assert page.status_code == 200
    assert OWN_DATA in unescape(page.text)
    assert "Choose files" not in page.text


def test_with_the_own_key_files_are_taken(facts_path: Path, tmp_path: Path) -> None:
    source = Source(facts_path)
    settings = from_environment(OFF | {"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_STATE": str(tmp_path / "state")})
    client = create_app(settings, source).server.test_client()
    own = {"Host": "localhost:8050"}
    client.get(f"/?key={OwnKey(tmp_path / 'state').new_key()}", headers=own, base_url="http://localhost:8050")
    answer = client.post("/import/file", data=b"date,spend\n", headers=OURS | own, base_url="http://localhost:8050")

    assert answer.status_code == 200
    page = client.get("/import", headers=own, base_url="http://localhost:8050").text
    assert "Choose files" in page
    assert "not kept" not in page
    client.post(
        "/import/forget", json={"upload": answer.json["upload"]}, headers=OURS, base_url="http://localhost:8050"
    )
    source.close()


def test_with_a_sign_in_files_are_taken(
    environment: dict[str, str], provider: Provider, tmp_path: Path, facts_path: Path
) -> None:
    (tmp_path / "policy.toml").write_text(IMPORTERS)
    source = Source(facts_path)
    settings = from_environment(environment | OFF | {"DASHBOARD_POLICY": str(tmp_path / "policy.toml")})
    client = create_app(settings, source).server.test_client()
    token = {"X-Auth-Id-Token": provider.token(["grp-import"])}
    answer = client.post("/import/file", data=b"date,spend\n", headers=OURS | token)

    assert answer.status_code == 200
    page = client.get("/import", headers=token).text
    assert "Choose files" in page
    assert OWN_DATA not in unescape(page)
    client.post("/import/forget", json={"upload": answer.json["upload"]}, headers=OURS | token)
    source.close()
