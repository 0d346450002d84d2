"""A page as one workbook: what was asked for, a sheet a visual with totals as live formulas, and what the metrics mean.

Formulas carry the value that the screen shows, so that readers which do not compute show it too.
"""

import io
import logging
import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from components.address import write
from components.caveats import left_out
from components.page_data import TOTAL, PageData
from components.sparse import not_shown
from components.spec import spec
from components.visuals import Page, Visual, for_files
from facts import Facts, Scope
from kpi.bridge import LABELS
from kpi.compare import BASELINE_DATE, CHANGE, compared_metric, kind_of_column
from kpi.evaluate import is_of_some_rows
from kpi.formats import MINUS, Formats
from kpi.formula_guard import like_formula
from kpi.metrics import METRICS, Metric
from kpi.schema import DATE, DIMENSIONS, is_own, label_of
from kpi.units import decimals, figure
from views.answers import ResolvedQuery, data_of, page_data_of, why_there_is_nothing
from views.files import Row, columns_of, metric_of_cell

_CARDS: Final = ("value", "baseline", "change")
_WIDEST: Final = 60
_WRAPPED: Final = {"text_wrap": True, "valign": "top"}
_log = logging.getLogger(__name__)


def workbook(
    page: Page, facts: Facts, asked: ResolvedQuery, prefix: str, scope: Scope, hidden: frozenset[str]
) -> bytes:
    """The page's XLSX for a query; `page` has only what its reader may see, `hidden` are metrics no word is said of."""
    file = io.BytesIO()
    book = _Book(file, asked.formats)
    page_data = page_data_of([for_files(visual) for visual in page.visuals], facts, asked, scope)
    empty = why_there_is_nothing(asked, facts, scope).text if page_data is None else ""
    known = spec((page,), prefix, asked.formats, hidden)["metrics"]
    notes = [*asked.notes, *asked.caveats.cost_note(known), *(left_out(known, page_data) if page_data else ())]
    notes += [each["text"] for each in not_shown(page.visuals, page_data)] if page_data else []
    _about(book, page, facts, asked, scope, notes, empty, prefix, known)
    for visual in page.visuals:
        sheet = book.sheet(visual.title)
        try:
            rows = visual.rows(page_data) if page_data is not None else []
            _rows(book, sheet, visual, rows, page_data)
        except Exception:
            _log.exception("sheet %s failed for %s", visual.name, write(asked.query))
            sheet.write_string(0, 0, "This sheet could not be made. The other figures are not affected.")
    book.close()
    return file.getvalue()


class _Book:
    """xlsxwriter's workbook with the number formats of one locale."""

    def __init__(self, file: io.BytesIO, formats: Formats) -> None:
        self._book = xlsxwriter.Workbook(
            file,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.formats = formats
        self._made: dict[tuple[str, bool], Any] = {}
        self._titles: set[str] = set()
        self.head = self._book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        self.bold = self._book.add_format({"bold": True})
        self.title = self._book.add_format({"bold": True, "font_size": 14})
        self.wrapped = self._book.add_format(_WRAPPED)
        self._texts = [self._book.add_format({"num_format": "@", **more}) for more in ({}, _WRAPPED)]
        self.close = self._book.close

    def sheet(self, title: str) -> Any:
        """A sheet called `title`, as far as spreadsheets allow; no two have the same name.

        On paper it is one page wide.
        """
        plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31]
        name, number = plain, 2
        while name.casefold() in self._titles:
            name, number = f"{plain[:28]} {number}", number + 1
        self._titles.add(name.casefold())
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def number(self, pattern: str, bold: bool = False) -> Any:
        """The cell format of a number pattern; bold with a line above for totals."""
        if (pattern, bold) not in self._made:
            more = {"bold": True, "top": 1} if bold else {}
            self._made[pattern, bold] = self._book.add_format({"num_format": pattern, **more})
        return self._made[pattern, bold]

    def text(self, value: str, wrapped: bool = False) -> Any:
        """The cell format of a text; one that begins like a formula stays text also where somebody edits the cell."""
        return self._texts[wrapped] if like_formula(value) else self.wrapped if wrapped else None

    def of(self, metric: str, bold: bool = False) -> Any:
        """The cell format of a metric's unit."""
        return self.number(_pattern(metric, self.formats), bold)


def _pattern(metric: str, formats: Formats) -> str:
    """A spreadsheet's number format that writes as the screen does; separators are those of the reader's own."""
    digits = decimals(metric, formats)
    plain = "#,##0" + (f".{'0' * digits}" if digits else "")
    before, after = {
        "money": formats.money,
        "unit_money": formats.money,
        "percent": formats.percent,
        "ratio": ("", "×"),
        "months": ("", " months"),
    }.get(METRICS[metric].unit, ("", ""))
    rest = plain + _literal(after)
    return f"{_literal(before)}{rest};{_literal(MINUS + before)}{rest}"


def _literal(text: str) -> str:
    """`text` in quotation marks, but for the sign that makes a spreadsheet show hundredths."""
    return "".join(part if part == "%" else f'"{part}"' for part in re.split("(%)", text) if part)


