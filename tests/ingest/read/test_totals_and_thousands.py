"""Rows that are called totals, and signs that may part thousands: what the file proves counts, else it is said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.read.options import Options
from ingest.read.report_file import read_file
from ingest.results import Import

META = "Day,Campaign name,Amount spent (EUR),Impressions\n"
PLAIN = "date,platform,campaign,spend,currency\n"
File = Callable[..., Path]


def spent(one: Import) -> dict[str, float]:
    return one.frame.groupby("campaign", observed=True)["spend"].sum().to_dict()


def warnings(one: Import) -> str:
    return "\n".join(each.text for each in one.findings if each.kind == "warning")


@pytest.mark.parametrize(
    "text",
    [
        META + "2025-09-01,A,10,1\n2025-09-01,B,20,1\n2025-09-01,Grand Total,30,2\n",
        META + "2025-09-01,Total,30,2\n2025-09-01,A,10,1\n2025-09-01,B,20,1\n",
        PLAIN + "2025-09-01,Meta,A,10,EUR\n2025-09-01,Google,B,20,EUR\n2025-09-01,Total,,30,EUR\n",
        PLAIN
        + "2025-09-01,Meta,A,10,EUR\n2025-09-01,Meta,Total,10,EUR\n2025-09-01,Google,B,20,EUR\n"
        + "2025-09-01,All platforms,All campaigns,30,EUR\n",
        "Tag;Name der Kampagne;Ausgegebener Betrag (EUR)\n1.9.2025;A;10,00\n1.9.2025;B;20,00\n1.9.2025;Gesamt;30,00\n",
    ],
    ids=["Meta", "first", "platform", "nested", "German"],
)
def test_a_dated_row_that_is_called_a_total_and_is_the_days_sum_goes(file: File, text: str) -> None:
    (one,) = read_file(file(text))
    assert spent(one) == {"A": 10, "B": 20}
    assert sum(each.rows for each in one.dropped if each.reason == "totals") >= 1
    assert warnings(one) == ""


def test_a_campaign_that_is_only_called_so_stays_and_is_told(file: File) -> None:
    text = META + "2025-09-01,Total Body Workout,10,1\n2025-09-01,Total,30,1\n2025-09-01,Totale Sport,50,1\n"
    (one,) = read_file(file(text))
    assert spent(one) == {"Total Body Workout": 10, "Total": 30, "Totale Sport": 50}
    assert "1 row is called as totals are" in warnings(one)
    assert "row 3" in warnings(one)


def test_whole_numbers_with_points_between_thousands_prove_the_money_beside_them(file: File) -> None:
    text = "date;platform;campaign;spend;impressions;currency\n2025-09-01;Meta;A;1.234;1.000;EUR\n"
    (one,) = read_file(file(text))
    assert spent(one) == {"A": 1234}
    assert one.frame["impressions"].sum() == 1000
    assert warnings(one) == ""


def test_another_column_with_a_decimal_comma_proves_it(file: File) -> None:
    text = "date;platform;campaign;spend;revenue;currency\n2025-09-01;Meta;A;1.234;1,5;EUR\n"
    (one,) = read_file(file(text))
    assert spent(one) == {"A": 1234}
    assert one.frame["revenue"].sum() == 1.5


def test_what_nothing_proves_is_said_and_can_be_said_otherwise(file: File) -> None:
    path = file(PLAIN.replace(",", ";") + "2025-09-01;Meta;A;1.234;EUR\n2025-09-02;Meta;A;2.345;EUR\n")
    (one,) = read_file(path)
    assert spent(one) == {"A": pytest.approx(3.579)}
    assert "“spend” is written as 1.234, and nothing in the file says" in warnings(one)
    assert "--decimal comma" in warnings(one)
    (one,) = read_file(path, Options(decimal="comma"))
    assert spent(one) == {"A": 3579}
    assert warnings(one) == ""


def test_money_with_cents_says_nothing(file: File) -> None:
    (one,) = read_file(file(PLAIN + "2025-09-01,Meta,A,1.234,EUR\n2025-09-02,Meta,A,2.34,EUR\n"))
    assert warnings(one) == ""
