"""Reads one file into its imports: each table is recognized, gathered, normalized and added up by key."""

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ingest.layouts import amazon, linkedin, meta, microsoft, snapchat
from ingest.layouts.headers import EXTRA_CUTS
from ingest.read import dimensions
from ingest.read.dates import newest
from ingest.read.gather import Progress, gather
from ingest.read.normalize import Table
from ingest.read.options import Options
from ingest.read.recognize import RecognizedTable, recognise
from ingest.read.shop import shop_days
from ingest.read.sums import daily, refuse_beyond
from ingest.read.tables import Sheet, sheets
from ingest.read.totals import not_totals
from ingest.read.wide import long
from ingest.results import CURRENCY, CUT, PROGRAM, Finding, Import, ImportProblem
from kpi.plain_text import storable
from kpi.schema import COLUMNS, COUNTS, DATE, EVENTS, MEASURES, MONEY, TEXT, UNKNOWN

#: Whose rows may name their day as the first and the last of a period.
_ONE_DAY_PERIODS: Final = tuple(each.LAYOUT.name for each in (meta, amazon, microsoft, snapchat))

#: Columns that tell rows apart; figures of rows that agree in all of them are added up.
KEY: Final = (DATE, *TEXT, PROGRAM, CURRENCY)


def read_file(path: str | Path, options: Options | None = None, progress: Progress = lambda rows: None) -> list[Import]:
    """The imports in a file: one for most, several for an archive or a workbook with several tables.

    A table that is no report is passed over with a finding where another in the file is one.
    `progress` is told of the rows read. Raises ImportProblem.
    """
    path, options = Path(path), options or Options()
    try:
        with ExitStack() as until:
            return _imports(storable(path.name), sheets(path, until), options, progress)
    except MemoryError:
        raise ImportProblem(f"{path.name} does not fit into memory: split it into smaller files.") from None


def _imports(name: str, found: list[Sheet], options: Options, progress: Progress) -> list[Import]:
    imports: list[Import] = []
    problems: list[ImportProblem] = []
    for each in found:
        sheet, said = _by_channel(each, options) if options.wide else (each, options)
        try:
            known = recognise(sheet, said)
        except ImportProblem as problem:
            problems.append(problem)
            continue
        imports.append(_read(sheet, known, said, progress))
    if not imports:
        raise problems[0]
    if problems:
        passed = tuple(Finding("warning", f"Passed over: {problem}") for problem in problems)
        imports[0] = replace(imports[0], findings=(*imports[0].findings, *passed))
    return _apart(imports)


def _by_channel(sheet: Sheet, options: Options) -> tuple[Sheet, Options]:
    """A table with a column for each channel as a plain one, and what is still to be said about it."""
    named = {DATE: "date", **options.columns}
    platforms = options.values.get("platform", {})
    plain = long(sheet, named, options.wide, platforms)
    return plain, replace(options, columns={}, platform=None)


def _apart(imports: list[Import]) -> list[Import]:
    """Tables of one file that hold the same figures once; refused where they differ for the same days."""
    kept: list[Import] = []
    for each in imports:
        twin = next((other for other in kept if other.kind == each.kind and other.frame.equals(each.frame)), None)
        if twin is not None:
            continue
        for other in kept:
            if other.kind != each.kind:
                continue
            keys = [DATE] if each.kind == "business" else [DATE, "platform", "account", PROGRAM, CUT]
            both = other.frame[keys].drop_duplicates().astype(str).merge(each.frame[keys].drop_duplicates().astype(str))
            if len(both):
                day = both[DATE].iloc[0][:10]
                nameless = each.kind == "ads" and UNKNOWN in set(both["account"])
                accounts = ", or, where they are two accounts', each by itself with --account" if nameless else ""
                raise ImportProblem(
                    f"{other.file} and {each.file} both hold figures of {each.source} for {day}, and they differ: "
                    f"import the right one by itself{accounts}."
                )
        kept.append(each)
    return kept


def _read(sheet: Sheet, known: RecognizedTable, options: Options, progress: Progress) -> Import:
    day = _day_field(sheet.name, known)
    table = Table(sheet.name, known, gather(sheet, known, day, progress), options)
    table.totals_by_label()
    if known.layout.kind == "business":
        return shop_days(table)
    if known.layout.name == linkedin.LAYOUT.name and linkedin.is_one_sum(known.above, table.texts(day).categories):
        raise ImportProblem(
            f"{sheet.name} holds several days together under the first of them, and a sum of several days "
            f"belongs to none of them: {known.layout.period}."
        )
    days = _days(table, day)
    if not np.isnat(days).any():
        if not options.weeks:
            _note_weeks(table, days)
        kept = not_totals(table, days)
        if not kept.all():
            table.keep(kept, "totals")
            days = days[kept]
    missing = {name: _why_missing(known, name) for name in MEASURES if not table.has(name)}
    _results(table, missing)
    measures = table.numbers([name for name in MEASURES if name not in missing], COUNTS, MONEY)
    if known.layout.name == meta.ACTION_TABLE.name:
        measures, missing = _actions(sheet, table, measures, missing)
    table.refuse_faults()
    texts = dimensions.texts(sheet, table)
    frame = pd.DataFrame(
        {
            DATE: days.astype("datetime64[us]"),
            **{name: texts[name] for name in TEXT},
            **{name: measures.get(name, np.full(len(table), np.nan)) for name in MEASURES},
            PROGRAM: texts[PROGRAM],
            CURRENCY: texts[CURRENCY],
        }
    )
    for name, reason in missing.items():
        if name in ("clicks", "conversions", "revenue", "impressions", "spend"):
            table.note(f"No {name}: {reason}.")
    cut = _cut(table, frame)
    frame = _added_up(table, frame)
    if options.weeks:
        frame = daily(table, frame, COUNTS, (*EVENTS, *MONEY), (*TEXT, PROGRAM, CURRENCY)).assign(reach=np.nan)
    return Import(
        file=sheet.name,
        kind="ads",
        source=known.layout.name,
        frame=frame.assign(**{CUT: cut})[[*COLUMNS, CUT, PROGRAM, CURRENCY]],
        rows=len(table),
        dropped=tuple(table.dropped),
        findings=tuple(table.findings),
        missing=missing,
    )


