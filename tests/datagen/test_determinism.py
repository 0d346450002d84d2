"""A day of a seed is the same rows, however it comes about."""

import datetime as dt

import pytest

from datagen.company import company_of_seed
from datagen.simulate import spend_on
from datagen.table import facts, quarters

LAST = dt.date(2025, 9, 28).toordinal()


def test_the_same_seed_is_the_same_company(company):
    anew = company_of_seed(company.seed)
    assert facts(company, LAST - 2, LAST).equals(facts(anew, LAST - 2, LAST))


def test_another_seed_is_another(company):
    there, here = facts(company_of_seed(company.seed + 1), LAST, LAST), facts(company, LAST, LAST)
    assert there["campaign"].to_pylist() == here["campaign"].to_pylist()
    assert there["revenue"].to_pylist() != here["revenue"].to_pylist()


@pytest.mark.parametrize("first", ["2023-09-29", "2024-01-01", "2025-07-09", "2025-09-28"])
def test_a_day_does_not_depend_on_where_the_range_begins(first, years, company):
    day = dt.date.fromisoformat(first).toordinal()
    spend_on.cache_clear()
    alone = facts(company, day, day).to_pandas()
    within = years[years["date"] == first].reset_index(drop=True)
    for column in alone.columns.drop("date"):
        assert alone[column].tolist() == within[column].tolist(), column


def test_quarters_cover_a_range_once():
    cut = list(quarters(dt.date(2023, 9, 29).toordinal(), LAST))
    assert len(cut) == 9
    assert [a for a, _ in cut[1:]] == [b + 1 for _, b in cut[:-1]]
    assert cut[0][0] == dt.date(2023, 9, 29).toordinal()
    assert cut[-1][1] == LAST
