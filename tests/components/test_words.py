"""Words as they stand on the page: where lines may break, and the apostrophe that is used."""

from kpi.metrics import METRICS
from pages.executive import unbroken


def test_no_line_of_days_begins_with_a_blank() -> None:
    assert unbroken("Jul 7 – Sep 28, 2024") == "Jul\u00a07\u00a0– Sep\u00a028,\u00a02024"


def test_metrics_are_told_with_the_apostrophe_of_print() -> None:
    assert [metric.key for metric in METRICS.values() if "'" in f"{metric.label}{metric.definition}"] == []