def _day_pattern(formats: Formats) -> str:
    return re.sub(r"([^dMLy\s,./-]+)", r'"\1"', formats.day).replace("L", "M").lower().replace("y", "yyyy")


def _about(
    book: _Book,
    page: Page,
    facts: Facts,
    asked: ResolvedQuery,
    scope: Scope,
    notes: Sequence[str],
    empty: str,
    prefix: str,
    known: dict[str, Any],
) -> None:
    """The first sheet: filters, days and data; then each metric's formula and definition."""
    sheet = book.sheet("Filters and definitions")
    days, chosen, then = asked.formats.days, asked.selection, asked.baseline
    query = write(asked.query)
    narrowed = dict(scope) | dict(asked.query.only)
    lines = [
        ("Days", f"{days(chosen.start, chosen.end)} ({chosen.days} {'day' if chosen.days == 1 else 'days'})"),
        ("Compared with", days(then.start, then.end) if then else "–"),
        *_of_scope(page, facts, scope),
        *((label_of(name), ", ".join(narrowed.get(name, ["All"]))) for name in asked.options),
        ("Time steps", asked.selection.grain + (", and the mean of seven" if asked.query.rolling else "")),
        ("Currency", asked.formats.currency),
        ("Data", f"{data_of(facts, asked.formats)['label']}, version {facts.version}"),
        *([("", "Demo data: a company that does not exist")] if facts.demo else []),
        ("Address", f"{prefix}{page.path}{'?' if query else ''}{query}"),
        *(("Note", note) for note in notes),
        *([("Nothing to show", empty)] if empty else []),
    ]
    sheet.write_string(0, 0, page.title, book.title)
    for at, (label, text) in enumerate(lines, 1):
        sheet.write_string(at, 0, label, book.bold)
        sheet.write_string(at, 1, text, book.text(text, wrapped=True))
    start = len(lines) + 2
    for column, name in enumerate(("Metric", "Definition", "Formula")):
        sheet.write_string(start, column, name, book.head)
    for at, metric in enumerate(known.values(), start + 1):
        for column, text in enumerate((metric["label"], metric["definition"], metric["formula"])):
            sheet.write_string(at, column, text, book.wrapped)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, _WIDEST)


def _of_scope(page: Page, facts: Facts, scope: Scope) -> list[tuple[str, str]]:
    """Whose rows the figures are of, where they are not all, and why the shop's own are not beside them."""
    if not scope:
        return []
    rows = "; ".join(f"{label_of(name)}: {', '.join(values)}" for name, values in scope)
    shop = "The shop’s own figures are the whole company’s, so they are not shown to this reader."
    there = facts.side.store is not None and not page.panel
    return [("Rows", f"Only {rows}: the rows that this reader may see"), *([("Note", shop)] if there else [])]


def _rows(book: _Book, sheet: Any, visual: Visual, rows: Sequence[Row], page_data: PageData | None) -> None:
    """Header, rows and, where the rows are parts of a whole, totals."""
    names = columns_of(visual.columns, rows)
    keys = [name for name in names if _is_dimension(name) or name == DATE]
    metrics = [name for name in names if name not in (*keys, BASELINE_DATE)]
    for column, name in enumerate(names):
        sheet.write_string(0, column, _label(name), book.head)
        sheet.set_column(column, column, _width(name, rows, book.formats))
    sheet.freeze_panes(1, len(keys))
    sheet.repeat_rows(0)
    for line, row in enumerate(rows, 1):
        for column, name in enumerate(names):
            _cell(book, sheet, (line, column), name, row)
    if visual.kind == "cards":
        _cards(book, sheet, rows, names, page_data)
    elif _adds_up(visual, keys, metrics) and rows and page_data is not None:
        _totals(book, sheet, names, metrics, rows, page_data)


def _adds_up(visual: Visual, keys: Sequence[str], metrics: Sequence[str]) -> bool:
    """Whether the rows are the parts of one whole: groups with metrics, all of them, and nothing beside."""
    figures = {_metric_of(name) for name in metrics if not name.endswith(CHANGE)}
    return bool(keys) and not visual.spec.get("rank") and figures <= METRICS.keys()


def _metric_of(name: str) -> str:
    """The metric of a column, that of the comparison included."""
    return compared_metric(name) or name


def _cell(book: _Book, sheet: Any, place: tuple[int, int], name: str, row: Row) -> None:
    value = row.get(name)
    if name in (DATE, BASELINE_DATE) and value is not None:
        sheet.write_datetime(*place, date.fromisoformat(value), book.number(_day_pattern(book.formats)))
    elif name == "metric":
        sheet.write_string(*place, METRICS[row[name]].label)
    elif name == "factor":
        sheet.write_string(*place, LABELS[row[name]])
    elif isinstance(value, str):
        sheet.write_string(*place, value, book.text(value, wrapped=name == "text"))
    elif value is not None:
        sheet.write_number(*place, value, _format(book, name, row))


def _format(book: _Book, name: str, row: Row, bold: bool = False) -> Any:
    if name == "change" or name.endswith("change"):
        return book.number('+0.0%;"−"0.0%;0.0%', bold)
    metric = metric_of_cell(name.removesuffix("_before"), row)
    return book.of(metric, bold) if metric in METRICS else None


