"""The table of imported figures: what an import would change, and how it is changed in one atomic version.

A row belongs to a *part*: platform, account, program and cut. An import replaces the days that it holds of its parts
and nothing else, so a second cut stands beside the first, a restatement takes the old figures' place, and the same file
twice changes nothing. Every version says who made it from which file and what it held before (`history`); `undo` goes
back.
The demo company is never mixed with: the first import puts a table of its own in its place, and undoing that brings the
demo back.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable

from facts.delta.rows import PARTIAL
from facts.delta.table_names import DEMO_NAME
from facts.delta.table_names import FACTS_NAME as NAME
from facts.delta.tables import dataset
from ingest.read.margins import Margin, with_costs
from ingest.read.rates import BILLED, RATE, RATE_DATE, Rates, convert_money
from ingest.results import CURRENCY, CUT, PROGRAM, Finding, Import, TableProblem
from ingest.write import ownership
from ingest.write.changes import PART, Change, changes_of
from ingest.write.currency import choose_currency, relabel_rows, stored_currency
from ingest.write.damage import check_files, reading_table
from ingest.write.nameless import Move, nameless_days, plan_move, refuse_namesakes, without_moved
from ingest.write.ownership import own_table
from ingest.write.replace import replace_rows, replace_table
from ingest.write.sources import (
    as_stored,
    campaigns_of,
    known_campaigns,
    refuse_other_campaigns,
    refuse_second_account,
    with_own_program,
)
from kpi.plain_text import number_of
from kpi.schema import COUNTS, DATE, MEASURES, TEXT
from machine.file_lock import NoLock, hold, is_at

DESCRIPTION: Final = "Figures that `marketing-dashboard import` read from a company's own reports."
FILE: Final = "file"
IMPORTED_AT: Final = "imported_at"

SCHEMA: Final = pa.schema(
    [(DATE, pa.date32())]
    + [(name, pa.string()) for name in (*TEXT, CUT, PROGRAM)]
    + [(name, pa.int64() if name in COUNTS else pa.float64()) for name in MEASURES]
    + [(CURRENCY, pa.string()), (BILLED, pa.string()), (RATE, pa.float64()), (RATE_DATE, pa.date32())]
    + [(FILE, pa.string()), (IMPORTED_AT, pa.timestamp("us", "UTC"))]
)
WAIT: Final = 120.0


@dataclass(frozen=True)
class Plan:
    """What storing imports would do: `frame` has the rows to store, `version` is the table's it was planned on.

    `assumed`: no file names the currency. `relabeled`: the currency that figures without one were taken for until now.
    `move` has the stored rows that get an account's name.
    """

    path: Path
    version: int | None
    replaces_demo: bool
    currency: str
    frame: pd.DataFrame
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    assumed: bool = False
    relabeled: str | None = None
    move: Move | None = None

    @property
    def same(self) -> bool:
        """Whether the table already holds exactly this."""
        return not self.relabeled and self.move is None and all(change.same for change in self.changes)

    @property
    def nameless(self) -> pd.DataFrame:
        """The days of platforms without an account's name, for the next file of the same command."""
        return nameless_days(self.frame)


