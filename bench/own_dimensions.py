"""How long own dimensions take over 20,000 campaigns: opening the facts, and a page's groupings, filtered by one.

python -m bench.own_dimensions [pandas duckdb postgres spark]
"""

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from facts import ALL_ROWS
from kpi.schema import DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.selection import Selection, only
from tests.engines import engine

CAMPAIGNS, DAYS = 20_000, 20
START = date(2025, 1, 1)
RULES = "".join(
    f"[[{name}]]\nvalue = 'v{value}'\ncampaign = ['*_{value}_*', 'x{value}*', '*z?{value}']\n"
    for name, count in (("product", 40), ("country", 20), ("brand", 2))
    for value in range(count)
)
GROUPINGS = [(), ("date",), ("platform",), ("region",), ("platform", "campaign"), ("x.product",), ("x.brand",)]


def table() -> pa.Table:
    """A row a day of each of 20,000 campaigns on four platforms."""
    rng = np.random.default_rng(1)
    names = [f"eu_{rng.integers(0, 60)}_always on_{number}_{rng.integers(0, 9)}" for number in range(CAMPAIGNS)]
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    frame = pd.DataFrame(
        {**texts, "campaign": names, "platform": rng.choice(["Meta", "Google", "X", "TikTok"], CAMPAIGNS)}
    )
    days = pd.DataFrame({"date": [START + timedelta(days=day) for day in range(DAYS)]})
    rows = days.merge(frame, how="cross")
    rows = rows.assign(**{name: rng.integers(0, 1000, len(rows)) for name in MEASURES})
    return pa.Table.from_pandas(rows[["date", *texts, *MEASURES]], preserve_index=False)


def seconds(begun: float) -> float:
    """Since `begun`."""
    return round(time.perf_counter() - begun, 2)


def main(names: list[str]) -> None:
    """Print a line an engine."""
    rows = table()
    whole = Selection(START, START + timedelta(days=DAYS - 1))
    for name in names:
        with tempfile.TemporaryDirectory() as folder, engine(name, Path(folder)) as fill:
            taken = {}
            for what, rules in (("without", b""), ("with", RULES.encode())):
                begun = time.perf_counter()
                facts = fill(rows, rules)
                taken[f"open {what}"] = seconds(begun)
            begun = time.perf_counter()
            facts.totals(whole, [each for each in GROUPINGS if not any(key.startswith("x.") for key in each)], ALL_ROWS)
            taken["page without"] = seconds(begun)
            begun = time.perf_counter()
            facts.totals(whole, GROUPINGS, ALL_ROWS)
            taken["page grouped"] = seconds(begun)
            for value in ("v1", "Other"):
                begun = time.perf_counter()
                facts.totals(whole.narrow("x.product", [value]), GROUPINGS, ALL_ROWS)
                taken[f"page of {value}"] = seconds(begun)
            begun = time.perf_counter()
            facts.totals(Selection(whole.start, whole.end, only({"platform": ["Meta"]})), [("date",)], ALL_ROWS)
            taken["by platform"] = seconds(begun)
            print(name, len(facts.options(ALL_ROWS)["campaign"]), taken, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["pandas", "duckdb"])