def _label(name: str) -> str:
    if name.endswith(CHANGE):
        return f"{METRICS[name.removesuffix(CHANGE)].label}, change"
    if (metric := METRICS.get(_metric_of(name))) is not None:
        words = kind_of_column(name).replace("then", "compared with")
        return metric.label + words
    if _is_dimension(name):
        return label_of(name)
    return {DATE: "Date", BASELINE_DATE: "Compared with"}.get(name, name.replace("_", " ").capitalize())


def _is_dimension(name: str) -> bool:
    return name in DIMENSIONS or is_own(name)


def _width(name: str, rows: Sequence[Row], formats: Formats) -> float:
    shown = [
        figure(metric_of_cell(name, row), row[name], formats)
        if metric_of_cell(name, row) in METRICS and name != "change" and not isinstance(row[name], str)
        else METRICS[row[name]].label
        if name == "metric"
        else "+100.0%"
        if name.endswith(CHANGE)
        else str(row.get(name) or "")
        for row in rows
        if row.get(name) is not None
    ]
    return min(max([len(_label(name)) * 1.1, 9, *map(len, shown)]) + 2, _WIDEST)


def _part(parts: tuple[str, ...], places: dict[str, str]) -> str | None:
    """The cell that holds the sum `parts`, where one of the columns or cards is exactly that sum."""
    for name, place in places.items():
        metric = METRICS.get(name)
        if metric and not metric.by and not metric.of_whole and metric.scale == 1 and set(metric.over) == set(parts):
            return place
    return None


def _ratio(metric: Metric, places: dict[str, str], page_data: PageData | None) -> str | None:
    """The formula of a ratio over the cells of its two sums, where both are there and of the same rows as it."""
    if not metric.by or (page_data is not None and _leaves_out(metric.key, page_data)):
        return None
    over, by = _part(metric.over, places), _part(metric.by, places)
    if over is None or by is None:
        return None
    scale = f"{metric.scale:g}*" if metric.scale != 1 else ""
    return f'=IF({by}=0,"",{scale}{over}/{by})'


def _leaves_out(metric: str, page_data: PageData) -> bool:
    """Whether `metric` is worked out of some rows only, now or then (kpi.basis)."""
    frames = [each[TOTAL] for each in (page_data.sums, page_data.sums_before) if TOTAL in each]
    return any(is_of_some_rows(each, metric) for each in frames)


def _totals(
    book: _Book, sheet: Any, names: Sequence[str], metrics: Sequence[str], rows: Sequence[Row], page_data: PageData
) -> None:
    """A line of totals; what a trend is compared with has none, as its periods may not all stand beside one."""
    line, whole = len(rows) + 1, page_data.now[TOTAL].iloc[0]
    places = {name: xl_rowcol_to_cell(line, column) for column, name in enumerate(names)}
    sheet.write_string(line, 0, "Total", book.number("@", True))
    for column, name in enumerate(names):
        if name not in metrics or name not in METRICS:
            if column:
                sheet.write_blank(line, column, None, book.number("@", True))
            continue
        metric = METRICS[name]
        column_of = f"{xl_rowcol_to_cell(1, column)}:{xl_rowcol_to_cell(line - 1, column)}"
        value = whole[name] if name in whole else float("nan")
        known = [row[name] for row in rows if row.get(name) is not None]
        if metric.of_whole:
            value = sum(known)
        form = book.of(name, True)
        if not known or value != value:
            sheet.write_blank(line, column, None, form)
        elif formula := _ratio(metric, places, page_data):
            sheet.write_formula(line, column, formula, form, float(value))
        elif metric.by or not math.isclose(sum(known), value, rel_tol=1e-9, abs_tol=1e-6):
            sheet.write_number(line, column, float(value), form)
        else:
            sheet.write_formula(line, column, f"=SUM({column_of})", form, float(value))


def _cards(book: _Book, sheet: Any, rows: Sequence[Row], names: Sequence[str], page_data: PageData | None) -> None:
    """Ratios and changes of cards as formulas over the cards that they are made of."""
    for name in ("value", "baseline"):
        column = names.index(name)
        places = {row["metric"]: xl_rowcol_to_cell(line, column) for line, row in enumerate(rows, 1)}
        for line, row in enumerate(rows, 1):
            formula = _ratio(METRICS[row["metric"]], places, page_data)
            if formula and row[name] is not None:
                sheet.write_formula(line, column, formula, _format(book, name, row), row[name])
    now, then, change = (names.index(name) for name in _CARDS)
    for line, row in enumerate(rows, 1):
        if row["change"] is None:
            continue
        one, other = xl_rowcol_to_cell(line, now), xl_rowcol_to_cell(line, then)
        step = f"{one}-{other}"
        percent = METRICS[row["metric"]].unit == "percent"
        formula = f"={step}" if percent else f'=IF({one}*{other}<0,"",({step})/ABS({other}))'
        sheet.write_formula(line, change, formula, _format(book, "change", row), row["change"])
