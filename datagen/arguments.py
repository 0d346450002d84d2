"""The arguments of datagen: which days, which seed, and where to write."""

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final

SEED: Final = 131
DAYS: Final = 731
END: Final = dt.date(2025, 9, 28)
OUT: Final = Path("data/facts")
PACE: Final = 5.0
EARLIEST: Final = dt.date(2000, 1, 1)
LATEST: Final = dt.date(2100, 12, 31)
MOST_DAYS: Final = 3660


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """`start` and `end` (dates, settled), `seed` (None: not given), `out`, `follow` (seconds or None).

    Exits with status 2 and a sentence on stderr where an argument is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m datagen", description="Write the demo company as a Delta table.")
    parser.add_argument("--start", type=_date, help=f"first day (default: --days before the last, {DAYS} if not given)")
    parser.add_argument("--end", type=_date, help=f"last day (default: --days after the first, else {END})")
    parser.add_argument("--days", type=_whole(1, MOST_DAYS), help="number of days")
    parser.add_argument("--seed", type=_whole(0, 2**63 - 1), help=f"which company (default: {SEED})")
    parser.add_argument("--out", type=Path, default=OUT, help=f"the table's directory (default: {OUT})")
    told = f"publish a further day every SECONDS (default: {PACE:g}) until stopped; generate first where no table is"
    parser.add_argument("--follow", type=_seconds, nargs="?", const=PACE, metavar="SECONDS", help=told)
    args = parser.parse_args(argv)

    start, end, days = args.start, args.end, args.days
    if start and end and days and (end - start).days + 1 != days:
        parser.error(f"--start {start} to --end {end} is not --days {days}: leave one of the three out")
    if start and days and not end:
        end = start + dt.timedelta(days - 1)
    end = end or END
    start = start or end - dt.timedelta((days or DAYS) - 1)
    if start > end:
        parser.error(f"the first day, {start}, lies after the last, {end}: change --start or --end")
    if not EARLIEST <= start <= end <= LATEST:
        parser.error(f"{start} to {end} reaches outside {EARLIEST} to {LATEST}: change --start, --end or --days")
    if (end - start).days + 1 > MOST_DAYS:
        parser.error(f"{start} to {end} is more than {MOST_DAYS} days: change --start, --end or --days")
    args.start, args.end = start, end
    return args


def _date(text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it as YYYY-MM-DD") from None
    if not EARLIEST <= date <= LATEST:
        raise argparse.ArgumentTypeError(f"{text} lies outside {EARLIEST} to {LATEST}")
    return date


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} lies outside {least} to {most}")
        return number

    return read


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0 and at most 86400")
    return seconds
