"""What a server does when it is started, killed, stopped, fed and worn: the faults of a deployment, counted.

    python -m bench.faults [--facts data/facts] [--only cold,killed,stopped,replaced,forged,worn] [--cold 60] ...

Starts the dashboard by its own command on a free port of 127.0.0.1 and prints one JSON object. Every loop is bounded.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.asking import CALLBACK, view_body
from pages import PAGES

ROOT = Path(__file__).resolve().parent.parent
IN_CONTAINER = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}  # as the Dockerfile has it
#: What is asked for: an address, or the figures of a page for a query.
Visit = str | tuple[str, str]
FIRST: tuple[Visit, ...] = (
    *("/", "/_dash-layout", "/_dash-dependencies", "/version", "/cfo"),
    *(("executive", ""), ("cmo", ""), ("cfo", "")),
)


class Server:
    """The dashboard as it is served."""

    def __init__(self, facts: str, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
        own = {"DASHBOARD_PORT": str(self.port), "DASHBOARD_FACTS": str(facts), "DASHBOARD_WORKERS": "2"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve"],
            cwd=ROOT,
            env=kept | own | IN_CONTAINER | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, path: str, timeout: float = 30, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body; 0 where there was no answer. With a `body` of JSON it is posted."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            head = {} if body is None else {"Content-Type": "application/json"}
            connection.request("GET" if body is None else "POST", path, body, head)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def visit(self, what: Visit) -> tuple[int, bytes]:
        """Status and body of what is asked for, as a browser asks."""
        if isinstance(what, str):
            return self.ask(what)
        return self.ask(CALLBACK, body=json.dumps(view_body(*what)).encode())

    def view(self, page: str, query: str = "") -> dict[str, Any]:
        """The figures of a page."""
        status, body = self.visit((page, query))
        assert status == 200, body
        view: dict[str, Any] = json.loads(body)["response"]["view"]["data"]
        return view

    def ready(self, within: float = 60) -> float:
        """Seconds until the port answers. The first request is left to whoever measures."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    return time.monotonic() - began
            assert self.process.poll() is None, "the server ended before it was ready"
            time.sleep(0.01)
        raise TimeoutError

    def workers(self) -> list[int]:
        """The workers' process ids."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(each) for each in found]

    def memory(self) -> int:
        """Bytes of memory of master and workers that no file holds, what they share counted once."""
        total = 0
        for process in (self.process.pid, *self.workers()):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self) -> int:
        """End it as an orchestrator would; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()


@contextmanager
def served(facts: str, **settings: str) -> Iterator[Server]:
    server = Server(facts, **settings)
    try:
        server.ready()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def cold(facts: str, starts: int) -> dict[str, Any]:
    """Cold starts, each met by 8 parallel first requests."""
    failed: list[str] = []
    seconds = []
    for _ in range(starts):
        with served(facts) as server, ThreadPoolExecutor(8) as pool:
            began = time.monotonic()
            answers = zip(FIRST, pool.map(server.visit, FIRST), strict=True)
            failed += [f"{what} {status} {body[:80]!r}" for what, (status, body) in answers if status != 200]
            seconds.append(time.monotonic() - began)
    return {
        "starts": starts,
        "failed": len(failed),
        "which": failed,
        "first_eight_s": round(statistics.median(seconds), 3),
    }


def killed(facts: str) -> dict[str, Any]:
    """kill −9 of a worker under load: what fails, and how long until both workers answer."""
    clients = 16
    with served(facts, DASHBOARD_THREADS="4") as server:
        statuses: list[tuple[float, float, int]] = []
        over = threading.Event()

        def load(number: int) -> None:
            while not over.is_set():
                began = time.monotonic()
                status, _ = server.visit(("cfo", f"last={7 + number}d"))
                statuses.append((began, time.monotonic(), status))

        with ThreadPoolExecutor(clients) as pool:
            for number in range(clients):
                pool.submit(load, number)
            time.sleep(1.5)
            victim = server.workers()[0]
            at = time.monotonic()
            os.kill(victim, signal.SIGKILL)
            while len(server.workers()) < 2 or victim in server.workers():
                time.sleep(0.005)
            back = time.monotonic() - at
            time.sleep(2)
            over.set()
        failures = [(began - at, ended - at) for began, ended, status in statuses if status != 200]
        told = {each.decode().partition(" ")[2] for each in counted(server, b"dashboard_worker_restarts_total")}
    return {
        "clients": clients,
        "requests": len(statuses),
        "failed": len(failures),
        "failed_that_began_later": sum(began > 0 for began, _ in failures),
        "replaced_s": round(back, 2),
        "failures_s": sorted(round(ended, 3) for _, ended in failures),
        "restarts_counted": sorted(told),
    }


