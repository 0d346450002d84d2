"""Uploads where the only disk is small shared memory, as in a container: none ever fills it, and no worker is lost."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hostile import FILES, MEGABYTE, Server, packed, restarts
from machine.disk import RESERVE
from tests.web.test_imports import until

ROOT = Path(__file__).parent.parent
SIZE = 64 * MEGABYTE

#: The server in a view of its own on the disks, where /dev/shm is small and holds the table, so uploads too.
SERVE = """
mount -t tmpfs -o size={size} tmpfs /dev/shm && cp -r {facts} {facts}-business /dev/shm/ &&
DASHBOARD_FACTS=/dev/shm/{name} exec {python} -m cli serve
"""

pytestmark = [pytest.mark.long, pytest.mark.alone]


@pytest.fixture
def server(facts_path: Path) -> Iterator[tuple[Server, Path]]:
    """The server, and its shared memory as it can be seen from here."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("a view of one's own on the disks needs root on Linux")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = SERVE.format(size=SIZE, facts=facts_path, name=facts_path.name, python=sys.executable)
    own = {"DASHBOARD_PORT": str(port), "DASHBOARD_WORKERS": "2"}
    process = subprocess.Popen(["unshare", "--mount", "sh", "-c", script], cwd=ROOT, env=os.environ | own)
    found = Server("127.0.0.1", port, {})
    try:
        until(lambda: found.ask("GET", "/readyz")[0] == 200)
        yield found, Path(f"/proc/{process.pid}/root/dev/shm")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_hostile_archives_leave_the_reserve_and_every_worker(server: tuple[Server, Path]) -> None:
    here, memory = server

    def free() -> int:
        disk = os.statvfs(memory)
        return disk.f_bavail * disk.f_frsize

    least = [free()]
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.002):
            least.append(free())

    size = free() // 4
    slow = ("slow.csv", b"Campaign name,Day,Amount spent (USD)\n" + b"\n" * 3_000_000, 0)
    archives = {name: FILES[name]() for name in ("workbooks.zip", "parquet.zip", "lying.zip", "just-fits.zip")}
    archives["whole-disk.zip"] = packed(*((f"{n}.parquet", b"PAR1", size - 65_536) for n in range(4)), slow)
    archives["reserve.zip"] = packed(*((f"{n}.parquet", b"PAR1", size - RESERVE // 4 - 65_536) for n in range(4)), slow)
    looking = threading.Thread(target=look)
    looking.start()
    try:
        for name, content in archives.items():
            status, upload = here.send(name, content)
            assert status == 200, name
            assert here.check(upload) == 200, name
            here.forget(upload)
    finally:
        over.set()
        looking.join()

    assert min(least) > RESERVE - 2 * MEGABYTE
    assert min(least) < RESERVE + 8 * MEGABYTE, "what fits is unpacked"
    assert restarts(here) == 0
    assert here.ask("GET", "/healthz")[0] == 200
