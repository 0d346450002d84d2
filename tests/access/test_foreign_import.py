"""The Import page where the data’s folder is not ours, or not ours alone: kept or refused, others lose nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from app import create_app
from facts.source import Source
from settings import from_environment
from tests.access.signing import AUDIENCE, IMPORTERS, ISSUER, Provider
from tests.ingest.foreign import (
    REFUSED,
    SHARED,
    Build,
    aged,
    another_delta_table,
    content,
    ours_among_others,
    ours_beside_parquet,
    plain_parquet,
)
from tests.ingest.read.conftest import FIXTURES
from tests.ingest.test_killed import HERE, both
from tests.test_serve import wait_for
from web.imports.uploads import NotTaken, Uploads

Post = Callable[..., dict[str, Any]]
#: One that is refused, one that goes on, one of which only a half does; `tests/ingest/test_foreign.py` has all of them.
FEW = (another_delta_table, ours_among_others, ours_beside_parquet)
KINDS = [
    pytest.param(build, id=build.__name__, marks=() if build in FEW else pytest.mark.long)
    for build in [*REFUSED, *SHARED]
]


@pytest.fixture
def environment(provider: Provider, tmp_path: Path) -> dict[str, str]:
    policy = tmp_path / "policy.toml"
    policy.write_text(IMPORTERS)
    return {
        "DASHBOARD_AUTH": "jwt",
        "DASHBOARD_AUTH_KEYS": str(provider.jwks),
        "DASHBOARD_AUTH_ISSUER": ISSUER,
        "DASHBOARD_AUTH_AUDIENCE": AUDIENCE,
        "DASHBOARD_POLICY": str(policy),
    }


def headers(provider: Provider) -> dict[str, str]:
    token = provider.token(["grp-import"], sub="u-import")
    return {"X-Auth-Id-Token": token, "X-File-Name": "both.zip", "X-Requested-With": "dashboard"}


@contextmanager
def in_process(environment: dict[str, str], facts: Path, provider: Provider) -> Iterator[Post]:
    source = Source(facts)
    client = create_app(from_environment(environment | {"DASHBOARD_FACTS": str(facts)}), source).server.test_client()

    def post(path: str, body: bytes | dict[str, Any]) -> dict[str, Any]:
        sent = json.dumps(body).encode() if isinstance(body, dict) else body
        answer = client.post(f"/import/{path}", headers=headers(provider), data=sent)
        while answer.status_code == 202:  # as the page does
            time.sleep(0.1)
            answer = client.post("/import/outcome", headers=headers(provider), data=sent)
        assert answer.status_code == 200, answer.text
        return answer.json

    yield post
    source.close()


@contextmanager
def gunicorn(environment: dict[str, str], facts: Path, provider: Provider) -> Iterator[Post]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(facts), "DASHBOARD_WORKERS": "2"}

    def ask(path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", body, headers(provider))
        with urllib.request.urlopen(request, timeout=120) as answer:
            return bytes(answer.read())

    def post(path: str, body: bytes | dict[str, Any]) -> dict[str, Any]:
        sent = json.dumps(body).encode() if isinstance(body, dict) else body
        answer = json.loads(ask(f"import/{path}", sent))
        while answer == {"running": True}:
            time.sleep(0.1)
            answer = json.loads(ask("import/outcome", sent))
        return dict(answer)

    def answers() -> bool:
        try:
            return bool(ask("healthz"))
        except OSError:
            return False

    with subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"], cwd=HERE, env=os.environ | environment | own
    ) as process:
        try:
            assert wait_for(answers, 60)
            yield post
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(25)


def sent(post: Post, tmp_path: Path, *, shop: bool) -> str:
    """The token of an upload: platforms' figures, with the shop's days or without."""
    file = both(tmp_path / "both.zip", 1) if shop else FIXTURES / "google_de_daily.csv"
    return str(post("file", file.read_bytes())["upload"])


def no_upload(lake: Path) -> dict[str, tuple[object, ...]]:
    """All that is in a folder but what the uploads themselves are kept in."""
    return content(lake, without=".facts.")


def expect_nothing_of_others_to_change(post: Post, lake: Path, tmp_path: Path, mark: str, *, shared: bool) -> None:
    theirs = no_upload(lake)
    for shop in (True, False):
        before = no_upload(lake)
        token = sent(post, tmp_path, shop=shop)
        checked = post("check", {"upload": token})
        wrong = post("keep", {"upload": token, "mark": mark if not shared else "wrong"})
        assert no_upload(lake) == before
        kept = post("keep", {"upload": token, "mark": checked.get("mark", mark)})
        if shared and not (shop and "facts-business" in theirs):
            assert (kept["kept"], "kept" in wrong) == (True, False)
        else:
            for answer in (checked, wrong, kept):
                assert "kept" not in answer
                assert "name another folder in DASHBOARD_FACTS" in answer["refused"]
                assert str(lake) not in json.dumps(answer)
        assert no_upload(lake).items() >= theirs.items()
        assert shared or no_upload(lake) == theirs


@pytest.fixture
def mark(environment: dict[str, str], tmp_path: Path, provider: Provider) -> str:
    """What is agreed to where there is no data yet: a folder without a table must not be taken for that."""
    (tmp_path / "none").mkdir()
    with in_process(environment, tmp_path / "none" / "facts", provider) as post:
        return str(post("check", {"upload": sent(post, tmp_path, shop=False)})["mark"])


@pytest.mark.parametrize("build", KINDS)
def test_no_check_and_no_keep_touches_what_is_not_ours(
    build: Build, environment: dict[str, str], tmp_path: Path, provider: Provider, mark: str
) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    build(lake / "facts")
    aged(lake)
    with in_process(environment, lake / "facts", provider) as post:
        expect_nothing_of_others_to_change(post, lake, tmp_path, mark, shared=build in SHARED)


@pytest.mark.long
@pytest.mark.parametrize("build", [plain_parquet, ours_among_others], ids=lambda build: build.__name__)
def test_nor_does_the_server_itself(
    build: Build, environment: dict[str, str], tmp_path: Path, provider: Provider, mark: str
) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    build(lake / "facts")
    aged(lake)
    with gunicorn(environment, lake / "facts", provider) as post:
        expect_nothing_of_others_to_change(post, lake, tmp_path, mark, shared=build in SHARED)
    if build in SHARED:
        assert DeltaTable(str(lake / "facts")).version() == 1  # Google’s days are there already


def test_only_a_folder_of_the_servers_own_is_swept(tmp_path: Path) -> None:
    """Not a link that somebody laid where uploads are kept, nor a folder that others may write."""
    table = tmp_path / "data" / "facts"
    theirs = table.parent / "theirs"
    (theirs / f"u-{'a' * 32}").mkdir(parents=True)
    os.utime(theirs / f"u-{'a' * 32}", (0, 0))
    place = Uploads(table, 1000).folder
    place.symlink_to(theirs)
    with pytest.raises(NotTaken, match="not its own"):
        Uploads(table, 1000).begin("ann")
    assert len(list(theirs.iterdir())) == 1

    place.unlink()
    theirs.rename(place)
    place.chmod(0o777)
    Uploads(table, 1000).sweep()
    assert len(list(place.iterdir())) == 1