def plan(
    path: Path,
    imports: Iterable[Import],
    *,
    rates: Rates | None = None,
    margins: tuple[Margin, ...] = (),
    into: str | None = None,
    replace_campaigns: bool = False,
    earlier: Sequence[pd.DataFrame] = (),
    likely_currency: str | None = None,
) -> Plan:
    """What storing the advertising `imports` at `path` would change; writes nothing. Raises ImportProblem.

    Later imports take the place of earlier ones where both hold the same days of a part. `into` is the currency of a
    table that does not exist yet, `likely_currency` that of one where none of these names any. Figures without any
    campaign of those whose place they would take are refused unless `replace_campaigns`, and so are two accounts'
    without their names where `earlier` files of the same command brought such days (`Plan.nameless`).
    """
    table = own_table(path, ownership.FACTS)
    name = table.metadata().name if table is not None else None
    own = table if name == NAME else None
    if own is not None and (lacks := set(SCHEMA.names) - {field.name for field in own.schema().fields}):
        raise TableProblem(
            f"{path} lacks the column {min(lacks)}, which imports write: name another folder in DASHBOARD_FACTS."
        )
    check_files(path, own)
    imports = [each for each in imports if each.kind == "ads"]
    findings: list[Finding] = []
    with reading_table(path):
        was = stored_currency(own, path)
        currency, assumed = choose_currency(was, imports, into, likely_currency, findings)
    relabeled = was.code if was and was.code != currency else None
    if relabeled:
        findings.append(
            Finding(
                "warning",
                f"The figures whose files name no currency were taken for {relabeled} and are {currency} now, with the "
                "same amounts. Where that is wrong, import those files again with --currency.",
            )
        )
    frames: list[pd.DataFrame] = []
    for each in imports:
        frame = convert_money(with_costs(each.frame, margins), currency, rates).assign(**{FILE: each.file})
        if assumed:
            frame[BILLED] = frame[BILLED].where((each.frame[CURRENCY].astype(str) != "").to_numpy(), "")
        with reading_table(path):
            frame = as_stored(own, path, frames, frame)
            ever, there = (known_campaigns(own, path, frames, frame, all_days=each) for each in (True, False))
        frame = with_own_program(ever, there, frame)
        if not replace_campaigns:
            refuse_other_campaigns(there, frame)
            with reading_table(path):
                refuse_namesakes(own, path, earlier, frames, frame)
        frames = [_without(earlier, frame) for earlier in frames] + [frame]
    frame = pd.concat([_plain(each) for each in frames], ignore_index=True)
    with reading_table(path):
        before = _stored_rows(own, path, frame)
        owners = _owners(own, path, frame)
        move = plan_move(own, path, frame, replace=replace_campaigns)
        there = without_moved(known_campaigns(own, path, [], frame, all_days=False), move)
    refuse_second_account(owners, there, campaigns_of(frame))
    findings += [move.finding] if move else []
    findings += _disagreements(owners)
    changes = tuple(changes_of(before.assign(**{CURRENCY: currency}), frame))
    for change in changes:
        if change.gone:
            few = ", ".join(f"“{name}”" for name in change.gone[:3]) + (", …" if len(change.gone) > 3 else "")
            findings.append(
                Finding(
                    "warning",
                    f"{number_of(len(change.gone), 'campaign')} that the table has for these days "
                    f"{'is not in the file and goes' if len(change.gone) == 1 else 'are not in the file and go'}: "
                    f"{few}.",
                )
            )
    return Plan(
        path,
        table.version() if table is not None else None,
        name == DEMO_NAME,
        currency,
        frame,
        changes,
        tuple(findings),
        assumed and bool((frame[BILLED] == "").all()),
        relabeled,
        move,
    )


def store(planned: Plan, note: dict[str, str], now: datetime | None = None) -> int | None:
    """Make what is planned the table's next version and return its number; None where nothing would change.

    Under `lock_table`. `note` is kept in the history. Raises ImportProblem where the table has changed since.
    """
    table = own_table(planned.path, ownership.FACTS)
    if (table.version() if table is not None else None) != planned.version:
        raise TableProblem(f"The table at {planned.path} was changed meanwhile: import again.")
    if planned.same and not planned.replaces_demo:
        return None
    rows = to_arrow(planned.frame, now or datetime.now(UTC))
    if table is None or planned.replaces_demo:
        return replace_table(planned.path, table, [rows], SCHEMA, NAME, DESCRIPTION, note)
    changed = {change.part for change in planned.changes if not change.same}
    parts = pd.MultiIndex.from_frame(planned.frame[list(PART)])
    rows = rows.filter(pa.array(parts.isin(list(changed))))
    going = None
    if planned.move:
        rows = pa.concat_tables([rows, planned.move.rows.select(rows.schema.names).cast(rows.schema)])
        going = planned.move.going
    change = partial(relabel_rows, currency=planned.currency) if planned.relabeled else None
    return replace_rows(planned.path, table, rows, (*PART, DATE), note, going=going, change=change)


@contextmanager
def lock_table(path: Path, wait: float = WAIT) -> Iterator[None]:
    """While no other import writes to the table at `path`. Raises ImportProblem after `wait` seconds.

    A lock file that is new goes again where nothing was written: the table may be somebody else's.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    refusal = TableProblem(f"Another import is writing to {path}: try again when it is done.")
    lock = path.parent / f".{path.name}.import"
    while True:
        new = not os.path.lexists(lock)
        try:
            held = hold(lock, wait, refusal)
        except NoLock:
            raise TableProblem(f"{lock} is no lock file of an import: move it away, then try again.") from None
        with held as file:
            if not is_at(file, lock):
                continue  # it was new, and whoever made it was refused meanwhile
            try:
                yield
            except BaseException:
                if new and is_at(file, lock):
                    lock.unlink(missing_ok=True)
                raise
            return


def to_arrow(frame: pd.DataFrame, now: datetime) -> pa.Table:
    """The rows as they are stored."""
    columns = {}
    for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True):
        if name == IMPORTED_AT:
            columns[name] = pa.array(np.full(len(frame), int(now.timestamp() * 1e6)), pa.int64()).cast(kind)
        elif pa.types.is_string(kind):
            columns[name] = pa.array(frame[name].astype("category")).cast(pa.string())
        elif pa.types.is_date(kind):
            columns[name] = pa.array(frame[name].to_numpy().astype("datetime64[D]"))
        else:
            columns[name] = pa.array(frame[name].to_numpy(dtype=np.float64), from_pandas=True).cast(kind)
    return pa.table(columns, schema=SCHEMA)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].astype(object) for name in (*TEXT, CUT, PROGRAM, CURRENCY, BILLED)})


def _without(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """`earlier` without the days that `later` holds of the same parts."""
    keys = [*PART, DATE]
    held = pd.MultiIndex.from_frame(later[keys].astype(str).drop_duplicates())
    return earlier[~pd.MultiIndex.from_frame(earlier[keys].astype(str)).isin(held)]


def _stored_rows(table: DeltaTable | None, path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in the table that share a part and a day with `frame`."""
    if table is None:
        return pd.DataFrame(columns=list(SCHEMA.names))
    parts = pd.MultiIndex.from_frame(frame[[*PART, DATE]].drop_duplicates())
    wanted = (
        (ds.field(DATE) >= frame[DATE].min().date())
        & (ds.field(DATE) <= frame[DATE].max().date())
        & ds.field("platform").isin(sorted(frame["platform"].unique()))
        & ds.field("account").isin(sorted(frame["account"].unique()))
    )
    found = dataset(table, path).to_table(filter=wanted).to_pandas()
    found[DATE] = pd.to_datetime(found[DATE]).astype("datetime64[us]")
    return found[pd.MultiIndex.from_frame(found[[*PART, DATE]]).isin(parts)]


