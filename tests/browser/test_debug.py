"""`serve --debug`: Dash's dev tools, the code as it was written, and pages that follow its changes by themselves."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest
from playwright.sync_api import expect

from serving import source_files
from tests.browser.conftest import ROOT, wait_for

COMMAND = [sys.executable, "-m", "cli", "serve", "--debug"]


@dataclass(frozen=True)
class Development:
    """A copy of the code, and the address at which it is served."""

    code: Path
    address: str

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.code / name
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def development(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Development]:
    code = tmp_path_factory.mktemp("code")
    for path in [*source_files(ROOT), *(ROOT / "assets").rglob("*.woff2"), ROOT / "assets" / "icon.svg"]:
        (code / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, code / path.relative_to(ROOT))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
    environment |= {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(facts_path)}
    # The process that serves is a child of the one that watches: both end with their group.
    process = subprocess.Popen(COMMAND, cwd=code, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        yield Development(code, f"http://127.0.0.1:{port}")
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def status_and_text(address: str) -> tuple[int, str]:
    try:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
    except (OSError, HTTPException) as problem:  # it is starting again, perhaps in the middle of an answer
        return 0, str(problem)


def until(address: str, status: int, words: str) -> None:
    """Wait until an address answers so."""
    end = time.monotonic() + 60
    while (found := status_and_text(address))[0] != status or words not in found[1]:
        assert time.monotonic() < end, found
        time.sleep(0.2)


def test_the_page_works_with_dashs_dev_tools_and_follows_the_code(visit_in, development: Development) -> None:
    visit = visit_in(development.address).open("/cfo")
    page = visit.page
    title = page.locator("[data-visual='cfo.core-cards'] h3")
    expect(page.get_by_role("button", name="Errors")).to_be_visible()  # Dash's
    expect(title).to_have_text("Core figures")
    with page.expect_response("**/_reload-hash"):  # what Dash compares with from then on
        visit.box("platform", "Meta").click()
        visit.settled()
    assert visit.complaints == []

    development.edit("pages/cfo.py", '"Core figures"', '"Main figures"')
    with (development.code / "assets" / "js" / "titles.js").open("a") as script:
        script.write('document.documentElement.dataset.edited = "yes"; // and its comment\n')

    expect(title).to_have_text("Main figures", timeout=60_000)
    expect(page.locator("html")).to_have_attribute("data-edited", "yes", timeout=60_000)
    visit.complaints.clear()  # of requests that met the restart


def test_code_that_cannot_run_is_answered_with_why_until_it_can(development: Development) -> None:
    development.edit("pages/cmo.py", "CMO = Page(", "CMO = Page((")
    until(f"{development.address}/cmo", 500, "SyntaxError")
    development.edit("pages/cmo.py", "CMO = Page((", "CMO = Page(")
    until(f"{development.address}/cmo", 200, "CMO dashboard")


def test_it_is_for_this_machine_only(facts_path: Path) -> None:
    run = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=os.environ | {"DASHBOARD_HOST": "0.0.0.0", "DASHBOARD_FACTS": str(facts_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == 2
    assert run.stderr.startswith("marketing-dashboard: --debug is for this machine only: DASHBOARD_HOST is 0.0.0.0")
