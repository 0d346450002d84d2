"""What /healthz, the probe, waits for while clients ask for workbooks, which keep every thread at work.

    python -m bench.full_threads [--facts data/facts] [--numbers 0,60,200] [--seconds 10]

Starts the dashboard by its own command on a free port of 127.0.0.1 and prints one JSON object. Half of the clients wait
for their answers; the others reset their connections after 20 ms, as fast as they can.
"""

import argparse
import json
import os
import random
import socket
import statistics
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from bench.faults import ROOT, Server, served

_RESET = struct.pack("ii", 1, 0)


def full(facts: str, numbers: tuple[int, ...] = (0, 60, 200), seconds: float = 10) -> dict[str, Any]:
    """Times of /healthz while so many ask, and what became of those who waited for their answers."""
    found: dict[str, Any] = {}
    with served(facts) as server:
        for number in numbers:
            over = threading.Event()
            statuses: list[int] = []

            def wait(over: threading.Event = over, statuses: list[int] = statuses) -> None:
                while not over.is_set():
                    statuses.append(server.ask(_workbook(), 60)[0])

            def give_up(over: threading.Event = over) -> None:
                while not over.is_set():
                    with suppress(OSError):
                        _ask_and_reset(server, over)

            with ThreadPoolExecutor(max(1, number)) as pool:
                for each in range(number):
                    pool.submit(give_up if each % 2 else wait)
                took, failed, end = [], 0, time.monotonic() + seconds
                while time.monotonic() < end:
                    began = time.perf_counter()
                    failed += server.ask("/healthz", 20)[0] != 200
                    took.append((time.perf_counter() - began) * 1000)
                    over.wait(0.1)
                over.set()
            found[str(number)] = {
                "probes": len(took),
                "failed": failed,
                "median_ms": round(statistics.median(took), 1),
                "most_ms": round(max(took), 1),
                "workbooks": {str(status): statuses.count(status) for status in sorted(set(statuses))},
            }
    return found


def _workbook() -> str:
    return f"/data/cmo.xlsx?last={random.randrange(30, 700)}d"


def _ask_and_reset(server: Server, over: threading.Event) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        client.sendall(f"GET {_workbook()} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        over.wait(0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", default=str(ROOT / "data/facts"))
    parser.add_argument("--numbers", default="0,60,200")
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    found = full(given.facts, tuple(map(int, given.numbers.split(","))), given.seconds)
    print(json.dumps({"load": round(os.getloadavg()[0], 1), **found}, indent=1))


if __name__ == "__main__":
    main()
