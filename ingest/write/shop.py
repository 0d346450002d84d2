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
from ingest.layouts.business import CHANNELS, COLUMNS, COUNTS, MEASURES, MONEY, ORDERS, SEEN_BY_GA4
from ingest.read.rates import BILLED, RATE, RATE_DATE, Rates, convert_money
from ingest.results import CURRENCY, Finding, Import, ImportProblem, TableProblem
from ingest.write import ownership
from ingest.write.currency import DEFAULT_CURRENCY, TableCurrency, stored_currency
from ingest.write.damage import check_files, reading_table
from ingest.write.ownership import is_own, own_table
from ingest.write.replace import replace_rows, replace_table
from ingest.write.table import FILE, IMPORTED_AT
from kpi.schema import DATE

#: What a day's revenue is made of, as the business layouts name it; empty where no file says.
BASIS: Final = "basis"

#: Revenue that is not of a table of the shop's days: such a table and these do not restate one another.
_OF_OTHERS: Final = (ORDERS, SEEN_BY_GA4)

DESCRIPTION: Final = "What the shop sold, day by day, imported by `marketing-dashboard import`."

SCHEMA: Final = pa.schema(
    [(DATE, pa.date32())]
    + [(name, pa.int64() if name in COUNTS else pa.float64()) for name in MEASURES]
    + [(CURRENCY, pa.string()), (BILLED, pa.string()), (RATE, pa.float64()), (RATE_DATE, pa.date32())]
    + [(FILE, pa.string()), (IMPORTED_AT, pa.timestamp("us", "UTC")), (BASIS, pa.string())]
    + [(CHANNELS, pa.string())]
)


@dataclass(frozen=True)
class ShopPlan:
    """What storing the shop's days would do: sums over the same days before (None where there were none) and after.

    `assumed`: no file names the currency, nor do the platforms' figures. `relabeled` is the currency that days without
    one were taken for until now, `was` the one that the days before were in, whether a file named it or not.
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
    findings: tuple[Finding, ...] = ()
    was: str | None = None


def plan_shop(
    facts: Path,
    imports: Iterable[Import],
    currency: TableCurrency | None,
    rates: Rates | None,
    *,
    replace: bool = False,
) -> ShopPlan | None:
    """What storing the shop's days among `imports` would change, None where there are none. Raises ImportProblem.

    `currency` is that of the facts. Days of which no file named it are in the facts' (their `billed_currency` is
    empty), and become so when the facts come later or a file names it. Days that are said to be in another are so, as
    they are where the facts come later; with `rates` they are converted. Days whose revenue is made of something else
    than that of the days whose place they would take are refused unless they are to `replace` them.
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
    named = sorted({each for one in imports for each in one.currencies})
    days = pd.concat([each.frame[DATE] for each in imports]) if imports else pd.Series(dtype="datetime64[us]")
    left = stored[~stored[DATE].isin(days)]
    before_now = str(stored[CURRENCY].iloc[0]) if len(stored) else None
    stays = before_now if (left[BILLED] != "").any() else None
    code = currency.code if currency and not (currency.assumed and named) else None  # what is named counts
    if rates is None and len(named) == 1 and not stays:
        code = named[0]  # also beside figures in another, whichever came first: that is said, and mended by rates
    converts = bool(stays and code and stays != code and rates is not None and imports)
    into = (None if converts else stays) or code or (named[0] if named else before_now or DEFAULT_CURRENCY)
    relabeled = before_now if into != before_now and len(left) and not converts else None
    if not imports and not relabeled:
        return None
    frame = left.assign(**{CURRENCY: into}) if relabeled else pd.DataFrame()
    if converts:
        frame = convert_money(left, into, rates, MONEY)
    findings: list[Finding] = []
    held = stored
    for each in imports:
        if rates is None:
            _refuse_several_currencies(each)
        new = convert_money(each.frame, into, rates, MONEY)
        new = new.assign(**{FILE: each.file, BASIS: each.basis, CHANNELS: each.channels})
        new[BILLED] = new[BILLED].where((each.frame[CURRENCY].astype(str) != "").to_numpy(), "")
        if new[DATE].duplicated().any():
            day = new.loc[new[DATE].duplicated(), DATE].iloc[0]
            raise ImportProblem(
                f"{each.file} has a day in two currencies ({day:%Y-%m-%d}; {_where(each)}): import them one by one."
            )
        if not replace:
            _refuse_other_basis(held, new)
        findings += _mixed_bases(held, new)
        kept = frame[~frame[DATE].isin(new[DATE])] if len(frame) else frame
        frame = pd.concat([kept, new], ignore_index=True) if len(kept) else new
        held = pd.concat([held[~held[DATE].isin(new[DATE])], new], ignore_index=True) if len(held) else new
    frame = frame.sort_values(DATE, ignore_index=True)
    earlier = stored[stored[DATE].isin(frame[DATE])].sort_values(DATE, ignore_index=True)
    figures = [*MEASURES, RATE]
    same = (
        into == before_now
        and len(earlier) == len(frame)
        and bool(np.array_equal(_floats(earlier[figures]), _floats(frame[figures]), equal_nan=True))
        and list(earlier[CHANNELS]) == list(frame[CHANNELS])
    )
    before = _sums(earlier) if len(earlier) else None
    assumed = not currency and bool((frame[BILLED] == "").any())
    if currency and into != currency.code:
        findings.append(currencies_differ(into, currency))
    version = table.version() if table is not None else None
    return ShopPlan(
        path, version, into, frame, before, _sums(frame), same, assumed, relabeled, tuple(findings), before_now
    )


