"""Files dropped on the Import page of a real server: read, shown, kept, and then seen by every worker."""

import os
import re
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable
from playwright.sync_api import expect

from ingest.one_file import How, import_file
from settings import from_environment
from tests.access.signing import AUDIENCE, IMPORTERS, ISSUER, Provider
from tests.browser.conftest import Visit, served
from tests.ingest.read.conftest import FIXTURES
from tests.web.test_imports import processes, until, writing_elsewhere


@pytest.fixture
def table(tmp_path: Path) -> Path:
    table = tmp_path / "data" / "facts"
    import_file(FIXTURES / "google_en_daily.csv", How(table), lambda said: None)
    return table


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(tmp_path)


@pytest.fixture
def company(table: Path, provider: Provider, tmp_path: Path) -> Iterator[str]:
    """A company's dashboard with two workers, as its sign-in proxy sees it."""
    (tmp_path / "policy.toml").write_text(IMPORTERS)
    with served(
        table,
        DASHBOARD_AUTH="jwt",
        DASHBOARD_AUTH_KEYS=str(provider.jwks),
        DASHBOARD_AUTH_ISSUER=ISSUER,
        DASHBOARD_AUTH_AUDIENCE=AUDIENCE,
        DASHBOARD_POLICY=str(tmp_path / "policy.toml"),
    ) as address:
        yield address


def header(provider: Provider, group: str) -> dict[str, str]:
    return {"X-Auth-Id-Token": provider.token([group], sub=f"u-{group}")}


