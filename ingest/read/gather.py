"""Collects the columns of a recognized table as raw texts and numbers, and sets rows without a day apart."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from facts.words.headers import normal
from ingest.read.dates import is_day, of_serial
from ingest.read.numbers import MISSING, Floats
from ingest.read.recognize import RecognizedTable
from ingest.read.tables import Sheet
from ingest.results import MOST_FAULTS, Dropped, Fault, ImportProblem, WrongRows
from kpi.schema import MEASURES
from machine.memory import free

#: Told how many rows have been read.
Progress = Callable[[int], None]

MOST_ROWS: Final = 3_000_000
#: What a row takes at most until it is stored, and what each name of a campaign takes more (`python -m bench.imports`).
BYTES_A_ROW: Final = 500
BYTES_A_NAME: Final = 1_200
#: So many are read before anybody asks for the memory: it is only about right.
_FEW_BYTES: Final = 100_000_000
LARGEST_TEXTS: Final = 1_000_000_000
_CHUNK: Final = 1_000  # few, as a row may be a megabyte
_MOST_ODD: Final = 10_000
SHOWN: Final = 5
ALL: Final = re.compile(r"^(?:all|alle|tous|toutes|todos|todas|total)$", re.IGNORECASE)
ALL_OF: Final = re.compile(
    r"^(?:all|alle|tous les|toutes les|todos los|todas las|todas as) "
    r"(?:campaigns|platforms|channels|sources|accounts|kampagnen|plattformen|kanäle|konten|campagnes|plateformes|comptes"
    r"|campañas|plataformas|cuentas|campanhas)$",
    re.IGNORECASE,
)
_TOTAL_WORD: Final = (
    r"(?:grand\s+total|totals?|totale|totali|totales|gesamt|gesamtsumme|summe|insgesamt|somme|suma"
    r"|totaal|razem|łącznie|totalt|summa|toplam|合計|総計)"
)
TOTAL: Final = re.compile(
    rf"^{_TOTAL_WORD}(?:\s*(?:général|general))?\s*(?:[:：].*|[-–].*)?$"
    r"|^total of [\d.,\s]+ results?$|^(?:gesamt|summe|insgesamt)\s*(?:von|aus)? [\d.,\s]+ ergebniss?en?$"
    r"|^(?:results from|ergebnisse (?:von|aus)|résultats de|resultados de) \d+ .*$"
    r"|^total (?:de |des )?[\d.,\s]+ (?:résultats?|resultados?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RawColumn:
    """One column: texts, null where a typed cell holds a number, and those numbers (None where no cell does)."""

    texts: pa.Array
    floats: Floats | None


@dataclass(frozen=True)
class Raw:
    """The rows that have a day: columns by their place in the file, the row's number of each, and what was dropped.

    `faults` are the rows that are neither figures, nor totals, nor a note.
    """

    columns: dict[int, RawColumn]
    rows: NDArray[np.int64]
    dropped: tuple[Dropped, ...]
    faults: tuple[Fault, ...] = ()


#: Google labels each total in some column (`Total: Campaigns`), whatever else stands in the row.
_LABELED: Final = re.compile(rf"\s*{_TOTAL_WORD}\s*[:：](?P<what>.*)", re.IGNORECASE)
_LABELS: Final = frozenset(
    (
        *("campaigns", "account", "search", "display", "video", "shopping", "performance max", "app", "demand gen"),
        *(
            "kampagnen",
            "konto",
            "campagnes",
            "compte",
            "campañas",
            "cuenta",
            "campagne",
            "account",
            "campanhas",
            "conta",
            "kampanie",
            "kampanyalar",
            "hesap",
            "キャンペーン",
            "アカウント",
        ),
    )
)
_LABELS_BEGIN: Final = frozenset("TtGgSsIiRrŁł合総 ")


class _LabeledTotals:
    """Tells rows that some cell calls a total. A campaign may be called so: then what else names it must be empty."""

    def __init__(self, known: RecognizedTable) -> None:
        self._campaign = known.positions.get("campaign", (-1,))[0]
        named = (known.positions.get(field, (-1,))[0] for field in ("campaign_id", "objective"))
        state = (
            place
            for place, header in enumerate(known.normal)
            if re.search(r"stat|état|estado|\bstan\b|durum|ステータス", header)
        )
        self._beside = [place for place in (*named, *state) if place >= 0]

    def __call__(self, cells: Sequence[Any]) -> bool:
        for place, cell in enumerate(cells):
            if not (isinstance(cell, str) and cell[:1] in _LABELS_BEGIN and (label := _LABELED.match(cell))):
                continue
            if place != self._campaign:
                return True
            of_google = label["what"].casefold().strip() in _LABELS
            return all(_blank(cells[each]) for each in self._beside) if self._beside else of_google
        return False


class _Drops:
    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}

    def add(self, reason: str, row: int) -> None:
        self._counts[reason] = self._counts.get(reason, 0) + 1
        if len(first := self._rows.setdefault(reason, [])) < SHOWN:
            first.append(row)

    def counts(self) -> tuple[Dropped, ...]:
        return tuple(Dropped(reason, count, tuple(self._rows[reason])) for reason, count in self._counts.items())


def gather(sheet: Sheet, known: RecognizedTable, day: str, progress: Progress) -> Raw:
    """Read the columns that `known` places; `day` is the field by which rows are told to be figures of a day.
    `progress` is called with the number of rows read, now and then.

    Raises ImportProblem where no row is left.
    """
    width = len(known.headers)
    is_labeled = _LabeledTotals(known) if known.layout.labels_totals else None
    wanted = sorted({0, *(place for places in known.positions.values() for place in places)})
    day_place = known.positions[day][0]
    classify = _Odd(sheet.name, known, day_place)
    parts: dict[int, list[tuple[pa.Array, Floats | None]]] = {place: [] for place in wanted}
    numbers: list[NDArray[np.int64]] = []
    chunk: list[Sequence[Any]] = []
    chunk_rows: list[int] = []
    picked = itemgetter(*wanted) if len(wanted) > 1 else lambda cells: (cells[wanted[0]],)
    days: dict[Any, bool] = {}
    names: set[int] = set()
    named = [wanted.index(place) for place in known.positions.get("campaign", ())]
    kept = size = 0
    memory = free()
    number, last_number, before, length = 0, 0, width, width

    def flush() -> None:
        nonlocal size
        columns = list(zip(*chunk, strict=True))
        names.update(hash(cell) for at in named for cell in columns[at])
        for place, cells in zip(wanted, columns, strict=True):
            part = _texts_and_floats(cells) if sheet.typed else (pa.array(cells, pa.string()), None)
            parts[place].append(part)
            size += part[0].nbytes
        if size > LARGEST_TEXTS:
            raise ImportProblem(f"{sheet.name} holds more text than is read here: split it, for example by month.")
        numbers.append(np.array(chunk_rows, dtype=np.int64))
        chunk.clear()
        chunk_rows.clear()

    for number, cells in sheet.rows(known.separator):
        if number <= known.row:
            continue
        filled = len(cells)
        if filled != width:
            fitted = _fit_row(cells, width)
            if fitted is None:
                if not _names_day(cells[day_place]) and any(
                    isinstance(each, str) and TOTAL.match(each) for each in cells
                ):
                    classify.drops.add("totals", number)  # GA4 writes the word beyond the last column
                else:
                    classify.blame(number, "", "", _too_wide(len(cells), width))
                continue
            cells = fitted
        if is_labeled is not None and is_labeled(cells):
            classify.drops.add("totals", number)
            continue
        cell = cells[day_place]
        good = days.get(cell)
        if good is None:
            good = _names_day(cell)
            if len(days) < 1_000_000:
                days[cell] = good
        if not good:
            classify(number, cells)
            continue
        last_number, before, length = number, length, filled
        chunk.append(picked(cells))
        chunk_rows.append(number)
        if len(chunk) == _CHUNK:
            flush()
            kept += _CHUNK
            progress(kept)
            if kept > MOST_ROWS:
                raise ImportProblem(
                    f"{sheet.name} has more than {MOST_ROWS:,} rows, which is what is read at once: split it, for "
                    "example by month."
                )
            if not fits(kept, len(names), memory):
                raise ImportProblem(
                    f"{sheet.name}: its first {kept:,} rows, with {len(names):,} campaigns, take more memory than is "
                    "free here: split it, for example by month."
                )
    if last_number == number and length < min(before, width):  # before: in some files all rows lack their last cells
        sheet.refuse_cut_row(number, cells[length - 1])
    if chunk:
        flush()
    if not numbers:
        raise classify.why_no_rows()
    return Raw(
        {place: _join_parts(each) for place, each in parts.items()},
        np.concatenate(numbers),
        classify.drops.counts(),
        tuple(classify.faults),
    )


def fits(rows: int, names: int, memory: int | None) -> bool:
    """Whether so many rows, with so many names of campaigns, can be stored with the `memory` that was free before."""
    needed = rows * BYTES_A_ROW + names * BYTES_A_NAME
    return memory is None or needed <= max(memory, _FEW_BYTES)


def _fit_row(cells: Sequence[Any], width: int) -> Sequence[Any] | None:
    """A row as wide as the header, None where it holds something beyond it."""
    if len(cells) < width:
        return [*cells, *([""] * (width - len(cells)))]
    return cells[:width] if _are_empty(cells[width:]) else None


def _are_empty(cells: Sequence[Any]) -> bool:
    """Whether cells hold nothing at all, told at once where a row has thousands of them."""
    return cells.count("") + cells.count(None) == len(cells)


def _too_wide(cells: int, width: int) -> str:
    return (
        f"it has {cells} cells where the header has {width}: a name with a separator in it may have lost its "
        "quotation marks; repair that row or export again."
    )


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip().casefold() in MISSING)


def _tells(cell: Any) -> bool:
    """Whether a cell of figures says anything but nothing or zero."""
    return not _blank(cell) and re.sub(r"[^\w]", "", str(cell)).strip("0") != ""


def _names_day(cell: Any) -> bool:
    if isinstance(cell, str):
        return is_day(cell.strip().removeprefix('="').removesuffix('"'))
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return of_serial(float(cell)) is not None or (float(cell).is_integer() and is_day(str(int(cell))))
    return isinstance(cell, date)


class _Odd:
    """What to think of rows without a day."""

    def __init__(self, name: str, known: RecognizedTable, day_place: int) -> None:
        self.drops = _Drops()
        self.faults: list[Fault] = []
        self._name, self._known, self._day = name, known, day_place
        self._header = known.normal
        self._campaign = known.positions.get("campaign", (None,))[0]
        self._figures = [place for name in MEASURES for place in known.positions.get(name, ())]
        self._is_list = "order" in known.positions
        self._odd = 0
        self._says_nothing: int | None = None

    def __call__(self, number: int, cells: Sequence[Any]) -> None:
        if _are_empty(cells):
            return
        filled = [cell for cell in cells if not _blank(cell)]
        if not filled:
            return
        if self._is_list and not any(_tells(cells[place]) for place in self._figures):
            self.drops.add("further lines of an order", number)
            return
        first = next(str(cell).strip() for cell in cells if cell not in (None, ""))
        self._odd += 1
        if self._odd > _MOST_ODD:
            self._refuse(number, cells)
            raise WrongRows(self.faults)
        if len(filled) == 1 and not isinstance(filled[0], (int, float)) and not TOTAL.match(first):
            if re.match(r"no data|no results|keine daten|aucune donnée|no hay datos|sin datos", first, re.IGNORECASE):
                self._says_nothing = number
            self.drops.add("notes", number)
        elif self._figures and not any(_tells(cells[place]) for place in self._figures):
            self.drops.add("without a day and without figures", number)
        elif [normal(cell) for cell in cells] == self._header:
            self.drops.add("headers repeated", number)
        elif (
            TOTAL.match(first)
            or ALL.match(str(cells[self._day] or "").strip())
            or (self._campaign is not None and _blank(cells[self._campaign]))
        ):
            self.drops.add("totals", number)
        else:
            self._refuse(number, cells)

    def _refuse(self, number: int, cells: Sequence[Any]) -> None:
        header = " ".join(self._known.headers[self._day].split())
        value = "" if _blank(cells[self._day]) else str(cells[self._day])[:40]
        said = f"“{value}”, which is no day" if value else "empty"
        self.blame(number, header, value, f"“{header}” is {said}; repair that row or export again.")

    def blame(self, number: int, column: str, value: str, problem: str) -> None:
        """Remember a row that must be repaired."""
        self.faults.append(Fault(self._name, number, column, value, problem))
        if len(self.faults) >= MOST_FAULTS:
            raise WrongRows(self.faults)

    def why_no_rows(self) -> ImportProblem:
        """Why no row is left."""
        if self.faults:
            return WrongRows(self.faults)
        if self._says_nothing:
            return ImportProblem(
                f"{self._name}, row {self._says_nothing} says that there is no data: choose other days and export "
                "again."
            )
        rows = "only totals" if self._odd else "nothing"
        return ImportProblem(
            f"{self._name} has {rows} below its header (row {self._known.row}): no row has a day and figures; "
            "choose other days and export again."
        )


def _texts_and_floats(cells: Sequence[Any]) -> tuple[pa.Array, Floats | None]:
    if all(cell is None or isinstance(cell, str) for cell in cells):
        return pa.array(cells, pa.string()), None
    texts: list[str | None] = []
    floats = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
            floats[place] = float(cell)
            texts.append(None)
        elif isinstance(cell, datetime):
            texts.append(cell.isoformat(" ")[:19])
        elif cell is None:
            texts.append(None)
        else:
            texts.append(cell.isoformat() if isinstance(cell, date) else str(cell))
    return pa.array(texts, pa.string()), floats


def _join_parts(parts: list[tuple[pa.Array, Floats | None]]) -> RawColumn:
    texts = pa.concat_arrays([text for text, _ in parts])
    floats = None
    if any(each is not None for _, each in parts):
        floats = np.concatenate([np.full(len(text), np.nan) if each is None else each for text, each in parts])
    parts.clear()
    return RawColumn(texts, floats)


#: Names a row of the file for a sentence, by its place among the rows kept.
Where = Callable[[int], str]
