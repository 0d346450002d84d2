"""A margin table (TOML): gross margin and fees in percent of revenue, for costs that no platform reports.

    [[margin]]
    platform = "Amazon"     # left out: every platform
    region = "US"           # left out: every region
    from = 2025-01-01       # left out: always
    to = 2025-12-31
    gross_margin = 55       # percent of revenue that is left after the goods
    fees = 12               # percent of revenue for payment, fulfilment and marketplaces

Of the entries that hold for a row, the one that says most about it counts; of equals, the later.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facts.words.vocabulary import country
from ingest.read.options import read_toml
from ingest.results import ImportProblem
from kpi.schema import DATE


@dataclass(frozen=True)
class Margin:
    """Fractions of revenue for the rows of a platform, region and time; None holds for all."""

    platform: str | None
    region: str | None
    first: date | None
    last: date | None
    goods: float
    fees: float


def read_margins(path: str | Path) -> tuple[Margin, ...]:
    """The entries of a margin table. Raises ImportProblem."""
    content = read_toml(path)
    entries = content.pop("margin", None)
    if content or not isinstance(entries, list) or not entries:
        raise ImportProblem(f"{path} must hold [[margin]] entries with gross_margin and fees, and nothing else.")
    return tuple(_margin(f"{path}, entry {number}", entry) for number, entry in enumerate(entries, 1))


def _margin(where: str, entry: object) -> Margin:
    known: dict[str, Any] = {
        "platform": str,
        "region": str,
        "from": date,
        "to": date,
        "gross_margin": (int, float),
        "fees": (int, float),
    }
    if not isinstance(entry, dict) or entry.keys() - known.keys():
        raise ImportProblem(f"{where} may hold {', '.join(known)}.")
    for name, kind in known.items():
        if name in entry and (not isinstance(entry[name], kind) or isinstance(entry[name], bool)):
            raise ImportProblem(f"{where}: {name} is {entry[name]!r}, which cannot be.")
        if kind is date and isinstance(entry.get(name), datetime):  # which is a date too, but compares with none
            raise ImportProblem(f"{where}: {name} is {entry[name]}: write a day, as in 2025-01-31.")
    for name in ("gross_margin", "fees"):
        if not 0 <= entry.get(name, -1) <= 100:
            raise ImportProblem(f"{where}: {name} must be a percentage from 0 to 100.")
    return Margin(
        entry.get("platform"),
        entry.get("region"),
        entry.get("from"),
        entry.get("to"),
        1 - entry["gross_margin"] / 100,
        entry["fees"] / 100,
    )


def with_costs(frame: pd.DataFrame, margins: tuple[Margin, ...]) -> pd.DataFrame:
    """`frame` with `cogs` and `variable_costs` where a margin holds and the source has told none."""
    goods, fees = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    day = frame[DATE]
    for each in sorted(margins, key=_says):
        holds = np.ones(len(frame), dtype=bool)
        if each.platform:
            holds &= np.asarray(frame["platform"] == each.platform)
        if each.region:
            holds &= np.asarray(frame["region"].isin((each.region, country(each.region))))
        if each.first:
            holds &= np.asarray(day >= pd.Timestamp(each.first))
        if each.last:
            holds &= np.asarray(day <= pd.Timestamp(each.last))
        goods[holds], fees[holds] = each.goods, each.fees
    return frame.assign(
        cogs=frame["cogs"].fillna(frame["revenue"] * goods),
        variable_costs=frame["variable_costs"].fillna(frame["revenue"] * fees),
    )


def _says(margin: Margin) -> int:
    return sum(part is not None for part in (margin.platform, margin.region, margin.first or margin.last))
