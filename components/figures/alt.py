"""Text alternatives of charts: what a chart shows, its extremes and its course, as sentences.

One function a kind of figure. Title and period are not said here: the browser puts them before (assets/js/charts.js).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from components.page_data import PageData, block, days_of, number
from kpi.evaluate import evaluate, sum_of
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.selection import Grouping
from kpi.units import USUAL, figure

_NAMED: Final = 3
NamedValues = list[tuple[str, float]]  # what has a value, with it


def lines(page_data: PageData, by: Grouping, metrics: Sequence[str], frame: pd.DataFrame) -> str:
    """Lines over time of `frame`: for each its first and last value, its extremes, and how its two halves compare."""
    points = "point" if len(frame) == 1 else "points"
    said = [f"Line chart, {len(frame)} {points}, one a {page_data.selection.grain}."]
    days = frame.index.to_numpy().astype("datetime64[D]")
    for metric, values in zip(metrics, block(frame, metrics), strict=True):
        known = ~np.isnan(values)
        course = _course(metric, days[known], values[known], page_data.sums[by], page_data.formats)
        said.append(f"{_label(metric)}: {course}.")
    return " ".join(said)


def gaps(runs: Sequence[tuple[date, date]], formats: Formats) -> list[str]:
    """A sentence for the runs of periods without rows, the longest few of them by name."""
    if not runs:
        return []
    longest = sorted(sorted(runs, key=lambda run: run[0] - run[1])[:_NAMED])
    more = len(runs) - len(longest)
    named = ", ".join(formats.days(first, last) for first, last in longest)
    return [f"Not running (no rows): {named}{f' and {formats.number(more)} more times' if more else ''}."]


def _course(metric: str, days: np.ndarray, values: np.ndarray, sums: pd.DataFrame, formats: Formats) -> str:
    if not len(values):
        return "no values"
    if len(values) == 1:
        return figure(metric, float(values[0]), formats)
    low, high = values.argmin(), values.argmax()
    first_last = [figure(metric, float(values[place]), formats) for place in (0, -1)]
    said = f"from {first_last[0]} to {first_last[1]}"
    if values[low] == values[high]:
        return f"{said}, level"
    least, most = (figure(metric, float(values[place]), formats) for place in (low, high))
    low_day, high_day = (formats.one(formats.day, days[place].item()) for place in (low, high))
    said += f", lowest {least} on {low_day}, highest {most} on {high_day}"
    return said + (_halves(metric, sums, formats) if len(values) >= 6 else "")


def _halves(metric: str, sums: pd.DataFrame, formats: Formats) -> str:
    """How the two halves of a totals frame's rows compare; a rate is divided once each half is added up."""
    by = METRICS[metric].by
    lacking = np.logical_or.reduce([np.isnan(sum_of(sums, metric, measure)) for measure in METRICS[metric].parts])
    rows = sums.to_numpy(dtype=np.float64)[~lacking]
    half = len(rows) // 2
    added = np.stack([np.nansum(rows[:half], axis=0), np.nansum(rows[len(rows) - half :], axis=0)])
    values = evaluate(pd.DataFrame(added, columns=sums.columns), (metric,)).to_numpy()
    first, second = (values[:, 0] / (1 if by else half)).tolist()
    if first != first or second != second:  # a half without anything to divide by
        return ""
    early, late = figure(metric, first, formats), figure(metric, second, formats)
    course_of = "level" if early == late else "rising" if second > first else "falling"
    average = "" if by else "on average "
    return f"; {course_of}, {average}{early} in the first half and {late} in the second"


def bars(page_data: PageData, by: Grouping, metric: str, whole: float | None = None) -> str:
    """A metric by the values of one dimension: every value, the extremes, the whole selection's if drawn."""
    found = _values(page_data, by, metric)
    every = _join_parts(f"{name} {figure(metric, value, page_data.formats)}" for name, value in found)
    said = f"Bar chart of {_name(metric)}: {every or 'no values'}.{_extremes(found)}"
    return said if whole is None else f"{said} Whole selection: {figure(metric, whole, page_data.formats)}."


def ring(page_data: PageData, parts: Mapping[str, float], metric: str, share: str) -> str:
    """The parts that are drawn as shares of their sum, largest first."""
    whole = sum(parts.values())
    every = _join_parts(
        f"{name} {figure(share, value / whole, page_data.formats)}"
        for name, value in sorted(parts.items(), key=lambda each: -each[1])
    )
    return f"Ring chart of the shares of {_name(metric)}: {every}."


def grid(page_data: PageData, by: Grouping, metric: str) -> str:
    """A metric by two dimensions: how many cells, the extremes, how many are below zero."""
    found = _values(page_data, by, metric)
    below = sum(value < 0 for _, value in found)
    negative = f" Below zero: {below} of {len(found)}." if below else ""
    return f"Heat map of {_name(metric)}, {len(found)} cells.{_extremes(found, metric, page_data.formats)}{negative}"


