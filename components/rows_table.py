"""A chart's rows as a table for the page, in the chart's place."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from kpi.bridge import LABELS
from kpi.compare import BASELINE_DATE, compared_metric, kind_of_column
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.schema import DIMENSIONS, is_own, label_of
from kpi.units import NOTHING, figure

#: More rows than these are in the files alone.
MOST: Final = 1000
_WORDS: Final = {"date": "Day", "month": "Month", BASELINE_DATE: "Compared with", "factor": "From"}


def rows_table(rows: Sequence[Mapping[str, Any]], formats: Formats, title: str, line: str) -> Component:
    """`rows` with their columns by the names a person knows; `title` and `line` are said of them."""
    if any("factor" in row for row in rows):  # the steps of a bridge are profit
        rows = [{"factor": row["factor"], "profit": row["value"]} for row in rows]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    head = [html.Th(_label(name), scope="col", className=_look(name)) for name in columns]
    body = [
        html.Tr([_cell(row.get(name), name, at, formats) for at, name in enumerate(columns)]) for row in rows[:MOST]
    ]
    count = formats.number(len(rows))
    many = "1 row" if len(rows) == 1 else f"{count} rows"
    if len(rows) > MOST:
        many = f"the first {formats.number(MOST)} of {count} rows; the files in the menu have all"
    caption = html.Caption(f"{title}: {many}. {line}".strip())
    return html.Table([caption, html.Thead(html.Tr(head)), html.Tbody(body)], className="figures")


def _look(column: str) -> str | None:
    return None if _metric(column) else "words"


def _metric(column: str) -> str | None:
    """The metric of a column of figures, those of the comparison included."""
    return column if column in METRICS else compared_metric(column)


def _label(column: str) -> str:
    if column in _WORDS:
        return _WORDS[column]
    if key := _metric(column):
        metric = METRICS[key]
        return f"{metric.short or metric.label}{kind_of_column(column)}"
    return label_of(column) if column in DIMENSIONS or is_own(column) else column


def _cell(value: Any, column: str, place: int, formats: Formats) -> Component:
    text = _text(value, column, formats)
    if place == 0 and column not in METRICS:
        return html.Th(text, scope="row", className="words")
    return html.Td(text, className=_look(column))


def _text(value: Any, column: str, formats: Formats) -> str:
    if metric := _metric(column):
        return figure(metric, value, formats)
    if value is None:
        return NOTHING
    if column in ("date", BASELINE_DATE):
        return formats.one(formats.day, date.fromisoformat(value))
    if column == "factor":
        return LABELS[value]
    if column == "month":
        return formats.one(formats.month_year, date.fromisoformat(f"{value}-01"))
    return str(value)
