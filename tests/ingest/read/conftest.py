"""Small exports written by hand, and where the sample exports stand."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLES = Path(os.environ.get("SAMPLE_EXPORTS", Path(__file__).parents[4] / "shared" / "data"))


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of the given text or bytes."""

    def write(content: str | bytes, name: str = "export.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
