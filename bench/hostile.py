"""What hostile uploads do to a server that runs: twenty of them within some minutes, and readers meanwhile.

    python -m bench.hostile http://127.0.0.1:8050 [--minutes 5] [--header 'X-Auth-Id-Token: …'] [--before 20]

Archives that unpack to a hundred times their size, nested ones, workbooks and files made to break a reader, cut and
slow ones, checks in parallel and abandoned. Prints one JSON object: workers lost (by /metrics; they end by SIGBUS where
what they count in is full), the longest that /healthz took, and the readers' p95 during it, and before and after, with
the ratio of both.
"""

import argparse
import http.client
import io
import json
import os
import random
import socket
import statistics
import struct
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from bench.asking import CALLBACK, view_body
from bench.machine import machine
from pages import PAGES

OURS = {"X-Requested-With": "dashboard"}
MEGABYTE = 1 << 20
HEADER = "Campaign name,Day,Amount spent (USD),Impressions,Link clicks\n"


@dataclass(frozen=True)
class Server:
    """A server by its address; `headers` are sent with every request."""

    host: str
    port: int
    headers: dict[str, str]

    def ask(
        self, method: str, path: str, body: bytes | None = None, timeout: float = 120, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body; 0 where there was no answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {**self.headers, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def view(self, page: str, query: str = "") -> tuple[int, bytes]:
        """Status and body of the figures of a page."""
        body = json.dumps(view_body(page, query)).encode()
        return self.ask("POST", CALLBACK, body, **{"Content-Type": "application/json"})

    def send(self, name: str, content: bytes, upload: str = "") -> tuple[int, str]:
        """Send a file; gives the status and the upload's token."""
        path = f"/import/file?upload={upload}" if upload else "/import/file"
        status, body = self.ask("POST", path, content, **OURS, **{"X-File-Name": quote(name)})
        return status, json.loads(body).get("upload", "") if status == 200 else ""

    def check(self, upload: str, seconds: float = 90, timeout: float = 120) -> int:
        """Have an upload checked, as the page does; the last status."""
        body, end, path = json.dumps({"upload": upload}).encode(), time.monotonic() + seconds, "/import/check"
        status = 0
        while time.monotonic() < end:
            status, _ = self.ask("POST", path, body, timeout, **OURS)
            if status not in (202, 503):
                break
            path = "/import/outcome" if status == 202 else path
            time.sleep(1)
        return status

    def forget(self, upload: str) -> None:
        """Let an upload go."""
        self.ask("POST", "/import/forget", json.dumps({"upload": upload}).encode(), **OURS)


def packed(*members: tuple[str, bytes, int]) -> bytes:
    """An archive of members that are a beginning and so many bytes of zeros."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, start, size in members:
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(start)
                for at in range(0, size, MEGABYTE):
                    member.write(bytes(min(MEGABYTE, size - at)))
    return file.getvalue()


def nested(depth: int) -> bytes:
    """An archive in an archive, and so on."""
    content = packed(("0.csv", HEADER.encode(), 10 * MEGABYTE))
    for level in range(depth):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for copy in range(4):
                archive.writestr(f"{level}-{copy}.zip", content)
        content = file.getvalue()
    return content


def lying(content: bytes) -> bytes:
    """An archive whose directory says that each member has ten bytes."""
    found = bytearray(content)
    at = found.find(b"PK\1\2")
    while at >= 0:
        found[at + 24 : at + 28] = struct.pack("<I", 10)
        at = found.find(b"PK\1\2", at + 4)
    return bytes(found)


def workbook(part: str, megabytes: int, start: bytes = b"<worksheet><sheetData>") -> bytes:
    """A workbook with one part far larger than it looks."""
    size = megabytes * MEGABYTE
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return packed(("[Content_Types].xml", types, 0), ("xl/workbook.xml", b"<workbook/>", 0), (part, start, size))


def rows(count: int, campaigns: int) -> bytes:
    """A report of plain rows."""
    lines = (f"Campaign number {n % campaigns:07},2025-07-{n % 30 + 1:02},1.25,{n % 1000},1\n" for n in range(count))
    return (HEADER + "".join(lines)).encode()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>"
)

#: Files by name; what happens to them is below.
FILES: dict[str, Callable[[], bytes]] = {
    "workbooks.zip": lambda: packed(*((f"{n}.xlsx", b"PK\3\4", 100 * MEGABYTE) for n in range(14))),
    "parquet.zip": lambda: packed(*((f"{n}.parquet", b"PAR1", 60 * MEGABYTE) for n in range(8))),
    "just-fits.zip": lambda: packed(*((f"{n}.xlsx", b"PK\3\4", 10 * MEGABYTE) for n in range(4))),
    "lying.zip": lambda: lying(packed(*((f"{n}.xlsx", b"PK\3\4", 100 * MEGABYTE) for n in range(4)))),
    "texts.zip": lambda: packed(*((f"{n}.csv", HEADER.encode(), 200 * MEGABYTE) for n in range(40))),
    "deep.zip": lambda: nested(6),
    "sheet.xlsx": lambda: workbook("xl/worksheets/sheet1.xml", 800),
    "texts.xlsx": lambda: workbook("xl/sharedStrings.xml", 190, b"<sst><si><t>"),
    "laughs.xlsx": lambda: workbook("xl/worksheets/sheet1.xml", 0, LAUGHS),
    "cut.zip": lambda: packed(("a.csv", HEADER.encode(), 50 * MEGABYTE))[:-200],
    "campaigns.csv": lambda: rows(600_000, 600_000),
    "line.csv": lambda: b"x" * (20 * MEGABYTE),
    "quote.csv": lambda: HEADER.encode() + b'"' + b"a,b\n" * (4 * MEGABYTE),
    "deep.toml": lambda: b"[margin]\nx = " + b"[" * 100_000,
}


#: What is sent in ways of its own; all is made beforehand, as whoever measures shares the processor with the server.
MATERIAL: dict[str, Callable[[], bytes]] = {
    "long.csv": lambda: rows(200_000, 10),
    "short.csv": lambda: rows(100_000, 1000),
    # Which fill the 64 MB of a container's shared memory to the last pages, less what the archive and others take.
    **{f"tight-{left}.zip": lambda left=left: full(64 * MEGABYTE - left * 1024) for left in range(200, 560, 24)},
}


def full(size: int) -> bytes:
    """An archive of files that unpack to `size`, and of one that takes long to read meanwhile."""
    parts = [(f"{n}.parquet", b"PAR1", size // 8) for n in range(8)]
    return packed(*parts, ("slow.csv", HEADER.encode() + b"\n" * 20_000_000, 0))


def abandoned(server: Server, material: dict[str, bytes]) -> None:
    """Checks that nobody waits for."""
    _, upload = server.send("a.csv", material["long.csv"])
    for _ in range(5):
        server.ask("POST", "/import/check", json.dumps({"upload": upload}).encode(), 0.2, **OURS)
    server.forget(upload)


def parallel(server: Server, material: dict[str, bytes]) -> None:
    """Ten checks at once."""
    uploads = [server.send("a.csv", material["short.csv"])[1] for _ in range(10)]
    every = [threading.Thread(target=server.check, args=(upload, 40)) for upload in uploads if upload]
    for each in every:
        each.start()
    for each in every:
        each.join()
    for upload in uploads:
        server.forget(upload)


def filling(server: Server, material: dict[str, bytes]) -> None:
    """As much as is taken."""
    uploads = [server.send("a.csv", bytes(15 * MEGABYTE))[1] for _ in range(8)]
    for upload in uploads:
        server.forget(upload)


def half_sent(server: Server, material: dict[str, bytes]) -> None:
    """Bodies that end early."""
    for _ in range(4):
        with suppress(OSError), socket.create_connection((server.host, server.port), 10) as connection:
            connection.sendall(head(server, 10 * MEGABYTE) + bytes(MEGABYTE))


def slow(server: Server, material: dict[str, bytes]) -> None:
    """Bodies of a byte a second."""
    with suppress(OSError):
        connections = [socket.create_connection((server.host, server.port), 10) for _ in range(6)]
        for connection in connections:
            connection.sendall(head(server, 1000))
        for _ in range(30):
            for connection in connections:
                with suppress(OSError):
                    connection.sendall(b"x")
            time.sleep(1)
        for connection in connections:
            connection.close()


def head(server: Server, length: int) -> bytes:
    lines = [f"{name}: {value}" for name, value in {**server.headers, **OURS, "X-File-Name": "a.csv"}.items()]
    said = "\r\n".join([f"POST /import/file HTTP/1.1\r\nHost: {server.host}", f"Content-Length: {length}", *lines])
    return f"{said}\r\n\r\n".encode()


def tight(server: Server, material: dict[str, bytes]) -> None:
    """Archives that fill the disk, while files are asked for as never before: a worker counts where it has not yet."""
    visuals = [f"/data/{page.key}/{visual.name}" for page in PAGES for visual in page.visuals]
    addresses = [f"{visual}.{kind}?last=7d" for visual in visuals for kind in ("json", "csv", "xlsx")]
    random.Random(3).shuffle(addresses)
    for name in [name for name in material if name.startswith("tight-")]:
        status, upload = server.send(name, material[name])
        check = threading.Thread(target=server.check, args=(upload, 20))
        if status == 200:
            check.start()
            check.join(3)  # one that does not fit ends before
            while check.is_alive():
                server.ask("GET", addresses.pop()) if addresses else server.view("cfo")
            server.forget(upload)


ATTACKS: tuple[Callable[[Server, dict[str, bytes]], None], ...] = (abandoned, parallel, filling, half_sent, slow, tight)


@dataclass
class Watch:
    """What readers and an orchestrator see of a server."""

    server: Server
    healthz: list[float] = field(default_factory=list)
    unhealthy: int = 0
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    @contextmanager
    def watching(self, readers: int) -> Iterator[None]:
        """While this is going on, somebody asks."""
        over = threading.Event()
        every = [threading.Thread(target=self._health, args=(over,))]
        every += [threading.Thread(target=self._read, args=(over, number)) for number in range(readers)]
        for each in every:
            each.start()
        yield
        over.set()
        for each in every:
            each.join()

    def _health(self, over: threading.Event) -> None:
        while not over.wait(0.1):
            began = time.perf_counter()
            self.unhealthy += self.server.ask("GET", "/healthz", timeout=20)[0] != 200
            self.healthz.append(time.perf_counter() - began)

    def _read(self, over: threading.Event, number: int) -> None:
        """A reader who looks at one view after another, none of them twice, with a pause between."""
        chance = random.Random(os.getpid() * 1000 + len(self.seconds) + number)
        while not over.wait(chance.random() * 0.4):
            query = f"last={chance.randrange(7, 700)}d&campaign=none-{chance.random()}"
            began = time.perf_counter()
            status, _ = self.server.view("executive", query)
            self.failed += status != 200
            self.seconds.append(time.perf_counter() - began)

    def report(self) -> dict[str, Any]:
        """In figures."""
        return {
            "healthz_worst_s": round(max(self.healthz), 3),
            "healthz_failed": self.unhealthy,
            "views": len(self.seconds),
            "views_failed": self.failed,
            "views_p95_ms": round(statistics.quantiles(self.seconds, n=20)[-1] * 1000, 1),
        }


def restarts(server: Server) -> int | None:
    """How many workers were lost so far; None where nobody answers any more."""
    for _ in range(30):
        lines = server.ask("GET", "/metrics", timeout=5)[1].decode().splitlines()
        told = [line for line in lines if line.startswith("dashboard_worker_restarts_total ")]
        if told:
            return round(float(told[0].split()[1]))
        time.sleep(1)
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--before", type=float, default=20, help="seconds of readers alone, and again after")
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--header", default="", help="sent with every request: Name: value")
    given = parser.parse_args()
    address = urlsplit(given.address)
    name, _, value = given.header.partition(":")
    server = Server(address.hostname or "", address.port or 80, {name: value.strip()} if name else {})
    files, material = ({name: make() for name, make in each.items()} for each in (FILES, MATERIAL))
    lost = restarts(server)
    quiet, busy = Watch(server), Watch(server)
    with quiet.watching(given.readers):
        time.sleep(given.before)
    answers: dict[str, str] = {}

    def attack(name: str, content: bytes) -> None:
        status, upload = server.send(name, content)
        answers[name] = f"sent {status}" + (f", checked {server.check(upload)}" if upload else "")
        server.forget(upload)

    every = [threading.Thread(target=attack, args=each) for each in files.items()]
    every += [threading.Thread(target=each, args=(server, material)) for each in ATTACKS]
    random.Random(2).shuffle(every)
    with busy.watching(given.readers):
        for each in every:
            each.start()
            time.sleep(given.minutes * 60 / len(every))
        for each in every:
            each.join()
    with quiet.watching(given.readers):  # a machine that others use changes
        time.sleep(given.before)
    alone, during = quiet.report(), busy.report()
    ratio = round(during["views_p95_ms"] / alone["views_p95_ms"], 2)
    after = restarts(server)
    gone = "all, with the server" if after is None or lost is None else after - lost
    found = {"workers_lost": gone, "p95_ratio": ratio, "alone": alone, "during": during}
    print(json.dumps({"machine": machine(), "uploads": len(every), **found, "answers": answers}, indent=1))


if __name__ == "__main__":
    main()
