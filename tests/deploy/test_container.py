"""The image: built as the Dockerfile has it, and run as a careful operator would. Needs a docker engine."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.access.key_server import until
from tests.asking import view_at
from tests.deploy.conftest import docker

LOCKED = [
    "--read-only",
    "--cap-drop",
    "ALL",
    "--user",
    "10001",
    "--memory",
    "512m",
    "--security-opt",
    "no-new-privileges",
]

pytestmark = [pytest.mark.engine, pytest.mark.long, pytest.mark.alone]


@contextmanager
def running(image: str, *options: str) -> Iterator[tuple[str, str]]:
    """A container on the host's network, an engine may have no other: its id, its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = ["--env", f"DASHBOARD_PORT={port}", "--env", "DASHBOARD_HOST=127.0.0.1", "--env", "DASHBOARD_WORKERS=2"]
    container = docker("run", "--detach", "--network", "host", *own, *options, image)
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: body(f"{address}/readyz") == b"ready\n")
        yield container, address
    finally:
        docker("rm", "--force", "--volumes", container)


def body(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            found: bytes = answer.read()
            return found
    except OSError:
        return b""


def test_the_image_holds_the_locked_packages_and_no_tool_to_make_more(image: str) -> None:
    inside = docker("run", "--rm", "--entrypoint", "sh", image, "-c", "id -u; ls /srv/venv/bin; ls -A /srv/dashboard")
    facts = json.loads(docker("inspect", image))[0]["Config"]

    assert "image     built from python:3.11-slim-bookworm" in docker("run", "--rm", image, "check")
    assert not {"built", "node_modules"} & set(docker("run", "--rm", "--entrypoint", "ls", image, "bundles").split())
    assert inside.splitlines()[0] == "10001"
    assert not {"gcc", "cc", "pip", "pip3"} & set(inside.split())
    assert not {".git", "tests", "data", ".venv", "docs"} & set(inside.split())
    assert facts["User"] == "10001:10001"
    assert facts["Healthcheck"]["Test"][0] == "CMD"
    assert (facts["Entrypoint"], facts["Cmd"]) == (["marketing-dashboard"], ["serve"])


def test_the_demo_is_shown_under_the_tightest_options(image: str) -> None:
    with running(image, *LOCKED) as (container, address):
        first = docker("exec", container, "cat", "/proc/1/cmdline").replace("\0", " ")
        assert "marketing-dashboard serve" in first
        assert view_at(address, "cfo").json["visuals"]["core-cards"]["state"] == "ready"
        page = body(f"{address}/")
        assert b"Demo data" in page
        assert b"docker run" in page, "it takes no files, and says how to see one's own"
        assert len(body(f"{address}/data/cfo/core-cards.xlsx")) > 4000
        written = docker("diff", container)
        assert written == "", "nothing is written but to memory"
        health = json.loads(docker("inspect", container))[0]["Config"]["Healthcheck"]["Test"][1:]
        docker("exec", container, *health)


def test_its_memory_holds_parallel_requests_for_all_days(image: str) -> None:
    with running(image, *LOCKED) as (container, address), ThreadPoolExecutor(8) as pool:
        asked = [
            (page, f"last={last}&grain={grain}&platform={platform}&compare=year")
            for page in ("cfo", "cmo")
            for last in ("all", "1y")
            for grain in ("day", "week", "month")
            for platform in ("Meta", "Google", "Meta,Google,TikTok")
        ]
        answers = list(pool.map(lambda each: view_at(address, *each), asked))
        state = json.loads(docker("inspect", container))[0]["State"]

    assert all(answer.status_code == 200 and answer.json["visuals"] for answer in answers)
    assert (state["Running"], state["OOMKilled"]) == (True, False)


def test_it_drains_on_sigterm_and_ends_well(image: str) -> None:
    with running(image, *LOCKED) as (container, address):
        with ThreadPoolExecutor(9) as pool:
            asked = [pool.submit(view_at, address, "cfo", f"last=all&grain=month&campaign=x{n}") for n in range(8)]
            time.sleep(0.05)
            docker("stop", "--time", "25", container)
            answers = [each.result() for each in asked]
        state = json.loads(docker("inspect", container))[0]["State"]

    assert all(answer.status_code == 200 and answer.json["visuals"] for answer in answers)
    assert (state["ExitCode"], state["OOMKilled"]) == (0, False)


def test_own_data_in_a_volume_need_a_sign_in_or_the_key(image: str, facts_path: Path, tmp_path: Path) -> None:
    from deltalake import DeltaTable, write_deltalake

    write_deltalake(str(tmp_path / "facts"), DeltaTable(str(facts_path)).to_pandas().tail(1000), name="ours")
    for each in (tmp_path, *tmp_path.rglob("*")):
        each.chmod(0o755)
    volume = docker("volume", "create")
    fill = docker("create", "--volume", f"{volume}:/data", image)
    try:
        docker("cp", str(tmp_path / "facts"), f"{fill}:/data/facts")
        done = subprocess.run(
            [
                "docker",
                "run",
                "--rm",
                *LOCKED,
                "--volume",
                f"{volume}:/data:ro",
                "--env",
                "DASHBOARD_FACTS=/data/facts",
                image,
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        docker("rm", fill)
        docker("volume", "rm", volume)

    assert done.returncode == 2
    assert "Set DASHBOARD_AUTH=jwt" in done.stderr
    assert "or DASHBOARD_AUTH=key to look at it alone" in done.stderr
