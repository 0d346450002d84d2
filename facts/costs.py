"""Costs that somebody stated (kpi.costs) among the facts: as text with a version, and as measures of rows.

Those of a Delta table are a property of its version, so that its history, `undo` and `as_of` are theirs too. Facts that
nobody here may write to, Parquet files and engines elsewhere, have them in a log in the state folder.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facts.engines.expressions import Rows
from kpi.basis import Basis, bases
from kpi.costs import COST_MEASURES, NO_COSTS, Assumption, Cost, by_weight, in_force
from kpi.evaluate import ROWS
from kpi.schema import DATE, MEASURES


def to_text(costs: Sequence[Cost]) -> str:
    """Costs as they are stored."""
    return json.dumps(
        [
            {
                **({} if each.margin is None else {"margin": each.margin}),
                **({} if each.fees is None else {"fees": each.fees}),
                **({"platform": each.platform} if each.platform else {}),
                **({"region": each.region} if each.region else {}),
                **({"from": each.since.isoformat()} if each.since else {}),
            }
            for each in costs
        ]
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def of_text(text: str | None) -> tuple[Cost, ...]:
    """Stored costs, in the order in which each overrules those before it. Raises ValueError where they are none."""
    try:
        return by_weight(
            Cost(
                _number(each.get("margin")),
                _number(each.get("fees")),
                str(each.get("platform", "")),
                str(each.get("region", "")),
                date.fromisoformat(each["from"]) if "from" in each else None,
            )
            for each in json.loads(text or "[]")
        )
    except (AttributeError, KeyError, TypeError) as problem:
        raise ValueError(f"no costs: {problem}") from None


@dataclass(frozen=True)
class CostsChange:
    """A change of the costs of facts that nobody here may write to: when, by whom, and what they were from then on."""

    at: datetime
    by: str
    costs: tuple[Cost, ...]
    undone: bool = False


def read_log(log: Path | None) -> list[CostsChange]:
    """The changes in a costs' log, oldest first; none where there is no log. Raises OSError and ValueError."""
    try:
        lines = log.read_text(encoding="utf-8").splitlines() if log else []
    except FileNotFoundError:
        lines = []
    found = []
    for line in filter(None, lines):
        said: dict[str, Any] = json.loads(line)
        at = datetime.fromisoformat(said["at"]).astimezone(UTC)
        found.append(CostsChange(at, said["by"], of_text(json.dumps(said["costs"])), said.get("undone", False)))
    return found


def line_of(change: CostsChange) -> str:
    """A change as a log has it."""
    said = {"at": change.at.isoformat(), "by": change.by, "costs": json.loads(to_text(change.costs))}
    return json.dumps(said | ({"undone": True} if change.undone else {})) + "\n"


def costs_now(log: Path | None) -> tuple[Cost, ...]:
    """The costs that a log says hold now; none where it cannot be read: then profit is missing, not wrong."""
    try:
        changes = read_log(log)
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return changes[-1].costs if changes else ()


def name_of(costs: Sequence[Cost]) -> str:
    """What the name of a version ends with where its costs are no part of it; "" for none."""
    return "~" + hashlib.sha256(to_text(costs).encode()).hexdigest()[:8] if costs else ""


def with_costs(rows: Rows, costs: Sequence[Cost]) -> Rows:
    """`rows` with the cost measures worked out where they report revenue and no costs of their own."""
    if not costs:
        return rows
    revenue = nw.col("revenue").cast(nw.Float64)
    return replace(
        rows,
        frame=rows.frame.with_columns(
            nw.when(nw.col(name).is_null())
            .then(revenue * _share(rows, name, costs))
            .otherwise(nw.col(name).cast(nw.Float64))
            .alias(name)
            for name in COST_MEASURES
        ),
    )


def _share(rows: Rows, name: str, costs: Sequence[Cost]) -> nw.Expr:
    """By row the part of revenue that a cost measure takes, null where nobody states it.

    Goods and fees are each what the costs of most weight that state them say; where a margin is stated and no fees,
    there are none.
    """
    if name == "cogs":
        return _stated_share(rows, [(each, each.goods_share) for each in costs])
    fees = _stated_share(rows, [(each, each.fees_share) for each in costs])
    margin = _share(rows, "cogs", costs)
    return nw.when(fees.is_null() & ~margin.is_null()).then(nw.lit(0.0)).otherwise(fees)


