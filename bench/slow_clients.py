"""What readers and the probe wait for while clients send half a request and never the rest.

    python -m bench.slow_clients [--facts data/facts] [--numbers 0,8,50,200] [--asked 200]

Starts the dashboard by its own command on a free port of 127.0.0.1 and prints one JSON object.
"""

import argparse
import json
import os
import socket
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from bench.faults import ROOT, served

#: Requests that never become whole: a head, a small body, a file, and chunks of one.
_HEAD = b"POST /import/%s HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: dashboard\r\n%s\r\n\r\n%s"
HALVES = (
    b"GET /cfo HTTP/1.1\r\nHost: localhost\r\nX-",
    _HEAD % (b"check", b"Content-Length: 60", b"{"),
    _HEAD % (b"file", b"Content-Length: 900000", b"day"),
    _HEAD % (b"check", b"Transfer-Encoding: chunked", b"2"),
)


def slow(facts: str, numbers: tuple[int, ...] = (0, 8, 50, 200), asked: int = 200) -> dict[str, Any]:
    """Times of /healthz and of views while so many clients of each kind never send the rest, again and again."""
    found: dict[str, Any] = {}
    with served(facts) as server:
        for number in numbers:
            over = threading.Event()

            def hold(half: bytes, over: threading.Event = over) -> None:
                while not over.is_set():
                    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=0.5) as client:
                        client.sendall(half)
                        while not over.is_set():
                            with suppress(TimeoutError):
                                if not client.recv(65_536):
                                    break

            with ThreadPoolExecutor(max(1, number * len(HALVES))) as pool:
                for half in HALVES * number:
                    pool.submit(hold, half)
                time.sleep(1)
                took: dict[str, list[float]] = {"healthz": [], "view": []}
                failed = 0
                for count in range(asked):
                    for name, what in (("healthz", "/healthz"), ("view", ("cfo", f"last={7 + count % 50}d"))):
                        began = time.perf_counter()
                        failed += server.visit(what)[0] != 200
                        took[name].append((time.perf_counter() - began) * 1000)
                over.set()
            found[str(number * len(HALVES))] = {"failed": failed} | {
                f"{name}_{what}_ms": round(value, 1)
                for name, times in took.items()
                for what, value in (
                    ("median", statistics.median(times)),
                    ("p95", statistics.quantiles(times, n=20)[18]),
                    ("most", max(times)),
                )
            }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", default=str(ROOT / "data/facts"))
    parser.add_argument("--numbers", default="0,8,50,200")
    parser.add_argument("--asked", type=int, default=200)
    given = parser.parse_args()
    found = slow(given.facts, tuple(map(int, given.numbers.split(","))), given.asked)
    print(json.dumps({"load": round(os.getloadavg()[0], 1), **found}, indent=1))


if __name__ == "__main__":
    main()
