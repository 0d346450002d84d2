"""The commands import, history, undo and watch. An error is one sentence on stderr and exit status 1."""

import argparse
import logging
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from facts import ALL_ROWS
from facts.delta.damage import Damage, commit_damage, damage_of
from facts.delta.log import whole_versions
from facts.delta.tables import delta_table_at
from facts.delta.versions import version_at, why_gone
from facts.engines.choice import Engine
from facts.protocol import DataProblem
from facts.source import load
from ingest.history import return_to_goals, say_return, version_to_return_to, what_changed
from ingest.one_file import How, import_file
from ingest.read.margins import read_margins
from ingest.read.options import Options, currency_named, platform_named
from ingest.read.rates import read_rates
from ingest.rehearsal import in_words_of, rehearsal
from ingest.results import Fault, ImportProblem, WrongRows, as_csv
from ingest.watch import watch
from ingest.who import who
from ingest.write import ownership
from ingest.write.commit import UNDO, alone
from ingest.write.last_command import before_command, shop_before_command
from ingest.write.ownership import is_own, own_table
from ingest.write.replace import return_to
from ingest.write.shop import path_of
from ingest.write.summary import number
from kpi.plain_text import printable
from kpi.schema import DATE
from kpi.selection import Selection
from machine.complaint import complain

_WATCH_EVERY: Final = 2.0
_NO_VERSIONS: Final = "it has no versions to list; name another folder in DASHBOARD_FACTS"

_log = logging.getLogger(__name__)


def add_commands(commands: Any) -> None:
    """Add the commands to the command line's parsers."""
    files = _add_import_options(
        commands.add_parser("import", help="import reports of advertising platforms and the shop's days")
    )
    files.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="CSV, TSV, XLSX, Parquet, a zip of these, or the folder of a Delta or Parquet table",
    )
    files.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")
    files.add_argument("--problems", type=Path, metavar="CSV", help="list every row that must be repaired here")
    past = commands.add_parser("history", help="list the versions of the data: when, who, which file")
    past.add_argument(
        "--as-of", metavar="VERSION", help="compare each month at that version, or on that day (YYYY-MM-DD), with now"
    )
    past.add_argument("--business", action="store_true", help="of the shop's own days")
    back = commands.add_parser(
        "undo", help="take the last command back, then the one before it; or return to a version that `history` lists"
    )
    back.add_argument(
        "version", type=int, nargs="?", help="the version to return to (default: before the last command)"
    )
    back.add_argument("--business", action="store_true", help="the shop's own days")
    folder = _add_import_options(
        commands.add_parser("watch", help="import what lands in a folder, then move it to done/ or failed/")
    )
    folder.add_argument("folder", type=Path, metavar="DIR")
    folder.add_argument("--once", action="store_true", help="import what is there, then stop")
    folder.add_argument("--every", type=float, default=_WATCH_EVERY, metavar="SECONDS", help="how often to look")


def _add_import_options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--platform", help="the platform, where the headers do not tell")
    parser.add_argument("--account", help="the advertising account, where the file names none")
    parser.add_argument("--currency", help="the currency of the money, where the file names none")
    parser.add_argument(
        "--dates", choices=("dmy", "mdy"), help="day first or month first, where the file leaves it open"
    )
    parser.add_argument(
        "--decimal", choices=("point", "comma"), help="what begins decimals, where numbers such as 1.234 leave it open"
    )
    parser.add_argument("--mapping", type=Path, metavar="TOML", help="which header is which column")
    parser.add_argument(
        "--fx", type=Path, metavar="CSV", help="exchange rates: date, currency, rate; or the ECB's file"
    )
    parser.add_argument("--into", metavar="CURRENCY", help="the currency of a table that is new")
    parser.add_argument(
        "--replace", action="store_true", help="let figures take the place of others without any campaign in common"
    )
    parser.add_argument("--margins", type=Path, metavar="TOML", help="gross margin and fees by platform and region")
    return parser


