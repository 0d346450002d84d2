"""`marketing-dashboard report`: the same figures as a file, for a job that nobody looks at."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.compute as pc
import pypdfium2
import pytest
from deltalake import DeltaTable, write_deltalake
from flask.testing import FlaskClient

from app import create_app
from cli import main
from facts.source import Source
from kpi.units import brief
from settings import from_environment
from tests.access.conftest import POLICY

ROOT = Path(__file__).parent.parent
QUERY = "platform=Google,Meta&last=12w"


@pytest.fixture
def settings(facts_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts_path))


def report(*arguments: str, facts: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DASHBOARD_FACTS": str(facts)} | more
    return subprocess.run(
        [sys.executable, "-m", "cli", "report", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@pytest.mark.long
@pytest.mark.parametrize(("paper", "size"), [("A4", (842, 595)), ("Letter", (792, 612))])
def test_a_pdf_has_the_figures_of_the_data_addresses(
    client: FlaskClient, facts_path: Path, tmp_path: Path, paper: str, size: tuple[int, int]
) -> None:
    out = tmp_path / "report.pdf"
    done = report("--page", "cfo", "--query", QUERY, "--out", str(out), "--paper", paper, facts=facts_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(out)
    with pypdfium2.PdfDocument(out) as document:
        assert document[0].get_size() == pytest.approx(size, abs=1.5)
        first, *_ = texts = [page.get_textpage().get_text_range() for page in document]
        assert f"1 / {len(texts)}" in first
    assert "Filters: Platform: Meta, Google" in first
    assert "Demo data: a company that does not exist" in first
    assert all("CFO dashboard · Demo data · " in text for text in texts), "a sheet that is taken out says so, too"
    rows = client.get(f"/data/cfo/core-cards.json?{QUERY}").json["rows"]
    assert rows
    for row in rows:
        assert brief(row["metric"], row["value"]) in first


@pytest.mark.long
def test_a_pdf_for_a_role_says_of_which_rows_it_is(facts_path: Path, tmp_path: Path) -> None:
    policy, out = tmp_path / "policy.toml", tmp_path / "report.pdf"
    policy.write_text(POLICY)
    more = {"DASHBOARD_POLICY": str(policy)}
    done = report("--page", "cfo", "--role", "agency", "--out", str(out), facts=facts_path, **more)
    assert done.returncode == 0, done.stderr
    with pypdfium2.PdfDocument(out) as document:
        text = " ".join(document[0].get_textpage().get_text_range().split())
    assert "Only Platform: Meta: the rows that this reader may see No filters: all of these" in text
    assert "Only Meta, which is what you may see" in text


def test_an_html_needs_nothing_and_runs_nothing(client: FlaskClient, facts_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = report("--page", "executive", "--query", QUERY, "--out", str(out), facts=facts_path)
    assert done.returncode == 0, done.stderr
    text = out.read_text()
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "script-src" not in text
    assert "default-src 'none'" in text
    rows = client.get(f"/data/executive/period-cards.json?{QUERY}").json["rows"]
    assert rows
    for row in rows:
        assert brief(row["metric"], row["value"]) in text
    assert text.count("main-svg") >= 1


@pytest.mark.long
def test_an_html_as_of_a_version_says_which(facts_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = report("--page", "cfo", "--query", f"{QUERY}&as_of=0", "--out", str(out), facts=facts_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"As of [^<]+, version 0\.", out.read_text())


def test_a_workbook_for_a_role_has_its_rows_alone(
    facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts_path))
    monkeypatch.setenv("DASHBOARD_POLICY", str(policy))
    out = tmp_path / "report.xlsx"
    assert main(["report", "--page", "cfo", "--role", "agency", "--out", str(out)]) == 0
    cells = {cell.value for sheet in openpyxl.load_workbook(out) for row in sheet.iter_rows() for cell in row}
    assert "Meta" in cells
    assert not cells & {"Google", "Amazon", "TikTok", "Spend"}
    first = [row[:2] for row in openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True)]
    assert ("Rows", "Only Platform: Meta: the rows that this reader may see") in first
    assert ("Platform", "Meta") in first
    assert ("Region", "All") in first
    why = "The shop’s own figures are the whole company’s, so they are not shown to this reader."
    assert ("Note", why) in first
    out.unlink()
    assert main(["report", "--page", "cfo", "--role", "marketing", "--out", str(out)]) == 1
    assert main(["report", "--page", "cfo", "--role", "nobody", "--out", str(out)]) == 1
    assert not out.exists()


def cells(book: Any) -> dict[str, list[tuple[Any, ...]]]:
    """A workbook's rows by sheet, but for the one that says at what time the data were read."""
    return {
        sheet.title: [row for row in sheet.iter_rows(values_only=True) if row[0] != "Data"]
        for sheet in openpyxl.load_workbook(book)
    }


