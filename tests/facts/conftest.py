"""The engines, each started once."""

from collections.abc import Iterator

import pytest

from tests.engines import ENGINES, Fill, engine


@pytest.fixture(scope="session", params=ENGINES)
def fill(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fill]:
    """Makes facts of an Arrow table in an engine."""
    with engine(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found
