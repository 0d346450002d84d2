"""`Import`: what a file brings and what is worth saying about it, and the errors that refuse a file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import date
from typing import Final

import pandas as pd

from facts.delta.rows import CURRENCY as CURRENCY
from facts.delta.rows import CUT as CUT
from facts.delta.rows import PROGRAM as PROGRAM
from kpi.formula_guard import guard_formula
from kpi.plain_text import number_of
from kpi.schema import COUNTS, DATE, EVENTS, MEASURES

#: A file with more wrong rows than this is not worth a list of them.
MOST_FAULTS: Final = 10_000


class ImportProblem(Exception):
    """A file cannot be imported. The message is a sentence: which file and row, what is wrong, and what to do."""


class TableProblem(ImportProblem):
    """The table cannot take an import, whatever the file is."""


@dataclass(frozen=True)
class Fault:
    """A cell or a row that keeps a file from being imported: where it is, what it says and what is wrong."""

    file: str
    row: int
    column: str
    value: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}: {self.problem}"


class WrongRows(ImportProblem):
    """A file has rows that must be repaired: `faults` are all of them, in the file's order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.row))
        rows = len({fault.row for fault in self.faults})
        others = f"{number_of(rows - 1, 'more row')} {'has' if rows == 2 else 'have'}"
        more = f" {others} faults; --problems FILE.csv lists them all." if rows > 1 else ""
        super().__init__(f"{self.faults[0]}{more}")


def as_csv(faults: Iterable[Fault]) -> str:
    """Faults as a table: file, row, column, value and problem, no cell of which is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([each.name for each in fields(Fault)])
    writer.writerows([guard_formula(value) for value in astuple(fault)] for fault in faults)
    return text.getvalue()


@dataclass(frozen=True)
class Finding:
    """Something to know about an import that did not stop it: `kind` is "note" or "warning", `text` a sentence."""

    kind: str
    text: str


@dataclass(frozen=True)
class Dropped:
    """Rows that were left out: why, how many, and the numbers of the first few in the file."""

    reason: str
    rows: int
    first: tuple[int, ...]


@dataclass(frozen=True)
class Import:
    """One table of figures from one file, not yet stored.

    `frame` of an advertising report has the columns of kpi.schema with `cut`, `program` and `currency`; text holds no
    null, measures are floats with NaN where the source says nothing, several rows of one key are added up. `frame` of
    `kind` "business" has the columns of `ingest.layouts.business`, and `basis` says what its revenue is made of where
    that is known, `channels` names the sales channels that it is of, `places` where each
    currency first stands. `rows` counts the file's rows that went into it.
    """

    file: str
    kind: str
    source: str
    frame: pd.DataFrame
    rows: int
    dropped: tuple[Dropped, ...] = ()
    findings: tuple[Finding, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    channels: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def currencies(self) -> set[str]:
        """The currencies that the file names."""
        return {str(each) for each in self.frame[CURRENCY].unique()} - {""}

    @property
    def read(self) -> int:
        """Rows below the header that were not blank."""
        return self.rows + sum(each.rows for each in self.dropped)

    @property
    def first(self) -> date:
        """The first day."""
        return self.frame[DATE].min().date()

    @property
    def last(self) -> date:
        """The last day."""
        return self.frame[DATE].max().date()

    def totals(self) -> dict[str, dict[str, float | None]]:
        """By currency the sum of each measure of an advertising report, None where no row reports it."""
        return totals(self.frame)


def totals(frame: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """By currency the sum of each measure, None where no row of that currency reports it. Reach is never added up."""
    found: dict[str, dict[str, float | None]] = {}
    for currency, rows in frame.groupby(CURRENCY, observed=True, sort=True):
        sums = rows[[name for name in MEASURES if name != "reach"]].sum(min_count=1)
        found[str(currency)] = {
            name: None if pd.isna(value) else round_sum(name, float(value)) for name, value in sums.items()
        }
    return found


def round_sum(measure: str, value: float) -> float:
    """A sum without the dust of binary fractions: whole counts, money to the cent's hundredth."""
    return float(round(value)) if measure in COUNTS else round(value, 6 if measure in EVENTS else 4)
