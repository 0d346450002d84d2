"""What readers who are signed in notice of a key server that is dead, slow, changed or asked for invented keys.

    python -m bench.key_server [--facts data/facts] [--seconds 20] [--rate 20] [--only slow,dead] [--withdrawn]

Starts the dashboard twice by its own command, each with two workers, a sign-in and a key server of its own; only one
of them is disturbed. As many readers ask the one and the other for views at the same moments, so that whatever else the
machine does slows both: `ratio` is the disturbed one's p95 to the other's. Meanwhile somebody sends the disturbed one
tokens with invented key ids. `invented, other algorithm` are as many tokens that are refused
before any key is looked for: what as many requests cost whatever they name. `--withdrawn` also waits until a withdrawn
key is refused by every worker. Prints one JSON object.
"""

import argparse
import base64
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from bench.asking import CALLBACK, view_body
from bench.faults import ROOT, Server
from bench.machine import machine
from tests.access.key_server import AnsweringServer
from tests.access.signing import ARN, AUDIENCE, ISSUER, Provider, of_elb

READERS, EVERY = 6, 0.2
VIEWS = (("executive", ""), ("cmo", "last=12w"), ("cfo", "platform=Meta"))


def ask(port: int, view: tuple[str, str], token: str, connection: http.client.HTTPConnection | None = None) -> int:
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"X-Auth-Id-Token": token, "Content-Type": "application/json"}
        own.request("POST", CALLBACK, json.dumps(view_body(*view)), headers)
        answer = own.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        own.close()
        return 0
    finally:
        if connection is None:
            own.close()


