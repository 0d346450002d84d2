"""How many filter changes a server takes: readers who ask for one selection after another, none of them asked before.

    python -m bench.capacity [--facts data/facts] [--readers 20] [--seconds 10] [--page cfo] [--models]

The server is the dashboard's own command with a worker a core; the readers share its cores. `--models` also compares
numbers of workers and threads, in turn and turned about, so that a busy minute hits all; a worker of one thread takes
one request at a time, as gunicorn's sync does, but keeps connections. Prints one JSON object.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import sys
import threading
import time
from itertools import count
from typing import Any
from urllib.parse import quote

from bench.asking import CALLBACK, view_body
from bench.faults import Server
from bench.machine import machine, pss_mb

#: Workers and threads of each that are compared.
MODELS = ((1, 4), (2, 1), (2, 2), (2, 4), (2, 8), (3, 4))
ROUNDS, SECONDS = 2, 3.0

JSON_IN_GZIP = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--page", default="cfo")
    parser.add_argument("--models", action="store_true")
    arguments = parser.parse_args()
    result = measured(arguments, 2, 4, ("distinct", "one view"), arguments.seconds)
    if arguments.models:
        rounds: dict[tuple[int, int], list[dict[str, Any]]] = {model: [] for model in MODELS}
        for turn in range(ROUNDS):
            for model in MODELS[:: -1 if turn % 2 else 1]:
                rounds[model].append(measured(arguments, *model, ("distinct",), SECONDS))
                print(model, rounds[model][-1], file=sys.stderr, flush=True)
        result["models"] = [
            {
                "workers": workers,
                "threads": threads,
                "load": os.getloadavg()[0],
                "memory mb": found[0]["memory mb"],
                **{name: statistics.median(each["distinct"][name] for each in found) for name in found[0]["distinct"]},
            }
            for (workers, threads), found in rounds.items()
        ]
    print(json.dumps({"machine": machine(), "readers": arguments.readers, "page": arguments.page, **result}, indent=1))


def measured(
    arguments: argparse.Namespace, workers: int, threads: int, what: tuple[str, ...], seconds: float
) -> dict[str, Any]:
    """Changes a second of a server of its own, and its memory at the end."""
    server = Server(arguments.facts, DASHBOARD_WORKERS=str(workers), DASHBOARD_THREADS=str(threads))
    try:
        while server.ask("/readyz")[0] != 200:
            time.sleep(0.1)
        known = server.view(arguments.page)["options"]
        found = {name: hammer(server, arguments, known, seconds, distinct=name == "distinct") for name in what}
        return {**found, "memory mb": pss_mb(server.process.pid)}
    finally:
        server.process.terminate()
        server.process.wait(30)


def hammer(
    server: Server, arguments: argparse.Namespace, known: dict[str, list[str]], seconds: float, *, distinct: bool
) -> dict[str, Any]:
    """Changes a second, and the time of one in ms, over some seconds."""
    took: list[float] = []
    errors = count()
    failed: list[int] = []
    start = threading.Barrier(arguments.readers + 1)

    def read(number: int) -> None:
        rng = random.Random(number if distinct else 0)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        start.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            query = []
            for name in ("device", "segment", "region", "campaign"):
                values = known[name]
                chosen = rng.sample(values, rng.randint(max(1, len(values) // 2), len(values)))
                query.append(f"{name}=" + ",".join(quote(each.replace(",", "%2C"), safe="") for each in sorted(chosen)))
            began = time.perf_counter()
            body = json.dumps(view_body(arguments.page, "&".join(query)))
            connection.request("POST", CALLBACK, body, JSON_IN_GZIP)
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
    took_all = time.perf_counter() - began
    cuts = statistics.quantiles(took, n=100)
    return {
        "changes a second": round(len(took) / took_all, 1),
        "p50 ms": round(cuts[49], 1),
        "p95 ms": round(cuts[94], 1),
        "errors": len(failed),
    }


if __name__ == "__main__":
    main()