def counted(server: Server, name: bytes) -> set[bytes]:
    """The lines of /metrics that begin with `name`, as every worker tells them sooner or later."""
    lines = (server.ask("/metrics")[1].splitlines() for _ in range(12))
    return {line for answer in lines for line in answer if line.startswith(name)}


def forged(facts: str, requests: int) -> dict[str, Any]:
    """Bodies and addresses that nobody's browser would send: server errors, and how long an answer takes at most."""
    rng = random.Random(7)
    words = ["view", "data", "cfo", "..", "%2e%2e", "%00", "%ff", "core-cards.csv", "_dash-layout", "<b>", "a" * 300]
    took: list[float] = []
    statuses: dict[int, int] = {}
    with served(facts) as server:
        for number in range(requests):
            nested = "[" * rng.choice([10, 100, 5000])
            body = json.dumps(
                rng.choice(
                    [
                        {"output": f"x{number}.y", "inputs": [rng.random()] * rng.randrange(500)},
                        view_body("cfo") | {"inputs": [rng.random()] * rng.randrange(500)},
                        view_body("cfo") | {"outputs": [{}] * rng.randrange(3), "state": "x" * rng.randrange(500)},
                        view_body(["cfo"], rng.random()),
                    ]
                )
            )
            if rng.random() < 0.5:
                body = body[:-1] + f', "x": {nested}{"]" * (len(nested) - rng.randrange(2))}}}'
            path = "/" + "/".join(quote(word, safe="%") for word in rng.choices(words, k=rng.randint(1, 4)))
            query = "&".join(f"{rng.choice(['platform', 'rank', 'from', 'x'])}={rng.random()}" for _ in range(5))
            began = time.perf_counter()
            if number % 2:
                status = server.ask(CALLBACK, body=body.encode())[0]
            else:
                status = server.ask(f"{path}?{query}{quote(nested)[:3000]}")[0]
            took.append(time.perf_counter() - began)
            statuses[status] = statuses.get(status, 0) + 1
    return {
        "requests": requests,
        "server_errors": sum(count for status, count in statuses.items() if status >= 500 or status == 0),
        "statuses": statuses,
        "median_ms": round(statistics.median(took) * 1000, 1),
        "p99_ms": round(statistics.quantiles(took, n=100)[98] * 1000, 1),
    }


def stopped(facts: str) -> dict[str, Any]:
    """SIGTERM with requests in flight: what they got, and the exit status."""
    with served(facts) as server:
        queries = [f"last=all&grain=month&campaign=x{number}" for number in range(8)]
        sockets = []
        for query in queries:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            body = json.dumps(view_body("cfo", query))
            connection.request("POST", CALLBACK, body, {"Content-Type": "application/json"})
            sockets.append(connection)
        time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        statuses = []
        for connection in sockets:
            try:
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
            except (OSError, http.client.HTTPException):
                statuses.append(0)
            connection.close()
        code = server.process.wait(30)
    return {"in_flight": len(queries), "answered": statuses.count(200), "exit": code}


def replaced(facts: str, times: int) -> dict[str, Any]:
    """The table replaced while it is read: every answer must be wholly of one version."""
    from deltalake import DeltaTable, write_deltalake

    from facts.source import DEMO_NAME

    folder = Path(tempfile.mkdtemp(prefix="dashboard-bench-"))
    frame = DeltaTable(facts).to_pandas().tail(20_000)
    frame["revenue"], frame["spend"] = 1.0, 1.0
    path = str(folder / "facts")
    write_deltalake(path, frame, name=DEMO_NAME)
    torn, answers, versions = 0, 0, set()
    over = threading.Event()
    with served(path) as server, ThreadPoolExecutor(4) as pool:

        def read() -> None:
            nonlocal torn, answers
            while not over.is_set():
                status, body = server.ask("/data/executive/period-cards.json?last=all")
                if status != 200:
                    torn += 1
                    continue
                rows = {row["metric"]: row["value"] for row in json.loads(body)["rows"]}
                torn += rows["revenue"] != rows["spend"]
                answers += 1
                versions.add(rows["revenue"])

        for _ in range(4):
            pool.submit(read)
        for number in range(2, times + 2):
            frame["revenue"] = frame["spend"] = float(number)
            write_deltalake(path, frame, mode="overwrite")
        end = time.monotonic() + 30
        while float(times + 1) not in versions and time.monotonic() < end:
            time.sleep(0.1)
        over.set()
    shutil.rmtree(folder)
    return {"replaced": times, "answers": answers, "torn_or_failed": torn, "versions_seen": len(versions)}


