"""Reads uploaded files in a process apart from the server’s (web.imports.process).

What they hold and would change is answered, and kept where that is asked for. Memory, time and disk are limited here,
so junk or a bomb ends this process and no other; and deltalake's runtime never meets a fork (see
facts.source.load_by_reader_process).
"""

import contextlib
import csv
import hashlib
import json
import os
import re
import resource
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from deltalake.exceptions import DeltaError

from facts.delta.rows import name_of_newest
from facts.delta.table_names import without_folder
from ingest.read.margins import Margin, read_margins
from ingest.read.options import Options, currency_named, platform_named, read_mapping, read_toml
from ingest.read.rates import Rates, read_rates
from ingest.read.report_file import read_file
from ingest.results import Fault, Import, ImportProblem, WrongRows, as_csv
from ingest.write.commit import ImportPlan, alone, carry_out, plan_imports
from ingest.write.keep import record_of
from ingest.write.shop import path_of
from ingest.write.summary import told_of_import, told_of_plan, told_of_shop
from machine.disk import RESERVE, room
from machine.memory import free, resident_bytes

MEMORY: Final = 2_000_000_000
CPU_SECONDS: Final = 240
LARGEST_FILE: Final = 4_000_000_000
_LEFT_MEMORY: Final = 100_000_000  # to others, whose caches may fill meanwhile
_NICE: Final = 10

_SHOWN_FAULTS: Final = 50

#: What the command line's options are called on the page.
_OPTIONS: Final = (
    (r"--dates dmy", "“Dates: day first”"),
    (r"--dates mdy", "“Dates: month first”"),
    (r"--problems FILE\.csv lists them all", "the list below has them all"),
    (r"with --decimal (point|comma)", r'with a mapping file (TOML) that says decimal = "\1"'),
    (r"--platform", "“Platform”"),
    (r"--account", "“Account”"),
    (r"--currency", "“Currency”"),
    (r"--into", "“Table’s currency”"),
    (r"say --replace where", "choose “Other figures: take their place” where"),
    (r"with --fx", "as one more file"),
    (r"give a --mapping for its headers|give a --mapping", "add a mapping file (TOML)"),
    (r"--mapping", "a mapping file"),
)

#: The fields of the page that a sentence asks for, by the options it names.
_FIELDS: Final = {
    "--platform": "platform",
    "--account": "account",
    "--currency": "currency",
    "--into": "into",
    "--dates": "dates",
    "--replace": "replace",
}


@dataclass(frozen=True)
class Read:
    """What the files hold: what is told of each, the imports of those that can be used, and what goes with them."""

    files: list[dict[str, Any]]
    imports: list[Import] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    rates: Rates | None = None
    margins: tuple[Margin, ...] = ()


