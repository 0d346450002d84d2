"""The real server: gunicorn with its workers, started as `marketing-dashboard serve` starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from tests.asking import view_at

ROOT = Path(__file__).parent.parent


def get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def wait_for(condition: object, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def table(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "facts"
    found = DeltaTable(str(facts_path))
    write_deltalake(str(path), found.to_pyarrow_table(), name=found.metadata().name)
    return path


@pytest.fixture(scope="module")
def server(table: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(table), "DASHBOARD_WORKERS": "2"}
    command = [sys.executable, "-m", "cli", "serve"]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline().decode() == f"The dashboard is at {address}/\n"
            assert wait_for(lambda: get(f"{address}/readyz")[0] == 200, 20)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(25) == 0


def versions(server: str) -> set[str]:
    """What so many requests are told that hardly ever one worker answers them all."""
    return {json.loads(get(f"{server}/version")[1])["version"] for _ in range(24)}


def test_every_worker_takes_a_newer_version_by_itself(server: str, table: Path) -> None:
    old = versions(server)
    newest = DeltaTable(str(table))
    write_deltalake(str(table), newest.to_pyarrow_table(), mode="overwrite")

    def all_new() -> bool:
        found = versions(server)
        return len(found) == 1 and found.isdisjoint(old)

    assert wait_for(all_new, 60)


def test_a_broken_version_is_said_and_the_old_one_served(server: str, table: Path) -> None:
    before = view_at(server, "cfo").json
    log = table / "_delta_log"
    broken = log / f"{DeltaTable(str(table)).version() + 1:020}.json"
    broken.write_text('{"add": {"path": "half')

    def notices() -> set[str | None]:
        return {view_at(server, "cfo", f"last={days}d").json["data"]["notice"] for days in range(30, 38)}

    try:
        assert wait_for(lambda: None not in notices(), 60)
        after = view_at(server, "cfo").json
        assert after["visuals"] == before["visuals"]
        assert get(f"{server}/readyz")[0] == 200
    finally:
        broken.unlink()
    assert wait_for(lambda: notices() == {None}, 60)


def test_an_address_of_ten_thousand_characters_is_no_error_page(server: str) -> None:
    long = "campaign=" + "x" * 10_000
    answer = view_at(server, "cfo", long)

    assert answer.status_code == 200
    assert answer.json["notes"][0].startswith("There is no campaign “xxxx")
    assert get(f"{server}/cfo?{long}")[0] == 200
    assert get(f"{server}/data/cfo.json?{'x' * 80_000}")[0] == 414
    assert view_at(server, "cfo", "x" * 40_000).status_code == 400
    assert view_at(server, "cfo", "x" * 80_000).status_code == 413


def test_a_worker_that_used_duckdb_ends_without_a_word(facts_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(facts_path), "DASHBOARD_ENGINE": "duckdb"}
    command, address = [sys.executable, "-m", "cli", "serve"], f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | own | {"DASHBOARD_WORKERS": "1"}, stderr=subprocess.PIPE
    ) as process:
        try:
            assert wait_for(lambda: answers(f"{address}/readyz"), 30)
            assert view_at(address, "cfo", "device=Mobile").status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=25)[1].decode()

    assert process.returncode == 0
    assert "leaked" not in said


def answers(address: str) -> bool:
    try:
        return get(address)[0] == 200
    except OSError:
        return False


def test_a_port_in_use_is_said_in_one_sentence(table: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = os.environ | {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(table)}
        command = [sys.executable, "-m", "cli", "serve"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"listens on 127.0.0.1:{port}" in done.stderr


def test_whoever_reads_what_is_printed_may_leave(server: str, table: Path) -> None:
    environment = os.environ | {"DASHBOARD_FACTS": str(table)}
    command = f"{sys.executable} -c 'import cli, sys; sys.exit(cli.main([\"address\"]))'"
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60
    )
    os.close(write)
    assert done.stderr == ""
    assert done.returncode == 1
