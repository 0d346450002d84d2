"""Metric cards: a figure, its change against the baseline, a sparkline; company-wide ones only with the shop's days."""

from collections.abc import Mapping, Set
from typing import Any

import pandas as pd

from components.company_words import missing_parts, name_of, outside_spend
from components.page_data import TOTAL, Company, Course, PageData, block, brief_figures, exact
from components.visuals import Visual
from kpi.compare import stated_change
from kpi.formats import MINUS, Formats
from kpi.metrics import COMPANY_WIDE, METRICS, Metric
from kpi.schema import DATE
from kpi.units import brief, step


def cards(
    name: str,
    title: str,
    question: str,
    metrics: tuple[str, ...],
    width: int = 12,
    instead: Mapping[str, str] | None = None,
) -> Visual:
    """A row of cards, one a metric. Where the data lack one, the one that `instead` names for it stands there.

    What leads a row and is the whole company's stands there only where nothing is filtered and the shop tells it.
    """

    def visible_metrics(page_data: PageData) -> tuple[str, ...]:
        return tuple(
            metric
            for metric in metrics
            if metric not in COMPANY_WIDE
            or (page_data.company_knows(metric) if metric == metrics[0] else page_data.company)
        )

    def values(page_data: PageData) -> list[dict[str, Any]]:
        found = []
        for metric in visible_metrics(page_data):
            company = page_data.company if metric in COMPANY_WIDE else None
            now, before = (
                (company.now, company.before) if company else (page_data.now[TOTAL], page_data.before.get(TOTAL))
            )
            found.append(card_row(metric, now, before))
        return found

    def draw(page_data: PageData) -> dict[str, Any]:
        formats, company = page_data.formats, page_data.company
        now, before = page_data.spark, page_data.spark_before
        drawn = []
        for card in values(page_data):
            metric = card["metric"]
            if company and metric in COMPANY_WIDE:
                drawn.append(company_card(card, company, formats))
                continue
            days = (page_data.selection.days, page_data.baseline.days if page_data.baseline else 0)
            low = exact("reach", page_data.reach_floor) if metric == "reach" else None
            drawn.append(_card(card, days, now, before, formats) | {"low": low})
        return {
            "metrics": visible_metrics(page_data),
            "cards": drawn,
            "days": _days(now, before),
            "line": _line(page_data, metrics, visible_metrics(page_data)),
        }

    def less(hidden: Set[str]) -> Visual | None:
        left = tuple(metric for metric in metrics if metric not in hidden)
        return cards(name, title, question, left, width, instead) if left else None

    def fit(unknown: Set[str]) -> Visual | None:
        wanted = [(instead or {}).get(metric, metric) if metric in unknown else metric for metric in metrics]
        left = tuple(metric for metric in dict.fromkeys(wanted) if metric not in unknown)
        return cards(name, title, question, left, width, instead) if left else None

    return Visual(
        name,
        title,
        question,
        "cards",
        needs=(TOTAL, (DATE,)),
        before=(TOTAL, (DATE,)),
        metrics=metrics,
        columns=("metric", "value", "baseline", "change"),
        draw=draw,
        rows=values,
        spec={"metrics": metrics},
        width=width,
        less=less,
        fit=fit,
    )


def card_row(metric: str, now: pd.DataFrame, before: pd.DataFrame | None) -> dict[str, Any]:
    """The row of a card's data: its figure in two metrics frames of one row, and the change."""
    value = block(now, (metric,))[0, 0].item()
    old = block(before, (metric,))[0, 0].item() if before is not None else None
    return {
        "metric": metric,
        "value": exact(metric, value),
        "baseline": exact(metric, old),
        "change": stated_change(metric, value, old),
    }


