"""Reads tables with a column for each channel, and weekly sums, where a mapping file asks for it.

A mapping file names the columns by pattern; each channel becomes a campaign with rows of its own. Sums of weeks are
spread evenly over their seven days, so that every total is kept and none is piled onto a day.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np
import pandas as pd

from facts.words.headers import normal
from ingest.read.tables import Cell, Row, Sheet
from ingest.results import ImportProblem
from kpi.schema import DATE

CHANNEL: Final = "{channel}"
DAYS: Final = 7
_HEAD: Final = 60


def long(sheet: Sheet, columns: Mapping[str, str], wide: Mapping[str, str], platforms: Mapping[str, str]) -> Sheet:
    """`sheet` with a row for each channel of each of its rows, under the plain table's own headers.

    `columns` names the columns that all channels share, by field; `wide` the pattern of a channel's columns.
    `platforms` says whose a channel is, by its name in lower case; the others' are Other.
    """

    def rows(separator: str) -> Iterator[Row]:
        number, shared, channels = _header(sheet, separator, columns, wide)
        yield number, [*shared, "platform", "campaign", *wide]
        width = 1 + max([*shared.values(), *(place for places in channels.values() for place in places)])
        at, length, before = number, width, width
        for at, cells in sheet.rows(separator):
            if at <= number:
                continue
            before, length = length, len(cells)
            filled: Sequence[Cell] = [*cells, *[None] * (max((*shared.values(), 0)) + 1 - len(cells))]
            for channel, places in channels.items():
                figures = [cells[place] if 0 <= place < len(cells) else None for place in places]
                if any(cell not in (None, "") for cell in figures):
                    own = [filled[place] for place in shared.values()]
                    yield at, [*own, platforms.get(channel.casefold(), "Other"), channel, *figures]
        if 1 < length < min(before, width):  # one cell is a note
            sheet.refuse_cut_row(at, cells[-1])

    return replace(sheet, read=rows)


def _header(
    sheet: Sheet, separator: str, columns: Mapping[str, str], wide: Mapping[str, str]
) -> tuple[int, dict[str, int], dict[str, list[int]]]:
    """The header's row, the places of what all channels share, and those of each channel. Raises ImportProblem."""
    for number, cells in islice(sheet.rows(separator), _HEAD):
        shared, channels = _shared_columns(cells, columns), _channels(cells, wide)
        if len(shared) == len(columns) and channels:
            return number, shared, channels
    missing = ", ".join([*columns.values(), *wide.values()])
    raise ImportProblem(f"{sheet.name} has no row with the columns of the mapping ({missing}).")


def _shared_columns(cells: Sequence[Cell], columns: Mapping[str, str]) -> dict[str, int]:
    """The place of each shared field among a header's cells."""
    places = {normal(cell): place for place, cell in reversed(list(enumerate(cells)))}
    return {field: places[header] for field, header in columns.items() if header in places}


def _channels(cells: Sequence[Cell], wide: Mapping[str, str]) -> dict[str, list[int]]:
    """By channel the places of its columns in the order of `wide`, -1 where it has none.

    What lacks the first of them is none: beside spend, an organic channel's impressions are nobody's advertising.
    """
    found: dict[str, list[int]] = {}
    for order, pattern in enumerate(wide.values()):
        matches = re.compile(re.escape(pattern).replace(re.escape(CHANNEL), "(.+)"), re.IGNORECASE)
        for place, cell in enumerate(cells):
            if named := matches.fullmatch(str(cell or "").strip()):
                found.setdefault(named[1], [-1] * len(wide))[order] = place
    return {channel: places for channel, places in found.items() if places[0] >= 0}


def spread(frame: pd.DataFrame, counts: Sequence[str], others: Sequence[str], unit: Sequence[str]) -> pd.DataFrame:
    """Sums of weeks that begin on their day as seven days each; `counts` stay whole. Every sum is kept.

    Raises ImportProblem where two weeks of one `unit` overlap.
    """
    ordered = frame.sort_values([*unit, DATE], ignore_index=True)
    gaps = ordered.groupby(list(unit), observed=True)[DATE].diff() if unit else ordered[DATE].diff()
    if (gaps < pd.Timedelta(days=DAYS)).any():
        day = ordered[DATE][int(np.flatnonzero(gaps < pd.Timedelta(days=DAYS))[0])]
        raise ImportProblem(
            f"The mapping says weeks, but {day:%Y-%m-%d} follows less than {DAYS} days after the row before it: "
            "leave out weeks = true."
        )
    parts = []
    for day in range(DAYS):
        part = frame.assign(**{DATE: frame[DATE] + pd.Timedelta(days=day)})
        for name in counts:
            part[name] = np.floor(frame[name] / DAYS) + (frame[name] % DAYS > day)
            part.loc[frame[name].isna(), name] = np.nan
        for name in others:
            part[name] = frame[name] / DAYS
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