def _owners(table: DeltaTable | None, path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """The spend by part and day of `frame`, and of the table's parts that it does not replace, on the same days."""
    columns = [*PART, DATE]
    found = frame.groupby(columns)["spend"].sum().reset_index()
    if table is None:
        return found
    wanted = ds.field("platform").isin(sorted(frame["platform"].unique())) & (
        (ds.field(DATE) >= frame[DATE].min().date()) & (ds.field(DATE) <= frame[DATE].max().date())
    )
    asked = {"filter": wanted, "columns": [*columns, "spend"], "batch_readahead": 2, "fragment_readahead": 1}
    held = dataset(table, path).to_batches(**asked)  # added up one by one, as the whole may be large
    sums = [pa.Table.from_batches([each]).group_by(columns).aggregate([("spend", "sum")]) for each in held]
    if not sums:
        return found
    known = pa.concat_tables(sums).to_pandas().rename(columns={"spend_sum": "spend"})
    known[DATE] = pd.to_datetime(known[DATE]).astype("datetime64[us]")
    known = known.groupby(columns)["spend"].sum().reset_index()
    return pd.concat([found, known], ignore_index=True).drop_duplicates(columns)


def _disagreements(owners: pd.DataFrame) -> Iterator[Finding]:
    """Cuts of the same account and days whose spend differs: one of them is filtered, or older."""
    unit = ["platform", "account", PROGRAM]
    for (platform, account, _), rows in owners[~owners[CUT].map(_is_partial)].groupby(unit):
        cuts = rows.pivot(index=DATE, columns=CUT, values="spend")
        for one, other in combinations(cuts.columns, 2):
            both = cuts[[one, other]].dropna()
            left, right = both.sum()
            if abs(left - right) > 0.01 * max(abs(left), abs(right)):
                yield Finding(
                    "warning",
                    f"{platform} · {account}: over {number_of(len(both), 'day')} the cut {one} spends "
                    f"{left:,.2f}, the cut {other} {right:,.2f}. One is filtered or older: import both "
                    "again for the same days.",
                )


def _is_partial(cut: str) -> bool:
    return bool(PARTIAL & set(cut.split("+")))


def note_of(imports: Iterable[Import], changes: Iterable[Change], by: str, digests: dict[str, str]) -> dict[str, str]:
    """What the history keeps of an import: who, which files, and each part's sums before and after."""
    imports = list(imports)
    parts: list[dict[str, Any]] = [
        {
            "part": " · ".join(each for each in change.part if each),
            "first": change.first.isoformat(),
            "last": change.last.isoformat(),
            "before": change.before,
            "after": change.after,
        }
        for change in changes
        if not change.same
    ]
    missing = {f"{each.file}: {name}": reason for each in imports for name, reason in each.missing.items()}
    return {
        "import.by": by,
        "import.files": json.dumps([each.file for each in imports], ensure_ascii=False),
        "import.sha256": json.dumps(digests, ensure_ascii=False),
        "import.parts": json.dumps(parts[:200], ensure_ascii=False),
        "import.missing": json.dumps(missing, ensure_ascii=False),
        "import.lacks": json.dumps(_lacks(imports), ensure_ascii=False),
    }


def _lacks(imports: Iterable[Import]) -> dict[str, dict[str, str]]:
    """By platform, why its report has no figures of a measure."""
    found: dict[str, dict[str, str]] = {}
    for each in imports:
        if each.kind == "ads":
            for platform in each.frame["platform"].unique():
                found.setdefault(str(platform), {}).update(each.missing)
    return found
