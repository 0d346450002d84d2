"""Requests are counted where no full disk ends a worker, and counts of a worker that ended go on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Two workers in turn at one place, and one beside them, on a disk with no byte free; what all of them counted.
COUNTING = """
import os, sys
from web.counting import Counts

counts = Counts(sys.argv[1])
counts.install()
from web.operations import Metrics
metrics = Metrics()
with open(f"{sys.argv[1]}/filler", "wb", buffering=0) as filler:
    try:
        while filler.write(bytes(4096)):
            pass
    except OSError:
        pass

def work(place, requests):
    child = os.fork()
    if not child:
        counts.place = place
        for number in range(requests):
            metrics.requests.labels("cfo", f"visual-{number}", "csv", "200", "").inc()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

first, beside = counts.take(), counts.take()
work(first, 2000)
counts.give(first)
assert counts.take() == first
work(first, 10)
work(beside, 1)
metrics.restarts.inc()

class Nothing:
    problem = None
    def current(self):
        return None

lines = metrics.text(Nothing()).decode().splitlines()
print(sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("dashboard_requests_total{")))
print(*(line for line in lines if line.startswith("dashboard_worker_restarts_total")))
print(*sorted(name.name for name in counts.folder.iterdir()))
counts.remove()
print(os.listdir(sys.argv[1]))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_on_a_full_disk_nobody_is_ended_and_every_request_is_counted(small_disk: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(small_disk)], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    requests, restarts, files, left = done.stdout.splitlines()
    assert float(requests) == 2011
    assert restarts == "dashboard_worker_restarts_total 1.0"
    assert files == "counter_0.db counter_1.db counter_2.db histogram_0.db histogram_1.db histogram_2.db"
    assert left == "['filler']"