def readers(ports: tuple[int, int], token: str, seconds: float) -> tuple[list[float], list[float], int]:
    """Milliseconds until each answer of two servers, of which `READERS` readers each want one every `EVERY` seconds.

    They count from the moment at which it was wanted: who is kept waiting wants the next all the same. And how many
    answers of the first were no view.
    """
    took: tuple[list[float], list[float]] = ([], [])
    failed = [0, 0]
    begin = time.perf_counter() + 0.1

    def read(which: int, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", ports[which], timeout=30)
        for place in range(int(seconds / EVERY)):
            wanted = begin + (place + number / READERS) * EVERY
            time.sleep(max(0.0, wanted - time.perf_counter()))
            failed[which] += ask(ports[which], VIEWS[place % len(VIEWS)], token, connection) != 200
            took[which].append((time.perf_counter() - wanted) * 1000)
            if took[which][-1] > 30_000:  # nobody waits longer, and what was wanted after that was not had either
                took[which].extend([30_000.0] * (int(seconds / EVERY) - place - 1))
                break
        connection.close()

    threads = [threading.Thread(target=read, args=(which, number)) for which in (0, 1) for number in range(READERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return *took, failed[0]


@contextmanager
def sending(port: int, token: Callable[[int], str], rate: float) -> Iterator[None]:
    """Send tokens at a rate, each in a thread of its own, so that one that waits holds back none."""
    over, numbers = threading.Event(), count()

    def send() -> None:
        while not over.wait(1 / rate):
            given = token(next(numbers))
            threading.Thread(target=lambda given=given: ask(port, VIEWS[0], given), daemon=True).start()

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def measure(
    ports: tuple[int, int], token: str, cases: dict[str, Callable[[], Any]], given: argparse.Namespace
) -> dict[str, Any]:
    """For each case p95 and longest answer of the disturbed server, the first, and its p95 to the other's."""
    found = {}
    for name, disturb in cases.items():
        if given.only and name not in given.only.split(","):
            continue
        with disturb():
            disturbed, other, failed = readers(ports, token, given.seconds)
        found[name] = {
            "answers": len(disturbed),
            "failed": failed,
            "p95_ms": round(p95(disturbed), 1),
            "longest_ms": round(max(disturbed), 1),
            "undisturbed_p95_ms": round(p95(other), 1),
            "ratio": round(p95(disturbed) / p95(other), 2),
        }
    return found


@contextmanager
def two_servers(facts: str, *both: dict[str, str]) -> Iterator[tuple[Server, Server]]:
    one, other = (Server(facts, **each) for each in both)
    try:
        one.ready()
        other.ready()
        yield one, other
    finally:
        one.stop()
        other.stop()


def naming(token: str, kid: str, **head: str) -> str:
    """`token` with another key id; whoever invents one has no key to sign it with."""
    first, rest = token.split(".", 1)
    changed = {**json.loads(base64.urlsafe_b64decode(first + "==")), "kid": kid, **head}
    return f"{base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip('=')}.{rest}"


def settings(folder: Path, keys: str, audience: str, groups: str) -> dict[str, str]:
    policy = folder / "policy.toml"
    policy.write_text("""
contact = "data-team@example.com"
[roles.all]
groups = ["a", "ada@example.com"]
pages = ["executive", "cmo", "cfo"]
rows = "all"
""")
    return {
        "DASHBOARD_AUTH": "jwt",
        "DASHBOARD_AUTH_KEYS": keys,
        "DASHBOARD_AUTH_ISSUER": ISSUER,
        "DASHBOARD_AUTH_AUDIENCE": audience,
        "DASHBOARD_AUTH_GROUPS": groups,
        "DASHBOARD_POLICY": str(policy),
        "DASHBOARD_WORKERS": "2",
    }


def until(holds: Callable[[], bool], seconds: float) -> float | None:
    """Seconds until something holds."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if holds():
            return round(time.monotonic() - began, 1)
        time.sleep(0.1)
    return None


def jwks(provider: Provider, *kids: str) -> bytes:
    return json.dumps({"keys": [{**provider.jwk(kid[:3].rstrip("-")), "kid": kid} for kid in kids]}).encode()


def with_a_set(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    provider = Provider(folder)
    token, names = provider.token(["a"]), count()
    keys, calm = (AnsweringServer(lambda path: jwks(provider, "rsa-1"), pause=1.0) for _ in range(2))

    @contextmanager
    def sent(way: str, **head: str) -> Iterator[None]:
        keys.way = way
        with sending(server.port, lambda number: naming(token, f"rsa-{next(names) + 100}", **head), given.rate):
            yield
        keys.way = "whole"

    @contextmanager
    def changed() -> Iterator[None]:
        over = threading.Event()

        def change() -> None:
            for number in count():
                keys.body = lambda path, number=number: jwks(provider, "rsa-1", f"rsa-new-{number}")
                ask(server.port, VIEWS[0], provider.token(["a"], kid=f"rsa-new-{number}"))
                if over.wait(0.5):
                    return

        thread = threading.Thread(target=change)
        thread.start()
        yield
        over.set()
        thread.join()

    both = [settings(folder, each.address(), AUDIENCE, "groups") for each in (keys, calm)]
    with two_servers(given.facts, *both) as (server, other):
        ports = (server.port, other.port)
        readers(ports, token, 3)
        found = measure(
            ports,
            token,
            {
                "nothing": nullcontext,
                "invented, other algorithm": lambda: sent("whole", alg="PS256"),
                "flooded": lambda: sent("whole"),
                "dead": lambda: sent("closed"),
                "silent": lambda: sent("silent"),
                "slow": lambda: sent("slow body"),
                "changed": changed,
            },
            given,
        )
        moments = [moment for moment, _ in keys.asked]
        between = [later - sooner for sooner, later in pairwise(moments)]
        found["shortest_between_fetches_s"] = round(min(between), 1) if between else None
        keys.body = lambda path: jwks(provider, "rsa-1", "rsa-2")
        fresh = provider.token(["a"], kid="rsa-2")
        found["new_key_accepted_s"] = until(lambda: ask(server.port, VIEWS[0], fresh) == 200, 60)
        if given.withdrawn:
            keys.body = lambda path: jwks(provider, "rsa-2")

            def refused() -> bool:
                return all(ask(server.port, VIEWS[0], token) == 401 for _ in range(20))

            found["withdrawn_key_refused_s"] = until(refused, 900)
    keys.close()
    calm.close()
    return found


def with_key_files(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    provider = Provider(folder)
    real = {"/ec-1", "/ec-2"}
    token, names = of_elb(provider, "ec-1", exp=int(time.time()) + 3600), count()
    keys, calm = (
        AnsweringServer(lambda path: provider.pem("ec-1") if path in real else None, pause=1.0) for _ in range(2)
    )

    def invented(number: int) -> str:
        return naming(token, f"invented-{next(names)}")

    @contextmanager
    def sent(way: str) -> Iterator[None]:
        keys.way = way
        with sending(server.port, invented, given.rate):
            yield
        keys.way = "whole"

    both = [settings(folder, each.address("/{kid}"), ARN, "email") for each in (keys, calm)]
    with two_servers(given.facts, *both) as (server, other):
        ports = (server.port, other.port)
        for port in ports:
            until(lambda port=port: ask(port, VIEWS[0], token) == 200, 60)
        readers(ports, token, 3)
        cases = {"flooded": lambda: sent("whole"), "flooded and slow": lambda: sent("slow body")}
        found = measure(ports, token, cases, given)
        with sending(server.port, invented, given.rate):
            time.sleep(2)
            fresh = of_elb(provider, "ec-2")
            found["new_key_accepted_through_the_flood_s"] = until(lambda: ask(server.port, VIEWS[0], fresh) == 200, 120)
    keys.close()
    calm.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", default=str(ROOT / "data/facts"))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=20, help="invented tokens a second")
    parser.add_argument("--only", help="the cases to measure, comma-separated")
    parser.add_argument("--withdrawn", action="store_true")
    given = parser.parse_args()
    result: dict[str, Any] = {"machine": machine()}
    for name, run in (("set", with_a_set), ("key files", with_key_files)):
        with tempfile.TemporaryDirectory() as folder:
            result[name] = run(Path(folder), given)
    result["machine"]["load_after"] = machine()["load"]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
