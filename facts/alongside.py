"""What stands beside the rows of a version, as plain data: read by whoever reads the rows, so it needs no pandas."""

from pathlib import Path
from typing import Any, Final

from deltalake import DeltaTable

from facts.disk import dataset
from facts.places import DEMO_SHOP_NAME, SHOP_NAME, path_of, version_with
from kpi.schema import DATE

#: The columns of the shop's days that the dashboard reads, beside the day.
SHOP: Final = ("revenue", "cogs", "gross_profit", "fees")


def read(facts: str | Path, *, demo: bool, currency: str) -> dict[str, Any]:
    """What stands beside the newest facts at `facts` as plain data: `shop` with its `version`, columns and `problem`.

    The shop's days are taken only where they are as made up as the facts, and in their currency.
    """
    try:
        return {"shop": _shop(Path(facts), demo, currency)}
    except Exception as problem:  # a damaged table makes its readers raise almost anything; the facts are sound
        why = (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]
        return {"shop": {"problem": f"The shop's days beside {facts} cannot be read: {why}"}}


def _shop(facts: Path, demo: bool, currency: str) -> dict[str, Any] | None:
    path, version = path_of(facts), version_with(facts)
    if version is None:
        return None
    table = DeltaTable(str(path), version=version)
    if table.metadata().name != (DEMO_SHOP_NAME if demo else SHOP_NAME):
        return None
    found = dataset(table, path)
    held = [name for name in (DATE, "currency", *SHOP) if name in found.schema.names]
    rows = found.to_table(columns=held).sort_by(DATE).to_pydict()
    strange = sorted({each for each in rows.pop("currency") if each != currency})
    if strange:
        return {"problem": f"The shop's days are in {strange[0]}, the advertising in {currency}: import them again."}
    return {"version": table.version(), **rows, DATE: [day.isoformat() for day in rows[DATE]]}
