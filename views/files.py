"""Rows as a file: CSV, JSON and XLSX with the same columns and the same rows."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import xlsxwriter

from components.address import write
from components.caveats import left_out
from components.markup import to_markup
from components.rows_table import rows_table
from components.visuals import Page, Visual, for_files
from facts import Facts, Scope
from kpi.compare import CHANGE, compared_metric
from kpi.formula_guard import MARK, guard_formula, like_formula
from kpi.metrics import METRICS
from views.answers import ResolvedQuery, draw_visual, page_data_of

Row = dict[str, Any]

_NUMBER_FORMATS: Final = {
    "money": "#,##0.00",
    "unit_money": "#,##0.00",
    "count": "#,##0.##",
    "people": "#,##0",
    "percent": "0.00%",
    "ratio": "0.00",
    "months": "0.0",
}


def data_file(
    page: str,
    visual: Visual,
    facts: Facts,
    asked: ResolvedQuery,
    kind: str,
    scope: Scope,
    for_spreadsheet: bool = False,
) -> bytes:
    """A visual's rows as a file of `kind`, a `table` being one for the page.

    A CSV is guarded where it is for a spreadsheet.
    """
    page_data = page_data_of([for_files(visual)], facts, asked, scope)
    rows = visual.rows(page_data) if page_data is not None else []
    if kind == "csv":
        return csv_of(visual.columns, rows, for_spreadsheet)
    if kind == "xlsx":
        return xlsx_of(visual.columns, rows, visual.title)
    if kind == "table":
        days = asked.formats.days(asked.selection.start, asked.selection.end)
        line = draw_visual(visual, page_data, asked).get("line") or ""
        table = rows_table(rows, asked.formats, f"{visual.title}, {days}", line)
        return orjson.dumps({"markup": to_markup(table)})
    through = facts.extent().last.isoformat()
    notes = [text for metric in visual.metrics for text in asked.caveats.on(metric)]
    notes += [*asked.caveats.cost_note(visual.metrics), *(left_out(visual.metrics, page_data) if page_data else ())]
    notes += filter(None, [visual.why_not(page_data)] if visual.why_not and page_data else [])
    first = asked.caveats.provisional_from
    more = {"notes": list(dict.fromkeys(notes)), "provisional_from": first.isoformat() if first else None}
    return json_of(f"{page}.{visual.name}", write(asked.query), through, asked.formats.currency, rows, more)


def page_json(page: Page, facts: Facts, asked: ResolvedQuery, scope: Scope) -> bytes:
    """The rows of all visuals of a page, by their names: the same as each visual's own JSON has."""
    page_data = page_data_of([for_files(visual) for visual in page.visuals], facts, asked, scope)
    rows = {visual.name: visual.rows(page_data) if page_data is not None else [] for visual in page.visuals}
    return page_of_rows(page.key, write(asked.query), facts.extent().last.isoformat(), asked.formats.currency, rows)


def csv_of(columns: Sequence[str], rows: Sequence[Row], for_spreadsheet: bool = False) -> bytes:
    """Comma-separated UTF-8 with a header; empty where there is no value.

    Texts are as they are, for scripts; `for_spreadsheet` keeps each from becoming a formula (kpi/formula_guard.py).
    """
    text = io.StringIO()
    if for_spreadsheet:
        text.write(MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    names = columns_of(columns, rows)
    writer.writerow(names)
    cell = guard_formula if for_spreadsheet else lambda value: value
    writer.writerows([cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode()


def json_of(
    visual: str, query: str, through: str, currency: str, rows: Sequence[Row], more: Row | None = None
) -> bytes:
    """One object with the rows at full precision, null where there is no value, and what `more` has to say of them."""
    return orjson.dumps(
        {"visual": visual, "query": query, "data_through": through, "currency": currency, "rows": list(rows)}
        | (more or {})
    )


def page_of_rows(page: str, query: str, through: str, currency: str, rows: Mapping[str, Sequence[Row]]) -> bytes:
    """One object with the rows of each of a page's visuals, by its name."""
    visuals = {name: {"rows": list(each)} for name, each in rows.items()}
    return orjson.dumps(
        {"page": page, "query": query, "data_through": through, "currency": currency, "visuals": visuals}
    )


def xlsx_of(columns: Sequence[str], rows: Sequence[Row], title: str) -> bytes:
    """One sheet with a frozen header and number formats; no cell is a formula or a link."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet(title.translate({ord(sign): " " for sign in "[]:*?/\\'"})[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {unit: book.add_format({"num_format": pattern}) for unit, pattern in _NUMBER_FORMATS.items()}
    changed = book.add_format({"num_format": "+0.0%;-0.0%;0.0%"})
    text = book.add_format({"num_format": "@"})  # stays text also where somebody edits the cell
    names = columns_of(columns, rows)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, head)
        widest = max((len(str(row.get(name) or "")) for row in rows), default=0)
        sheet.set_column(column, column, min(max(len(name), widest) + 2, 60))
    for line, row in enumerate(rows, 1):
        for column, name in enumerate(names):
            value = row.get(name)
            if isinstance(value, str):
                sheet.write_string(line, column, value, text if like_formula(value) else None)
            elif value is not None:
                metric = METRICS.get(metric_of_cell(name, row))
                plain = formats[metric.unit] if metric else None
                sheet.write_number(line, column, value, changed if name.endswith(CHANGE) else plain)
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def metric_of_cell(name: str, row: Mapping[str, Any]) -> str:
    """The metric of a row's column: cards name theirs in the row, the steps of a bridge are profit."""
    if name in ("value", "baseline", "change", "gap"):
        return str(row.get("metric", "profit"))
    return compared_metric(name) or name


def columns_of(columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """`columns`, then whatever else the rows have, in their order."""
    return list(dict.fromkeys((*columns, *(name for row in rows for name in row))))
