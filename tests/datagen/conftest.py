"""The default company's two years, made once for every test here."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from datagen.arguments import DAYS, END, SEED
from datagen.company import Company, company_of_seed
from datagen.table import facts
from datagen.truth import truth

LAST = END.toordinal()


@pytest.fixture(scope="session")
def company() -> Company:
    return company_of_seed(SEED)


@pytest.fixture(scope="session")
def years(company: Company) -> pd.DataFrame:
    """731 days, with `date` as datetime and `contribution` and `profit` beside the measures."""
    frame = facts(company, LAST - DAYS + 1, LAST).to_pandas()
    frame["date"] = pd.to_datetime(frame["date"])
    frame["contribution"] = frame["revenue"] - frame["cogs"] - frame["variable_costs"]
    frame["profit"] = frame["contribution"] - frame["spend"]
    return frame


@pytest.fixture(scope="session")
def season(years: pd.DataFrame) -> pd.DataFrame:
    """The 120 days June to September 2025."""
    return years[years["date"] >= "2025-06-01"]


@pytest.fixture(scope="session")
def planted(company: Company) -> dict[str, Any]:
    return truth(company, LAST - DAYS + 1, LAST)


@pytest.fixture(scope="session")
def during(years: pd.DataFrame) -> Callable[[dict[str, Any]], tuple["pd.Series[float]", "pd.Series[float]"]]:
    """An effect's scope summed over its days, and over the same weekdays one to three weeks before and after."""

    def split(effect: dict[str, Any]) -> tuple["pd.Series[float]", "pd.Series[float]"]:
        scope = pd.Series(True, index=years.index)
        for name in ("platform", "campaign", "region"):
            if effect[name]:
                scope &= years[name] == effect[name]
        sums = years[scope].groupby("date").sum(numeric_only=True)
        days = pd.date_range(effect["first"], effect["last"])
        shifts = [pd.Timedelta(7 * weeks, "D") for weeks in (-3, -2, -1, 1, 2, 3)]
        near = pd.DatetimeIndex(sorted({day + shift for day in days for shift in shifts} - set(days)))
        return sums.loc[days].mean(), sums.loc[near.intersection(sums.index)].mean()

    return split
