"""Recognizes which source a table was exported from, and in which row its header is, by the headers alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from babel.numbers import is_currency

from facts.words.headers import currency_of, normal, plain_header
from ingest.layouts import amazon, business, own
from ingest.layouts.catalog import LAYOUTS
from ingest.layouts.headers import PERIOD_FIELDS, Layout
from ingest.read.numbers import MISSING
from ingest.read.options import Options
from ingest.read.tables import Cell, Row, Sheet
from ingest.results import ImportProblem
from kpi.schema import DATE, MEASURES

_HEAD: Final = 60
_NO_DATA: Final = re.compile(r"^(no data|no results|keine daten|aucune donnée|no hay datos|sin datos)", re.IGNORECASE)
_CURRENCY_NAME: Final = re.compile(r"currenc|währung|devise|divisa|moned|moed|valut|walut|para birimi|通貨")
_WIDE: Final = re.compile(r"^(.+)[ ](spend|cost|impressions?|s|i|p)$")


@dataclass(frozen=True)
class RecognizedTable:
    """A table's layout: its separator, the row and the texts of its header, and the places of each field;
    `above` has the lines over it.
    """

    layout: Layout
    separator: str
    row: int
    headers: tuple[str, ...]
    positions: dict[str, tuple[int, ...]]
    above: tuple[str, ...] = ()

    @property
    def normal(self) -> list[str]:
        """The headers in normal form."""
        return [normal(header) for header in self.headers]

    def header(self, field: str) -> str:
        """The header of `field` in the file."""
        return " ".join(self.headers[self.positions[field][0]].split())

    def currencies(self, fields: Sequence[str]) -> set[str]:
        """The currencies that the headers of `fields` name."""
        found = {currency_of(self.headers[place]) for field in fields for place in self.positions.get(field, ())}
        return {each for each in found if each}


def recognise(sheet: Sheet, options: Options) -> RecognizedTable:
    """What `sheet` is. Raises ImportProblem with what is missing where it is no report known here."""
    layouts = _candidates(options)
    best: tuple[tuple[bool, bool, int, int], Layout, str, Row] | None = None
    shown: list[Row] = []
    heads: dict[str, list[Row]] = {}
    refused: ImportProblem | None = None
    for separator in sheet.separators:
        try:
            head = heads[separator] = [_trim(row) for row in islice(sheet.rows(separator), _HEAD)]
        except ImportProblem as problem:
            refused = refused or problem
            continue
        shown = max(shown, head, key=lambda rows: max((len(row) for _, row in rows), default=0))
        for number, cells in head:
            headers = [normal(cell) for cell in cells]
            for layout in layouts:
                score = layout.score(headers)
                if score:
                    held = layout.find_columns(headers)
                    whole = all(need in held for need in layout.needs)
                    dated = any(field in held for field in (DATE, *PERIOD_FIELDS))
                    rank = (whole, dated, score, -number)
                    if best is None or rank > best[0]:
                        best = rank, layout, separator, (number, cells)
    if best is None or not (best[0][0] or _is_near(best[1], best[3])):
        raise refused or _ambiguous_report(sheet, layouts, shown) or _why_not_recognized(sheet, shown)
    (whole, _, _, _), layout, separator, (number, cells) = best
    texts = tuple(plain_header(cell) for cell in cells)
    known = [normal(text) for text in texts]
    places = layout.find_columns(known)
    if layout.platform == "Amazon":
        places = amazon.windows_of(known, places)
    lines = tuple(" ".join(str(cell or "") for cell in other) for above, other in heads[separator] if above < number)
    if "currency" not in places and (place := _currency_column(known, heads[separator], number)) is not None:
        places = places | {"currency": (place,)}
    result = RecognizedTable(layout, separator, number, texts, places, lines)
    if not whole:
        raise _incomplete(sheet, result)
    for above, other in heads[separator]:
        if above < number and _has(layout, other):
            raise ImportProblem(
                f"{sheet.name} holds two tables, with headers in rows {above} and {number}: import each by itself."
            )
    return result


def _currency_column(headers: Sequence[str], head: Sequence[Row], header: int) -> int | None:
    """The place of a column that a layout does not know, but which is called a currency and holds nothing but codes."""
    for place in (place for place, name in enumerate(headers) if _CURRENCY_NAME.search(name)):
        cells = [str(cells[place] or "").strip() for number, cells in head if number > header and len(cells) > place]
        codes = {cell for cell in cells if cell and cell not in MISSING}
        if codes and all(len(code) == 3 and is_currency(code) for code in codes):
            return place
    return None


def _trim(row: Row) -> Row:
    """A row without the empty cells at its end, of which a sheet may have thousands."""
    number, cells = row
    width = len(cells)
    while width and cells[width - 1] in (None, ""):
        width -= 1
    return number, cells[:width]


def _has(layout: Layout, cells: Sequence[Cell]) -> bool:
    """Whether a row is a header with a day and all that `layout` needs: figures below it would not be read."""
    found = layout.find_columns([normal(cell) for cell in cells])
    return all(need in found for need in (DATE, *layout.needs))


def _candidates(options: Options) -> list[Layout]:
    layouts = list(LAYOUTS)
    if options.kind == "business":
        extra = {field: (header,) for field, header in options.columns.items()}
        columns = {name: (*extra.get(name, ()), *known) for name, known in business.LAYOUT.columns.items()}
        return [replace(business.LAYOUT, columns=columns, needs=("revenue",))]
    if options.platform:
        layouts = [each for each in layouts if each.platform in (None, options.platform) and each.kind == "ads"]
        layouts = [
            replace(each, platform=options.platform) if each is own.LAYOUT else replace(each, told=bool(each.platform))
            for each in layouts
        ]
    if options.columns:
        extra = {field: (header,) for field, header in options.columns.items()}
        mapped = Layout(
            "the mapping file's columns", options.platform, extra, frozenset(options.columns.values()), needs=("date",)
        )
        layouts = [
            replace(
                each,
                columns={
                    name: (*extra.get(name, ()), *each.columns.get(name, ())) for name in {**each.columns, **extra}
                },
                marks=each.marks | mapped.marks,
            )
            for each in layouts
            if each.kind == "ads" and (each.platform in (options.platform, None))
        ]
    return layouts


def _is_near(layout: Layout, header: Row) -> bool:
    """Whether a header that lacks what `layout` needs is worth completing: it has figures, or nearly all else."""
    found = layout.find_columns([normal(cell) for cell in header[1]])
    if layout is business.LAYOUT:
        return DATE in found and "revenue" in found
    return len(found) >= 3 and any(name in found for name in MEASURES)


def _ambiguous_report(sheet: Sheet, layouts: Sequence[Layout], head: Sequence[Row]) -> ImportProblem | None:
    """What to say of a report that could be of several platforms, None where it could be of none."""
    for _, cells in head:
        headers = [normal(cell) for cell in cells]
        possible = [
            each.platform
            for each in layouts
            if each.platform
            and {DATE, "campaign", "spend"} <= (held := set(each.find_columns(headers)))
            and len(held) >= 4
        ]
        if possible:
            return ImportProblem(
                f"{sheet.name} could be a report of {' or '.join(possible)}: its headers do not say which platform it "
                "is from; say it with --platform."
            )
    return None


def _why_not_recognized(sheet: Sheet, head: Sequence[Row]) -> ImportProblem:
    for number, cells in head:
        if _NO_DATA.match(str(cells[0] if cells else "").strip()):
            return ImportProblem(
                f"{sheet.name}, row {number} says that there is no data: choose other days and export again."
            )
    widest = max((cells for _, cells in head), key=lambda cells: sum(bool(cell) for cell in cells), default=())
    wide = [str(cell) for cell in widest if (found := _WIDE.match(normal(cell))) and found[1] not in ("amount",)]
    if len(wide) >= 2:
        return ImportProblem(
            f"{sheet.name} has a column for each channel ({', '.join(wide[:3])}, …); what is read here has a row for "
            "each day and campaign, with the columns date, campaign and spend."
        )
    titles = ", ".join(f"“{str(cell).strip()[:40]}”" for cell in widest[:8] if str(cell or "").strip())
    return ImportProblem(
        f"{sheet.name} is no advertising report known here: no row names a day, a campaign and what was spent"
        + (f" (its columns: {titles})" if titles else "")
        + "; export a campaign report by day, or give a --mapping for its headers."
    )


def _incomplete(sheet: Sheet, known: RecognizedTable) -> ImportProblem:
    missing = [need for need in known.layout.needs if need not in known.positions]
    wide = [header for header in known.headers if _WIDE.match(normal(header))]
    if len(wide) >= 2 and not known.layout.marks:
        return _why_not_recognized(sheet, [(known.row, known.headers)])
    example = known.layout.columns[missing[0]][0]
    kind = "an export of " if known.layout.platform else ""
    name = "the shop's days" if known.layout is business.LAYOUT else known.layout.name
    return ImportProblem(
        f"{sheet.name} looks like {kind}{name}, but its header (row {known.row}) has no column for "
        f"{' or '.join(missing)}, such as “{example}”: add it and export again, or give a --mapping."
    )