def limit(facts: Path | None = None) -> None:
    """Bound this process, and let the kernel end it first where memory runs out; it makes way for who waits for a page.

    A file may be as large as there is room for it: in the folder for temporary files, or at `facts` where it may write.
    """
    os.nice(_NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    found = free()
    most_memory = MEMORY if found is None else min(MEMORY, resident_bytes() + max(found - _LEFT_MEMORY, 0))
    largest = max(room(tempfile.gettempdir()), room(_there(facts)) if facts else 0)
    for kind, most in (
        (resource.RLIMIT_DATA, most_memory),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, min(LARGEST_FILE, largest + RESERVE // 4)),  # an answer is small, and always written
        (resource.RLIMIT_CORE, 0),
    ):
        soft, hard = resource.getrlimit(kind)
        known = [each for each in (most, soft, hard) if each != resource.RLIM_INFINITY]
        resource.setrlimit(kind, (min(known), hard))


def _there(path: Path) -> Path:
    """`path`, or the nearest folder above it that exists."""
    while not path.exists():
        path = path.parent
    return path


def answer_request(
    asked: Mapping[str, Any], begin: Callable[[dict[str, Any]], None] = lambda record: None
) -> dict[str, Any]:
    """The answer to a request: `files` as they were read, then

    `plan` (what storing would change) or `refused` (why nothing can be stored), `mark` (a digest of the plan: what a
    person agreed to), `closed` (why this server can store nothing), `faults` (every wrong row as CSV), and, where it
    was asked to `keep` and the plan is still the one with the given `mark`, `kept`, and `version`, the one that shows
    them. `begin` is called with what is about to be written (ingest.write.keep), just before.
    """
    facts = Path(asked["facts"])
    try:
        read = read_files([Path(path) for path in asked["files"]], options_of(asked["options"]))
    except ImportProblem as problem:
        return {"files": [], **refusal(str(problem))}
    answer: dict[str, Any] = {"files": read.files, "faults": as_csv(read.faults) if read.faults else None}
    if not read.imports:
        return answer | {"refused": "None of the files can be imported."}
    try:
        if asked.get("keep"):
            with alone(facts):
                answer |= _plan_answer(wanted := _plan(facts, read, asked["options"]))
                if answer["mark"] == asked.get("mark"):
                    begin(record_of(wanted, asked["by"], read.digests) | {"answer": answer})
                    carry_out(wanted, read.imports, asked["by"], read.digests)
                    answer |= kept_answer(facts)
        else:
            answer |= _plan_answer(_plan(facts, read, asked["options"])) | {"closed": why_closed(facts)}
    except (ImportProblem, OSError, DeltaError) as problem:
        answer |= _refusal(problem, facts)
    return answer


def options_of(given: Mapping[str, Any]) -> Options:
    """The options in a request; empty ones say nothing. Raises ImportProblem."""
    dates = given.get("dates") or None
    if dates not in (None, "dmy", "mdy"):
        raise ImportProblem(f"Dates are “{dates}”; they must be dmy or mdy.")
    return Options(
        platform=platform_named(given["platform"]) if given.get("platform") else None,
        account=given.get("account") or None,
        currency=currency_named(given["currency"]) if given.get("currency") else None,
        dates=dates,
    )


def read_files(paths: list[Path], options: Options) -> Read:
    """Read files of all kinds: reports and, beside them, exchange rates, margin tables and mapping files."""
    found = Read([])
    reports = []
    for path in paths:
        told: dict[str, Any] = {"name": path.name}
        try:
            if is_rates(path):
                found = replace(found, rates=read_rates(path))
                told["use"] = "exchange rates"
            elif path.suffix.lower() == ".toml" and "margin" in _toml(path):
                found = replace(found, margins=read_margins(path))
                told["use"] = "margins"
            elif path.suffix.lower() == ".toml":
                mapped = read_mapping(path)
                options = replace(
                    mapped,
                    **{
                        name: getattr(options, name) or getattr(mapped, name)
                        for name in ("platform", "account", "currency", "dates")
                    },
                )
                told["use"] = "mapping of columns"
            else:
                reports.append((path, told))
        except ImportProblem as problem:
            told |= refusal(str(problem).replace(f"{path.parent}/", ""))
        found.files.append(told)
    for path, told in reports:
        told |= _read_report(path, options, found)
    return found


def _read_report(path: Path, options: Options, found: Read) -> dict[str, Any]:
    try:
        imports = read_file(path, options)
    except WrongRows as problem:
        found.faults.extend(problem.faults)
        return {
            **refusal(str(problem)),
            "wrong": len(problem.faults),
            "rows": [[each.row, each.column, each.value, each.problem] for each in problem.faults[:_SHOWN_FAULTS]],
        }
    except ImportProblem as problem:
        return refusal(str(problem).replace(f"{path.parent}/", ""))
    except (ArithmeticError, LookupError, TypeError, ValueError, pa.ArrowException) as problem:
        return {"refused": f"{path.name} could not be read ({type(problem).__name__}): export it again."}
    with path.open("rb") as content:
        found.digests[path.name] = hashlib.file_digest(content, "sha256").hexdigest()
    found.imports.extend(imports)
    told = [told_of_import(one) for one in imports]
    for each in told:
        _reword(each["findings"])
    return {"imports": told}


def is_rates(path: Path) -> bool:
    """Whether a file is a table of exchange rates."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = {cell.strip().casefold() for cell in next(csv.reader([file.readline(4096)]), [])}
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return header == {"date", "currency", "rate"} or {"date", "usd", "jpy", "gbp"} <= header


def _toml(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except ImportProblem:  # said where the file is read for what it should hold
        return {}


def _plan(facts: Path, read: Read, given: Mapping[str, Any]) -> ImportPlan:
    return plan_imports(
        facts,
        read.imports,
        rates=read.rates,
        margins=read.margins,
        into=currency_named(given["into"]) if given.get("into") else None,
        replace_campaigns=given.get("replace") == "yes",
    )


def _plan_answer(wanted: ImportPlan) -> dict[str, Any]:
    plan = {
        "ads": told_of_plan(wanted.ads) if wanted.ads else None,
        "shop": told_of_shop(wanted.shop) if wanted.shop else None,
    }
    if plan["ads"]:
        _reword(plan["ads"]["findings"])
    same = (wanted.ads is None or (wanted.ads.same and not wanted.ads.replaces_demo)) and (
        wanted.shop is None or wanted.shop.same
    )
    mark = hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()
    return {"plan": plan | {"same": same}, "mark": mark}


def _reword(findings: list[dict[str, str]]) -> None:
    for each in findings:
        each["text"] = in_words_of_the_page(each["text"])


def why_closed(facts: Path) -> str | None:
    """Why this process cannot write the table at `facts`, None where it can."""
    folder = _there(facts.parent)
    if all(os.access(each, os.W_OK) for each in (folder, facts, path_of(facts)) if each.exists()):
        return None
    return (
        "This server may only read its data, so nothing can be kept here. Import the files where the data is written "
        "(`marketing-dashboard import`), or let the server write to it (docs/import.md)."
    )


def kept_answer(facts: Path) -> dict[str, Any]:
    """What is answered once everything is in the table, with the version that the dashboard shows next."""
    version = None
    with contextlib.suppress(OSError, DeltaError, pa.ArrowException):  # it is kept, also where it cannot be read now
        version = name_of_newest(facts)
    return {"kept": True, "version": version}


def _refusal(problem: Exception, facts: Path) -> dict[str, Any]:
    if isinstance(problem, ImportProblem):
        said = str(problem).replace(str(path_of(facts)), "The folder of the shop’s days")
        return refusal(without_folder(said.replace(str(facts), "The data’s folder"), facts))
    if "No space left" in str(problem):
        return refusal("The server’s disk is full; nothing was changed. Make room and import again.")
    unwritten = "The data could not be written; nothing was changed. The server’s log says more."
    return refusal(why_closed(facts) or unwritten)


def refusal(sentence: str) -> dict[str, Any]:
    """Why something cannot be imported: `refused`, and `hint`, the fields of the page that may help."""
    hint = [field for option, field in _FIELDS.items() if option in sentence]
    return {"refused": in_words_of_the_page(sentence), "hint": hint}


def in_words_of_the_page(sentence: str) -> str:
    """A sentence of the command line's, as the page says it."""
    for option, words in _OPTIONS:
        sentence = re.sub(option, words, sentence)
    return sentence
