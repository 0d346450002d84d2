"""`business_daily` on disk: the table of the shop’s own days, which are never added to what platforms claim."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from deltalake import DeltaTable

from facts.delta.table_names import DEMO_SHOP_NAME
from facts.delta.table_names import SHOP_NAME as NAME
from facts.delta.table_names import path_of as path_of
from facts.delta.tables import dataset
from ingest.layouts.business import COLUMNS, COUNTS, MEASURES, MONEY
from ingest.read.rates import BILLED, RATE, RATE_DATE, Rates, convert_money
from ingest.results import CURRENCY, Import, ImportProblem, TableProblem
from ingest.write import ownership
from ingest.write.damage import check_files, reading_table
from ingest.write.ownership import is_own, own_table
from ingest.write.replace import replace_rows, replace_table
from ingest.write.table import DEFAULT_CURRENCY, FILE, IMPORTED_AT
from kpi.schema import DATE

DESCRIPTION: Final = "What the shop sold, day by day, imported by `marketing-dashboard import`."

SCHEMA: Final = pa.schema(
    [(DATE, pa.date32())]
    + [(name, pa.int64() if name in COUNTS else pa.float64()) for name in MEASURES]
    + [(CURRENCY, pa.string()), (BILLED, pa.string()), (RATE, pa.float64()), (RATE_DATE, pa.date32())]
    + [(FILE, pa.string()), (IMPORTED_AT, pa.timestamp("us", "UTC"))]
)


@dataclass(frozen=True)
class ShopPlan:
    """What storing the shop's days would do: sums over the same days before (None where there were none) and after.

    `assumed`: no file names the currency, nor do the platforms' figures. `relabeled` is the currency that days without
    one were taken for until now.
    """

    path: Path
    version: int | None
    currency: str
    frame: pd.DataFrame
    before: dict[str, float | None] | None
    after: dict[str, float | None]
    same: bool
    assumed: bool = False
    relabeled: str | None = None


def plan_shop(facts: Path, imports: Iterable[Import], currency: str | None, rates: Rates | None) -> ShopPlan | None:
    """What storing the shop's days among `imports` would change, None where there are none. Raises ImportProblem.

    `currency` is that of the facts. Days of which no file named it are in the facts' (their `billed_currency` is
    empty), and become so when the facts come later or a file names it.
    """
    imports = [each for each in imports if each.kind == "business"]
    path = path_of(facts)
    if not imports and (not currency or not is_own(path, ownership.SHOP)):
        return None
    table = own_table(path, ownership.SHOP)
    own = None if table is None or table.metadata().name == DEMO_SHOP_NAME else table
    check_files(path, own)
    with reading_table(path):
        stored = _stored_days(own, path)
    named = sorted({str(each) for one in imports for each in one.frame[CURRENCY].unique()} - {""})
    days = pd.concat([each.frame[DATE] for each in imports]) if imports else pd.Series(dtype="datetime64[us]")
    left = stored[~stored[DATE].isin(days)]
    before_now = str(stored[CURRENCY].iloc[0]) if len(stored) else None
    stays = before_now if (left[BILLED] != "").any() else None
    into = stays or currency or (named[0] if named else before_now or DEFAULT_CURRENCY)
    relabeled = before_now if into != before_now and len(left) else None
    if not imports and not relabeled:
        return None
    frame = left.assign(**{CURRENCY: into}) if relabeled else pd.DataFrame()
    for each in imports:
        new = convert_money(each.frame, into, rates, MONEY).assign(**{FILE: each.file})
        new[BILLED] = new[BILLED].where((each.frame[CURRENCY].astype(str) != "").to_numpy(), "")
        if new[DATE].duplicated().any():
            raise ImportProblem(f"{each.file} has a day in two currencies: import them one by one.")
        kept = frame[~frame[DATE].isin(new[DATE])] if len(frame) else frame
        frame = pd.concat([kept, new], ignore_index=True) if len(kept) else new
    frame = frame.sort_values(DATE, ignore_index=True)
    earlier = stored[stored[DATE].isin(frame[DATE])].sort_values(DATE, ignore_index=True)
    figures = [*MEASURES, RATE]
    same = (
        into == before_now
        and len(earlier) == len(frame)
        and bool(np.array_equal(_floats(earlier[figures]), _floats(frame[figures]), equal_nan=True))
    )
    before = _sums(earlier) if len(earlier) else None
    assumed = not currency and bool((frame[BILLED] == "").any())
    version = table.version() if table is not None else None
    return ShopPlan(path, version, into, frame, before, _sums(frame), same, assumed, relabeled)


def store_shop(planned: ShopPlan, note: dict[str, str], now: datetime | None = None) -> int | None:
    """Make what is planned the next version and return its number; None where nothing would change."""
    table = own_table(planned.path, ownership.SHOP)
    if (table.version() if table is not None else None) != planned.version:
        raise TableProblem(f"The table at {planned.path} was changed meanwhile: import again.")
    if planned.same:
        return None
    rows = _to_arrow(planned.frame, now or datetime.now(UTC))
    if table is None or table.metadata().name == DEMO_SHOP_NAME:  # the demo's days make room, as its facts do
        return replace_table(planned.path, table, [rows], SCHEMA, NAME, DESCRIPTION, note)
    return replace_rows(planned.path, table, rows, (DATE,), note)


def empty_shop(table: DeltaTable, note: dict[str, str]) -> None:
    """Let the next version of the shop's `table` have no days."""
    replace_table(
        Path(table.table_uri.removeprefix("file://")), table, [SCHEMA.empty_table()], SCHEMA, NAME, DESCRIPTION, note
    )


def _stored_days(table: DeltaTable | None, path: Path) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(columns=[*COLUMNS, BILLED, RATE])
    found = dataset(table, path).to_table().to_pandas()
    found = found.reindex(columns=list(SCHEMA.names))  # a table of an earlier time has fewer
    return found.assign(**{DATE: pd.to_datetime(found[DATE]).astype("datetime64[us]")})


def _to_arrow(frame: pd.DataFrame, now: datetime) -> pa.Table:
    columns = {}
    for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True):
        if name == IMPORTED_AT:
            columns[name] = pa.array(np.full(len(frame), int(now.timestamp() * 1e6)), pa.int64()).cast(kind)
        elif pa.types.is_date(kind):
            columns[name] = pa.array(frame[name].to_numpy().astype("datetime64[D]"))
        elif pa.types.is_string(kind):
            columns[name] = pa.array(frame[name].astype(str).tolist(), kind)
        else:
            columns[name] = pa.array(frame[name].to_numpy(dtype=np.float64), from_pandas=True).cast(kind)
    return pa.table(columns, schema=SCHEMA)


def _floats(frame: pd.DataFrame) -> np.ndarray:
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def _sums(frame: pd.DataFrame) -> dict[str, float | None]:
    sums = frame[list(MEASURES)].astype(float).sum(min_count=1)
    return {name: None if pd.isna(value) else round(float(value), 6) for name, value in sums.items()}
