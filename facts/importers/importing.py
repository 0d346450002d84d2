"""One file in, its imports out: each table recognised, gathered, normalised and added up by key."""

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from facts.importers import amazon, business, meta, unified
from facts.importers.gathering import Progress, gather
from facts.importers.headers import EXTRA_CUTS
from facts.importers.normalise import Table
from facts.importers.options import PLATFORMS, Options
from facts.importers.reading import Sheet, sheets
from facts.importers.recognise import Recognised, recognise
from facts.importers.report import CURRENCY, CUT, PROGRAM, Finding, Import, ImportProblem
from kpi.schema import COLUMNS, COUNTS, DATE, MEASURES, MONEY, TEXT, UNKNOWN

#: Columns that tell rows apart; figures of rows that agree in all of them are added up.
KEY: Final = (DATE, *TEXT, PROGRAM, CURRENCY)

_OBJECTIVES: Final = {
    **dict.fromkeys(("awareness", "reach", "brand awareness", "video views", "outcome awareness"), "Awareness"),
    **dict.fromkeys(
        ("consideration", "traffic", "link clicks", "engagement", "outcome engagement", "outcome traffic"),
        "Consideration",
    ),
    **dict.fromkeys(
        (
            "conversion",
            "conversions",
            "sales",
            "product sales",
            "leads",
            "lead generation",
            "app promotion",
            "outcome sales",
            "outcome leads",
            "website conversions",
            "product catalog sales",
        ),
        "Conversion",
    ),
    "retention": "Retention",
}
_OBJECTIVES_PREFIX: Final = re.compile(r"^(outcome|objective)[_ ]", re.IGNORECASE)


def read_file(path: str | Path, options: Options | None = None, progress: Progress = lambda rows: None) -> list[Import]:
    """The imports in a file: one for most, several for an archive or a workbook with several tables.

    A table that is no report is passed over with a finding where another in the file is one.
    `progress` is told of the rows read. Raises ImportProblem.
    """
    path, options = Path(path), options or Options()
    try:
        with ExitStack() as until:
            return _imports(path.name, sheets(path, until), options, progress)
    except MemoryError:
        raise ImportProblem(f"{path.name} does not fit into memory: split it into smaller files.") from None


def _imports(name: str, found: list[Sheet], options: Options, progress: Progress) -> list[Import]:
    imports: list[Import] = []
    problems: list[ImportProblem] = []
    for sheet in found:
        try:
            known = recognise(sheet, options)
        except ImportProblem as problem:
            problems.append(problem)
            continue
        imports.append(_read(sheet, known, options, progress))
    if not imports:
        raise problems[0]
    if problems:
        passed = tuple(Finding("warning", f"Passed over: {problem}") for problem in problems)
        imports[0] = replace(imports[0], findings=(*imports[0].findings, *passed))
    return _apart(imports)


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
                raise ImportProblem(
                    f"{other.file} and {each.file} both hold figures of {each.source} for {day}, and they differ: "
                    "import the right one by itself."
                )
        kept.append(each)
    return kept


def _read(sheet: Sheet, known: Recognised, options: Options, progress: Progress) -> Import:
    day = _day_field(sheet.name, known)
    table = Table(sheet.name, known, gather(sheet, known, day, progress), options)
    table.totals_by_label()
    if known.layout.kind == "business":
        return _business(table)
    days = _days(table, day)
    kept = _not_total(table, days)
    if not kept.all():
        table.keep(kept, "totals")
        days = days[kept]
    missing = {name: _why_missing(known, name) for name in MEASURES if not table.has(name)}
    _results(table, missing)
    measures = table.numbers([name for name in MEASURES if name not in missing], COUNTS, MONEY)
    if known.layout is meta.ACTION_TABLE:
        measures, missing = _actions(sheet, table, measures, missing)
    texts = _texts(sheet, table)
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
    return Import(
        file=sheet.name,
        kind="ads",
        source=known.layout.name,
        frame=_added_up(table, frame).assign(**{CUT: _cut(table, frame)})[[*COLUMNS, CUT, PROGRAM, CURRENCY]],
        rows=len(table),
        dropped=tuple(table.dropped),
        findings=tuple(table.findings),
        missing=missing,
    )


def _day_field(name: str, known: Recognised) -> str:
    if DATE in known.places:
        return DATE
    period = next((field for field in ("start", "week", "month", "end") if field in known.places), None)
    if period == "start" and known.layout is meta.LAYOUT and "end" in known.places:
        return "start"
    header = (
        f"“{known.header(period)}” names a period" if period else f"its header (row {known.row}) has no column for it"
    )
    raise ImportProblem(f"{name} has no day for its rows: {header}; {known.layout.period}.")


def _days(table: Table, field: str) -> np.ndarray:
    """The day of each row; a report by periods is refused, never piled onto a day."""
    if field == "start":
        same = table.same("start", "end")
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
    return table.days(field)


def _not_total(table: Table, days: np.ndarray) -> np.ndarray:
    """Which rows to keep: one without a campaign's name is a total where its spend is the sum of its day's others."""
    keep = np.ones(len(table), dtype=bool)
    if not (table.has("campaign") and table.has("spend")):
        return keep
    nameless = np.asarray(table.texts("campaign") == UNKNOWN)
    if table.has("campaign_id"):
        nameless &= np.asarray(table.ids("campaign_id") == "")
    if not nameless.any() or nameless.all():
        return keep
    spend = np.nan_to_num(table.numbers(["spend"], (), ())["spend"])
    named = pd.Series(spend[~nameless]).groupby(days[~nameless]).agg(["sum", "size"])
    for place in np.flatnonzero(nameless):
        day = pd.Timestamp(days[place])
        if day in named.index and abs(spend[place] - named["sum"][day]) <= 0.01 * named["size"][day] and spend[place]:
            keep[place] = False
    left = int((nameless & keep).sum())
    if left:
        table.note(f"{left:,} rows name no campaign: they stand under {UNKNOWN}.", "warning")
    return keep


