"""What the tests share: a small demo company on disk, its facts, and the server's client."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from facts.memory.frame import FrameFacts
from facts.source import Source, load
from tests.js.node import Answers
from tests.oracle import Oracle

if TYPE_CHECKING:
    from tests.access.stack import Stack

settings.register_profile(
    "default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("default")

FIRST, LAST = date(2025, 6, 1), date(2025, 9, 28)


@pytest.fixture(scope="session")
def facts_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 days of the demo company as a Delta table."""
    from datagen.__main__ import main

    path = tmp_path_factory.mktemp("data") / "facts"
    assert main(["--start", FIRST.isoformat(), "--end", LAST.isoformat(), "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def facts(facts_path: Path) -> FrameFacts:
    return load(facts_path)


@pytest.fixture(scope="session")
def oracle(facts_path: Path) -> Oracle:
    return Oracle(facts_path)


@pytest.fixture(scope="session")
def client(facts_path: Path) -> Iterator[FlaskClient]:
    """The app's own server, over the 120 days."""
    from app import create_app
    from settings import from_environment

    source = Source(facts_path)
    yield create_app(from_environment({"DASHBOARD_FACTS": str(facts_path)}), source).server.test_client()
    source.close()


@pytest.fixture(scope="session")
def answers() -> Iterator[Answers]:
    """A Node process that answers questions about the browser's code."""
    with Answers() as node:
        yield node


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, facts_path: Path) -> Iterator["Stack"]:
    """A provider, the dashboard and Apache in front of it, once for all tests of a process."""
    from tests.access.conftest import POLICY
    from tests.access.stack import Stack, missing

    if why := missing():
        pytest.skip(f"sign-in through a real proxy is not tested: {why}")
    folder = tmp_path_factory.mktemp("stack")
    (folder / "policy.toml").write_text(POLICY)
    with Stack(folder, facts_path, folder / "policy.toml") as stack:
        yield stack