def company_card(row: Mapping[str, Any], company: Company, formats: Formats) -> dict[str, Any]:
    """What a card of the whole company shows of its row: the courses, and so their days, are its own."""
    metric, spark, before = row["metric"], company.spark, company.spark_before
    drawn = _card(row, (company.days, company.days_before), spark, before, formats)
    _, label = company.labels.get(metric, ("", ""))
    notes = [brief_words for brief_words, _ in missing_parts(metric, company, formats)]
    more = {"low": None, "days": _days(spark, before), "notes": notes}
    return drawn | more | ({"label": label} if label else {})


def _card(
    row: Mapping[str, Any], days: tuple[int, int], now: Course, before: Course, formats: Formats
) -> dict[str, Any]:
    """What a card shows of its row; `days` are how many it is of, and those compared."""
    metric = METRICS[row["metric"]]
    texts = _texts(metric, row, formats)
    if texts["was"]:
        texts["was"] += _per_day(metric, row, days, formats)
    figures = {name: value for name, value in row.items() if name != "metric"}
    return figures | texts | _course(metric.key, now, before, formats)


def _texts(metric: Metric, card: Mapping[str, Any], formats: Formats) -> dict[str, Any]:
    """The figure and the one it comes from in short, its change, and whether that is good or bad ("" for neither).

    A percentage of nothing, or of a loss that became a profit, says nothing: the difference stands in its place. What
    stayed the same changed by nothing, nothing itself included; what is written alike is neither good nor bad.
    """
    value, old = card["value"], card["baseline"]
    most = "≤ " if metric.unit == "people" else ""
    known = value is not None and old is not None
    turned = known and metric.unit != "percent" and value * old < 0
    change = step(metric.key, 0.0 if known and value == old else card["change"], formats)
    if known and (turned or change is None):
        change = f"{'+' if value > old else MINUS}{brief(metric.key, abs(value - old), formats)}"
    text, was = brief(metric.key, value, formats), brief(metric.key, old, formats)
    judged = text != was and known and change is not None and change[0] != "±" and metric.better != "neither"
    return {
        "text": (most if value is not None else "") + text,
        "was": most + was if known else "",
        "step": change if known else None,
        "turned": turned,
        "tone": "" if not judged else "good" if (value > old) == (metric.better == "up") else "bad",
    }


def _per_day(metric: Metric, card: Mapping[str, Any], days: tuple[int, int], formats: Formats) -> str:
    """`` (−4.2% a day)``: the change of a sum by the day, where the days compared are not as many; "" otherwise."""
    now, then = days
    if not then or then == now or metric.unit not in ("money", "count") or metric.by:
        return ""
    a_day = stated_change(metric.key, card["value"] / now, card["baseline"] / then)
    words = step(metric.key, a_day, formats)
    return f" ({words} a day)" if words else ""


def _course(metric: str, now: Course, before: Course, formats: Formats) -> dict[str, Any]:
    """A metric's course, and that of the baseline behind it; empty where there is none."""
    return {
        name: brief_figures(course.frame, metric, formats) if course.days else []
        for name, course in (("spark", now), ("spark_before", before))
    }


def _days(now: Course, before: Course) -> list[tuple[str, ...]]:
    """Which days the points of both courses are of."""
    return [now.days, before.days]


def _line(page_data: PageData, wanted: tuple[str, ...], metrics: tuple[str, ...]) -> str | None:
    """What must be known of the company's figures among others that are filtered; `metrics` are those of `wanted` that
    are shown.
    """
    company = page_data.company
    if company is None or COMPANY_WIDE.isdisjoint(wanted):
        return None
    shown = [name_of(metric, company) for metric in metrics if metric in COMPANY_WIDE]
    gone = [name_of(metric, company) for metric in wanted[:1] if metric in COMPANY_WIDE and metric not in metrics]
    said = []
    if shown and page_data.query.only:
        said.append(f"{' and '.join(shown)}: the whole company’s, whatever is filtered.")
    if gone and page_data.query.only:
        said.append(f"{gone[0]} is the whole company’s: it is not shown while filters are on.")
    if shown:
        said += [company.partly(page_data.selection, page_data.formats), outside_spend(company, page_data.formats)]
    return " ".join(filter(None, said)) or None