def _why_missing(known: Recognised, measure: str) -> str:
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
        table.known.places["conversions"] = table.known.places["results"]
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


def _texts(sheet: Sheet, table: Table) -> dict[str, pd.Categorical]:
    size, options = len(table), table.options
    found = {name: table.dimension(name) for name in ("region", "device")}
    found["segment"] = _segment(table)
    found["objective"] = _renamed(
        table.dimension("objective"),
        lambda each: _OBJECTIVES.get(_OBJECTIVES_PREFIX.sub("", each).replace("_", " ").casefold(), each),
    )
    found["campaign_id"] = table.ids("campaign_id")
    found["campaign"] = table.texts("campaign")
    nameless = np.asarray(found["campaign"] == UNKNOWN)
    if nameless.any() and table.has("campaign_id"):
        named = np.where(
            nameless, np.asarray(found["campaign_id"], dtype=object), np.asarray(found["campaign"], dtype=object)
        )
        found["campaign"] = pd.Categorical(np.where(named == "", UNKNOWN, named))
    found["account"] = _constant(options.account, size) if options.account else table.texts("account")
    found["platform"] = _platform(sheet, table)
    found[PROGRAM] = _program(sheet, table)
    found[CURRENCY] = _currency(table)
    if not table.has("account") and not options.account:
        table.note(f"No account: its rows stand under {UNKNOWN}; say --account where you have several.")
    return found


def _segment(table: Table) -> pd.Categorical:
    if table.has("segment"):
        return table.dimension("segment")
    parts = [np.asarray(table.texts(field), dtype=object) for field in ("gender", "age") if table.has(field)]
    if not parts:
        return table.dimension("segment")
    return pd.Categorical(parts[0] if len(parts) == 1 else parts[0] + ", " + parts[1])


def _platform(sheet: Sheet, table: Table) -> pd.Categorical:
    layout, options = table.known.layout, table.options
    if options.platform or layout.platform:
        return _constant(options.platform or layout.platform or "", len(table))
    if table.has("platform"):
        return _renamed(
            table.texts("platform"), lambda each: unified.PLATFORMS.get(each.replace("_", " ").casefold(), "Other")
        )
    named = {name for word, name in PLATFORMS.items() if word != "other" and word in sheet.title.casefold()}
    if len(named) != 1:
        raise ImportProblem(f"{table.name} does not say which platform it is from: say it with --platform.")
    (platform,) = named
    table.note(f"Taken for {platform} by the file's name.")
    return _constant(platform, len(table))


def _program(sheet: Sheet, table: Table) -> pd.Categorical:
    if table.known.layout is meta.ACTION_TABLE:
        values = re.search(r"action[_ ]values?", sheet.title, re.IGNORECASE)
        return _constant("action values" if values else "actions", len(table))
    if table.known.layout is not amazon.LAYOUT:
        return _constant("", len(table))
    return table.texts("program", amazon.program_of(sheet.title, table.known.normal))


def _currency(table: Table) -> pd.Categorical:
    """The currency of each row: said, in a column, in a header, or beyond doubt in the cells; else empty."""
    if table.options.currency:
        return _constant(table.options.currency.upper(), len(table))
    if table.has("currency"):
        found = _renamed(table.texts("currency", ""), str.upper)
        known = [each for each in found.categories if each]
        if len(known) == 1:
            return _constant(known[0], len(table))
        if known:
            return found
    named = table.known.currencies(MONEY) or table.money_signs(MONEY)
    if len(named) > 1:
        raise ImportProblem(
            f"{table.name} has money in {' and '.join(sorted(named))} without saying which row is in which: export it "
            "in one currency, or with a column for it."
        )
    if not named:
        table.note(
            "No currency is named: it is taken for the table's own; say --currency where it is another.", "warning"
        )
    return _constant(named.pop() if named else "", len(table))


def _added_up(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """One row a key: figures are added up, missing stays missing; reach cannot be added up and is unknown then."""
    grouped = frame.groupby(list(KEY), observed=True, sort=True)
    size = grouped.size()
    if (size == 1).all():
        return frame.sort_values(list(KEY), ignore_index=True)
    sums = grouped[list(MEASURES)].sum(min_count=1)
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


def _renamed(values: pd.Categorical, rename: Callable[[str], str]) -> pd.Categorical:
    names = [rename(each) for each in values.categories]
    distinct = list(dict.fromkeys(names))
    place = np.array([distinct.index(name) for name in names], dtype=np.int32)
    return pd.Categorical.from_codes(place[values.codes], categories=distinct)


def _constant(text: str, size: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), categories=[text])


def _business(table: Table) -> Import:
    counts: Sequence[str] = business.COUNTS
    measures = table.numbers(business.MEASURES, counts, business.MONEY)
    frame = pd.DataFrame(
        {
            DATE: table.days(DATE).astype("datetime64[us]"),
            **{name: measures.get(name, np.full(len(table), np.nan)) for name in business.MEASURES},
            CURRENCY: _currency(table),
        }
    )
    frame = (
        frame.groupby([DATE, CURRENCY], observed=True, sort=True)[list(business.MEASURES)]
        .sum(min_count=1)
        .reset_index()
    )
    missing = {name: "the file has no such column" for name in business.MEASURES if not table.has(name)}
    return Import(
        file=table.name,
        kind="business",
        source=table.known.layout.name,
        frame=frame[list(business.COLUMNS)],
        rows=len(table),
        dropped=tuple(table.dropped),
        findings=tuple(table.findings),
        missing=missing,
    )
