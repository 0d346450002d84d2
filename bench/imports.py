"""What importing costs: `python -m bench.imports [--rows 1000000] [--files 1] [--restated] [--campaigns N]`.

Writes exports of Meta's shape with 20 columns, imports them one after the other in one process into a table of their
own, and prints for each the rows per second of the clock and of the processor, and the most memory held so far.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ingest.one_file import How, import_file

HEADER: Final = (
    "Reporting starts,Reporting ends,Account name,Campaign name,Campaign ID,Day,Impression device,Amount spent (USD),"
    "Impressions,Link clicks,Reach,Frequency,CPM (cost per 1000 impressions),CPC (cost per link click),"
    "CTR (link click-through rate),Purchases,Purchases conversion value,Purchase ROAS (return on ad spend),"
    "Attribution setting,Delivery status\n"
)
DAYS: Final = 280


def write(path: Path, rows: int, account: str, seed: int, campaigns: int = 0) -> None:
    """An export of `rows` rows: campaigns over 280 days, or so many of them as `campaigns` says."""
    chance = random.Random(seed)
    days = [(date(2025, 1, 1) + timedelta(n)).isoformat() for n in range(DAYS)]
    with path.open("w") as file:
        file.write(HEADER)
        for row in range(rows):
            number, day = row % campaigns if campaigns else row // DAYS, days[row % DAYS]
            spend = chance.random() * 100
            seen = int(spend * 80) + 1
            clicks = seen // 70
            bought = clicks // 30
            file.write(
                f'{day},{day},{account},"Campaign | EU, {number:07} prospecting",12020{number:010},{day},iPhone,'
                f"{spend:.2f},{seen},{clicks},{seen},1.00,{spend / seen * 1000:.6f},{spend / (clicks or 1):.6f},"
                f"{clicks / seen * 100:.6f},{bought},{bought * 50.5:.2f},{bought * 50.5 / (spend or 1):.6f},"
                "7-day click or 1-day view,active\n"
            )


def main() -> None:
    """Import and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=1, help="so many, one after the other")
    parser.add_argument("--restated", action="store_true", help="each states the same account anew")
    parser.add_argument("--campaigns", type=int, default=0, help="so many (default: one for 280 rows)")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, asked.files + 1):
            path = Path(folder) / f"{number}.csv"
            write(path, asked.rows, "Account 1" if asked.restated else f"Account {number}", number, asked.campaigns)
            clock, cpu = time.perf_counter(), time.process_time()
            import_file(path, How(Path(folder) / "data" / "facts"), lambda said: None)
            clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
            print(
                f"file {number}: {path.stat().st_size / 1e6:.0f} MB, {asked.rows:,} rows in {clock:.1f} s "
                f"({asked.rows / clock:,.0f} a second), {cpu:.1f} s of processor; at most {most:,.0f} MB",
                flush=True,
            )
            path.unlink()


if __name__ == "__main__":
    main()