def run(arguments: argparse.Namespace, facts: Path, engine: Engine) -> int:
    """Run one of the commands on the table at `facts`, summed by `engine`; returns the exit status."""
    try:
        if arguments.command == "history":
            return _history(facts, arguments, engine)
        if arguments.command == "undo":
            return _undo(facts, arguments)
        how = _how(arguments, facts)
        if arguments.command == "watch":
            return watch(arguments.folder, how, every=arguments.every, once=arguments.once)
        return import_files(arguments.files, how, dry_run=arguments.dry_run, problems=arguments.problems)
    except (ImportProblem, DataProblem) as problem:
        _complain(str(problem))
    except BrokenPipeError:
        raise  # an OSError that is nobody's fault
    except (OSError, DeltaError) as problem:  # deltalake reports a full disk as either, over several lines
        _log.debug("%s failed", arguments.command, exc_info=True)
        place = getattr(problem, "filename", None) or facts
        why = getattr(problem, "strerror", None) or "its data could not be read or written; try again"
        for path in (facts, path_of(facts)) if isinstance(problem, DeltaError) else ():
            if damage := damage_of(path):
                place, why = path, f"it cannot be used ({damage.what}): {damage.remedy}"
        if "No space left" in str(problem):
            why = "the disk is full; nothing was changed. Make room and import again"
        _complain(f"{place}: {why}.")
    except KeyboardInterrupt:
        _complain("Stopped; what was not finished is as it was.")
    return 1


def _how(arguments: argparse.Namespace, facts: Path) -> How:
    options = Options(
        platform=platform_named(arguments.platform) if arguments.platform else None,
        account=arguments.account,
        currency=currency_named(arguments.currency) if arguments.currency else None,
        dates=arguments.dates,
        decimal=arguments.decimal,
    )
    return How(
        facts,
        options.with_mapping(arguments.mapping) if arguments.mapping else options,
        read_rates(arguments.fx) if arguments.fx else None,
        read_margins(arguments.margins) if arguments.margins else (),
        currency_named(arguments.into) if arguments.into else None,
        who(),
        arguments.replace,
    )


def import_files(files: list[Path], how: How, *, dry_run: bool = False, problems: Path | None = None) -> int:
    """Import each file by itself; the status is 1 where one is refused, and says so, with the others imported.

    The rows that must be repaired are listed in the file `problems`.
    """
    if problems:
        _admit_list(problems)
    how = replace(how, command=secrets.token_hex(8))
    if dry_run and len(files) > 1:
        with rehearsal(how) as copied:
            status, faults = _import_each(files, copied, how.facts, dry_run=True)
    else:
        status, faults = _import_each(files, how, how.facts, dry_run=dry_run)
    if problems:
        problems.write_text(as_csv(faults), encoding="utf-8-sig", newline="")
        _say(f"{len(faults):,} faults are listed in {problems}.")
    return status


def _import_each(files: list[Path], how: How, facts: Path, *, dry_run: bool) -> tuple[int, list[Fault]]:
    """Import the files one after another; the status, and the rows that must be repaired.

    `facts` is the table that sentences are about, where `how` has a copy of it.
    """
    status = 0
    faults: list[Fault] = []
    for place, file in enumerate(files):
        try:
            how = import_file(file, replace(how, later=tuple(files[place + 1 :])), _say, dry_run=dry_run)
        except ImportProblem as problem:
            _complain(in_words_of(str(problem), facts, how.facts))
            status = 1
            faults += problem.faults if isinstance(problem, WrongRows) else []
        except (ArithmeticError, LookupError, TypeError, ValueError, pa.ArrowException) as problem:
            _log.debug("import of %s", file, exc_info=True)
            _complain(
                f"{file.name} could not be imported: {type(problem).__name__}, {problem}. Nothing of it was written; "
                "this is a fault of the program, please report it with the file's first lines."
            )
            status = 1
    return status, faults


def _admit_list(problems: Path) -> None:
    """Raise ImportProblem where a list of faults would take the place of anything but an earlier list."""
    if not problems.parent.is_dir():
        raise ImportProblem(f"{problems} cannot be written, {problems.parent} is no folder: make it first.")
    if problems.is_symlink() or problems.exists():
        header = as_csv([]).encode("utf-8-sig").rstrip()
        if not problems.is_file() or (problems.stat().st_size and not problems.read_bytes().startswith(header)):
            raise ImportProblem(f"{problems} is there and lists no faults: name another file with --problems.")


def _no_data(path: Path) -> ImportProblem:
    return ImportProblem(f"There is no data at {path}: import some, or write the demo's with `python -m datagen`.")


