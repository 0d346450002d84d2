"""What a page costs with 20 campaigns and with 20,000: the same number of rows, made up.

    python -m bench.campaigns [--rounds 20]

Server CPU of a change that nobody asked for before, size of its answer as a browser gets it, and of the first one.
Prints one JSON object.
"""

import argparse
import gzip
import json
import random
import statistics
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from app import create_app
from bench.asking import CALLBACK, view_body
from bench.machine import machine
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.schema import COUNTS, MEASURES, ORDER
from pages import PAGES
from settings import from_environment

ROWS, DAYS = 500_000, 120


def made(campaigns: int, rows: int = ROWS) -> pd.DataFrame:
    """`rows` fact rows over `DAYS` days, evenly over `campaigns`."""
    rng = np.random.default_rng(5)
    number = np.arange(rows) % campaigns
    frame = pd.DataFrame({"date": np.datetime64("2025-06-01") + np.sort(rng.integers(0, DAYS, rows))})
    places = {"platform": number % 4, "objective": number // 4 % 4}
    for name in ("platform", "region", "objective", "device", "segment"):
        values = ORDER[name][:4]
        codes = places.get(name, rng.integers(0, len(values), rows)) % len(values)
        frame[name] = pd.Categorical.from_codes(codes, values)
    frame["campaign"] = pd.Categorical.from_codes(
        number, [f"Campaign {each:05d} – always on" for each in range(campaigns)]
    )
    frame["account"] = frame["campaign_id"] = ""
    for name in MEASURES:
        values = rng.gamma(2.0, 50.0, rows)
        frame[name] = np.round(values) if name in COUNTS else values
    return frame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    found = {str(campaigns): measured(campaigns, arguments.rounds) for campaigns in (20, 20_000)}
    print(json.dumps({"machine": machine(), "rows": ROWS, "campaigns": found}, indent=1))


def measured(campaigns: int, rounds: int) -> dict[str, Any]:
    """By page: milliseconds of CPU and bytes."""
    facts = FrameFacts(made(campaigns), "bench", demo=True)
    source = SimpleNamespace(current=lambda: facts, require=lambda check: check(facts), problem=None, elsewhere=False)
    client = create_app(from_environment({}), source).server.test_client()
    rng = random.Random(3)
    names = facts.options(ALL_ROWS)["campaign"]
    pages = {}
    for page in PAGES:
        took, sizes = [], []
        first = client.post(CALLBACK, json=view_body(page.key), headers={"Accept-Encoding": "gzip"})
        for _ in range(rounds):
            chosen = rng.sample(names, min(15, len(names) - 1))
            query = f"campaign={quote(','.join(sorted(chosen)))}&device={rng.choice(facts.options(ALL_ROWS)['device'])}"
            if rng.random() < 0.5:
                query = "last=" + str(rng.randint(5, 115)) + "d"
            began = time.process_time()
            answer = client.post(CALLBACK, json=view_body(page.key, query), headers={"Accept-Encoding": "gzip"})
            took.append((time.process_time() - began) * 1000)
            assert answer.status_code == 200
            told = json.loads(gzip.decompress(answer.data))["response"]["view"]["data"]
            assert not told["notes"], "what is measured is what was asked for"
            sizes.append(len(answer.data))
        pages[page.key] = {
            "ms of cpu": round(statistics.median(took), 1),
            "bytes": int(statistics.median(sizes)),
            "bytes of the first": len(first.data),
        }
    return pages


if __name__ == "__main__":
    main()
