"""What an import's check says, as a person reads it: all of what programs get, and nothing of it as markup."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from components.import_report import kept_card, report
from components.locales import formats_of
from components.markup import to_markup
from ingest.one_file import How, import_file
from ingest.uploaded import answer_request
from kpi.units import USUAL
from tests.ingest.read.conftest import FIXTURES

GOOGLE = FIXTURES / "google_en_daily.csv"
ODD = '<img src=x onerror="alert(1)">\u202e&amp;'


class Read(HTMLParser):
    """The tags of some markup, their attributes, and its text with a stop after each element."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.text += "|"

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str | None]:
        return [value for each, value in self.attributes if each == name]


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def check(files: Mapping[str, str], **options: str) -> dict[str, Any]:
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        paths = [str(tmp_path / name) for name in files]
        return answer_request({"facts": str(tmp_path / "data" / "facts"), "files": paths, "options": options})

    return check


def test_a_report_says_what_would_change_what_is_held_and_what_is_wrong(check: Callable[..., dict[str, Any]], tmp_path):
    import_file(GOOGLE, How(tmp_path / "data" / "facts"), lambda said: None)
    header = "Day,Campaign name,Amount spent (USD),Impressions,Link clicks"
    wrong = "\n".join([header, *(f"2025-07-01,A,5,-{row},1" for row in range(1, 61))])
    answer = check({"restated.csv": GOOGLE.read_text().replace("228.61", "328.61"), "wrong.csv": wrong})

    read = Read(to_markup(report(answer, formats_of("de-DE", "EUR"), changed=False)))

    for words in (
        "What would change|",
        "1 of 2 files cannot be imported and would be left out; see below.|",
        "Replaces| Google · Unknown · campaign14 days",
        "Spend|7.308,94|7.408,94|+100,00|",
        "Rows|58 read, 56 used|",
        "Dropped|2: totals (row 60, 61)|",
        "USD|7.408,94|",
        "First 8 rows as read|",
        "The first 50 of 60; the download has them all.|",
        "Import the others|Nothing is kept until you confirm.|",
    ):
        assert words in read.text
    (faults,) = read.values("href")
    lines = unquote(str(faults)).removeprefix("data:text/csv;charset=utf-8,").splitlines()
    assert lines[0] == "\ufefffile,row,column,value,problem"
    assert len(lines) == 61
    assert read.values("data-mark") == [answer["mark"]]


def test_what_a_file_leaves_open_is_asked_for(check: Callable[..., dict[str, Any]]):
    answer = check({"days.csv": "date,campaign,spend,impressions\n05/07/2025,A,5,1\n"})

    read = Read(to_markup(report(answer, USUAL, changed=False)))

    assert "This file cannot be imported|" in read.text
    assert "say it with “Dates: day first” or “Dates: month first”" in read.text
    assert "dates" in str(read.values("data-hint")[0]).split()
    assert "button" not in read.tags


def test_names_and_cells_are_text(check: Callable[..., dict[str, Any]]):
    header = "date,platform,campaign,spend,impressions\n"
    answer = check(
        {
            "good.csv": f"{header}2025-07-01,Meta,{ODD.replace(',', '')},5,1\n",
            "wrong.csv": f"{header}{ODD},Meta,A,5,1\n",
        }
    )
    answer["files"][1]["name"] = ODD  # as it may be called where files come from elsewhere

    markup = to_markup(report(answer, USUAL, changed=True))

    read = Read(markup)
    assert "img" not in read.tags
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert read.text.count('<img src=x onerror="alert(1)">&amp;') >= 3
    assert "\u202e" not in markup
    assert "The data was changed by somebody else meanwhile." in read.text


def test_what_is_kept_leads_to_the_figures():
    read = Read(to_markup(kept_card({"kept": True, "version": "v<1", "plan": {"same": False}}, "cmo", "/x/cmo")))

    assert read.text.startswith("|Imported|Every page shows the new figures within five seconds.|See the figures|")
    assert (read.values("href"), read.values("data-go"), read.values("data-query")) == (["/x/cmo"], ["cmo"], [""])
    assert read.values("data-version") == ["v<1"]
