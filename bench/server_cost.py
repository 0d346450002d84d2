"""What one filter change costs the server: CPU of the whole request, nothing cached and cached, by page.

    python -m bench.server_cost [--facts data/facts] [--rounds 60]

Each request goes through Flask, Dash and compression, as a browser's would. Reference: one numpy sum over the measures
of the same rows, in the same run; figures of different machines compare by their ratio to it. Prints one JSON object.
"""

import argparse
import json
import random
import statistics
import time
from itertools import cycle

from app import create_app
from bench.asking import CALLBACK, view_body
from bench.machine import machine
from components.address import Query, write
from facts import ALL_ROWS
from facts.source import Source
from kpi.selection import only
from pages import PAGES
from settings import from_environment


def milliseconds(action: object, rounds: int) -> float:
    """The median CPU time of one call."""
    found = []
    for _ in range(rounds):
        start = time.process_time_ns()
        action()
        found.append((time.process_time_ns() - start) / 1e6)
    return round(statistics.median(found), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    source = Source(arguments.facts)
    facts = source.current()
    if facts is None:
        raise SystemExit(source.problem)
    client = create_app(from_environment({}), source).server.test_client()
    rng = random.Random(7)
    options = facts.options(ALL_ROWS)

    def query(last: str) -> str:
        chosen = {}
        for name in rng.sample(["platform", "region", "device", "segment", "campaign"], 2):
            chosen[name] = rng.sample(options[name], rng.randint(1, len(options[name]) - 1))
        return write(Query(only(chosen), last))

    def ask(page: str, address: str) -> None:
        answer = client.post(CALLBACK, json=view_body(page, address), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200

    rows = facts._rows.values
    pages = {}
    for page in PAGES:
        for last in ("28d", "all"):
            fresh = cycle([query(last) for _ in range(4 * arguments.rounds)])
            one = query(last)
            ask(page.key, one)
            pages[f"{page.key} {last}"] = {
                "not cached": milliseconds(lambda page=page, fresh=fresh: ask(page.key, next(fresh)), arguments.rounds),
                "cached": milliseconds(lambda page=page, one=one: ask(page.key, one), arguments.rounds),
            }
    print(
        json.dumps(
            {
                "machine": machine(),
                "rows": int(rows.shape[1]),
                "sum of the measures": milliseconds(lambda: rows.sum(axis=1), arguments.rounds),
                "milliseconds of CPU": pages,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
