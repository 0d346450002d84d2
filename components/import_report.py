"""What is said of files to import: what would change, what each file holds, and which rows are wrong.

Everything in it comes from `ingest.uploaded`, whose answer programs get as it is; a person gets this markup.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from components.icons import icon_of
from components.import_page import button
from kpi.formats import Formats
from kpi.units import NOTHING

Answer = Mapping[str, Any]

_KINDS: Final = {"new": "New", "replaced": "Replaces", "same": "Unchanged"}
_DATA_CHANGED: Final = (
    "The data was changed by somebody else meanwhile. This is what the import would do now; confirm it again."
)
_OPTIONS_CHANGED: Final = (
    "The options that you changed change what would be imported. This is what the import would do now; confirm it "
    "again."
)


def report(answer: Answer, formats: Formats, changed: bool, other_options: bool = False) -> Component:
    """The answer to a check; `changed` is where another plan was agreed to before, perhaps with other options."""
    why = (_OPTIONS_CHANGED if other_options else _DATA_CHANGED) if changed else ""
    files = answer["files"]
    parts = [_plan_card(answer, formats, why), *(_file_card(each, len(files) == 1, formats) for each in files)]
    hints = [name for each in (answer, *files) for name in each.get("hint") or []]
    return html.Div(
        parts, className="import-report", **{"data-mark": answer.get("mark", ""), "data-hint": " ".join(hints)}
    )


def kept_card(answer: Answer, page: str, address: str) -> Component:
    """Everything is in the table; `page`, at `address`, has the figures."""
    same = (answer.get("plan") or {}).get("same")
    return html.Div(
        [
            icon_of("check"),
            html.Div(
                [
                    _heading("Nothing changed: the data already held these figures" if same else "Imported"),
                    html.P("Every page shows the new figures within five seconds.", role="status"),
                    html.A(
                        "See the figures",
                        href=address,
                        className="btn btn-primary",
                        **{"data-go": page, "data-query": ""},
                    ),
                ]
            ),
        ],
        className="import-card import-done",
        **{"data-version": answer.get("version") or ""},
    )


def _plan_card(answer: Answer, formats: Formats, changed: str) -> Component:
    parts = _plan(answer, formats, changed) if answer.get("plan") else _refusal(answer)
    return html.Section(list(parts), className="import-card", **{"aria-label": "What would change"})


def _refusal(answer: Answer) -> Iterator[Component]:
    files = answer["files"]
    yield _heading(f"{'These files' if len(files) > 1 else 'This file'} cannot be imported")
    if answer.get("refused") and not (len(files) == 1 and files[0].get("refused")):
        yield _notice("warning", answer["refused"])
    else:
        yield html.P("Nothing was changed. What is wrong stands below.")
    yield from _faults(answer)


def _plan(answer: Answer, formats: Formats, changed: str) -> Iterator[Component]:
    ads, shop, same = (answer["plan"].get(name) for name in ("ads", "shop", "same"))
    files = answer["files"]
    refused = sum("refused" in each for each in files)
    yield _heading("Nothing would change: the data already holds these figures" if same else "What would change")
    if changed:
        yield _notice("warning", changed)
    if refused:
        yield _notice(
            "warning", f"{refused} of {len(files)} files cannot be imported and would be left out; see below."
        )
    if ads:
        if ads["demo"]:
            yield _notice(
                "info", "The demo’s figures make room for your own; `marketing-dashboard undo` brings them back."
            )
        yield from (_notice(each["kind"], each["text"]) for each in ads["findings"])
        yield from (_notice("note", each) for each in ads["notes"])
        if ads["changes"]:
            yield _changes(ads["changes"], formats)
    if shop:
        yield html.P(f"{_capital(shop['line'])}.")
        yield from (html.P(_capital(note.partition(": ")[2])) for note in shop["notes"])
    yield from _faults(answer)
    if answer.get("closed"):
        yield _notice("info", answer["closed"])
    elif not same:
        keep = button("keep", "Import the others" if refused else "Import", "btn-primary")
        small = html.Span("Nothing is kept until you confirm.", className="import-small")
        yield html.Div([keep, small], className="import-actions")


def _changes(changes: Sequence[Answer], formats: Formats) -> Component:
    rows = [row for change in changes for row in _change(change, formats)]
    titles = _head(("What", "Before", "After", "Difference"), words=1) if len(rows) > len(changes) else None
    return _scroller([titles, html.Tbody(rows)], " import-changes")


def _change(change: Answer, formats: Formats) -> Iterator[Component]:
    """A change: its line, and one a measure that differs."""
    first, last, days = change["first"], change["last"], change["days"]
    span = f"{_days(days, formats)}, {first if first == last else f'{first} to {last}'}"
    badge = html.Span(_KINDS[change["kind"]], className=f"import-badge {change['kind']}")
    name = [badge, " ", change["part"], html.Span(span, className="import-span")]
    yield html.Tr(html.Th(name, scope="row", className="words", colSpan=4))
    if change["kind"] == "replaced" and not change["differences"]:
        yield html.Tr(html.Td("The same sums in other rows", className="words", colSpan=4), className="import-sub")
    for each in change["differences"]:
        by = each["by"]
        sign = "+" if by and by[0] > 0 else ""
        cells = [
            _row_name(_label(each["measure"])),
            html.Td(_figure(each["before"], formats)),
            html.Td(_figure(each["after"], formats)),
            html.Td(sign + _figure(by, formats) if by else ""),
        ]
        yield html.Tr(cells, className="import-sub")


def _file_card(file: Answer, alone: bool, formats: Formats) -> Component:
    parts: list[Component] = [html.H3(file["name"])]
    if file.get("use"):
        parts.append(html.P(f"Taken as {file['use']}."))
    if file.get("refused"):
        parts.append(_notice("warning", file["refused"]))
    if rows := file.get("rows"):
        lines = [
            html.Tr([html.Td(row), _words(column), _words(value), _words(problem, " wrap")])
            for row, column, value, problem in rows
        ]
        titles = _head(("Row", "Column", "Value", "What is wrong"), words=4, figures=1)
        parts.append(_scroller([titles, html.Tbody(lines)]))
        if file["wrong"] > len(rows):
            many = f"The first {len(rows)} of {formats.number(file['wrong'])}; the download has them all."
            parts.append(html.P(many, className="import-small"))
    for one in file.get("imports") or []:
        parts.extend(_table_held(one, file["name"], alone, formats))
    return html.Section(parts, className="import-card", **{"aria-label": file["name"]})


def _table_held(one: Answer, file: str, alone: bool, formats: Formats) -> Iterator[Component]:
    """What one table of a file holds; its rows stand open where there is one file."""
    if one["file"] != file:
        yield html.H4(one["file"])
    number = formats.number
    dropped = "; ".join(f"{number(each['rows'])}: {each['why']}" for each in one["dropped"])
    facts = [
        ("Read as", f"{one['source']}, by {one['cut']}" if one["cut"] else one["source"]),
        ("Rows", f"{number(one['read'])} read, {number(one['used'])} used"),
        ("Dropped", dropped or "none"),
        ("Days", f"{number(one['days'])}: {one['first']} to {one['last']}"),
        *([("Campaigns", number(one["campaigns"]))] if one["campaigns"] else []),
    ]
    yield html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="import-facts")
    measures = [name for name in one["sums"][0] if name != "currency"] if one["sums"] else []
    sums = [
        html.Tr([_row_name(each["currency"]), *(html.Td(_figure(each[name], formats)) for name in measures)])
        for each in one["sums"]
    ]
    titles = _head(("Currency", *map(_label, measures)), words=1)
    yield _scroller([titles, html.Tbody(sums)], " import-sums")
    yield from (_notice(each["kind"], each["text"]) for each in one["findings"])
    columns, are_figures, rows = (one["preview"][name] for name in ("columns", "figures", "rows"))
    names = [
        html.Th(_label(name), scope="col", className=None if is_figure else "words")
        for name, is_figure in zip(columns, are_figures, strict=True)
    ]
    lines = [
        html.Tr(
            [
                html.Td(_figure(value, formats)) if is_figure else _words(value)
                for value, is_figure in zip(row, are_figures, strict=True)
            ]
        )
        for row in rows
    ]
    preview = _scroller([html.Thead(html.Tr(names)), html.Tbody(lines)])
    summary = html.Summary(f"First {len(rows)} rows as read")
    yield html.Details([summary, preview], className="import-preview", open=alone)


def _faults(answer: Answer) -> Iterator[Component]:
    """The rows to repair, as a file that is in the link."""
    if answer.get("faults"):
        link = html.A(
            "Download all rows to repair (CSV)",
            href=f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + answer['faults'])}",
            download="rows-to-repair.csv",
            className="btn btn-light",
        )
        yield html.Div(link, className="import-actions")


def _heading(text: str) -> Component:
    return html.H2(text, tabIndex=-1)


def _notice(kind: str, text: str) -> Component:
    icon = icon_of("warning" if kind == "warning" else "info")
    return html.P([icon, html.Span(text)], className=f"import-notice is-{kind}")


def _scroller(table: Sequence[Component | None], more: str = "") -> Component:
    return html.Div(html.Table(table, className=f"figures import-table{more}"), className="table-scroll", tabIndex=0)


def _head(titles: Sequence[str], words: int, figures: int = 0) -> Component:
    """The first `words` columns but for the first `figures` of them hold words."""
    cells = [
        html.Th(title, scope="col", className="words" if figures <= at < words else None)
        for at, title in enumerate(titles)
    ]
    return html.Thead(html.Tr(cells))


def _row_name(text: str) -> Component:
    return html.Th(text, scope="row", className="words")


def _words(text: str | None, more: str = "") -> Component:
    return html.Td(text or "", className=f"words{more}")


def _figure(pair: Sequence[float] | None, formats: Formats) -> str:
    """A figure with its decimals as the locale writes it."""
    return formats.number(pair[0], int(pair[1])) if pair else NOTHING


def _days(count: int, formats: Formats) -> str:
    return "1 day" if count == 1 else f"{formats.number(count)} days"


def _label(measure: str) -> str:
    return _capital(measure.replace("_", " ")) if measure != "cogs" else "COGS"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