def views(extent: dict[str, str], rng: random.Random) -> Iterator[Visit]:
    """Figures of pages, hardly one of them twice: other days, other filters, in other order."""
    first = date.fromisoformat(extent["first"])
    days = (date.fromisoformat(extent["last"]) - first).days
    while True:
        start = rng.randrange(days - 6)
        end = min(days, start + rng.choice([6, 13, 27, 55, 90]))
        asked = {"from": first + timedelta(start), "to": first + timedelta(end)}
        asked["platform"] = ",".join(sorted(rng.sample(["Meta", "Google", "Amazon", "TikTok"], rng.randint(1, 3))))
        asked |= {"device": rng.choice(["Mobile", "Desktop", "Tablet"])} if rng.random() < 0.3 else {}
        asked |= {"rank": rng.choice(["profit", "roi", "spend"]), "compare": rng.choice(["none", "year", "previous"])}
        yield rng.choice(PAGES).key, urlencode(asked)


def visits(extent: dict[str, str], rng: random.Random) -> Iterator[Visit]:
    """What readers ask for: views, every third new; files, proofs, lists, the shell, and what does not exist."""
    new, kept = views(extent, rng), [(page.key, f"last={days}d") for page in PAGES for days in range(7, 60)]
    while True:
        page = rng.choice(PAGES)
        visual = rng.choice(page.visuals)
        figures = f"{page.key}/{visual.name}"
        query = next(new)[1]
        yield rng.choice(
            [
                *(next(new), next(new), next(new)),
                *rng.choices(kept, k=4),
                f"/data/{figures}.{rng.choice(['csv', 'json', 'xlsx'])}?{query}",
                f"/proof/{figures}?metric={visual.metrics[0] if visual.metrics else 'profit'}&{query}",
                f"/options/campaign?find={rng.choice('abcdefghij')}",
                f"/data/{page.key}.json?{query}",
                *("/", "/_dash-layout", "/version", "/metrics", f"/nothing-{rng.random()}"),
            ]
        )


def worn(facts: str, requests: int) -> dict[str, Any]:
    """Memory before and after many requests of every kind, once the caches, which are bounded, are full.

    They are full where a thousand new views, then a thousand requests of every kind, add less than a hundredth.
    Memory is what the processes have for themselves or with one another; pages of libraries are the system's.
    """
    rng = random.Random(3)
    with served(facts) as server, ThreadPoolExecutor(8) as pool:
        extent = server.view("executive")["extent"]
        begun, errors, rounds = server.memory(), 0, [0]

        def answer(addresses: Iterator[Visit], count: int) -> int:
            asked = [next(addresses) for _ in range(count)]
            return sum(not 200 <= status < 500 for status, _ in pool.map(server.visit, asked))

        mixed = visits(extent, rng)
        for addresses in (views(extent, rng), mixed):
            grown = 2.0
            while grown > 1.01 and len(rounds) < 20:
                errors += answer(addresses, 1000)
                rounds.append(server.memory())
                grown = rounds[-1] / max(rounds[-2], 1)
        errors += answer(mixed, requests)
        after = server.memory()
    megabytes = 1024 * 1024
    return {
        "warm_up": 1000 * (len(rounds) - 1),
        "requests": requests,
        "failed": errors,
        "begun_mb": round(begun / megabytes, 1),
        "before_mb": round(rounds[-1] / megabytes, 1),
        "after_mb": round(after / megabytes, 1),
        "growth_percent": round((after / rounds[-1] - 1) * 100, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", default=str(ROOT / "data/facts"))
    parser.add_argument("--only", default="cold,killed,stopped,replaced,forged,worn")
    parser.add_argument("--cold", type=int, default=60)
    parser.add_argument("--replaced", type=int, default=100)
    parser.add_argument("--forged", type=int, default=3000)
    parser.add_argument("--requests", type=int, default=10_000)
    given = parser.parse_args()
    every: dict[str, Callable[[], dict[str, Any]]] = {
        "cold": lambda: cold(given.facts, given.cold),
        "killed": lambda: killed(given.facts),
        "stopped": lambda: stopped(given.facts),
        "replaced": lambda: replaced(given.facts, given.replaced),
        "forged": lambda: forged(given.facts, given.forged),
        "worn": lambda: worn(given.facts, given.requests),
    }
    print(json.dumps({name: every[name]() for name in given.only.split(",")}, indent=1))


if __name__ == "__main__":
    main()