def test_a_report_as_of_a_version_is_the_page_of_that_version(
    facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version 1 claims half of what version 0 claimed."""
    table, out = tmp_path / "facts", tmp_path / "report.xlsx"
    shutil.copytree(facts_path, table)
    rows = DeltaTable(str(table)).to_pyarrow_table()
    halved = pc.multiply(rows["revenue"], 0.5)
    write_deltalake(
        str(table), rows.set_column(rows.schema.names.index("revenue"), "revenue", halved), mode="overwrite"
    )
    monkeypatch.setenv("DASHBOARD_FACTS", str(table))
    source = Source(table)
    client = create_app(from_environment(), source).server.test_client()
    revenue = []
    for version in ("0", "1"):
        query = f"platform=Meta&as_of={version}"
        assert main(["report", "--page", "cfo", "--query", query, "--out", str(out)]) == 0
        book = cells(out)
        assert book == cells(io.BytesIO(client.get(f"/data/cfo.xlsx?{query}").data))
        revenue += [row[1] for row in book["Core figures"] if row[0] == "Attributed revenue"]
    source.close()
    assert len(revenue) == 2
    assert revenue[0] == pytest.approx(2 * revenue[1])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=nonsense", "“nonsense” is no version and no day"),
        ("as_of=99", "There is no version 99"),
        ("as_of=nonsense&as_of=0", "“as_of” is in the query more than once"),
        ("last=12w&as_of=2001-01-01", "The first version is of "),
        ("region=&last=12w", "“region” has no value in the query"),
        ("platform=Nope", "There is no platform “Nope” in the data"),
        ("last=9z", "There is no period “9z”"),
        ("from=2025-01-01&to=2025-09-01", "The data covers 2025-06-01 to 2025-09-28"),
        ("compare=nothing", "There is no comparison “nothing”"),
        ("country=France", "“country” is no filter here"),
    ],
)
def test_nothing_is_dropped_from_the_query_of_a_report(
    query: str, sentence: str, settings: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--page", "cfo", "--query", query, "--out", str(tmp_path / "report.xlsx")]) == 1
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--page", "glossary", "--out", "x.xlsx"],
            "There is no page “glossary” with figures; there are executive, cmo",
        ),
        (["--page", "cfo", "--out", "x.doc"], "x.doc must end in .pdf, .xlsx or .html."),
        (["--page", "cfo", "--out", "nowhere/x.pdf"], "There is no folder nowhere."),
        (["--page", "cfo", "--out", "x.xlsx", "--query", "platform=Nope"], "There is no platform “Nope” in the data"),
        (["--page", "cfo", "--out", "x.xlsx", "--role", "board"], "--role needs a policy"),
    ],
)
def test_what_cannot_be_made_is_explained_and_writes_nothing(
    arguments: list[str],
    sentence: str,
    settings: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", *arguments]) == 1
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_a_chromium_it_says_what_to_install(
    settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["report", "--page", "cfo", "--out", str(tmp_path / "x.pdf")]) == 1
    assert "Install one (Debian, Ubuntu: apt-get install chromium)" in capsys.readouterr().err


def test_a_report_takes_no_other_files_place(
    facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts_path))
    other, link = tmp_path / "other.xlsx", tmp_path / "link.xlsx"
    other.write_text("somebody's own")
    (tmp_path / "folder.xlsx").mkdir()
    for name in ("other.xlsx", "folder.xlsx"):
        assert main(["report", "--page", "cfo", "--out", str(tmp_path / name)]) == 1
        assert "name another with --out" in capsys.readouterr().err
    assert other.read_text() == "somebody's own"

    link.symlink_to("last week.xlsx")
    for _ in range(2):
        assert main(["report", "--page", "cfo", "--out", str(link)]) == 0
        assert link.is_symlink()
        assert (tmp_path / "last week.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("times", [2, pytest.param(10, marks=pytest.mark.long)])
def test_the_command_ends_as_it_says_though_newer_data_is_looked_for(tmp_path: Path, times: int) -> None:
    """A thread that read while the interpreter ended was killed within the reader, now and then with the process."""
    facts = tmp_path / "facts"
    facts.write_bytes(b"PAR1")
    ends = [report("--page", "cfo", "--out", str(tmp_path / "report.xlsx"), facts=facts) for _ in range(times)]
    assert {(each.returncode, each.stdout) for each in ends} == {(1, "")}
    lines = [each.stderr.splitlines() for each in ends]
    assert {len(each) for each in lines} == {2}, lines  # what the log says, and the sentence
    assert {each[1] for each in lines} == {lines[0][1]}
    assert lines[0][1].startswith(f"marketing-dashboard: The data at {facts} cannot be read (it is a file and no f")
