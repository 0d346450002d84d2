"""What holds in every row, whatever the seed and the day."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from datagen.company import ROWS, company_of_seed
from datagen.table import ARROW_SCHEMA, facts
from kpi.schema import COLUMNS, COUNTS, DATE, DIMENSIONS, EVENTS, MEASURES, MONEY, TEXT

ANY_DAY = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)).map(dt.date.toordinal)


def assert_sound(rows: pd.DataFrame) -> None:
    assert (rows[list(MEASURES)] >= 0).all(axis=None)
    assert np.isfinite(rows[list(MEASURES)].to_numpy(float)).all()
    for less, more in (
        ("clicks", "impressions"),
        ("engagements", "impressions"),
        ("reach", "impressions"),
        ("conversions", "clicks"),
        ("new_customers", "conversions"),
    ):
        assert (rows[less] <= rows[more]).all(), (less, more)
    for whole in EVENTS:
        assert (rows[whole] % 1 == 0).all()
    for money in MONEY:
        assert (rows[money] == rows[money].round(2)).all()
    assert ((rows["conversions"] > 0) == (rows["revenue"] > 0)).all()
    resting = rows["spend"] == 0
    assert (rows.loc[resting, list(MEASURES)] == 0).all(axis=None)
    frequency = rows["impressions"][~resting] / rows["reach"][~resting]
    assert frequency.between(1.1, 1.9).all()


def test_two_years(years):
    assert len(years) == 731 * ROWS == 526_320
    assert_sound(years)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), day=ANY_DAY)
def test_any_company_on_any_day(seed, day):
    assert_sound(facts(company_of_seed(seed), day, day).to_pandas())


def test_columns_are_those_of_the_schema(company):
    table = facts(company, dt.date(2025, 9, 27).toordinal(), dt.date(2025, 9, 28).toordinal())
    assert table.column_names == list(COLUMNS) == ARROW_SCHEMA.names
    assert table.schema.field(DATE).type == pa.date32()
    assert all(table.schema.field(name).type == pa.int64() for name in COUNTS)
    assert all(table.schema.field(name).type == pa.float64() for name in (*EVENTS, *MONEY))
    assert all(column.null_count == 0 for column in table.columns)


def test_every_combination_once_a_day_and_sorted(season):
    day = season[season["date"] == "2025-08-01"]
    assert not day.duplicated(["campaign", "region", "device", "segment"]).any()
    assert day.groupby("platform")["campaign"].nunique().tolist() == [5, 5, 5, 5]
    assert day.groupby("platform")["objective"].nunique().tolist() == [4, 4, 4, 4]
    assert (day.groupby("campaign")[["objective", "campaign_id", "platform", "account"]].nunique() == 1).all(axis=None)
    assert day[list(TEXT)].map(len).gt(0).all(axis=None)
    keys = season[[DATE, *DIMENSIONS]].head(3 * ROWS).astype(str).apply(tuple, axis=1)
    assert keys.is_monotonic_increasing


def test_names_are_as_awkward_as_real_ones(season):
    names = season["campaign"].unique()
    assert any("," in name for name in names)
    assert any("&" in name for name in names)
    assert any("<" in name for name in names)
    assert any(not name.isascii() for name in names)
    assert 55 <= max(map(len, names)) <= 65
