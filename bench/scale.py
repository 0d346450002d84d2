"""How a page's sums grow with rows that stay on disk: 0.5, 5, 50, 200 million, through DuckDB.

    python -m bench.scale [--facts data/facts] [--millions 0.5 5 50 200] [--out FILE.json] [--folder DIR]

Writes Parquet files of the facts' own rows, repeated under other campaigns' names, measures in a process of its own,
removes the files. Reference, in that process and turn about: DuckDB's sum of the same columns (of texts their lengths),
which reads them once. Prints one JSON object; memory is the peak before the reference first runs.
"""

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from bench.machine import machine
from kpi.comparison import baseline
from kpi.schema import COUNTS, DATE, DIMENSIONS, MEASURES
from kpi.selection import Selection

ROWS_A_FILE = 5_000_000
TEXTS = ("platform", "region", "objective", "segment")  # by which the CFO page groups


def write(folder: Path, rows: int, facts: str) -> int:
    """At least `rows` rows of the days of `facts`; returns how many.

    Each row of `facts` comes once or more, for campaigns of other names, its figures by a half less to a half more, in
    the order of a table that imports fill: by day, and within a day campaign by campaign.
    """
    own = DeltaTable(facts).to_pyarrow_table(columns=[DATE, *DIMENSIONS, *MEASURES]).sort_by(DATE)
    times = math.ceil(rows / own.num_rows)
    codes = {name: own[name].combine_chunks().dictionary_encode() for name in DIMENSIONS}
    campaign = codes["campaign"].indices.to_numpy()
    names = pa.array(
        [f"{name} {number}" for name in codes["campaign"].dictionary.to_pylist() for number in range(times)]
    )
    day = own[DATE].to_numpy()
    starts = np.flatnonzero(np.append(True, day[1:] != day[:-1]))
    rng = np.random.default_rng(7)
    step = max(1, ROWS_A_FILE * len(starts) // (times * own.num_rows))
    for first in range(0, len(starts), step):
        start, end = starts[first], starts[first + step] if first + step < len(starts) else own.num_rows
        place, copy = np.repeat(np.arange(start, end), times), np.tile(np.arange(times), end - start)
        order = np.lexsort((place, copy, campaign[place], day[place]))
        place, copy = place[order], copy[order]
        factor = rng.uniform(0.5, 1.5, len(place))
        columns = {DATE: own[DATE].take(place)}
        for name, code in codes.items():
            number = code.indices.to_numpy()[place]
            texts = (number * times + copy, names) if name == "campaign" else (number, code.dictionary)
            columns[name] = pa.DictionaryArray.from_arrays(texts[0].astype(np.int32), texts[1])
        for name in MEASURES:
            scaled = own[name].to_numpy()[place] * factor
            columns[name] = pa.array(np.rint(scaled).astype(np.int64) if name in COUNTS else np.round(scaled, 2))
        pq.write_table(pa.table(columns), folder / f"{first:04}.parquet", compression="zstd", row_group_size=1_000_000)
    return int(own.num_rows * times)


def seconds(action: Callable[[], object]) -> float:
    return both(action)[0]


def both(action: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and seconds of CPU of all threads, which a busy machine changes less."""
    start, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - cpu


def peak() -> float:
    """The most memory that this process has held, in MB; the kernel's ru_maxrss would count who started it too."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


def measure(folder: Path, rounds: int) -> dict[str, object]:
    """The times in seconds and the peak memory in MB, of this process."""
    from facts.source import load
    from pages import CFO

    groupings = tuple(dict.fromkeys(grouping for visual in CFO.visuals for grouping in visual.needs))
    found: list[object] = []
    opening = seconds(lambda: found.append(load(folder)))
    facts = found[0]
    extent = facts.extent()
    whole = Selection(extent.first, extent.last)
    month = Selection(extent.last - timedelta(days=27), extent.last)

    def fresh(*selections: Selection | None) -> float:
        facts._kept.clear()
        return seconds(lambda: [facts.totals(each, groupings) for each in selections if each])

    first = fresh(whole)
    again = seconds(lambda: facts.totals(whole.narrow("region", ["Europe"]), groupings))
    other = seconds(lambda: facts.totals(whole.narrow("device", ["Mobile"]), groupings))
    memory = peak()
    session = facts._sessions.take()
    sums = ", ".join([*(f"sum({name})" for name in MEASURES), "max(date)", *(f"sum(strlen({name}))" for name in TEXTS)])
    reading = session.session.frame().to_native()
    all_: list[tuple[float, float]] = []
    read: list[tuple[float, float]] = []
    weeks = []
    for _ in range(rounds):
        read.append(both(lambda: reading.aggregate(sums).fetchall()))
        facts._kept.clear()
        all_.append(both(lambda: facts.totals(whole, groupings)))
        weeks.append(fresh(month, baseline(month, extent)))
    return {
        "opening": round(opening, 3),
        "reading the columns once": round(statistics.median(each[0] for each in read), 3),
        "all groupings, two years": round(statistics.median(each[0] for each in all_), 3),
        "ratio": round(statistics.median(a[0] / b[0] for a, b in zip(all_, read, strict=True)), 2),
        "ratio of CPU": round(statistics.median(a[1] / b[1] for a, b in zip(all_, read, strict=True)), 2),
        "the first time": round(first, 3),
        "28 days and the 28 before": round(statistics.median(weeks), 3),
        "another region": round(again, 3),
        "another device": round(other, 3),
        "peak MB": round(memory),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--millions", type=float, nargs="+", default=[0.5, 5, 50, 200])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.rounds)))
        return
    results = []
    for millions in asked.millions:
        folder = Path(tempfile.mkdtemp(prefix="scale-", dir=asked.folder))
        try:
            rows = write(folder, round(millions * 1e6), asked.facts)
            load_before = os.getloadavg()[0]
            command = [sys.executable, "-m", "bench.scale", "--measure", str(folder), "--rounds", str(asked.rounds)]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            size = sum(file.stat().st_size for file in folder.iterdir())
            results.append({"rows": rows, "MB on disk": round(size / 1e6), **told, "load": round(load_before, 1)})
            print(json.dumps(results[-1]), file=sys.stderr, flush=True)
        finally:
            shutil.rmtree(folder)
    text = json.dumps({"machine": machine(), "seconds": results}, indent=1)
    if asked.out:
        asked.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