def versions(server: str, headers: dict[str, str], asked: int) -> set[str]:
    """What a number of requests, each over a connection of its own, say is shown."""
    found = set()
    for _ in range(asked):
        request = urllib.request.Request(f"{server}/version", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found.add(answer.read().decode())
    return found


def test_a_file_is_read_shown_kept_and_seen_by_every_worker(
    company: str, visit_in: Callable[..., Visit], provider: Provider, table: Path, tmp_path: Path
) -> None:
    headers = header(provider, "grp-import")
    visit = visit_in(company, extra_http_headers=headers)
    page = visit.page
    restated = tmp_path / "restated.csv"
    restated.write_text((FIXTURES / "google_en_daily.csv").read_text().replace("228.61", "328.61"))
    wrong = tmp_path / "wrong.csv"
    header_row = "Day,Campaign name,Amount spent (USD),Impressions,Link clicks"
    wrong.write_text(f"{header_row}\n2025-07-01,A,<b>five</b>,1,1\n2025-07-02,A,5,-1,1\n")
    page.goto(company)
    spend = page.locator('[data-metric="spend"]').first
    expect(spend).to_have_attribute("data-value", re.compile("^7308.94"))
    before = versions(company, headers, 10)

    page.get_by_role("link", name="Import", exact=True).press("Enter")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files([restated, wrong])

    heading = page.get_by_role("heading", name="What would change")
    expect(heading).to_be_focused(timeout=60_000)
    report = page.locator(".import-report")
    expect(report).to_contain_text("1 of 2 files cannot be imported and would be left out")
    expect(report.get_by_role("row", name=re.compile("Spend.*7,308.94.*7,408.94.*[+]100.00"))).to_be_visible()
    expect(report.locator(".import-changes .import-sub").first.locator("th, td")).to_have_count(4)
    expect(report).to_contain_text("58 read, 56 used")
    expect(report).to_contain_text("2: totals (row 60, 61)")
    expect(report.get_by_role("cell", name="<b>five</b>", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all rows to repair").press("Enter")
    assert download.value.path().read_text("utf-8-sig").splitlines()[0] == "file,row,column,value,problem"
    assert DeltaTable(str(table)).version() == 0

    page.get_by_role("button", name="Import the others").press("Enter")
    expect(page.get_by_role("heading", name="Imported")).to_be_focused(timeout=60_000)
    committed = time.monotonic()
    while len(shown := versions(company, headers, 30)) > 1 or shown & before:
        waited = time.monotonic() - committed
        assert waited < 30, f"a worker still shows what was before after {waited:.1f} s (the aim is 5 s)"
    expect(page.get_by_text("The dashboard shows the new figures now.")).to_be_visible()

    page.get_by_role("link", name="See the figures").press("Enter")
    expect(spend).to_have_attribute("data-value", re.compile("^7408.94"))
    assert list(table.parent.glob(".facts.uploads-*/u-*")) == []

    reader = visit_in(company, extra_http_headers=header(provider, "grp-read"))
    reader.page.goto(company)
    expect(reader.page.get_by_role("link", name="Glossary")).to_be_visible()
    expect(reader.page.get_by_role("link", name="Import", exact=True)).to_have_count(0)


def test_the_page_says_what_became_of_a_keep_whoever_is_killed_meanwhile(
    company: str, visit_in: Callable[..., Visit], provider: Provider, table: Path, tmp_path: Path
) -> None:
    page = visit_in(company, extra_http_headers=header(provider, "grp-import")).page
    restated = tmp_path / "restated.csv"
    restated.write_text((FIXTURES / "google_en_daily.csv").read_text().replace("228.61", "328.61"))
    page.goto(f"{company}/import")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([restated])
    confirm = page.get_by_role("button", name="Import", exact=True)
    expect(confirm).to_be_visible(timeout=60_000)

    with writing_elsewhere(table):  # so that each keep waits just before it writes
        confirm.click()
        os.kill(keep_of(table), signal.SIGKILL)
        expect(page.get_by_role("alert")).to_contain_text(
            "nothing of it was kept: import the files again", timeout=60_000
        )
        assert DeltaTable(str(table)).version() == 0

        expect(confirm).to_be_enabled()
        confirm.click()
        keep = keep_of(table)
        worker = int(Path(f"/proc/{keep}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(worker, signal.SIGKILL)
        page.reload()
        expect(page.get_by_text("Importing…")).to_be_visible(timeout=60_000)

    expect(page.get_by_role("heading", name="Imported")).to_be_focused(timeout=60_000)
    assert DeltaTable(str(table)).version() == 1
    expect(page.get_by_text("The dashboard shows the new figures now.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    expect(page.get_by_role("heading", name="Imported")).to_have_count(0)


def keep_of(table: Path) -> int:
    """The process that keeps an upload for the table."""
    (upload,) = until(lambda: list(table.parent.glob(".facts.uploads-*/k-*/job/wish")))
    (found,) = until(lambda: processes(upload.parents[1]))
    return found


@pytest.fixture
def closed(facts_path: Path) -> Iterator[str]:
    with served(facts_path, DASHBOARD_DEMO_UPLOADS="off") as address:
        yield address


def test_a_demo_that_takes_no_files_shows_the_command_for_ones_own(closed: str, visit_in: Callable[..., Visit]) -> None:
    page = visit_in(closed, viewport={"width": 390, "height": 800}).page
    page.goto(f"{closed}/import")
    expect(page.get_by_text("This demo takes no files")).to_be_visible()
    command = page.get_by_label("The command")
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ran = command.inner_text().replace("\\\n", " ").split()
    assert ran[:6] == ["mkdir", "-p", "data", "&&", "docker", "run"]
    named = {word.partition("=")[0]: word.partition("=")[2] for word in ran if word.startswith("DASHBOARD_")}
    assert from_environment(named).auth == "key", "what the command sets is enough to start"


def test_the_demo_reads_files_and_asks_for_what_they_leave_open(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{visit.server}/import")
    table = "date,campaign,spend,impressions\n05/07/2025,A,5,1\n"
    data = {"name": "some days.csv", "mime": "text/csv", "text": table}
    transfer = page.evaluate_handle(
        "({name, mime, text}) => { const all = new DataTransfer();"
        " all.items.add(new File([text], name, {type: mime})); return all; }",
        data,
    )
    page.locator(".import-zone").dispatch_event("drop", {"dataTransfer": transfer})

    expect(page.get_by_role("heading", name="This file cannot be imported")).to_be_focused(timeout=60_000)
    dates = page.get_by_role("combobox", name="Dates")
    expect(dates).to_be_visible()
    expect(page.locator(".import-report")).to_contain_text("say it with “Dates: day first” or “Dates: month first”")
    dates.select_option("dmy")
    page.get_by_role("combobox", name="Platform").select_option("Meta")
    page.get_by_role("button", name="Read again").click()

    expect(page.get_by_role("heading", name="What would change")).to_be_focused(timeout=60_000)
    expect(page.locator(".import-report")).to_contain_text("1 day, 2025-07-05")
    expect(page.locator(".import-report")).to_contain_text("This is the demo")
    expect(page.get_by_role("button", name="Import", exact=True)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".import-report")).to_have_count(0)
