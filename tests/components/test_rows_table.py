"""A chart's rows as a table: names, days and figures as the page writes them, and nothing as markup."""

import re
from html import unescape

from components.locales import formats_of
from components.markup import to_markup
from components.rows_table import MOST, rows_table
from kpi.units import USUAL


def cells(markup: str) -> list[str]:
    return [unescape(each) for each in re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", markup)]


def test_days_figures_and_names_are_written_as_the_locale_has_them():
    rows = [
        {"date": "2025-07-07", "platform": "<b>Meta</b>\u202e", "spend": 1234.5, "roi": 0.125, "profit": None},
        {"date": None, "platform": None, "spend": 0, "roi": -0.5, "profit": 1},
    ]
    english = to_markup(rows_table(rows, USUAL, "Trend, Jul 7 – 8, 2025", "A line."))
    german = to_markup(rows_table(rows[:1], formats_of("de-DE", "EUR"), "Trend", ""))

    assert "<caption>Trend, Jul 7 – 8, 2025: 2 rows. A line.</caption>" in english
    assert cells(english) == [
        *("Day", "Platform", "Spend", "ROI", "Profit"),
        *("Jul 7, 2025", "<b>Meta</b>", "$1,235", "12.5%", "–"),
        *("–", "–", "$0", "−50.0%", "$1"),
    ]
    assert "<b>" not in english
    assert english.count('scope="row"') == 2
    assert "<caption>Trend: 1 row.</caption>" in german
    assert cells(german)[5:] == ["7. Juli 2025", "<b>Meta</b>", "1.235\u00a0€", "12,5\u00a0%", "–"]


def test_months_are_months_and_what_is_left_out_is_said():
    rows = [{"month": f"2025-{at % 12 + 1:02}", "spend": at} for at in range(MOST + 5)]
    markup = to_markup(rows_table(rows, USUAL, "All", ""))

    assert "<caption>All: the first 1,000 of 1,005 rows; the files in the menu have all.</caption>" in markup
    assert markup.count("<tr>") == MOST + 1
    assert cells(markup)[:4] == ["Month", "Spend", "Jan 2025", "$0"]
