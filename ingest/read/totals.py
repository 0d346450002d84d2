"""Finds rows that are sums of other rows: an account’s without a campaign, a campaign’s above its breakdown."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.layouts.headers import EXTRA_CUTS
from ingest.read.gather import ALL, ALL_OF, TOTAL
from ingest.read.normalize import Table
from ingest.read.numbers import Floats
from kpi.schema import UNKNOWN

_BREAKDOWNS: Final = ("region", "device", "segment", "gender", "age", *EXTRA_CUTS)

#: Whose totals a file may hold, from the widest.
_OWNERS: Final = ("platform", "account", "account_id", "program", "currency")

Mask = NDArray[np.bool_]


def not_totals(table: Table, days: np.ndarray) -> Mask:
    """Which rows of a table with `days` to keep. Notes how many rows without a campaign's name stay.

    A row without a campaign, or one that is called as totals are ("Grand total", "All platforms"), is a total where it
    spends what its day's others do, all of them or those of its platform, account, program and currency; what is only
    called so stays, and is told. A row that names nothing in a breakdown is one where all such rows spend what those
    below them do: one alone may be what the platform cannot tell.
    """
    keep = np.ones(len(table), dtype=bool)
    present = [name for name in _BREAKDOWNS if table.has(name)]
    without = {name: _nameless(table, name) for name in (*present, "campaign") if table.has(name)}
    called = _called_totals(table)
    if not table.has("spend") or not (called.any() or any(each.any() for each in without.values())):
        return keep
    spend = np.nan_to_num(table.numbers(["spend"], (), (), quiet=True)["spend"])
    nameless = without.get("campaign", np.zeros(len(table), dtype=bool))
    unit = [days]
    for name in (None, *_OWNERS):  # the day's total over all accounts, or one of each platform, each account, …
        if name is not None:
            if not table.has(name):
                continue
            unit.append(_codes(table, name))
        keep &= ~_sums(spend, nameless, ~nameless, unit)[0]
        keep &= ~_sums(spend, nameless | called, ~(nameless | called), unit)[0]
    if left := int((nameless & ~called & keep).sum()):
        text = "1 row names no campaign: it stands" if left == 1 else f"{left:,} rows name no campaign: they stand"
        table.note(f"{text} under {UNKNOWN}.", "warning")
    if left := int((called & keep).sum()):
        where = table.where(int(np.flatnonzero(called & keep)[0]))
        table.note(
            (
                f"1 row is called as totals are and is not the sum of its day's other rows ({where}): it stays. If it "
                "is a total, remove it from the file."
                if left == 1
                else f"{left:,} rows are called as totals are and are not the sum of their day's other rows ({where}): "
                "they stay. If they are totals, remove them from the file."
            ),
            "warning",
        )
    owners = [_codes(table, name) for name in ("account", "program", "currency", "campaign") if table.has(name)]
    for fields in [[name] for name in present] + ([present] if len(present) > 1 else []):
        nameless = keep & np.logical_and.reduce([without[name] for name in fields])
        named = keep & ~np.logical_or.reduce([without[name] for name in fields])
        others = [_codes(table, name) for name in present if name not in fields]
        sums, several = _sums(spend, nameless, named, [days, *owners, *others])
        if several and sums.sum() == (nameless & (spend != 0)).sum():
            keep &= ~nameless
    return keep


def _called_totals(table: Table) -> Mask:
    """The rows that some name calls a total."""
    found = np.zeros(len(table), dtype=bool)
    for name in ("campaign", "platform", "account"):
        if table.has(name):
            texts = table.texts(name, "")
            words = [bool(each and (TOTAL.match(each) or ALL_OF.match(each))) for each in texts.categories]
            found |= np.array(words, dtype=bool)[np.asarray(texts.codes)] if words else found
    return found


def _codes(table: Table, field: str) -> np.ndarray:
    return np.asarray(table.texts(field).codes)


def _nameless(table: Table, field: str) -> Mask:
    """The rows that name nothing in `field`, or all of it."""
    found = table.texts(field, "")
    of_all = [field != "campaign" and bool(ALL.match(each)) for each in found.categories]
    nameless: Mask = (np.asarray(found.categories == "") | of_all)[np.asarray(found.codes)]
    if field == "campaign" and table.has("campaign_id"):
        nameless &= np.asarray(table.ids("campaign_id") == "")
    return nameless


def _sums(spend: Floats, nameless: Mask, named: Mask, unit: Sequence[np.ndarray]) -> tuple[Mask, bool]:
    """Which `nameless` rows spend what the `named` of the same `unit` do together, and whether one sums several."""
    found = np.zeros(len(spend), dtype=bool)
    if not nameless.any() or not named.any():
        return found, False
    keys = pd.MultiIndex.from_arrays(list(unit)) if len(unit) > 1 else pd.Index(unit[0])
    below = pd.Series(spend[named]).groupby(keys[named]).agg(["sum", "size"])
    place = below.index.get_indexer(keys[nameless])
    total, size, own = below["sum"].to_numpy()[place], below["size"].to_numpy()[place], spend[nameless]
    equal = (place >= 0) & (own != 0) & (np.abs(own - total) <= 0.01 * size)
    found[nameless] = equal
    return found, bool((size[equal] > 1).any())
