"""What an import brings and what it has to say: `Import`, its findings, and the sentence that refuses a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pandas as pd

from kpi.schema import COUNTS, DATE, EVENTS, MEASURES, MONEY

#: Columns of the stored table beside those of kpi.schema. `cut` names what the rows are broken down by, joined by "+";
#: `program` tells apart exports of one account whose money differs (Amazon's products, brands and display).
CUT: Final = "cut"
PROGRAM: Final = "program"
CURRENCY: Final = "currency"

#: Breakdowns that a platform reports for part of the money only (a search term without a click is not listed).
PARTIAL: Final = frozenset({"ad group", "ad", "keyword", "search term", "product", "placement", "gender", "age"})


class ImportProblem(Exception):
    """A file cannot be imported. The message is a sentence: which file and row, what is wrong, and what to do."""


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
    `kind` "business" has the columns of `facts.importers.business`. `rows` counts the file's rows that went into it.
    """

    file: str
    kind: str
    source: str
    frame: pd.DataFrame
    rows: int
    dropped: tuple[Dropped, ...] = ()
    findings: tuple[Finding, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)

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
            name: None if pd.isna(value) else rounded(name, float(value)) for name, value in sums.items()
        }
    return found


def rounded(measure: str, value: float) -> float:
    """A sum without the dust of binary fractions: whole counts, money to the cent's hundredth."""
    return float(round(value)) if measure in COUNTS else round(value, 6 if measure in EVENTS else 4)


def is_money(measure: str) -> bool:
    """Whether a measure is in a currency."""
    return measure in MONEY
