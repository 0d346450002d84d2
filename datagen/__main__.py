"""python -m datagen [--start --end --days --seed --out] [--follow SECONDS]: the demo facts."""

import argparse
import datetime as dt
import errno
import signal
import sys
import threading
from types import FrameType

from deltalake.exceptions import CommitFailedError

from datagen.arguments import LATEST, SEED, arguments
from datagen.company import ROWS, company_of_seed
from datagen.target import Refused, days, is_table, seed_of
from datagen.write import write


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 not written (stderr says why), 2 a bad argument, 130 or 143 stopped before it was done."""
    args = arguments(argv)
    stop, following = threading.Event(), threading.Event()

    def handle_signal(number: int, _frame: FrameType | None) -> None:
        stop.set()
        if not following.is_set():
            raise SystemExit(128 + number)

    before = {number: signal.signal(number, handle_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if not (args.follow and is_table(args.out)):
            _generate(args)
        if args.follow:
            following.set()
            _follow(args, stop)
    except Refused as why:
        print(f"datagen: {why}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"datagen: {_why(error)} The table at {args.out} is as it was.", file=sys.stderr)
        return 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _generate(args: argparse.Namespace) -> None:
    """The whole range as one version of the table."""
    first, last = args.start.toordinal(), args.end.toordinal()
    count = last - first + 1

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {count} days", end="\n" if done == count else "", file=sys.stderr, flush=True)

    write(company_of_seed(SEED if args.seed is None else args.seed), first, last, args.out, "overwrite", progress)
    print(f"{count * ROWS} rows, {count} days from {args.start} to {args.end}: {args.out}", flush=True)


def _follow(args: argparse.Namespace, stop: threading.Event) -> None:
    """One more day of the same company at a time, until stopped."""
    there = seed_of(args.out)
    if there is not None and args.seed not in (None, there):
        raise Refused(
            f"{args.out} is the company of seed {there}, not {args.seed}: leave --seed out, or generate anew."
        )
    company = company_of_seed(next(seed for seed in (args.seed, there, SEED) if seed is not None))
    while not stop.wait(args.follow):
        day = days(args.out)[1] + 1
        if day > LATEST.toordinal():
            raise Refused(f"{args.out} has reached {LATEST}, the last day there is: generate anew.")
        write(company, day, day, args.out, "append", lambda _done: None)
        print(f"{ROWS} rows, 1 day, {dt.date.fromordinal(day)}: {args.out}", flush=True)


def _why(error: Exception) -> str:
    """One sentence on an error, and what to do."""
    number, text = getattr(error, "errno", None), str(error)
    if number == errno.ENOSPC or "No space left" in text:
        return "The disk is full: free some space, or give an --out on another disk."
    if number == errno.EFBIG or "File too large" in text:
        return "A file would grow beyond this process's limit (ulimit -f): raise it, or ask for fewer --days."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "That directory may not be written to: change its permissions, or give another --out."
    if isinstance(error, CommitFailedError):
        return "Another program changed the table meanwhile: run again."
    return f"{type(error).__name__}: {text.splitlines()[0] if text else 'no reason given'}. Check --out and run again."


if __name__ == "__main__":
    sys.exit(main())