def _day_field(name: str, known: RecognizedTable) -> str:
    if DATE in known.positions:
        return DATE
    period = next((field for field in ("start", "week", "month", "end") if field in known.positions), None)
    if period == "start" and known.layout.name in _ONE_DAY_PERIODS and "end" in known.positions:
        return "start"
    header = (
        f"“{known.header(period)}” names a period" if period else f"its header (row {known.row}) has no column for it"
    )
    raise ImportProblem(f"{name} has no day for its rows: {header}; {known.layout.period}.")


def _days(table: Table, field: str) -> np.ndarray:
    """The day of each row; a report by periods is refused, never piled onto a day."""
    if field == "start":
        same = table.same("start", "end")
        table.refuse_faults()
        blank = np.asarray(table.texts("campaign") == UNKNOWN)
        longer = ~same & ~(blank if table.has("campaign") else np.zeros(len(table), dtype=bool))
        if longer.any():
            place = int(np.flatnonzero(longer)[0])
            first, last = table.days("start")[place], table.days("end")[place]
            raise ImportProblem(
                f"{table.where(place)} holds the figures of {first} to {last} together, and a sum of several days "
                f"belongs to none of them: {table.known.layout.period}."
            )
        if not same.all():
            table.keep(same, "totals")
    return table.days(field, newest())


def _note_weeks(table: Table, days: np.ndarray) -> None:
    """A column of days can hold the first days of weeks or months: nothing proves it, but it is told."""
    distinct = np.unique(days)
    gaps = np.diff(distinct).astype(np.int64)
    if len(distinct) > 3 and not (gaps % 7).any():
        table.note("All its days are whole weeks apart: if they are sums of weeks, export by day instead.", "warning")
    elif len(distinct) > 3 and len({str(day)[-2:] for day in distinct}) == 1:
        table.note(
            "All its days are the same of the month: if they are sums of months, export by day instead.", "warning"
        )


def _why_missing(known: RecognizedTable, measure: str) -> str:
    if measure in known.layout.absent:
        return known.layout.absent[measure]
    if measure in ("cogs", "variable_costs", "lifetime_margin", "new_customers"):
        return "advertising platforms do not report it"
    return f"the file has no such column for {known.layout.name}"


def _results(table: Table, missing: dict[str, str]) -> None:
    """Meta's "Results" are conversions only where every row that has one says that it is a purchase."""
    if "conversions" not in missing or not table.has("results"):
        return
    if not table.has("result kind"):
        missing["conversions"] = "“Results” does not say which goal it counts: add the column “Purchases”"
        return
    kinds = {each for each in table.texts("result kind", "").categories if each}
    if kinds and all(any(word in kind.casefold() for word in meta.PURCHASE) for kind in kinds):
        table.known.positions["conversions"] = table.known.positions["results"]
        table.adopt("conversions", "results")
        del missing["conversions"]
        return
    missing["conversions"] = f"“Results” mixes goals ({', '.join(sorted(kinds)[:3])}): add the column “Purchases”"


def _actions(
    sheet: Sheet, table: Table, measures: dict[str, np.ndarray], missing: dict[str, str]
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Of the actions only those that count once; a table of action values is one of revenue."""
    kinds = table.texts("action")
    counted = np.isin(np.asarray(kinds), list(meta.ACTIONS))
    values = np.where(counted, measures["conversions"], np.nan)
    left = int((~counted).sum())
    if left:
        table.note(f"{left:,} rows of other action types are not counted: some repeat the same event.", "warning")
    if re.search(r"action[_ ]values?", sheet.title, re.IGNORECASE):
        return {"revenue": values}, {name: reason for name, reason in missing.items() if name != "revenue"} | {
            "conversions": "a table of action values has no counts"
        }
    return {"conversions": values}, missing


def _added_up(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """One row a key: figures are added up, missing stays missing; reach cannot be added up and is unknown then."""
    grouped = frame.groupby(list(KEY), observed=True, sort=True)
    size = grouped.size()
    if (size == 1).all():
        return frame.sort_values(list(KEY), ignore_index=True)
    sums = grouped[list(MEASURES)].sum(min_count=1)
    refuse_beyond(table, sums)
    several = (size > 1).to_numpy() & sums["reach"].notna().to_numpy()
    if several.any():
        sums.loc[several, "reach"] = np.nan
        table.note(f"Reach is not known for {int(several.sum()):,} rows made of several: people cannot be added up.")
    return sums.reset_index()


def _cut(table: Table, frame: pd.DataFrame) -> str:
    """What the rows are broken down by: dimensions first, then what is no dimension here."""
    held = [name for name in ("campaign", "region", "device", "segment") if (frame[name] != UNKNOWN).any()]
    extra = [name for name in (*EXTRA_CUTS, "gender", "age") if table.has(name)]
    return "+".join([*held, *extra]) or "account"