def _stated_share(rows: Rows, shares: Sequence[tuple[Cost, float | None]]) -> nw.Expr:
    found: nw.Expr = nw.lit(None, nw.Float64)
    of_cost = dict(shares)
    for each in by_weight(of_cost):
        if of_cost[each] is None:
            continue
        share = nw.lit(of_cost[each], nw.Float64)
        holds = [nw.col(key) == value for key, value in (("platform", each.platform), ("region", each.region)) if value]
        if each.since:
            holds.append(nw.col(DATE) >= nw.lit(datetime.combine(each.since, time()) if rows.times else each.since))
        found = nw.when(nw.all_horizontal(*holds, ignore_nulls=False)).then(share).otherwise(found) if holds else share
    return found


def costs_are_known(rows: Rows, name: str, costs: Sequence[Cost], own: Sequence[str]) -> nw.Expr:
    """Whether a row's costs are known: reported, or stated, or none as nothing was sold; `own` are the platforms that
    report costs of their own. `rows` are those with `costs` worked out.
    """
    known = ~nw.col(name).is_null()
    if costs:
        known = known | ~_share(rows, name, costs).is_null()
    if own:
        sold_nothing = nw.col("revenue").is_null() | (nw.col("revenue") == 0)
        known = known | (sold_nothing & nw.col("platform").is_in(list(own)))
    return known


def rows_of_basis(rows: Rows, basis: Basis, costs: Sequence[Cost], own: Mapping[str, Sequence[str]]) -> nw.Expr:
    """Whether a row is one of those that the metrics of `basis` are worked out of; see `costs_are_known`."""
    mine = nw.col("platform").is_in(list(basis.platforms)) if basis.platforms else nw.col("platform").is_null()
    for name in basis.costs:
        mine = mine & costs_are_known(rows, name, costs, own[name])
    return mine


def bases_of_frame(frame: pd.DataFrame, costs: Assumption) -> list[tuple[Basis, NDArray[np.bool_]]]:
    """Which rows in memory metrics are worked out of, where not all, and by row whether it is one of these."""
    gaps = [name for name in MEASURES if frame[name].isna().any()]
    if not gaps:
        return []
    counts = frame.groupby("platform", observed=True)[[*MEASURES]].count()
    reports = {str(name): [each for each in MEASURES if counts[each][name]] for name in counts.index}
    rows = Rows(nw.from_native(frame, eager_only=True), times=True, rolled=False)
    of_costs = [name for name in COST_MEASURES if name in gaps and frame[name].notna().any()]
    own: dict[str, Sequence[str]] = {
        name: costs.reported if costs.costs else tuple(each for each in reports if name in reports[each])
        for name in of_costs
    }

    def by_row(which: nw.Expr) -> NDArray[np.bool_]:
        return rows.frame.select(which.alias(ROWS))[ROWS].to_numpy().astype(bool)

    lacking = [name for name in of_costs if not by_row(costs_are_known(rows, name, costs.costs, own[name])).all()]
    return [(each, by_row(rows_of_basis(rows, each, costs.costs, own))) for each in bases(reports, lacking)]


def costs_in_lines(costs: Sequence[Cost]) -> list[str]:
    """A line each: margin and fees, the ones that others state in brackets, and what they hold for."""
    lines = []
    for each in by_weight(costs):
        margin, fees = in_force(costs, each)
        figures = (
            _figure("margin", each.margin, margin.margin if margin else None),
            _figure("fees", each.fees, fees.fees if fees else None),
        )
        since = f"from {each.since}" if each.since else "always"
        lines.append("  ".join((*figures, each.platform or "every platform", each.region or "every region", since)))
    return lines


def _figure(name: str, stated: float | None, in_use: float | None) -> str:
    if stated is not None:
        return f"{name} {stated:g} %"
    return f"{name} ({in_use:g} %)" if in_use is not None else f"{name} (none)"


def frame_with_costs(frame: pd.DataFrame, costs: Sequence[Cost]) -> pd.DataFrame:
    """The same for rows in memory."""
    if not costs:
        return frame
    rows = Rows(nw.from_native(frame, eager_only=True), times=True, rolled=False)
    found: pd.DataFrame = nw.to_native(with_costs(rows, costs).frame)
    return found


def costs_of_rows(frame: pd.DataFrame, costs: Sequence[Cost]) -> tuple[pd.DataFrame, Assumption]:
    """Rows in memory with `costs` worked out, and what is assumed of them."""
    if not costs:
        return frame, NO_COSTS
    counts = frame.groupby("platform", observed=True)[list(COST_MEASURES)].count().reset_index()
    return frame_with_costs(frame, costs), Assumption(tuple(costs), platforms_with_costs(counts.to_dict("list")))


def platforms_with_costs(counts: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The platforms of which rows report costs of their own; `counts` has how many do, by platform."""
    return tuple(
        sorted(
            str(platform)
            for place, platform in enumerate(counts["platform"])
            if any(counts[name][place] for name in COST_MEASURES)
        )
    )
