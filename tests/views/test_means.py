"""Seven-day means as a reader asks for them: in the address, chart, words and files, against a second computation."""

import csv
import io
import json
from datetime import date, timedelta
from math import isclose
from typing import Any

import openpyxl
import pandas as pd
import pytest
from flask.testing import FlaskClient

from components.address import RANKS, Address
from facts import ALL_ROWS
from facts.memory.frame import FrameFacts
from kpi.formats import Formats
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from pages.cmo import CMO
from tests.asking import view
from tests.conftest import FIRST
from views.answers import ask
from views.answers import view as answer_to
from views.files import data_file

DAYS = "from=2025-06-03&to=2025-07-10"


def rows(client: FlaskClient, visual: str, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/data/{visual}.json?{query}")
    assert answer.status_code == 200
    return answer.json["rows"]


@pytest.mark.parametrize("filters", ["", "&platform=Meta&device=Mobile"])
def test_the_means_are_those_of_single_days(client: FlaskClient, filters: str) -> None:
    """By hand from files of single days: the first means reach back before the selection, no further than the data."""
    daily = {row["date"]: row for row in rows(client, "cfo/financial-trend", f"last=all{filters}")}
    found = rows(client, "cfo/financial-trend", f"{DAYS}&rolling=7d{filters}")
    assert len(found) == 38
    for row in found:
        end = date.fromisoformat(row["date"])
        week = [end - timedelta(days=back) for back in range(7) if end - timedelta(days=back) >= FIRST]
        for metric in ("revenue", "spend", "profit"):
            values = [daily[day.isoformat()][metric] for day in week]
            assert isclose(row[f"{metric}_mean_7d"], sum(values) / len(values), rel_tol=1e-9)
            assert row[metric] == daily[row["date"]][metric]


def test_a_rate_of_seven_days_is_that_of_their_sums(client: FlaskClient) -> None:
    found = rows(client, "cmo/rate-trend", f"{DAYS}&rolling=7d")
    for row in found[::9]:
        end = date.fromisoformat(row["date"])
        start = max(FIRST, end - timedelta(days=6))
        answer = client.get(f"/data/cmo/engagement-cards.json?from={start}&to={end}").json["rows"]
        cards = {each["metric"]: each["value"] for each in answer}
        assert isclose(row["ctr_mean_7d"], cards["ctr"], rel_tol=1e-9)
        assert isclose(row["cvr_mean_7d"], cards["cvr"], rel_tol=1e-9)


def test_the_comparison_has_its_means_too(client: FlaskClient) -> None:
    found = rows(client, "cfo/financial-trend", "last=7d&rolling=7d")
    before = rows(client, "cfo/financial-trend", "from=2025-09-15&to=2025-09-21&rolling=7d")
    assert [row["profit_mean_7d_baseline"] for row in found] == [row["profit_mean_7d"] for row in before]


def test_words_and_files_say_that_they_are_means(client: FlaskClient) -> None:
    answer = view(client, "cfo", f"{DAYS}&rolling=7d").json
    assert answer["query"] == f"{DAYS}&rolling=7d"
    assert answer["chosen"]["rolling"] == "7d"
    trend = answer["visuals"]["financial-trend"]
    sentence = (
        "Each point is the mean of the seven days that end with it, a rate that of their sums. 4 points are of fewer"
    )
    assert sentence in trend["line"]
    assert sentence in trend["alt"]
    assert trend["layout"]["yaxis"]["title"]["text"].endswith("7-day mean")
    means = rows(client, "cfo/financial-trend", f"{DAYS}&rolling=7d")
    assert trend["traces"][0]["y"] == [round(row["revenue_mean_7d"]) for row in means]
    table = next(csv.reader(io.StringIO(client.get("/data/cfo/financial-trend.csv?rolling=7d").text)))
    assert {"profit", "profit_mean_7d", "profit_baseline", "profit_mean_7d_baseline"} <= set(table)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/data/cfo.xlsx?{DAYS}&rolling=7d").data))
    head, *body = book[next(name for name in book.sheetnames if name.startswith("Attributed revenue"))].iter_rows(
        values_only=True
    )
    place = head.index("Profit (after ad spend), 7-day mean")
    assert isclose(body[0][place], means[0]["profit_mean_7d"])
    assert body[-1][0] == "Total"
    assert body[-1][place] is None


def test_without_it_nothing_is_a_mean(client: FlaskClient) -> None:
    answer = view(client, "cfo", DAYS).json
    assert "mean" not in json.dumps(answer["visuals"]["financial-trend"])
    assert all("mean" not in name for name in rows(client, "cfo/financial-trend", DAYS)[0])


@pytest.mark.parametrize("query", ["last=28d&grain=week&rolling=7d", "last=28d&grain=month&rolling=7d"])
def test_weeks_and_months_have_no_mean_and_say_so(client: FlaskClient, query: str) -> None:
    answer = view(client, "cfo", query).json
    assert "rolling" not in answer["query"]
    assert "Seven-day means are of days" in " ".join(answer["notes"])


def test_gaps_stay_gaps() -> None:
    """A campaign paused from the 5th to the 14th."""
    days = [day for day in pd.date_range("2025-06-01", "2025-06-28") if not 5 <= day.day <= 14]
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    facts = FrameFacts(pd.DataFrame({DATE: pd.DatetimeIndex(days), **texts, **dict.fromkeys(MEASURES, 100.0)}), "v")
    asked = ask(facts, Address.of("rolling=7d"), Formats(), ALL_ROWS, RANKS, drawn=True)

    trend = answer_to(CMO, facts, asked, ALL_ROWS)["visuals"]["rate-trend"]
    visual = next(each for each in CMO.visuals if each.name == "rate-trend")
    found = json.loads(data_file("cmo", visual, facts, asked, "json", ALL_ROWS))["rows"]

    missing = [place + 1 for place, value in enumerate(trend["traces"][0]["y"]) if value is None]
    assert missing == list(range(5, 15))
    assert [row["ctr_mean_7d"] for row in found if row["ctr"] is None] == [None] * 10
    assert {row["ctr_mean_7d"] for row in found} == {None, 1.0}
    assert "10 points are of fewer" in trend["line"]
