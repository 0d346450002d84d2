"""How many filter changes a server takes: readers who ask for one selection after another, none of them asked before.

    python -m bench.capacity [--facts data/facts] [--readers 20] [--seconds 10] [--page cfo]

The server is the dashboard's own command with a worker a core; the readers share its cores. Prints one JSON object.
"""

import argparse
import http.client
import json
import random
import statistics
import threading
import time
from itertools import count
from typing import Any
from urllib.parse import quote

from bench.faults import Server
from bench.machine import machine, pss_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--page", default="cfo")
    arguments = parser.parse_args()
    server = Server(arguments.facts)
    try:
        while server.ask("/readyz")[0] != 200:
            time.sleep(0.1)
        known = json.loads(server.ask(f"/view/{arguments.page}")[1])["options"]
        result = {
            "distinct": hammer(server, arguments, known, distinct=True),
            "one view": hammer(server, arguments, known, distinct=False),
            "memory mb": pss_mb(server.process.pid),
        }
    finally:
        server.process.terminate()
        server.process.wait(30)
    print(json.dumps({"machine": machine(), "readers": arguments.readers, "page": arguments.page, **result}, indent=1))


def hammer(
    server: Server, arguments: argparse.Namespace, known: dict[str, list[str]], *, distinct: bool
) -> dict[str, Any]:
    """Changes a second, and the time of one in ms, over `--seconds`."""
    took: list[float] = []
    errors = count()
    failed: list[int] = []
    start = threading.Barrier(arguments.readers + 1)

    def read(number: int) -> None:
        rng = random.Random(number if distinct else 0)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        start.wait()
        end = time.perf_counter() + arguments.seconds
        while time.perf_counter() < end:
            query = []
            for name in ("device", "segment", "region", "campaign"):
                values = known[name]
                chosen = rng.sample(values, rng.randint(max(1, len(values) // 2), len(values)))
                query.append(f"{name}=" + ",".join(quote(each.replace(",", "%2C"), safe="") for each in sorted(chosen)))
            began = time.perf_counter()
            connection.request("GET", f"/view/{arguments.page}?{'&'.join(query)}", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                took.append((time.perf_counter() - began) * 1000)
            else:
                failed.append(next(errors))

    readers = [threading.Thread(target=read, args=(number,)) for number in range(arguments.readers)]
    for reader in readers:
        reader.start()
    start.wait()
    began = time.perf_counter()
    for reader in readers:
        reader.join()
    seconds = time.perf_counter() - began
    cuts = statistics.quantiles(took, n=100)
    return {
        "changes a second": round(len(took) / seconds, 1),
        "p50 ms": round(cuts[49], 1),
        "p95 ms": round(cuts[94], 1),
        "errors": len(failed),
    }


if __name__ == "__main__":
    main()
