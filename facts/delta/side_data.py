"""Reads what comes with the rows of a version, such as the shop’s days, as plain data without pandas."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from facts.delta.damage import damage_of
from facts.delta.log import whole_versions
from facts.delta.table_names import DEMO_SHOP_NAME, SHOP_NAME, path_of, version_with
from facts.delta.tables import dataset
from facts.protocol import FOR_READERS
from kpi.schema import DATE

#: The columns of the shop's days that the dashboard reads, beside the day.
SHOP: Final = (
    "orders",
    "new_customers",
    "revenue",
    "new_revenue",
    "discounts",
    "returns",
    "gross_profit",
    "cogs",
    "fees",
    "other_marketing",
)
#: The texts of the shop's days: the sales channels that they are of, and what their revenue is made of.
SHOP_TEXTS: Final = ("channels", "basis")

_IMPORTED_AT: Final = "imported_at"
#: Days before a platform's last for which is told when they were imported; nobody restates for longer.
_RECENT: Final = 92


def read(
    facts: str | Path, *, demo: bool, currency: str, past: bool = False, shop: int | None = None
) -> dict[str, Any]:
    """What comes with the newest facts at `facts`, as plain data: `shop` with its `version`, columns and `problem`.

    Where the facts are `past`, it is the version `shop`.

    The shop's days are taken only where they are as made up as the facts, and in their currency.
    """
    try:
        return {"shop": _shop(Path(facts), demo, currency, shop if past else version_with(Path(facts)))}
    except Exception as problem:  # a damaged table makes its readers raise almost anything; the facts are sound
        damage = damage_of(path_of(Path(facts)))
        why = damage.what if damage else (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]
        reason = f"The shop's days beside {facts} cannot be read: {why}"
        return {"shop": {"problem": FOR_READERS.replace("The data", "The shop's days"), "reason": reason}}


def _shop(facts: Path, demo: bool, currency: str, version: int | None) -> dict[str, Any] | None:
    path = path_of(facts)
    if version is None:
        return None
    table = DeltaTable(str(path), version=version)
    if table.metadata().name != (DEMO_SHOP_NAME if demo else SHOP_NAME):
        return None
    found = dataset(table, path)
    held = [name for name in (DATE, "currency", *SHOP, *SHOP_TEXTS) if name in found.schema.names]
    rows = found.to_table(columns=held).sort_by(DATE).to_pydict()
    strange = sorted({each for each in rows.pop("currency") if each != currency})
    if strange:
        return {"problem": f"The shop's days are in {strange[0]}, the advertising in {currency}: import them again."}
    return {"version": table.version(), **rows, DATE: [day.isoformat() for day in rows[DATE]]}


def imports(path: Path, table: DeltaTable, found: ds.Dataset) -> dict[str, Any]:
    """By platform, when it was last imported (`at`), the day of import of its `recent` days, and why measures are
    missing (`lacks`), as the imports noted it. Empty for a table that no import made.
    """
    if _IMPORTED_AT not in found.schema.names:
        return {}
    rows = found.to_table(columns=["platform", DATE, _IMPORTED_AT]).unify_dictionaries()
    days = rows.group_by(["platform", DATE]).aggregate([(_IMPORTED_AT, "max")])
    told: dict[str, Any] = {}
    for platform in pc.unique(days["platform"]).to_pylist():
        mine = days.filter(pc.equal(days["platform"], platform))
        span = [
            (day, at)
            for day, at in zip(mine[DATE].to_pylist(), mine[f"{_IMPORTED_AT}_max"].to_pylist(), strict=True)
            if at
        ]
        if span:
            since = max(day for day, _ in span) - timedelta(days=_RECENT)
            recent = sorted([day.isoformat(), at.date().isoformat()] for day, at in span if day > since)
            told[platform] = {"at": max(at for _, at in span).isoformat(), "recent": recent, "lacks": {}}
    for commit in reversed(whole_versions(path)):  # a damaged one of long ago keeps nobody from reading the newest
        if commit.number > table.version():
            continue
        for platform, lacks in json.loads(commit.said.get("import.lacks", "{}")).items():
            if platform in told:
                told[platform]["lacks"] = {**lacks, **told[platform]["lacks"]}  # the newest import's word counts
    return told
