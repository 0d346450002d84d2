"""Bodies of uploads as networks bring them: cut, changed, too long or too slow, against a real server."""

import hashlib
import random
import re
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from deltalake import DeltaTable, write_deltalake

from tests.browser.conftest import served
from tests.ingest.read.conftest import FIXTURES

BODY = (FIXTURES / "google_en_daily.csv").read_bytes()
#: More than the worker waits for before the app hears of it (web.client_socket.SMALL_BODY).
LARGE = BODY * (100_000 // len(BODY) + 1)
DIGEST = hashlib.sha256(BODY).hexdigest()
#: How a sender goes: it says that nothing more comes and still listens, it closes, or its machine is gone (a reset).
ENDINGS = ("half", "close", "reset")


@pytest.fixture(scope="module")
def table(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sent") / "facts"
    demo = DeltaTable(str(facts_path))
    write_deltalake(str(path), demo.to_pyarrow_table(), name=demo.metadata().name)
    return path


@pytest.fixture(scope="module")
def server(table: Path) -> Iterator[str]:
    with served(table) as address:
        yield address


def head(upload: str = "", *more: str, length: int | None = len(BODY)) -> bytes:
    lines = [
        f"POST /import/file?upload={upload} HTTP/1.1",
        "Host: localhost",
        "X-Requested-With: dashboard",
        "X-File-Name: google.csv",
        *([f"Content-Length: {length}"] if length is not None else []),
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def chunked(body: bytes, size: int = 500) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def framed(framing: str, upload: str = "", *more: str) -> bytes:
    """A whole request that sends BODY."""
    if framing == "length":
        return head(upload, *more) + BODY
    return head(upload, *more, "Transfer-Encoding: chunked", length=None) + chunked(BODY)


def talk(server: str, sent: bytes, ending: str = "half") -> tuple[int, str]:
    """The status and text of the answer to `sent`, after which its sender goes; 0 where there is none.

    Sent again as long as the one before is still on its way: its end may not have been noticed.
    """
    answers = []
    until(lambda: answers.append(talk_once(server, sent, ending)) or answers[-1][0] != 503)
    return answers[-1]


def talk_once(server: str, sent: bytes, ending: str) -> tuple[int, str]:
    host = urlsplit(server)
    with socket.create_connection((host.hostname, host.port), timeout=60) as line:
        line.sendall(sent)
        if ending == "reset":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        if ending != "half":
            return 0, ""
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    status = re.match(rb"HTTP/1.1 (\d+)", answer)
    return (int(status[1]) if status else 0), answer.partition(b"\r\n\r\n")[2].decode()


def left(table: Path) -> list[Path]:
    """Whatever uploads have left, on its way or kept."""
    return list(table.parent.glob(".facts.uploads-*/u-*/*/*"))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not come about within a minute"
        time.sleep(0.05)


def begin(server: str) -> str:
    """The token of an upload that holds one whole file."""
    status, answer = talk(server, head() + BODY)
    assert status == 200, answer
    return re.search(r'"upload":"([^"]+)"', answer)[1]


def forget(server: str, token: str) -> None:
    body = b'{"upload": "%b"}' % token.encode()
    lines = (
        f"POST /import/forget HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: dashboard\r\nContent-Length: {len(body)}"
    )
    assert talk(server, f"{lines}\r\n\r\n".encode() + body)[0] == 200


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_uploads_cut_at_random_bytes_leave_nothing(server: str, table: Path, framing: str) -> None:
    whole = framed(framing)
    draw = random.Random(12)
    cuts = [draw.randrange(1, len(whole)) for _ in range(200)]
    answers = []
    for number, cut in enumerate(cuts):
        status, answer = talk(server, whole[:cut], ENDINGS[number % 3])
        if status:
            answers.append(status)
            assert "nothing of it was kept" in answer.lower()

    assert set(answers) == {400}
    assert len(answers) > 40
    until(lambda: list(table.parent.glob(".facts.uploads-*/u-*")) == [])


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_cut_second_file_leaves_the_first(server: str, table: Path, framing: str) -> None:
    token = begin(server)
    whole = framed(framing, token)
    draw = random.Random(6)
    for number in range(30):
        status, _ = talk(server, whole[: draw.randrange(len(whole) - len(BODY), len(whole))], ENDINGS[number % 3])
        assert status in (0, 400)

    # A sender who is gone waits for nothing, so that what they cut may still come to the server after this.
    until(lambda: [path.parent.name for path in left(table)] == ["f-000"])
    assert talk(server, whole)[0] == 200
    until(lambda: sorted(path.parent.name for path in left(table)) == ["f-000", "f-001"])
    assert [path.read_bytes() for path in left(table)] == [BODY, BODY]
    forget(server, token)
    assert left(table) == []


REFUSED = {
    "another digest": (head("", f"X-File-SHA256: {DIGEST[::-1]}") + BODY, "arrived changed"),
    "two digests": (head("", f"X-File-SHA256: {DIGEST}", f"X-File-SHA256: {DIGEST}") + BODY, "64 hexadecimal digits"),
    "no digest": (head("", "X-File-SHA256: yes") + BODY, "64 hexadecimal digits"),
    "another digest of chunks": (
        head("", f"X-File-SHA256: {DIGEST[::-1]}", "Transfer-Encoding: chunked", length=None) + chunked(BODY),
        "arrived changed",
    ),
    "longer than told": (head("", f"X-File-SHA256: {DIGEST}", length=len(BODY) - 9) + BODY, "arrived changed"),
    "no length": (head(length=None) + BODY, "how many bytes"),
    "two lengths": (head("", f"Content-Length: {len(BODY)}") + BODY, ""),
    "length and chunks": (head("", "Transfer-Encoding: chunked") + chunked(BODY), ""),
    "no chunks at all": (head("", "Transfer-Encoding: chunked", length=None) + BODY, "nothing of it was kept"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_what_its_sender_told_is_refused(server: str, table: Path, name: str) -> None:
    sent, sentence = REFUSED[name]
    status, answer = talk(server, sent)

    assert status == (411 if name == "no length" else 400)
    assert sentence.lower() in answer.lower()
    assert left(table) == []


@pytest.mark.parametrize("more", [[], [f"X-File-SHA256: {DIGEST}"], [f"X-File-SHA256: {DIGEST.upper()}"]])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_what_is_whole_is_kept(server: str, table: Path, framing: str, more: list[str]) -> None:
    status, answer = talk(server, framed(framing, "", *more))

    assert status == 200
    assert [path.read_bytes() for path in left(table)] == [BODY]
    forget(server, re.search(r'"upload":"([^"]+)"', answer)[1])


def drip(server: str, address: str, sent: bytes) -> tuple[int, str]:
    """The answer to a body of which a byte comes in a while, sent from an `address` of this machine."""
    host = urlsplit(server)
    with socket.create_connection((host.hostname, host.port), timeout=60, source_address=(address, 0)) as line:
        line.sendall(head(length=len(sent)))
        line.settimeout(0.5)
        for byte in sent:
            with suppress(TimeoutError):
                answer = line.recv(65_536)
                break
            line.sendall(bytes([byte]))
        line.settimeout(60)
        while b"}" not in answer:
            answer += line.recv(65_536)
    return int(answer[9:12]), answer.partition(b"\r\n\r\n")[2].decode()


def alive(server: str) -> bool:
    with urllib.request.urlopen(f"{server}/healthz", timeout=60) as answer:
        return answer.status == 200


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere this machine has one address only")
def test_senders_of_a_byte_a_while_are_left_and_hold_no_more_than_half_of_the_threads(table: Path) -> None:
    with served(table, DASHBOARD_WORKERS="1", DASHBOARD_THREADS="4") as server, ThreadPoolExecutor(8) as senders:
        drips = [senders.submit(drip, server, f"127.0.0.{number}", LARGE) for number in range(2, 10)]
        looks = 0
        while not all(each.done() for each in drips):
            assert alive(server)
            looks += 1
        answers = [each.result() for each in drips]

    statuses = sorted(status for status, _ in answers)
    assert statuses == [408, 408, *[503] * 6]
    assert all("Nothing of it was kept" in said for status, said in answers if status == 408)
    assert looks > 100
    assert left(table) == []
