"""Imports one file: reads it, compares it with the table, prints what would change, and commits one version."""

import hashlib
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.read.margins import Margin
from ingest.read.options import Options
from ingest.read.rates import Rates
from ingest.read.report_file import read_file
from ingest.results import Import
from ingest.write.commit import ImportPlan, alone, carry_out, plan_imports
from ingest.write.summary import of_import
from kpi.plain_text import printable, storable

Say = Callable[[str], None]


@dataclass(frozen=True)
class How:
    """How files are imported into the table at `facts`; `by` is who does it, `command` what is undone together."""

    facts: Path
    options: Options = field(default_factory=Options)
    rates: Rates | None = None
    margins: tuple[Margin, ...] = ()
    into: str | None = None
    by: str = ""
    replace_campaigns: bool = False
    command: str = ""


def import_file(file: Path, how: How, say: Say, *, dry_run: bool = False) -> None:
    """Import one file in one version, or say what it would change. Raises ImportProblem with nothing written."""
    imports = read_file(file, how.options, _progress(file))
    for one in imports:
        for line in of_import(one):
            say(line)
    digest = {storable(file.name): _digest(file)} if file.is_file() else {}
    if dry_run:
        for line in _plan(how, imports).sentences():
            say(line)
        say("Dry run: nothing was written.")
        return
    with alone(how.facts):
        wanted = _plan(how, imports)
        for line in wanted.sentences():
            say(line)
        for path, version in carry_out(wanted, imports, how.by, digest, how.command):
            _say_version(say, path, version)


def _plan(how: How, imports: list[Import]) -> ImportPlan:
    return plan_imports(
        how.facts, imports, rates=how.rates, margins=how.margins, into=how.into, replace_campaigns=how.replace_campaigns
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
