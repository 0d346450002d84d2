"""python -m datagen [--start --end --days --seed --out] [--follow SECONDS]: the demo facts."""

import argparse
import datetime as dt
import errno
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Final

from datagen.company import ROWS, found
from datagen.write import Refused, last_day, seed_of, write

SEED: Final = 7
DAYS: Final = 731
END: Final = dt.date(2025, 9, 28)
EARLIEST, LATEST, MOST_DAYS = dt.date(2000, 1, 1), dt.date(2100, 12, 31), 3660


def _date(text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it as YYYY-MM-DD") from None
    if not EARLIEST <= date <= LATEST:
        raise argparse.ArgumentTypeError(f"{text} lies outside {EARLIEST} to {LATEST}")
    return date


def _whole(least: int, most: int) -> object:
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
        seconds = float("nan")
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0, at most 86400")
    return seconds


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m datagen", description="Write the demo company's facts as a Delta table.")
    parser.add_argument("--start", type=_date, help="first day (default: --days before the last)")
    parser.add_argument("--end", type=_date, help=f"last day (default: {END}, or --days after the first)")
    parser.add_argument("--days", type=_whole(1, MOST_DAYS), help=f"number of days (default: {DAYS})")  # type: ignore[arg-type]
    parser.add_argument("--seed", type=_whole(0, 2**63 - 1), help=f"which company (default: {SEED})")  # type: ignore[arg-type]
    parser.add_argument("--out", type=Path, default=Path("data/facts"), help="the table's directory (default: data/facts)")
    parser.add_argument("--follow", type=_seconds, nargs="?", const=5.0, metavar="SECONDS",
                        help="then publish a further day every SECONDS (default: 5) until stopped")  # fmt: skip
    args = parser.parse_args(argv)
    if args.start and args.end and args.start > args.end:
        parser.error(f"--start {args.start} lies after --end {args.end}")
    if args.start and args.end and args.days and (args.end - args.start).days + 1 != args.days:
        parser.error(f"--start {args.start} to --end {args.end} are not --days {args.days}: leave one of the three out")
    if args.start and args.days and not args.end:
        args.end = args.start + dt.timedelta(args.days - 1)
    args.end = args.end or END
    args.start = args.start or args.end - dt.timedelta((args.days or DAYS) - 1)
    if args.start > args.end:
        parser.error(f"--start {args.start} lies after the last day, {args.end}: give --end or --days")
    if not EARLIEST <= args.start <= args.end <= LATEST:
        parser.error(f"{args.start} to {args.end} lies outside {EARLIEST} to {LATEST}")
    if (args.end - args.start).days + 1 > MOST_DAYS:
        parser.error(f"{args.start} to {args.end} are more than {MOST_DAYS} days")
    return args


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 not written and the sentence on stderr says why, 2 a bad argument, 130 or 143 stopped."""
    args = _arguments(argv)
    stop = threading.Event()

    def stopped(number: int, _frame: FrameType | None) -> None:
        stop.set()
        if not args.follow or not following:
            raise SystemExit(128 + number)

    following = False
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    try:
        if args.follow and last_day(args.out) is not None:
            following = True
        else:
            _generate(args)
            following = True
        if args.follow:
            _follow(args, stop)
    except Refused as why:
        print(f"datagen: {why}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"datagen: {_why(error)} Nothing was changed at {args.out}.", file=sys.stderr)
        return 1
    return 0


def _generate(args: argparse.Namespace) -> None:
    first, last = args.start.toordinal(), args.end.toordinal()
    days = last - first + 1
    shown = sys.stderr.isatty()

    def progress(done: int) -> None:
        if shown:
            print(f"\r{done} of {days} days", end="\n" if done == days else "", file=sys.stderr, flush=True)

    write(found(SEED if args.seed is None else args.seed), first, last, args.out, "overwrite", progress)
    print(f"{days * ROWS} rows, {days} days from {args.start} to {args.end}: {args.out}", flush=True)


def _follow(args: argparse.Namespace, stop: threading.Event) -> None:
    there = seed_of(args.out)
    seed = args.seed if args.seed is not None else there if there is not None else SEED
    if there is not None and there != seed:
        raise Refused(f"{args.out} is the company of seed {there}, not {seed}: leave --seed out, or generate anew.")
    company = found(seed)
    while not stop.wait(args.follow):
        newest = last_day(args.out)
        assert newest is not None
        day = newest + 1
        if day > LATEST.toordinal():
            raise Refused(f"the table has reached {LATEST}: generate anew.")
        write(company, day, day, args.out, "append", lambda _done: None)
        print(f"{ROWS} rows, {dt.date.fromordinal(day)}: {args.out}", flush=True)


def _why(error: Exception) -> str:
    """One sentence on an error, and what to do."""
    number, text = getattr(error, "errno", None), str(error)
    if number == errno.ENOSPC or "No space left" in text:
        return "the disk is full: free some space, or give an --out on another disk."
    if number == errno.EFBIG or "File too large" in text:
        return "a file grew beyond this process's size limit (ulimit -f): raise it, or give fewer --days."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "the directory may not be written to: change its permissions, or give another --out."
    return f"{type(error).__name__}: {text.splitlines()[0] if text else 'no reason given'}."


if __name__ == "__main__":
    sys.exit(main())
