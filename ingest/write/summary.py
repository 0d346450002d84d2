"""What an import did, in lines that a person can check against the console."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pandas as pd

from ingest.results import CURRENCY, CUT, Dropped, Import, totals
from ingest.write.changes import Change
from ingest.write.shop import ShopPlan
from ingest.write.table import Plan
from kpi.plain_text import number_of
from kpi.schema import COUNTS, DATE, MEASURES, UNKNOWN

_PREVIEWED: Final = 8
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
    converted = plan.frame[~plan.frame["billed_currency"].isin(("", plan.currency))]
    for billed, rows in converted.groupby("billed_currency"):
        low, high = rows["rate"].min(), rows["rate"].max()
        rate = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        days = f"{rows['rate_date'].min():%Y-%m-%d} to {rows['rate_date'].max():%Y-%m-%d}"
        yield f"converted: {billed} to {plan.currency} at {rate}, rates of {days}"
    for change in plan.changes:
        yield of_change(change)


def told_of_import(one: Import) -> dict[str, Any]:
    """What `of_import` says, as values: figures with their decimals, and the first rows as they were read."""
    frame = one.frame
    ads = one.kind == "ads"
    if ads:
        sums = [(currency, {name: each.get(name) for name in SHOWN}) for currency, each in totals(frame).items()]
    else:
        sums = [
            (str(currency), {name: _sum(rows[name]) for name in ("orders", "revenue", "cogs")})
            for currency, rows in frame.groupby(CURRENCY, observed=True)
        ]
    return {
        "file": one.file,
        "source": one.source,
        "cut": frame[CUT].iloc[0].replace("+", ", ") if ads else None,
        "read": one.read,
        "used": one.rows,
        "dropped": [{"rows": each.rows, "why": f"{each.reason} (row {_few(each)})"} for each in one.dropped],
        "days": frame[DATE].nunique(),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "campaigns": frame["campaign"].nunique() if ads else None,
        "sums": [
            {"currency": currency or "not named", **{name: figure(name, value) for name, value in each.items()}}
            for currency, each in sums
        ],
        "findings": [{"kind": each.kind, "text": each.text} for each in one.findings],
        "preview": _preview(frame),
    }


def _sum(column: pd.Series) -> float | None:
    return float(column.sum()) if column.notna().any() else None


def _preview(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The first rows as they were read; columns that say nothing are left out."""
    head = frame.head(_PREVIEWED)
    said = [name for name in head if head[name].notna().any() and not (head[name].isin(("", UNKNOWN))).all()]
    measures = {*MEASURES, "orders", "new_orders", "discounts", "returns", "gross_profit"}

    def cell(name: str, value: Any) -> str | list[float] | None:
        if name in measures:
            return figure(name, None if pd.isna(value) else float(value))
        return f"{value:%Y-%m-%d}" if name == DATE else str(value)

    rows = [[cell(name, value) for name, value in zip(said, row, strict=True)] for row in head[said].itertuples(False)]
    return {"columns": said, "figures": [name in measures for name in said], "rows": rows}


def told_of_plan(plan: Plan) -> dict[str, Any]:
    """What `of_plan` says, as values."""
    return {
        "demo": plan.replaces_demo,
        "currency": plan.currency,
        "notes": [line for line in of_plan(plan) if line.startswith("converted: ")],
        "findings": [{"kind": each.kind, "text": each.text} for each in plan.findings],
        "changes": [
            {
                "part": " · ".join(each for each in change.part if each),
                "days": change.days,
                "first": change.first.isoformat(),
                "last": change.last.isoformat(),
                "kind": "same" if change.same else "new" if change.before is None else "replaced",
                "differences": [] if change.same or change.before is None else _differences(change),
            }
            for change in plan.changes
        ],
    }


def _differences(change: Change) -> list[dict[str, Any]]:
    assert change.before is not None
    return [
        {
            "measure": name,
            "before": figure(name, before),
            "after": figure(name, after),
            "by": None if before is None or after is None else [round(after - before, 6), 2],
        }
        for name in MEASURES
        if name != "reach" and (before := change.before[name]) != (after := change.after[name])
    ]


def told_of_shop(plan: ShopPlan) -> dict[str, Any]:
    """What `of_shop` says, as values."""
    line, *notes = of_shop(plan)
    return {"line": line, "notes": notes, "kind": "same" if plan.same else "new" if plan.before is None else "replaced"}


def of_change(change: Change) -> str:
    """One part's line."""
    name = " · ".join(each for each in change.part if each)
    span = f"{name}, {number_of(change.days, 'day')} from {change.first} to {change.last}"
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


def of_shop(plan: ShopPlan) -> Iterator[str]:
    """The lines of the shop's own days."""
    yield _shop_line(plan)
    if plan.relabeled:
        yield (
            f"note: the shop's days that name no currency were taken for {plan.relabeled} and are {plan.currency} now, "
            "with the same figures."
        )
    for finding in plan.findings:
        yield f"{finding.kind}: {finding.text}"
    if plan.assumed:
        yield (
            f"warning: No file names the currency of the shop's days: they are taken for {plan.currency} until one "
            "does; say --currency where it is another."
        )


def _shop_line(plan: ShopPlan) -> str:
    days = plan.frame[DATE]
    span = f"{number_of(len(days), 'day')} from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
    if plan.same:
        return f"unchanged: the shop's {span}"
    if plan.before is None:
        return f"new: the shop's {span}"
    was, now = (f" {plan.was}", f" {plan.currency}") if plan.was != plan.currency else ("", "")
    before, after = (figures(sums, ("orders", "revenue")) for sums in (plan.before, plan.after))
    return f"replaced: the shop's {span}: {before}{was} → {after}{now}"


def shop_correction(plan: ShopPlan) -> str:
    """The revenue of days that come in another currency than those whose place they take, before and after; else ""."""
    if plan.before is None or plan.was == plan.currency:
        return ""
    before, after = (number("revenue", sums["revenue"]) for sums in (plan.before, plan.after))
    return f"revenue {before} {plan.was} → {after} {plan.currency}"


def figures(sums: dict[str, float | None] | dict[str, float], shown: Iterable[str] = SHOWN) -> str:
    """Sums in one line, "–" where nothing is known."""
    return " · ".join(f"{name} {number(name, sums.get(name))}" for name in shown)


def number(measure: str, value: float | None) -> str:
    """A sum as text."""
    return "–" if value is None else f"{value:,.{_decimals(measure, value)}f}"


def figure(measure: str, value: float | None) -> list[float] | None:
    """A sum with its decimals, for whoever writes it as the reader's locale does."""
    return None if value is None else [value, _decimals(measure, value)]


def _decimals(measure: str, value: float) -> int:
    whole = measure in ("conversions", "new_customers") and float(value).is_integer()
    return 0 if whole or measure in (*COUNTS, "orders", "new_orders") else 2
