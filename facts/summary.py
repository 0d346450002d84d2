"""What an import did, in lines that a person can check against the console."""

from collections.abc import Iterable, Iterator
from typing import Final

from facts.imported import Change, Plan
from facts.importers import Dropped, Import
from facts.importers.report import CURRENCY, CUT, totals
from facts.shop import ShopPlan
from kpi.schema import COUNTS, DATE, MEASURES

SHOWN: Final = ("spend", "impressions", "clicks", "conversions", "revenue")


def of_import(one: Import) -> Iterator[str]:
    """What was read from a file: rows, what was dropped and why, days, campaigns, sums by currency, findings."""
    cut = f", by {one.frame[CUT].iloc[0].replace('+', ', ')}" if one.kind == "ads" else ""
    yield f"{one.file}: {one.source}{cut}"
    yield f"  rows read {one.read:,}, used {one.rows:,}" + "".join(
        f"; dropped {each.rows:,}: {each.reason} (row {_few(each)})" for each in one.dropped
    )
    days = f"  days {one.frame[DATE].nunique()}: {one.first} to {one.last}"
    yield days + (f"; campaigns {one.frame['campaign'].nunique()}" if one.kind == "ads" else "")
    if one.kind == "ads":
        for currency, sums in totals(one.frame).items():
            yield f"  {currency or 'currency not named'}: {figures(sums)}"
    else:
        for currency, rows in one.frame.groupby(CURRENCY, observed=True):
            sums = {name: float(rows[name].sum()) for name in ("orders", "revenue", "cogs") if rows[name].notna().any()}
            yield f"  {currency or 'currency not named'}: {figures(sums, tuple(sums))}"
    for finding in one.findings:
        yield f"  {finding.kind}: {finding.text}"


def _few(dropped: Dropped) -> str:
    return ", ".join(map(str, dropped.first)) + (", …" if dropped.rows > len(dropped.first) else "")


def of_plan(plan: Plan) -> Iterator[str]:
    """What storing changes: each part that is new, replaced with the difference, or the same."""
    if plan.replaces_demo:
        yield "The demo's facts make room for your own; `undo` brings them back."
    for finding in plan.findings:
        yield f"{finding.kind}: {finding.text}"
    converted = plan.frame[plan.frame["billed_currency"] != plan.currency]
    for billed, rows in converted.groupby("billed_currency"):
        low, high = rows["rate"].min(), rows["rate"].max()
        rate = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        days = f"{rows['rate_date'].min():%Y-%m-%d} to {rows['rate_date'].max():%Y-%m-%d}"
        yield f"converted: {billed} to {plan.currency} at {rate}, rates of {days}"
    for change in plan.changes:
        yield of_change(change)


def of_change(change: Change) -> str:
    """One part's line."""
    name = " · ".join(each for each in change.part if each)
    span = f"{name}, {change.days} days from {change.first} to {change.last}"
    if change.same:
        return f"unchanged: {span}"
    if change.before is None:
        return f"new: {span}"
    differences = [
        f"{measure} {number(measure, before)} → {number(measure, change.after[measure])}"
        + (f" ({after - before:+,.2f})" if before is not None and (after := change.after[measure]) is not None else "")
        for measure in MEASURES
        if measure != "reach" and (before := change.before[measure]) != change.after[measure]
    ]
    return f"replaced: {span}: {'; '.join(differences) or 'the same sums in other rows'}"


def of_shop(plan: ShopPlan) -> str:
    """The line of the shop's own days."""
    span = f"{len(plan.frame)} days from {plan.frame[DATE].min():%Y-%m-%d} to {plan.frame[DATE].max():%Y-%m-%d}"
    if plan.same:
        return f"unchanged: the shop's {span}"
    if plan.before is None:
        return f"new: the shop's {span}"
    before, after = (figures(sums, ("orders", "revenue")) for sums in (plan.before, plan.after))
    return f"replaced: the shop's {span}: {before} → {after}"


def figures(sums: dict[str, float | None] | dict[str, float], shown: Iterable[str] = SHOWN) -> str:
    """Sums in one line, "–" where nothing is known."""
    return " · ".join(f"{name} {number(name, sums.get(name))}" for name in shown)


def number(measure: str, value: float | None) -> str:
    """A sum as text."""
    if value is None:
        return "–"
    if measure in (*COUNTS, "orders", "new_orders") or (measure == "conversions" and float(value).is_integer()):
        return f"{value:,.0f}"
    return f"{value:,.2f}"
