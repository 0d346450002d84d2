"""Files on their way from the Import page to a real server, over lines that lose them."""

import base64
import hashlib
import random
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.bad_line import BadLine, bad_line
from tests.browser.conftest import Visit, served

#: More than the worker waits for before the app hears of a file (web.client_socket.SMALL_BODY).
CSV = "date,platform,campaign,spend,impressions\n" + "".join(
    f"2025-07-{day:02},Meta,Summer {name},{day}.50,{day * 100}\n" for day in range(1, 31) for name in range(120)
)


@pytest.fixture(scope="module")
def folder(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's table in a folder of its own, so that its uploads are found alone."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(facts_path, folder / "facts")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with served(folder / "facts", DASHBOARD_UPLOAD_LIMIT="1") as address:
        yield address


@pytest.fixture
def line(server: str) -> Iterator[BadLine]:
    with bad_line(server) as line:
        yield line


@pytest.fixture
def visit(visit_in: Callable[..., Visit], line: BadLine) -> Visit:
    visit = visit_in(line.address)
    visit.page.goto(f"{line.address}/import")
    return visit


@pytest.fixture
def sheets(tmp_path: Path) -> list[Path]:
    found = []
    for name in ("july.csv", "more.csv"):
        (tmp_path / name).write_text(CSV)
        found.append(tmp_path / name)
    return found


def choose(page: Page, *files: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(list(files))


def left(folder: Path) -> list[str]:
    """The files that the server has, on their way or whole."""
    while True:
        with suppress(FileNotFoundError):  # what is removed meanwhile
            return sorted(path.name for path in folder.glob(".facts.uploads-*/[uk]-*/*/*.csv"))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not come about within a minute"
        time.sleep(0.05)


def read(page: Page) -> None:
    """The files have been read."""
    expect(page.locator(".import-report h2")).to_be_focused(timeout=60_000)


def test_a_cut_file_is_said_and_sent_again(visit: Visit, line: BadLine, folder: Path, sheets: list[Path]) -> None:
    page = visit.page
    line.faults = [("cut", 20_000), *[("gone", 20_000)] * 9]  # browsers try a connection that ended again
    choose(page, sheets[0])

    alert = page.locator(".import-refused")
    expect(alert).to_contain_text(f"Only 20,000 of {len(CSV):,} bytes of “july.csv” arrived. Nothing of it was kept")
    expect(page.locator(".import-files li")).to_have_class("failed")
    assert left(folder) == []
    page.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("“july.csv” could not be sent. Check the connection and try again.")
    line.faults = []
    page.get_by_role("button", name="Try again").click()

    read(page)
    expect(alert).to_have_count(0)
    expect(page.locator(".import-files li.failed")).to_have_count(0)
    assert left(folder) == ["july.csv"]
    page.get_by_role("button", name="Start over").click()
    until(lambda: left(folder) == [])
    visit.complaints.clear()  # the browser's, about the requests that failed


def test_the_others_can_go_on_without_a_file_that_does_not_arrive(
    visit: Visit, line: BadLine, folder: Path, sheets: list[Path]
) -> None:
    page = visit.page
    choose(page, sheets[0])
    read(page)
    line.faults = [("cut", 5_000)]
    choose(page, sheets[1])

    expect(page.locator(".import-refused")).to_contain_text("bytes of “more.csv” arrived")
    assert left(folder) == ["july.csv"]
    page.get_by_role("button", name="Go on without it").click()
    read(page)
    expect(page.locator(".import-files li")).to_have_count(1)
    assert left(folder) == ["july.csv"]
    page.get_by_role("button", name="Start over").click()
    until(lambda: left(folder) == [])
    visit.complaints.clear()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("leaves", [True, False])
def test_what_is_given_up_on_its_way_is_forgotten(
    visit: Visit, line: BadLine, folder: Path, sheets: list[Path], first: bool, leaves: bool
) -> None:
    page = visit.page
    if not first:
        choose(page, sheets[0])
        read(page)
    line.faults = [("stall", 9_000)]
    choose(page, sheets[1])
    assert line.stalled.wait(60)
    until(lambda: "more.csv" in left(folder))

    if leaves:
        page.goto(f"{line.address}/glossary")
    else:
        page.get_by_role("button", name="Start over").click()

    until(lambda: list(folder.glob(".facts.uploads-*/u-*")) == [])
    expect(page.locator(".import-refused")).to_have_count(0)
    expect(page.locator(".import-files li")).to_have_count(0)


def test_what_the_server_has_forgotten_is_sent_again(visit: Visit, folder: Path, sheets: list[Path]) -> None:
    page = visit.page
    choose(page, *sheets)
    read(page)
    for upload in folder.glob(".facts.uploads-*/u-*"):
        shutil.rmtree(upload)
    page.get_by_text("What the files do not say").click()
    page.get_by_role("button", name="Read again").click()

    expect(page.locator(".import-refused")).to_contain_text("These files are here no longer")
    page.get_by_role("button", name="Send again").click()
    read(page)
    assert left(folder) == ["july.csv", "more.csv"]
    page.get_by_role("button", name="Start over").click()
    until(lambda: left(folder) == [])
    visit.complaints.clear()


def test_a_file_waits_for_another_that_is_on_its_way(
    visit: Visit, server: str, folder: Path, sheets: list[Path]
) -> None:
    page = visit.page
    host = urlsplit(server)
    with socket.create_connection((host.hostname, host.port)) as other:
        other.sendall(
            b"POST /import/file HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: dashboard\r\n"
            b"X-File-Name: other.csv\r\nContent-Length: 90000\r\n\r\nhalf"
        )
        until(lambda: left(folder) == ["other.csv"])
        choose(page, sheets[0])
        expect(page.get_by_text("july.csv is next…")).to_be_visible()

    read(page)
    assert left(folder) == ["july.csv"]
    visit.complaints.clear()


def test_files_that_cannot_be_sent_leave_the_others(
    visit: Visit, line: BadLine, folder: Path, sheets: list[Path]
) -> None:
    page = visit.page
    large = sheets[0].parent / "large.csv"
    large.write_text(CSV * 25)
    line.faults = [("cut", 9)]
    choose(page, *sheets, large)
    alert = page.locator(".import-refused")
    expect(alert).to_contain_text("Only 9 of")
    sheets[1].write_text(f"{CSV}2025-08-01,Meta,Late,1,1\n")  # while it waits
    page.get_by_role("button", name="Try again").click()

    expect(alert).to_contain_text("“more.csv” cannot be read: it is a folder, or was changed or moved")
    page.get_by_role("button", name="Go on without it").click()
    expect(alert).to_contain_text("“large.csv” is too large beside the other files. At most 1 MB can be sent at once")
    page.get_by_role("button", name="Go on without it").click()

    read(page)
    assert left(folder) == ["july.csv"]
    page.get_by_role("button", name="Start over").click()
    until(lambda: left(folder) == [])
    choose(page, large)
    expect(alert).to_contain_text("“large.csv” is too large. At most 1 MB")
    expect(page.get_by_role("button", name="Go on without it")).to_have_count(0)
    assert left(folder) == []
    visit.complaints.clear()


SIZES = (0, 1, 55, 56, 63, 64, 65, 119, 120, (1 << 22) - 1, 1 << 22, (1 << 22) + 57, 5_000_001)


def test_the_worker_makes_the_sha_256_of_any_size(visit: Visit) -> None:
    content = random.Random(7).randbytes(max(SIZES))
    seed = "(bytes) => { window.content = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)) }"
    visit.page.evaluate(seed, base64.b64encode(content).decode())
    made = visit.page.evaluate(
        """(sizes) => Promise.all(sizes.map((size) => new Promise((resolve) => {
            const worker = new Worker(dashboard.parts["import-digest"].js);
            worker.onmessage = ({ data }) => resolve(data.digest);
            const file = new File([content.subarray(0, size)], "a.csv");
            worker.postMessage({ file, library: dashboard.parts["sha256.min"].js });
        })))""",
        list(SIZES),
    )

    assert made == [hashlib.sha256(content[:size]).hexdigest() for size in SIZES]


def test_on_plain_http_elsewhere_than_localhost_files_have_their_digest_too(
    context_of: Callable[..., BrowserContext], facts_path: Path, sheets: list[Path]
) -> None:
    with served(
        facts_path, DASHBOARD_HOSTS="dashboard.test"
    ) as server:  # as its own proxy, so that the name leads there
        page = context_of(proxy={"server": server}).new_page()
        page.goto("http://dashboard.test/import")
        with page.expect_request("**/import/file") as sent:
            choose(page, sheets[0])
        read(page)

        assert page.evaluate("[window.isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
        assert sent.value.headers["x-file-sha256"] == hashlib.sha256(CSV.encode()).hexdigest()
        page.close()
