"""Metric cards: a figure, its change against the baseline, a sparkline; company-wide ones only with the shop's days."""

from collections.abc import Mapping, Set
from typing import Any

from components.page_data import TOTAL, Course, PageData, block, brief_figures, exact
from components.visuals import Visual
from kpi.compare import change
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
    """A row of cards, one a metric. Where the data lack one, the one that `instead` names for it stands there."""

    def visible_metrics(page_data: PageData) -> tuple[str, ...]:
        return tuple(metric for metric in metrics if page_data.company or metric not in COMPANY_WIDE)

    def values(page_data: PageData) -> list[dict[str, Any]]:
        found = []
        for metric in visible_metrics(page_data):
            company = page_data.company if metric in COMPANY_WIDE else None
            now, before = (
                (company.now, company.before) if company else (page_data.now[TOTAL], page_data.before.get(TOTAL))
            )
            value = block(now, (metric,))[0, 0].item()
            old = block(before, (metric,))[0, 0].item() if before is not None else None
            found.append(
                {
                    "metric": metric,
                    "value": exact(metric, value),
                    "baseline": exact(metric, old),
                    "change": change(metric, value, old),
                }
            )
        return found

    def draw(page_data: PageData) -> dict[str, Any]:
        formats, company = page_data.formats, page_data.company
        now, before = page_data.spark, page_data.spark_before
        drawn = []
        for card in values(page_data):
            metric = card.pop("metric")
            card |= _texts(METRICS[metric], card, formats)
            if metric not in COMPANY_WIDE and card["was"]:
                card["was"] += _per_day(METRICS[metric], card, page_data)
            if company and metric in COMPANY_WIDE:
                card |= _course(metric, company.spark, company.spark_before, formats)
                card |= {"days": _days(company.spark, company.spark_before)}
            else:
                card |= _course(metric, now, before, formats)
            drawn.append({**card, "low": exact("reach", page_data.reach_floor) if metric == "reach" else None})
        return {
            "metrics": visible_metrics(page_data),
            "cards": drawn,
            "days": _days(now, before),
            "line": _line(page_data, visible_metrics(page_data)),
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


def _texts(metric: Metric, card: dict[str, Any], formats: Formats) -> dict[str, Any]:
    """The figure and the one it comes from in short, its change, and whether that is good or bad ("" for neither).

    A percentage of nothing, or of a loss that became a profit, says nothing: the difference stands in its place. What
    stayed the same changed by nothing, nothing itself included.
    """
    value, old = card["value"], card["baseline"]
    most = "≤ " if metric.unit == "people" else ""
    known = value is not None and old is not None
    turned = known and metric.unit != "percent" and value * old < 0
    change = step(metric.key, 0.0 if known and value == old else card["change"], formats)
    if known and (turned or change is None):
        change = f"{'+' if value > old else MINUS}{brief(metric.key, abs(value - old), formats)}"
    judged = known and change is not None and change[0] != "±" and metric.better != "neither"
    return {
        "text": (most if value is not None else "") + brief(metric.key, value, formats),
        "was": most + brief(metric.key, old, formats) if known else "",
        "step": change if known else None,
        "turned": turned,
        "tone": "" if not judged else "good" if (value > old) == (metric.better == "up") else "bad",
    }


def _per_day(metric: Metric, card: Mapping[str, Any], page_data: PageData) -> str:
    """`` (−4.2% a day)``: the change of a sum by the day, where the days compared are not as many; "" otherwise."""
    now, then = page_data.selection, page_data.baseline
    if then is None or then.days == now.days or metric.unit not in ("money", "count") or metric.by:
        return ""
    a_day = change(metric.key, card["value"] / now.days, card["baseline"] / then.days)
    words = step(metric.key, a_day, page_data.formats)
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


def _line(page_data: PageData, metrics: tuple[str, ...]) -> str | None:
    """What must be known of the company's figures among others that are filtered."""
    names = [METRICS[metric].short or METRICS[metric].label for metric in metrics if metric in COMPANY_WIDE]
    if not names or page_data.company is None:
        return None
    said = [f"{' and '.join(names)}: the whole company’s, whatever is filtered."] if page_data.query.only else []
    return " ".join([*said, *filter(None, [page_data.company.partly(page_data.selection, page_data.formats)])]) or None
