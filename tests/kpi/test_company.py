"""The ledger of claims and the shop's days: three days, checked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from kpi.company import Ledger, ledger, marketplace_of
from kpi.evaluate import ROWS, evaluate
from kpi.schema import DATE, STORE, SUMMED

DAYS = pd.DatetimeIndex(["2025-09-01", "2025-09-02", "2025-10-01"], name=DATE).astype("datetime64[us]")
SPEND = {"Meta": [100.0, 110.0, 120.0], "Amazon": [10.0, 20.0, 30.0]}


@pytest.fixture
def claims() -> pd.DataFrame:
    """Each platform's spend on three days; each claims three times that."""
    index = pd.MultiIndex.from_product([SPEND, DAYS], names=["platform", DATE])
    frame = pd.DataFrame(np.nan, index=index, columns=[*SUMMED, ROWS])
    spend = np.concatenate(list(SPEND.values()))
    return frame.assign(**{"spend": spend, "revenue": 3 * spend, ROWS: 1.0})


@pytest.fixture
def store() -> pd.DataFrame:
    """The shop sold 1,000, 2,000 and 3,000; 40 % of it were goods, 10 % fees; an agency took 50 on a day."""
    sold = np.array([1000.0, 2000.0, 3000.0])
    frame = pd.DataFrame(dict.fromkeys(STORE, sold * 0.0), index=DAYS)
    columns = {"store_revenue": sold, "store_cogs": 0.4 * sold, "store_fees": 0.1 * sold, "store_new_revenue": sold / 4}
    return frame.assign(**columns, store_new_customers=sold / 100, other_marketing=[50.0, 0.0, 0.0])


def channels(text: str) -> pd.Series:
    return pd.Series([text] * len(DAYS), index=DAYS)


def figures(found: Ledger | None, *metrics: str) -> list[float]:
    assert found is not None
    return evaluate(found.total, metrics).iloc[0].tolist()


def test_what_is_left_after_marketing_is_of_what_was_sold(claims: pd.DataFrame, store: pd.DataFrame) -> None:
    found = ledger(claims, store, channels("Amazon, Online store"))

    metrics = ("contribution_after_marketing", "cam_margin", "blended_cac", "new_roas", "mer")
    spend = 330 + 60
    left = 6000 * 0.5 - spend - 50
    assert figures(found, *metrics) == pytest.approx([left, left / 6000, spend / 60, 1500 / spend, 6000 / spend])
    assert found is not None
    assert (found.outside, found.gaps) == ({}, {})
    assert found.months["store_revenue"].tolist() == [3000, 3000]


@pytest.mark.parametrize("text", ["", "Online store, Point of sale"])
def test_a_marketplace_whose_sales_are_not_the_shops_stays_out(
    claims: pd.DataFrame, store: pd.DataFrame, text: str
) -> None:
    found = ledger(claims, store, channels(text))

    assert figures(found, "spend", "revenue", "mer") == pytest.approx([330, 990, 6000 / 330])
    assert found is not None
    assert found.outside == {"Amazon": 60.0}
    assert set(found.claims.index.get_level_values("platform")) == {"Meta"}


def test_it_comes_in_from_the_day_on_which_the_channels_name_it(claims: pd.DataFrame, store: pd.DataFrame) -> None:
    named = channels("Online store")
    named.iloc[-1] = "Online store, amazon-us"

    found = ledger(claims, store, named)

    assert figures(found, "spend") == [330 + 30]
    assert found is not None
    assert found.outside == {"Amazon": 30.0}


def test_a_day_without_a_part_leaves_no_sum_that_would_be_too_low(claims: pd.DataFrame, store: pd.DataFrame) -> None:
    store.loc["2025-09-02", "store_cogs"] = np.nan

    found = ledger(claims, store, channels("Amazon"))

    values = figures(found, "contribution_after_marketing", "store_cogs", "store_fees")
    assert np.isnan(values[:2]).all()
    assert values[2] == pytest.approx(600)
    assert found is not None
    assert found.gaps == {"store_cogs": 1}
    october = evaluate(found.months, ["store_cogs"])["store_cogs"]
    assert october.isna().tolist() == [True, False]


def test_of_some_days_alone(claims: pd.DataFrame, store: pd.DataFrame) -> None:
    found = ledger(claims, store, channels("Amazon"), np.array(["2025-09-02"], dtype="datetime64[D]"))

    assert figures(found, "store_revenue", "spend") == [2000, 130]
    assert found is not None
    assert (found.days, found.first) == (1, date(2025, 9, 2))


def test_which_platforms_are_marketplaces() -> None:
    assert [marketplace_of(name) for name in ("Amazon", "Amazon DSP", "TikTok GMV Max")] == [
        "amazon",
        "amazon",
        "tiktok",
    ]
    assert [marketplace_of(name) for name in ("Meta", "TikTok", "Ottonova", "Google")] == [""] * 4
