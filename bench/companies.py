"""Three companies to look at: the demo, 300 campaigns with long names, and two platforms whose files know little."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

from facts.source import DEMO_NAME
from kpi.schema import UNKNOWN

_AIMS: Final = (
    "Prospecting – Lookalike 5–10 % – Purchasers 180d",
    "Retargeting – Cart & Viewed, <30 days",
    "Always-on",
)
_WARES: Final = ("Living-room cushions & throws", "Gartenmöbel, Sonnenschirme und Zubehör", "Wohnaccessoires")
_MARKETS: Final = ("DE|AT|CH", "North America (US + CA)", "Nordics_Benelux_UK")


def _demo(table: pa.Table) -> pa.Table:
    return table


def _long_names(table: pa.Table) -> pa.Table:
    """300 campaigns of up to some 110 characters, one of them without a space."""
    names = [
        f"{_MARKETS[number % 3]} – {_AIMS[number % 5 % 3]} – {_WARES[number % 7 % 3]} – Q{number % 4 + 1} {number:03d}"
        for number in range(299)
    ] + ["2025_Q3_PROSPECTING_LAL_PURCHASERS_180D_CONVERSIONS_DE_AT_CH_MOBILE_VIDEO_15S_V2"]
    dealt = np.random.default_rng(14).integers(0, len(names), len(table))
    column = pa.array([names[number] for number in dealt])
    return table.set_column(table.column_names.index("campaign"), "campaign", column)


def _two_platforms(table: pa.Table) -> pa.Table:
    """Meta and Google, one region, no goods, fees or new customers, and no audience known."""
    table = table.filter(pc.is_in(table["platform"], pa.array(["Meta", "Google"])))
    for name, value in {"region": "Europe", "segment": UNKNOWN, "device": UNKNOWN}.items():
        table = table.set_column(table.column_names.index(name), name, pa.array([value] * len(table)))
    for name in ("cogs", "variable_costs", "new_customers", "lifetime_margin"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.nulls(len(table), table.schema.field(place).type))
    return table


COMPANIES: Final[Mapping[str, Callable[[pa.Table], pa.Table]]] = {
    "demo": _demo,
    "300 long names": _long_names,
    "two platforms": _two_platforms,
}


def write_companies(demo: Path, folder: Path) -> dict[str, Path]:
    """The tables of all companies, made of the demo's; by name, where each lies."""
    if not (demo / "_delta_log").exists():
        raise SystemExit(f"There is no table at {demo}: write it with `python -m datagen`.")
    table = pa.table(DeltaTable(demo).to_pyarrow_table())
    found = {"demo": demo}
    for name, change in COMPANIES.items():
        if name not in found:
            found[name] = folder / name.replace(" ", "-")
            write_deltalake(found[name], change(table), name=DEMO_NAME)
    return found