def markers(page_data: PageData, by: Grouping, metrics: Sequence[str]) -> str:
    """Points placed by several metrics: every point with all of its values."""
    return f"Scatter chart. {_each(page_data, by, metrics)}"


def bar_panels(page_data: PageData, by: Grouping, metrics: Sequence[str]) -> str:
    """Bars of several metrics over the same names: every value, and who has most of each."""
    most = [
        f"Highest {_name(metric)}: {found[0]}." for metric in metrics if (found := _top(_values(page_data, by, metric)))
    ]
    return f"Bar charts over each other. {_each(page_data, by, metrics)} {' '.join(most)}".strip()


def radar(page_data: PageData, by: Grouping, metrics: Sequence[str]) -> str:
    """Several metrics of a few lines: the extremes on each axis."""
    return f"Radar chart of {len(page_data.now[by])} lines on {len(metrics)} axes. {_axes(page_data, by, metrics)}"


def dots(page_data: PageData, by: Grouping, metrics: Sequence[str]) -> str:
    """Several metrics of a few groups, a panel each: the extremes in each."""
    return f"Dot plot of {len(page_data.now[by])} groups in {len(metrics)} panels. {_axes(page_data, by, metrics)}"


def _axes(page_data: PageData, by: Grouping, metrics: Sequence[str]) -> str:
    return " ".join(
        f"{_label(metric)}.{_extremes(_values(page_data, by, metric), metric, page_data.formats)}" for metric in metrics
    )


def claims(months: pd.DataFrame, formats: Formats) -> str:
    """What the platforms claim and the shop sold, by month, with the months of the extreme factors."""
    names = [formats.month(month) for month in days_of(months)]
    named = list(zip(names, months.to_dict("records"), strict=True))
    factors = [(month, value) for month, row in named if (value := number(row["overclaim"])) is not None]
    said = []
    for month, row in named if len(named) <= 6 else named[-1:]:
        claimed, sold, factor = (
            figure(metric, number(row[metric]), formats) for metric in ("revenue", "store_revenue", "overclaim")
        )
        said.append(f"{month}: {claimed} claimed, {sold} sold, {factor}.")
    count = f"{len(named)} {'month' if len(named) == 1 else 'months'}"
    ends = _extremes(factors, "overclaim", formats)
    return f"Stacked bars of claims with a mark of sales, {count}.{ends} {' '.join(said)}"


def steps(page_data: PageData, stages: Iterable[tuple[str, str | None]]) -> str:
    """A funnel: each stage with the rate of the step to it."""
    total = page_data.now[()].iloc[0]
    said = []
    for metric, rate in stages:
        step = f" ({_label(rate)} {figure(rate, number(total[rate]), page_data.formats)})" if rate else ""
        said.append(f"{figure(metric, number(total[metric]), page_data.formats)} {_name(metric)}{step}")
    return f"Funnel: {', then '.join(said)}."


def _values(page_data: PageData, by: Grouping, metric: str) -> NamedValues:
    column = page_data.now[by][metric]
    known = ((" in ".join(key) if isinstance(key, tuple) else str(key), number(value)) for key, value in column.items())
    return [(name, value) for name, value in known if value is not None]


def _each(page_data: PageData, by: Grouping, metrics: Sequence[str]) -> str:
    said = []
    frame = page_data.now[by]
    for key, values in zip(frame.index, block(frame, metrics).T.tolist(), strict=True):
        figures = [
            f"{_name(metric)} {figure(metric, number(value), page_data.formats)}"
            for metric, value in zip(metrics, values, strict=True)
        ]
        said.append(f"{key}: {', '.join(figures)}.")
    return " ".join(said) or "No values."


def _extremes(found: NamedValues, metric: str | None = None, formats: Formats = USUAL) -> str:
    """The largest and the smallest by name, with their figures where `metric` says how to write them."""
    if len(found) < 2:
        return ""
    (most, high), (least, low) = _ends(found)
    if high == low:
        return " All are equal."
    if metric is None:
        return f" Highest: {most}, lowest: {least}."
    return f" Highest: {most} {figure(metric, high, formats)}, lowest: {least} {figure(metric, low, formats)}."


def _ends(found: NamedValues) -> tuple[tuple[str, float], tuple[str, float]]:
    return max(found, key=lambda each: each[1]), min(found, key=lambda each: each[1])


def _top(found: NamedValues) -> tuple[str, float] | None:
    return max(found, key=lambda each: each[1]) if len(found) > 1 else None


def _join_parts(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _label(metric: str) -> str:
    return METRICS[metric].short or METRICS[metric].label


def enumerate_metrics(metrics: Sequence[str]) -> str:
    """Metrics in words: ``attributed revenue, spend and profit``."""
    names = [_name(metric) for metric in metrics]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _name(metric: str) -> str:
    """A metric's label inside a sentence: lower case, unless it is an abbreviation."""
    label = METRICS[metric].label
    return label if label[:2].isupper() else label[0].lower() + label[1:]
