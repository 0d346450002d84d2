"""Tables on this machine's disk that are too large for memory: a Delta table's files, or Parquet files, by DuckDB."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from facts import side_facts
from facts.costs import costs_now, name_of, of_text
from facts.deadline import NoAnswer
from facts.delta import side_data
from facts.delta.rows import COSTS, CURRENCY, CUT, PROGRAM, name_of_table, name_with_shop, open_table
from facts.delta.table_names import FACTS_NAME
from facts.engines.choice import Engine, is_parquet, parquet_files, stamp
from facts.engines.duckdb_table import DuckTable, driver
from facts.engines.expressions import missing_columns
from facts.engines.lazy import LazyFacts
from facts.engines.mapping import mapping_at
from facts.engines.table import Sessions
from facts.memory.cuts import missing_cut_sentence
from facts.own_rules import name_with_rules, read_rules, rules_path
from facts.protocol import DataProblem, NoData, time_of_day
from kpi.costs import Cost
from kpi.evaluate import ROWS
from kpi.schema import DATE, MEASURES

_UNIT: Final = ("platform", "account", PROGRAM, DATE)


@dataclass(frozen=True)
class Files:
    """A version of a table: its files and rows, its columns, its Delta name, and whether no row lacks a measure."""

    label: str
    names: tuple[str, ...]
    rows: int
    version: str
    name: str
    columns: tuple[str, ...]
    complete: bool
    costs: tuple[Cost, ...] = ()


class TwoCuts(DataProblem):
    """The rows tell the same money twice, which only the engine in memory takes apart (facts.memory.cuts)."""


def files(path: str | Path, version: int | None = None) -> Files:
    """The files of a Delta table's version, the newest unless one is named, or of a folder of Parquet files."""
    return _of_parquet(Path(path)) if is_parquet(path) else _of_delta(path, version)


def _of_delta(path: str | Path, version: int | None) -> Files:
    table = open_table(path, version)
    if table.metadata().name == FACTS_NAME and not table.file_uris():
        raise NoData(path, version)
    added = pa.table(table.get_add_actions(flatten=True))
    known = [f"null_count.{name}" for name in MEASURES]
    complete = all(
        name in added.column_names and added[name].null_count == 0 and (pc.sum(added[name]).as_py() or 0) == 0
        for name in known
    )
    return Files(
        str(path),
        tuple(str(Path(path).resolve() / unquote(name)) for name in added["path"].to_pylist()),
        pc.sum(added["num_records"]).as_py() or 0,
        name_of_table(table),
        table.metadata().name or "",
        tuple(field.name for field in table.schema().fields),
        complete,
        of_text(table.metadata().configuration.get(COSTS)) if table.metadata().name == FACTS_NAME else (),
    )


def _of_parquet(path: Path) -> Files:
    found = parquet_files(path)
    footers = [pq.read_metadata(file) for file in found]
    columns = tuple(footers[0].schema.to_arrow_schema().names)
    places = [place for place in range(footers[0].num_columns) if footers[0].schema.column(place).name in MEASURES]
    groups = [footer.row_group(group) for footer in footers for group in range(footer.num_row_groups)]
    told = [group.column(place).statistics for group in groups for place in places]
    return Files(
        str(path),
        tuple(str(file.resolve()) for file in found),
        sum(footer.num_rows for footer in footers),
        hashlib.sha256(repr(stamp(path)).encode()).hexdigest()[:12],
        "",
        columns,
        all(each is not None and each.has_null_count and each.null_count == 0 for each in told),
    )


def open_files(found: Files, now: Callable[[], datetime], demo_name: str, engine: Engine) -> LazyFacts:
    """The facts over a table's files. Raises DataProblem; TwoCuts where its rows tell the same money twice.

    `engine` names cuts that come first (facts.memory.cuts): of one cut an account and day that is said only of one
    nobody has.
    """
    driver()
    if not found.rows:
        raise DataProblem(f"The table at {found.label} has no rows.")
    mapping = mapping_at(engine.mapping)
    sessions = Sessions(DuckTable(found.names, found.label), mapping)
    mapped = bool(mapping.name or missing_columns(found.columns))
    currency, cuts = _currency_and_cuts(found, sessions) if CUT in found.columns else ("", pd.DataFrame())
    demo = found.name == demo_name
    more = {} if is_parquet(found.label) else side_data.read(found.label, demo=demo, currency=currency or "USD")
    own = read_rules(rules_path(found.label))
    logged = () if found.name in (FACTS_NAME, demo_name) else costs_now(engine.costs)
    version = name_with_shop(found.version + mapping.digest, more.get("shop")) + name_of(logged)
    return LazyFacts(
        sessions,
        name_with_rules(version, own),
        loaded=time_of_day(now()),
        demo=demo,
        currency=currency,
        complete=found.complete and not mapped,
        side=replace(side_facts.of_text(json.dumps(more)), missing_cut=missing_cut_sentence(cuts, engine.cut)),
        existing=engine.existing,
        own=own,
        costs=(logged or found.costs) if engine.stated else (),
    )


def _currency_and_cuts(found: Files, sessions: Sessions) -> tuple[str, pd.DataFrame]:
    """The one currency of a table that imports made, in one cut an account and day, and by platform its cuts."""
    session = sessions.table.connect()
    try:
        frame = session.frame()
        currencies = session.collect(frame.group_by(CURRENCY).agg(nw.len().alias(ROWS)))[CURRENCY].to_pylist()
        if len(currencies) != 1:
            raise DataProblem(
                f"The table at {found.label} has money in {' and '.join(map(str, currencies))}, which cannot be added."
            )
        units, cuts = (
            session.collect(frame.group_by(*keys).agg(nw.len().alias(ROWS)).select(nw.len().alias(ROWS)))[ROWS][0]
            for keys in (_UNIT, (*_UNIT, CUT))
        )
        if units != cuts:
            raise TwoCuts(
                f"The table at {found.label} tells the same days in several cuts, which only memory takes apart: set "
                "DASHBOARD_ENGINE=memory, or point DASHBOARD_FACTS at a table with one row a day and campaign."
            )
        known = session.collect(frame.group_by("platform", CUT).agg(nw.len().alias(ROWS)).select("platform", CUT))
    except NoAnswer as problem:
        raise DataProblem(str(problem)) from None
    finally:
        session.close()
    return str(currencies[0]), known.to_pandas()
