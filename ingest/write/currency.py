"""The one currency of a table's figures: named by a file, or assumed until one does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from facts.delta.table_names import FACTS_NAME
from facts.delta.tables import dataset
from ingest.read.rates import BILLED
from ingest.results import CURRENCY, Finding, Import, ImportProblem
from ingest.write import ownership
from ingest.write.damage import check_files, reading_table
from ingest.write.ownership import own_table

DEFAULT_CURRENCY: Final = "USD"


@dataclass(frozen=True)
class TableCurrency:
    """The currency of a table's figures: `assumed` where no file has named it."""

    code: str
    assumed: bool


def currency_of(path: Path) -> TableCurrency | None:
    """The currency of the imported facts at `path`; None where there are none. Raises ImportProblem."""
    table = own_table(path, ownership.FACTS)
    if table is None or table.metadata().name != FACTS_NAME:
        return None
    check_files(path, table)
    with reading_table(path):
        return stored_currency(table, path)


def stored_currency(table: DeltaTable | None, path: Path) -> TableCurrency | None:
    """The currency of the figures in the `table` at `path`; None where there are none."""
    code, rows = None, dataset(table, path) if table is not None else None
    for batch in rows.to_batches(columns=[CURRENCY, BILLED], batch_readahead=2) if rows is not None else ():
        if not batch.num_rows:
            continue
        code = str(batch[CURRENCY][0].as_py())
        if pc.any(pc.not_equal(pc.fill_null(batch[BILLED].cast(pa.string()), "?"), "")).as_py():
            return TableCurrency(code, assumed=False)
    return TableCurrency(code, assumed=True) if code else None


def relabel_rows(rows: pa.Table, currency: str) -> pa.Table:
    """Rows whose currency was assumed, in another."""
    for name in (CURRENCY, BILLED):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(
            place, rows.schema.field(place), pa.array([currency] * len(rows), rows.schema.types[place])
        )
    return rows


def choose_currency(
    was: TableCurrency | None,
    imports: list[Import],
    into: str | None,
    likely: str | None,
    findings: list[Finding],
) -> tuple[str, bool]:
    """The one currency of the table, and whether it is assumed: that of its rows where a file has named it, else that
    of the imports, which is `likely` where they name none.
    """
    if was and not was.assumed:
        return was.code, False
    if into:
        return into.upper(), False
    named = sorted({str(each) for one in imports for each in one.frame[CURRENCY].unique()} - {""})
    if len(named) > 1:
        raise ImportProblem(
            f"The files are in {' and '.join(named)}, which are never added up: say the table's currency with "
            "--into and give rates with --fx."
        )
    if named:
        return named[0], True
    if was:
        return was.code, True
    if likely:
        findings.append(Finding("note", f"No currency is named here: taken for {likely}, which other files name."))
    else:
        findings.append(
            Finding("warning", f"No file names its currency: the table is taken to be in {DEFAULT_CURRENCY}.")
        )
    return likely or DEFAULT_CURRENCY, True