def _refuse_several_currencies(one: Import) -> None:
    """Refuse a file of days in several currencies, for which nobody gave rates. Raises ImportProblem."""
    if len(one.currencies) > 1:
        raise ImportProblem(
            f"{one.file} has the shop's days in several currencies ({_where(one)}): give rates with --fx, a CSV of "
            "date, currency and rate, or export them in one."
        )


def _where(one: Import) -> str:
    return ", ".join(f"{code} in {place.rpartition(', ')[2]}" for code, place in one.places.items())


def currencies_differ(shop: str, facts: TableCurrency) -> Finding:
    """That the shop's days and the platforms' figures cannot be set side by side, and what to do."""
    or_else = (
        f" Or, where the platforms' figures are in {shop}, import them with --currency {shop}." if facts.assumed else ""
    )
    return Finding(
        "warning",
        f"The shop's days are in {shop} and the platforms' figures in {facts.code}, so MER and “Claimed and "
        f"banked” are not shown. To convert the shop's days, import them again with --fx, a CSV of date, currency and "
        f"rate (what one {shop} is worth in {facts.code}).{or_else}",
    )


def shop_currency(facts: Path) -> TableCurrency | None:
    """The currency of the shop's days beside the `facts`, None where there are none."""
    path = path_of(facts)
    table = own_table(path, ownership.SHOP) if is_own(path, ownership.SHOP) else None
    if table is None or table.metadata().name == DEMO_SHOP_NAME:
        return None
    check_files(path, table)
    with reading_table(path):
        return stored_currency(table, path)


def _refuse_other_basis(held: pd.DataFrame, new: pd.DataFrame) -> None:
    """Refuse days whose revenue is made of something else than that of the `held` ones, also where it comes to as much:
    their orders and customers need not. Raises ImportProblem.
    """
    both = held.merge(new, on=DATE, suffixes=(" held", ""))
    if both.empty:
        return
    old, fresh = both[f"{BASIS} held"], both[BASIS]
    open_ = (old == "") | (fresh == "")  # a table of one's own restates itself, others seldom do
    other = (old != fresh) & (~open_ | old.isin(_OF_OTHERS) | fresh.isin(_OF_OTHERS))
    if not other.any():
        return
    first = both[other].iloc[0]
    was = first[f"{BASIS} held"] or "days of another kind"
    raise ImportProblem(
        f"{first[FILE]} has {first[BASIS] or 'revenue of another kind'}, and {other.sum()} of its days are there from "
        f"{first[f'{FILE} held']} with {was} (on {first[DATE]:%Y-%m-%d} {first['revenue held']:,.2f} there, "
        f"{first['revenue']:,.2f} here). Say --replace where the file is to take their place."
    )


def _mixed_bases(held: pd.DataFrame, new: pd.DataFrame) -> list[Finding]:
    """That other days count their revenue otherwise."""
    left = held.loc[~held[DATE].isin(new[DATE]), BASIS]
    others, own = sorted(set(left) - {"", *new[BASIS]}), str(new[BASIS].iloc[0])
    if not own or not others:
        return []
    text = f"The shop's other days hold {' and '.join(others)}, these hold {own}: they do not compare."
    return [Finding("warning", text)]


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


def _stored_days(table: DeltaTable | None, path: Path) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(columns=[*COLUMNS, BILLED, RATE, BASIS, CHANNELS, FILE]).astype({DATE: "datetime64[us]"})
    found = dataset(table, path).to_table().to_pandas()
    found = found.reindex(columns=list(SCHEMA.names))  # a table of an earlier time has fewer
    days = pd.to_datetime(found[DATE]).astype("datetime64[us]")
    texts = {name: found[name].astype(object).fillna("") for name in (BASIS, CHANNELS)}
    return found.assign(**{DATE: days, **texts})


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
