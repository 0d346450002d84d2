"""The SQL that a mapped table becomes, read where its engine cannot run here: BigQuery and Snowflake."""

import narwhals as nw
import pytest

from facts.engines import expressions
from facts.engines.mapped import TableWords, mapped_rows, places_of
from facts.engines.mapping import NO_MAPPING, TableMapping
from kpi.schema import MEASURES
from kpi.selection import only
from tests.facts.test_frame import START


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake"])
def test_sql_for_engines_that_cannot_run_here(dialect: str) -> None:
    """The text that Ibis compiles: renamed, cast, scaled, null where the table has no column, and one flat CASE."""
    ibis = pytest.importorskip("ibis", reason="needs Ibis: scripts/setup engines")
    kinds = {"date_day": "timestamp", "platform": "string", "campaign_id": "int64", "campaign_name": "string"}
    kinds |= {"clicks": "int64", "cost_micros": "int64", "conversions_value": "decimal(38, 9)"}
    frame = nw.from_native(ibis.table(kinds, name="campaign_report"))
    mapping = TableMapping("m.toml", {"spend": "cost_micros"})
    places = places_of(list(kinds), "t", mapping)
    assert places is not None
    words = TableWords({"platform": {"google_ads": "Google", "adwords": "Google", "it's": "Its"}})

    rows = mapped_rows(frame, places, mapping, words)
    asked = expressions.sums(
        expressions.filter_rows(rows, START, START, only({"platform": ["Google"]})), ("date", "platform"), MEASURES
    )
    sql = " ".join(ibis.to_sql(asked.to_native(), dialect=dialect).replace("`", "").replace('"', "").split())

    double = {"bigquery": "FLOAT64", "snowflake": "DOUBLE"}[dialect]
    for part in (
        f"CAST(t0.cost_micros AS {double}) * 1e-06 AS spend",
        f"CAST(t0.conversions_value AS {double}) AS revenue",
        f"CAST(NULL AS {double}) AS cogs",
        "t0.date_day AS date",
        "t0.clicks",
        "'Unknown' AS device",
        "IN ('google_ads', 'adwords')",
        r"IN ('it\'s')",
        "COUNT(t2.cogs) AS reported_cogs",
        "FROM campaign_report AS t0",
    ):
        assert part in sql, sql


def test_many_names_are_one_flat_list_of_cases() -> None:
    """A chain of cases within cases would be too deep for an engine, or for the compiler of its SQL."""
    ibis = pytest.importorskip("ibis", reason="needs Ibis: scripts/setup engines")
    frame = nw.from_native(ibis.table({"date_day": "date", "campaign_name": "string", "spend": "float64"}, name="t"))
    words = TableWords({"campaign": {f"raw {number}": f"shown {number}" for number in range(400)}})
    places = places_of(["date_day", "campaign_name", "spend"], "t", NO_MAPPING)
    assert places is not None

    rows = mapped_rows(frame, places, NO_MAPPING, words)

    for dialect in ("bigquery", "snowflake", "postgres"):
        assert "shown 399" in ibis.to_sql(rows.frame.to_native(), dialect=dialect)