def _not_readable(path: Path, damage: Damage) -> ImportProblem:
    return ImportProblem(f"{path} cannot be used ({damage.what}), and nothing was changed: {damage.remedy}.")


def _history(facts: Path, arguments: argparse.Namespace, engine: Engine) -> int:
    path = path_of(facts) if arguments.business else facts
    try:
        table = delta_table_at(path)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:  # a damaged log makes its readers raise almost anything, or panic
        damage = damage_of(path) or Damage("its log is damaged or incomplete")
        raise _not_readable(path, damage) from problem
    if why := damage_of(path) if table is None else commit_damage(path):
        raise _not_readable(path, why)
    if table is None:
        own_table(path, ownership.SHOP if arguments.business else ownership.FACTS, _NO_VERSIONS)
        raise _no_data(path)
    if arguments.as_of is not None:
        if arguments.business:
            raise ImportProblem("--as-of compares the platforms' figures; leave out --business.")
        for line in _months(path, version_at(path, arguments.as_of).number, engine):
            _say(line)
        return 0
    _list_versions(path)
    if not arguments.business and is_own(path_of(facts), ownership.SHOP):
        _say("The shop's own days (`undo --business VERSION` returns to one):")
        _list_versions(path_of(facts))
    return 0


def _list_versions(path: Path) -> None:
    commits = whole_versions(path)
    for commit in reversed(commits):
        by = commit.said.get("import.by", "–")
        _say(f"{commit.number:>5}  {commit.when:%Y-%m-%d %H:%M} UTC  {by:12}  {what_changed(commit.said)}")
    if gone := why_gone(commits):
        print(f"{gone[0].upper()}{gone[1:]}.")


def _months(path: Path, version: int, engine: Engine) -> list[str]:
    """Each month's sums at `version` and now, from the cuts that the dashboard would take."""
    found = []
    for facts in (load(path, version=version, engine=engine), load(path, engine=engine)):
        extent = facts.extent()
        selection = Selection(extent.first, extent.last, grain="month")
        found.append((facts.currency, facts.totals(selection, [(DATE,)], ALL_ROWS)[(DATE,)]))
    (_, then), (currency, now) = found
    lines = [f"{'month':8} {'':12} {f'at version {version}':>18} {'now':>18}   ({currency})"]
    for month in sorted({*then.index, *now.index}):
        for measure in ("spend", "revenue", "conversions"):
            old, new = (
                number(
                    measure, None if month not in each.index or each[measure].isna()[month] else each[measure][month]
                )
                for each in (then, now)
            )
            lines.append(f"{month:%Y-%m}  {measure:12} {old:>18} {new:>18}{'' if old == new else '   changed'}")
    return lines


def _undo(facts: Path, arguments: argparse.Namespace) -> int:
    path, names = (path_of(facts), ownership.SHOP) if arguments.business else (facts, ownership.FACTS)
    whole = arguments.version is None and not arguments.business
    if own_table(path, names) is None and not (whole and is_own(path_of(facts), ownership.SHOP)):
        raise _no_data(path)  # where there is nothing, nothing is made, not even a lock
    with alone(facts):
        if arguments.version is None:
            return _undo_last(facts, shop_before_command(facts) if arguments.business else before_command(facts))
        table = own_table(path, names)
        if table is None:
            raise _no_data(path)
        version = version_to_return_to(path, table, arguments.version)
        return_to(table, version, {"import.by": who(), UNDO: str(version)})
    _say(say_return(path, version))
    return 0


def _undo_last(facts: Path, goals: dict[Path, int | None]) -> int:
    """Return the tables to the versions of `goals`, which the last command began with."""
    newest = {each: DeltaTable(str(each)).version() for each in goals}
    return_to_goals(facts, goals, who())
    for each, at in goals.items():
        _say(say_return(each, at))
    again = [f"`undo {'' if each == facts else '--business '}{version}`" for each, version in newest.items()]
    try:
        further = "`undo` again goes further back." if before_command(facts) else ""
    except ImportProblem:
        further = "There is nothing further back."
    _say(f"{further} To have it as it was before this: {' and '.join(again)}.")
    return 0


def _say(text: str) -> None:
    print(printable(text))


def _complain(text: str) -> None:
    complain(printable(text))
