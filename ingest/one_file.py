"""Imports one file: reads it, compares it with the table, prints what would change, and commits one version."""

import hashlib
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from ingest.read.margins import Margin
from ingest.read.options import Options
from ingest.read.rates import Rates
from ingest.read.report_file import read_file
from ingest.results import Import, ImportProblem
from ingest.write.commit import ImportPlan, alone, carry_out, plan_imports
from ingest.write.currency import currency_of
from ingest.write.ownership import data_of
from ingest.write.summary import of_import
from kpi.plain_text import printable, storable

Say = Callable[[str], None]

#: What is in a folder of exports; a folder of Parquet files is a table, and read as one.
EXPORTS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".zip")


@dataclass(frozen=True)
class How:
    """How files are imported into the table at `facts`; `by` is who does it, `command` what is undone together.

    `later` are the files of the same command that come after this one, `earlier` the days without an account's name
    that those before it brought, `ahead` the currency that others name (empty: none does; None: nobody has looked).
    It `rehearses` where the table is a copy (ingest.rehearsal).
    """

    facts: Path
    options: Options = field(default_factory=Options)
    rates: Rates | None = None
    margins: tuple[Margin, ...] = ()
    into: str | None = None
    by: str = ""
    replace_campaigns: bool = False
    command: str = ""
    later: tuple[Path, ...] = ()
    earlier: tuple[pd.DataFrame, ...] = ()
    ahead: str | None = None
    rehearses: bool = False


def import_file(file: Path, how: How, say: Say, *, dry_run: bool = False) -> How:
    """Import one file in one version, or say what it would change; returns how the next of the command is imported.

    Raises ImportProblem with nothing written.
    """
    _refuse_folder(file)
    imports = read_file(file, how.options, _progress(file))
    for one in imports:
        for line in of_import(one):
            say(line)
    how = _with_currency_ahead(how, imports)
    digest = {storable(file.name): _digest(file)} if file.is_file() else {}
    if dry_run:
        wanted = _plan(how, imports)
        for line in wanted.sentences():
            say(line)
        if how.rehearses and how.later:
            with alone(how.facts):
                carry_out(wanted, imports, how.by, digest, how.command)
        say("Dry run: nothing was written.")
        return _after(how, wanted)
    with alone(how.facts):
        wanted = _plan(how, imports)
        for line in wanted.sentences():
            say(line)
        for path, version in carry_out(wanted, imports, how.by, digest, how.command):
            _say_version(say, path, version)
    return _after(how, wanted)


def _refuse_folder(file: Path) -> None:
    """Raise ImportProblem where a folder of exports is given for a file."""
    if not file.is_dir() or data_of(file):
        return
    names = sorted(path.name for path in file.iterdir() if path.suffix.lower() in EXPORTS)
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise ImportProblem(
            f"{file.name} is a folder with {names[0]}{more} in it, and no file: name the files, as in "
            f"`import {file.name}/*{Path(names[0]).suffix}`."
        )


def _with_currency_ahead(how: How, imports: list[Import]) -> How:
    """`how` with the currency that a later file names, where these name none and the table has none that was named."""
    if how.ahead is not None or how.into or all(each.currencies for each in imports):
        return how
    known = currency_of(how.facts)
    if known and not known.assumed:
        return how
    for file in how.later:
        try:
            named = {each for one in read_file(file, how.options) for each in one.currencies}
        except (ImportProblem, ArithmeticError, LookupError, OSError, TypeError, ValueError, pa.ArrowException):
            continue  # it is told of when its turn comes
        if len(named) == 1:
            return replace(how, ahead=named.pop())
    return replace(how, ahead="")


def _after(how: How, done: ImportPlan) -> How:
    """How the next file of the same command is imported."""
    return replace(how, earlier=(*how.earlier, done.ads.nameless)) if done.ads else how


def _plan(how: How, imports: list[Import]) -> ImportPlan:
    return plan_imports(
        how.facts,
        imports,
        rates=how.rates,
        margins=how.margins,
        into=how.into,
        replace_campaigns=how.replace_campaigns,
        earlier=how.earlier,
        likely_currency=how.ahead or None,
    )


def _say_version(say: Say, path: Path, version: int | None) -> None:
    if version is None:
        say(f"Nothing changed: {path} already holds these figures.")
    else:
        say(f"Imported: {path} is now at version {version}.")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _progress(file: Path) -> Callable[[int], None]:
    """A bar for a person at a terminal, filled by the rows read of those that a file of this size has, about."""
    if not sys.stderr.isatty():
        return lambda rows: None
    lines = 0
    if file.is_file() and not zipfile.is_zipfile(file):
        with file.open("rb") as content:
            start = content.read(1 << 16)
        lines = file.stat().st_size * start.count(b"\n") // len(start) if start else 0

    def tell(rows: int) -> None:
        done = min(rows / lines, 1.0) if lines else 0.0
        bar = f"[{'#' * round(done * 30):30}] {done:4.0%} " if lines else ""
        print(f"\r{bar}{printable(file.name)}: {rows:,} rows read\033[K", end="\r", file=sys.stderr, flush=True)

    return tell
