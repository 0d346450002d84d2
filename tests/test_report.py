"""`marketing-dashboard report`: the same figures as a file, for a job that nobody looks at."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient

from cli import main
from kpi.units import brief
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
    for row in client.get(f"/data/cfo/core-cards.json?{QUERY}").json["rows"]:
        assert brief(row["metric"], row["value"]) in first


@pytest.mark.long
def test_an_html_needs_nothing_and_runs_nothing(client: FlaskClient, facts_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = report("--page", "executive", "--query", QUERY, "--out", str(out), facts=facts_path)
    assert done.returncode == 0, done.stderr
    text = out.read_text()
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "script-src" not in text
    assert "default-src 'none'" in text
    for row in client.get(f"/data/executive/period-cards.json?{QUERY}").json["rows"]:
        assert brief(row["metric"], row["value"]) in text
    assert text.count("main-svg") >= 1


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
    out.unlink()
    assert main(["report", "--page", "cfo", "--role", "marketing", "--out", str(out)]) == 1
    assert main(["report", "--page", "cfo", "--role", "nobody", "--out", str(out)]) == 1
    assert not out.exists()


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
