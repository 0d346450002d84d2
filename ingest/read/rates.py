"""Exchange rates by day: a table of date, currency and rate, or the European Central Bank's reference rates."""

import csv
import io
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ingest.read.dates import days, no_day
from ingest.read.texts import text_of
from ingest.results import CURRENCY, ImportProblem
from kpi.schema import DATE, MONEY

BILLED: Final = "billed_currency"
RATE: Final = "rate"
RATE_DATE: Final = "rate_date"

#: Weekends and holidays have no rate of their own: the last one before holds, for so long.
HOLDS: Final = timedelta(days=7)


@dataclass(frozen=True)
class Rates:
    """What one unit of a currency is worth in `base`, by day. `base` None: in whatever currency the table has."""

    name: str
    base: str | None
    by_currency: dict[str, tuple[tuple[date, ...], tuple[float, ...]]]

    def rate(self, currency: str, into: str, day: date) -> tuple[float, date]:
        """What one `currency` is worth in `into` on `day`, and the day of that rate. Raises ImportProblem."""
        if self.base is None or self.base == into:
            return self._rate_of(currency, day)
        over, day_over = self._rate_of(currency, day)
        by, day_by = self._rate_of(into, day)
        return over / by, min(day_over, day_by)

    def _rate_of(self, currency: str, day: date) -> tuple[float, date]:
        if currency == self.base:
            return 1.0, day
        known, values = self.by_currency.get(currency, ((), ()))
        place = bisect_right(known, day) - 1
        if place < 0 or day - known[place] > HOLDS:
            raise ImportProblem(f"{self.name} has no rate of {currency} for {day} or the week before it: add one.")
        return values[place], known[place]


def read_rates(path: str | Path) -> Rates:
    """Rates from a CSV file. Raises ImportProblem.

    Either `date,currency,rate`, the rate being what one unit of the currency is worth in the table's; or the ECB's file
    with a column for each currency, which says how many of it are one euro.
    """
    path = Path(path)
    try:
        lines = io.StringIO(text_of(path, "a CSV with date, currency and rate"), newline="")
        rows = [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise ImportProblem(f"{path} cannot be read as CSV: {problem}.") from None
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    long = {"date", "currency", "rate"} <= set(header)
    if not long and (not header or header[0] != "date" or "usd" not in header):
        raise ImportProblem(f"{path.name} has no columns date, currency and rate, and is no reference file of the ECB.")
    found: dict[str, dict[date, float]] = {}
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        where = f"{path.name}, row {number}"
        (day,) = days("date", [cells.get("date", "")], "dmy", lambda _, where=where: where)  # type: ignore[misc]
        if day is None:
            raise ImportProblem(f"{where}: {no_day('date', cells.get('date', ''))}")
        if long and not cells.get("currency"):
            raise ImportProblem(f"{where} names no currency: each row holds a date, a currency and a rate.")
        pairs = (
            [(cells["currency"], cells.get("rate", ""))] if long else [(k, v) for k, v in cells.items() if k != "date"]
        )
        for currency, text in pairs:
            if not long and text.upper() in ("", "N/A", "-"):
                continue
            try:
                value = float(text)
            except ValueError:
                value = 0.0
            if not 0 < value < 1e12:
                raise ImportProblem(
                    f"{where}: the rate of {currency.upper()} is “{text}”; it must be a number above 0."
                )
            found.setdefault(currency.upper(), {})[day] = value if long else 1 / value
    ordered = {currency: tuple(zip(*sorted(known.items()), strict=True)) for currency, known in found.items()}
    return Rates(path.name, None if long else "EUR", ordered)  # type: ignore[arg-type]


def convert_money(frame: pd.DataFrame, into: str, rates: Rates | None, money: tuple[str, ...] = MONEY) -> pd.DataFrame:
    """`frame` with its money in `into`; what it was billed in, the rate and its day beside it. Raises ImportProblem."""
    billed = frame[CURRENCY].astype(str).replace("", into)
    frame = frame.assign(**{BILLED: billed, CURRENCY: into, RATE: 1.0, RATE_DATE: frame[DATE]})
    foreign = (billed != into).to_numpy()
    if not foreign.any():
        return frame
    if rates is None:
        other = sorted(set(billed[foreign]))
        raise ImportProblem(
            f"The money is in {', '.join(other)} and the table's in {into}: give rates with --fx, a CSV of date, "
            "currency and rate."
        )
    pairs = list(zip(billed, frame[DATE].dt.date, strict=True))
    known = {pair: rates.rate(pair[0], into, pair[1]) for pair in sorted(set(pairs)) if pair[0] != into}
    rate = np.array([known[pair][0] if pair in known else 1.0 for pair in pairs])
    told = [known[pair][1] if pair in known else pair[1] for pair in pairs]
    return frame.assign(
        **{RATE: rate, RATE_DATE: pd.to_datetime(pd.Series(told, index=frame.index)).astype("datetime64[us]")},
        **{name: frame[name] * rate for name in money},
    )
