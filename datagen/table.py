"""Facts as Arrow: the columns of `kpi.schema` in its order, rows sorted by date, then by the dimensions in turn."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa

from datagen.campaigns import ACCOUNTS, CAMPAIGNS, DEVICES, REGIONS, SEGMENTS
from datagen.company import ROWS, SHAPE, Company
from datagen.simulate import simulate
from kpi.schema import COLUMNS, COUNTS, DATE, DIMENSIONS, MEASURES, TEXT

EPOCH: Final = dt.date(1970, 1, 1).toordinal()

ARROW_SCHEMA: Final = pa.schema(
    [(DATE, pa.date32())]
    + [(name, pa.string()) for name in TEXT]
    + [(name, pa.int64() if name in COUNTS else pa.float64()) for name in MEASURES]
)


def facts(company: Company, first: int, last: int) -> pa.Table:
    """Days `first` to `last` (ordinals, both included): 720 rows a day, text dictionary-encoded in memory."""
    days = last - first + 1
    texts, order = _labels()
    measures = np.empty((len(MEASURES), days, ROWS))
    for i in range(days):
        made = simulate(company, first + i)
        for k, name in enumerate(MEASURES):
            measures[k, i] = made[name][order]
    columns: dict[str, pa.Array] = {
        DATE: pa.array(np.repeat(np.arange(first, last + 1) - EPOCH, ROWS).astype("int32"), pa.date32())
    }
    for name, (codes, values) in texts.items():
        columns[name] = pa.DictionaryArray.from_arrays(np.tile(codes, days), values)
    for k, name in enumerate(MEASURES):
        flat = measures[k].ravel()
        columns[name] = pa.array(flat.astype(np.int64) if name in COUNTS else flat)
    return pa.table([columns[name] for name in COLUMNS], names=list(COLUMNS))


def quarters(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The range cut at calendar quarters: one file each, so that a reader of a few months opens few files."""
    while first <= last:
        date = dt.date.fromordinal(first)
        ahead = date.year * 12 + (date.month - 1) // 3 * 3 + 3
        stop = min(dt.date(ahead // 12, ahead % 12 + 1, 1).toordinal() - 1, last)
        yield first, stop
        first = stop + 1


@lru_cache(maxsize=1)
def _labels() -> tuple[dict[str, tuple[np.ndarray, pa.Array]], np.ndarray]:
    """Each text column as (codes of a day's rows, distinct values), and the order that sorts a day's rows."""
    c, r, d, s = (i.ravel() for i in np.indices(SHAPE))
    text = {
        "platform": [CAMPAIGNS[i].platform for i in c],
        "account": [ACCOUNTS[CAMPAIGNS[i].platform] for i in c],
        "campaign": [CAMPAIGNS[i].name for i in c],
        "campaign_id": [CAMPAIGNS[i].campaign_id for i in c],
        "objective": [CAMPAIGNS[i].objective for i in c],
        "region": [REGIONS[i] for i in r],
        "device": [DEVICES[i] for i in d],
        "segment": [SEGMENTS[i] for i in s],
    }
    order = np.lexsort([np.array(text[name]) for name in reversed(tuple(DIMENSIONS))])
    columns = {}
    for name in TEXT:
        values, codes = np.unique(np.array(text[name])[order], return_inverse=True)
        columns[name] = (codes.astype(np.int32), pa.array(values.tolist(), pa.string()))
    return columns, order
